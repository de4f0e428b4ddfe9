//! Which addresses are public: everything that IANA has not set aside for something else.
//!
//! The standard library's `is_global` is not stable, so the registries are written down here:
//! <https://www.iana.org/assignments/iana-ipv4-special-registry> and
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// IPv4 nets that are not the public internet.
const SPECIAL_4: [Ipv4Net; 17] = [
    v4([0, 0, 0, 0], 8),          // "this network"; Linux takes 0.0.0.0 for itself
    v4([10, 0, 0, 0], 8),         // private, RFC 1918
    v4([100, 64, 0, 0], 10),      // carrier-grade NAT, RFC 6598; metadata of Alibaba Cloud
    v4([127, 0, 0, 0], 8),        // loopback
    v4([168, 63, 129, 16], 32),   // Azure's wire server: a public number, answered inside every machine there
    v4([169, 254, 0, 0], 16),     // link-local; metadata of most clouds
    v4([172, 16, 0, 0], 12),      // private, RFC 1918
    v4([192, 0, 0, 0], 24),       // protocol assignments; metadata of Oracle Cloud
    v4([192, 0, 2, 0], 24),       // documentation
    v4([192, 88, 99, 0], 24),     // 6to4 relays, deprecated
    v4([192, 168, 0, 0], 16),     // private, RFC 1918
    v4([198, 18, 0, 0], 15),      // benchmarking
    v4([198, 51, 100, 0], 24),    // documentation
    v4([203, 0, 113, 0], 24),     // documentation
    v4([224, 0, 0, 0], 4),        // multicast
    v4([240, 0, 0, 0], 4),        // reserved
    v4([255, 255, 255, 255], 32), // broadcast
];

/// The only part of IPv6 given out for the public internet, ...
const GLOBAL_6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// ... and what is set aside within it.
const SPECIAL_6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0], 23), // protocol assignments: Teredo (hides an IPv4 address), ORCHID, benchmarking
    v6([0x2001, 0xdb8, 0], 32), // documentation
    v6([0x2002, 0, 0], 16), // 6to4 (hides an IPv4 address), deprecated
    v6([0x3fff, 0, 0], 20), // documentation
];

/// NAT64: on an IPv6-only network every public IPv4 host is reached through this prefix (RFC 6052).
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0], 96);

/// True for an address of the public internet. An IPv6 address that stands for an IPv4 address
/// (`::ffff:a.b.c.d`, NAT64) is as public as that one.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            is_public_4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(address) => GLOBAL_6.contains(&address) && !SPECIAL_6.iter().any(|net| net.contains(&address)),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    !SPECIAL_4.iter().any(|net| net.contains(&address))
}

const fn v4(start: [u8; 4], length: u8) -> Ipv4Net {
    let [a, b, c, d] = start;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(start: [u16; 3], length: u8) -> Ipv6Net {
    let [a, b, c] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}
