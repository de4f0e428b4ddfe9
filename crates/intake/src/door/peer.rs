//! Who is at the other end, behind the proxies that we trust.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

/// Whether the address is one of our own proxies.
pub(crate) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The caller's address: the peer's, or where the peer is a trusted proxy the last hop in `X-Forwarded-For` that is
/// not one. What stands before that hop anybody could have written.
pub(crate) fn caller(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let mut caller = peer;
    for line in headers.get_all("x-forwarded-for").iter().rev() {
        for hop in line.to_str().unwrap_or_default().rsplit(',') {
            let Some(hop) = read(hop.trim()) else { return caller };
            caller = hop;
            if !is_trusted(hop, trusted) {
                return caller;
            }
        }
    }
    caller
}

/// An address, with or without a port, with or without brackets.
fn read(hop: &str) -> Option<IpAddr> {
    let address = hop.parse::<IpAddr>().or_else(|_| hop.parse().map(|socket: std::net::SocketAddr| socket.ip())).ok();
    let address = address.or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller_of(peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        caller(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(caller_of("192.0.2.9", &["198.51.100.7"]), "192.0.2.9");
    }

    #[test]
    fn the_last_hop_that_is_not_ours_is_the_caller() {
        assert_eq!(caller_of("10.0.0.1", &["203.0.113.5, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(caller_of("10.0.0.1", &["203.0.113.5", "198.51.100.7:443"]), "198.51.100.7");
        assert_eq!(caller_of("::1", &["[2001:db8::1]:80"]), "2001:db8::1");
        assert_eq!(caller_of("10.0.0.1", &["10.0.0.3"]), "10.0.0.3");
        assert_eq!(caller_of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(caller_of("10.0.0.1", &["198.51.100.7, nonsense"]), "10.0.0.1");
    }
}
