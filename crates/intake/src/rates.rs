//! How often an account may call each method, where its dialect limits that.
//!
//! Counted by the world's time whatever pace the gateway's clock has: the limit is about the caller.

use std::collections::HashMap;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use sluice_dialect::{Dialect, Endpoint, Rate};
use sluice_model::{AccountId, Refusal};

type Limiter = RateLimiter<AccountId, HashMapStateStore<AccountId>, DefaultClock, StateInformationMiddleware>;

/// Spring Cloud Gateway's names, as GREEN-API's answers have them (contract greenapi.md §1.1).
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const REPLENISH_RATE: HeaderName = HeaderName::from_static("x-ratelimit-replenish-rate");

/// A bucket for each limited method of each dialect, by account.
pub(crate) struct Rates {
    limiters: HashMap<(&'static str, &'static str), (Rate, Limiter)>,
    clock: DefaultClock,
}

/// What is left to an account of one method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub calls: u32,
    /// Calls that come back in a second, rounded up.
    pub per_second: u32,
}

impl Rates {
    /// Nothing is limited when `on` is not set.
    pub fn new(dialects: &[&'static dyn Dialect], on: bool) -> Self {
        let mut limiters = HashMap::new();
        for dialect in dialects.iter().filter(|_| on) {
            for endpoint in dialect.endpoints() {
                let Some(rate) = dialect.rate(endpoint) else { continue };
                // A rate of nothing in no time is no rate.
                let Some(quota) = Quota::with_period(rate.every) else { continue };
                let limiter = RateLimiter::hashmap(quota.allow_burst(rate.burst)).with_middleware();
                limiters.insert((dialect.name(), endpoint.name), (rate, limiter));
            }
        }
        Self { limiters, clock: DefaultClock::default() }
    }

    /// Takes one call of the account out of the method's bucket. `None` where nothing is limited.
    pub fn take(
        &self,
        dialect: &dyn Dialect,
        endpoint: &Endpoint,
        account: AccountId,
    ) -> (Option<Left>, Result<(), Refusal>) {
        let Some((rate, limiter)) = self.limiters.get(&(dialect.name(), endpoint.name)) else { return (None, Ok(())) };
        let left = |calls| Some(Left { calls, per_second: rate.per_second() });
        match limiter.check_key(&account) {
            Ok(state) => (left(state.remaining_burst_capacity()), Ok(())),
            Err(early) => (left(0), Err(Refusal::TooMany { retry_after: self.wait(&early) })),
        }
    }

    fn wait(&self, early: &NotUntil<<DefaultClock as Clock>::Instant>) -> std::time::Duration {
        early.wait_time_from(self.clock.now())
    }
}

impl Left {
    pub fn tell(self, headers: &mut HeaderMap) {
        headers.insert(REMAINING, HeaderValue::from(self.calls));
        headers.insert(REPLENISH_RATE, HeaderValue::from(self.per_second));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_held_to_a_methods_rate_and_others_are_not_held_up() {
        let dialect = sluice_dialect::named("green_api").unwrap();
        let endpoint = |name: &str| dialect.endpoints().iter().find(|endpoint| endpoint.name == name).unwrap();
        let (settings, upload) = (endpoint("getSettings"), endpoint("uploadFile"));
        let rates = Rates::new(&[dialect], true);
        let (ann, bob) = (AccountId(1), AccountId(2));
        for left in (0..10).rev() {
            let taken = rates.take(dialect, settings, ann);
            assert_eq!(taken, (Some(Left { calls: left, per_second: 1 }), Ok(())));
        }
        let (left, refused) = rates.take(dialect, settings, ann);
        assert_eq!(left.map(|left| left.calls), Some(0));
        assert!(matches!(refused, Err(Refusal::TooMany { retry_after }) if retry_after.as_secs() <= 1), "{refused:?}");
        assert!(rates.take(dialect, settings, bob).1.is_ok());
        assert_eq!(rates.take(dialect, upload, ann), (None, Ok(())));
        assert_eq!(Rates::new(&[dialect], false).take(dialect, settings, ann), (None, Ok(())));
    }
}
