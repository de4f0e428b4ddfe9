//! How many connections are open, in all and from each address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

use crate::Limits;
use crate::door::peer::is_trusted;

/// Connections over the limit that may be told so at a time; the others are closed without a word.
const TOLD: usize = 64;

pub(super) struct Seats {
    all: usize,
    per_address: usize,
    per_loopback: usize,
    trusted: Vec<IpNet>,
    taken: Mutex<Taken>,
    being_told: AtomicUsize,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Given back when dropped.
pub(super) struct Seat {
    seats: Arc<Seats>,
    address: IpAddr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    All,
    Address,
}

impl Full {
    pub fn reason(self) -> &'static str {
        match self {
            Self::All => "connections",
            Self::Address => "per_address",
        }
    }
}

impl Seats {
    pub fn new(limits: &Limits) -> Self {
        Self {
            all: limits.connections,
            per_address: limits.connections_per_address,
            per_loopback: limits.connections_per_loopback,
            trusted: limits.trusted_proxies.clone(),
            taken: Mutex::default(),
            being_told: AtomicUsize::new(0),
        }
    }

    pub fn take(self: &Arc<Self>, address: IpAddr) -> Result<Seat, Full> {
        let address = network(address);
        let limit = self.limit_of(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.all {
            return Err(Full::All);
        }
        let here = taken.by_address.entry(address).or_default();
        if *here >= limit {
            return Err(Full::Address);
        }
        *here += 1;
        taken.all += 1;
        Ok(Seat { seats: Arc::clone(self), address })
    }

    fn limit_of(&self, address: IpAddr) -> usize {
        if is_trusted(address, &self.trusted) {
            usize::MAX
        } else if address.is_loopback() {
            self.per_loopback
        } else {
            self.per_address
        }
    }

    /// Leave to tell one connection that there is no room for it.
    pub fn may_tell(self: &Arc<Self>) -> Option<Telling> {
        let telling = Telling(Arc::clone(self));
        (self.being_told.fetch_add(1, Ordering::Relaxed) < TOLD).then_some(telling)
    }
}

/// Given back when dropped.
pub(super) struct Telling(Arc<Seats>);

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.being_told.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(here) = taken.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

/// One customer of an IPv6 provider has a whole /64 to call from.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) if !v6.is_loopback() => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(all: usize, per_address: usize) -> Arc<Seats> {
        let trusted = vec!["10.0.0.0/8".parse().unwrap()];
        let limits = Limits {
            connections: all,
            connections_per_address: per_address,
            connections_per_loopback: 3,
            trusted_proxies: trusted,
            ..Limits::default()
        };
        Arc::new(Seats::new(&limits))
    }

    fn take(seats: &Arc<Seats>, address: &str) -> Result<Seat, Full> {
        seats.take(address.parse().unwrap())
    }

    #[test]
    fn an_address_has_its_limit_and_gets_its_seats_back() {
        let seats = seats(100, 1);
        let first = take(&seats, "192.0.2.1").unwrap();
        assert_eq!(take(&seats, "192.0.2.1").err(), Some(Full::Address));
        assert!(take(&seats, "192.0.2.2").is_ok());
        drop(first);
        assert!(take(&seats, "192.0.2.1").is_ok());
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller_and_a_trusted_proxy_is_none() {
        let seats = seats(100, 1);
        let _held = take(&seats, "2001:db8::1").unwrap();
        assert_eq!(take(&seats, "2001:db8::2").err(), Some(Full::Address));
        assert!(take(&seats, "2001:db8:0:1::2").is_ok());
        let proxied: Vec<_> = (0..5).map(|_| take(&seats, "10.1.2.3")).collect();
        assert!(proxied.iter().all(Result::is_ok));
        let local: Vec<_> = (0..4).map(|_| take(&seats, "127.0.0.1").is_ok()).collect();
        assert_eq!(local, [true; 4], "each was given back at once");
    }

    #[test]
    fn all_together_have_a_limit() {
        let seats = seats(2, 9);
        let _held = (take(&seats, "192.0.2.1").unwrap(), take(&seats, "192.0.2.2").unwrap());
        assert_eq!(take(&seats, "192.0.2.3").err(), Some(Full::All));
    }
}
