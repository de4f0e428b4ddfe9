use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use url::Url;

use super::public::is_public;
use super::{Allowed, Guard, Refused};

fn guard(allow: &[&str]) -> Guard {
    Guard { allow: allow.iter().map(|line| line.parse().unwrap()).collect(), https_only: false }
}

fn check(guard: &Guard, url: &str) -> Result<(), Refused> {
    guard.check_url(&Url::parse(url).unwrap())
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn ordinary_addresses_pass() {
    for url in [
        "https://example.com/hook?a=1",
        "http://example.com:8080/",
        "https://xn--e1afmkfd.xn--p1ai/",
        "https://пример.рф/",
        "http://8.8.8.8/",
        "http://[2606:4700:4700::1111]:8443/",
        "http://[::ffff:8.8.8.8]/",
        "http://localhost.example.com/",
    ] {
        assert_eq!(check(&Guard::default(), url), Ok(()), "{url}");
    }
}

#[test]
fn the_form_of_the_url_is_judged() {
    let strict = Guard { https_only: true, ..Guard::default() };
    assert_eq!(check(&strict, "https://example.com/"), Ok(()));
    assert_eq!(check(&strict, "http://example.com/"), Err(Refused::Scheme("https://")));
    for url in ["ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "data:,x", "unix:/run/x"] {
        assert_eq!(check(&Guard::default(), url), Err(Refused::Scheme("https:// or http://")), "{url}");
    }
    for url in ["http://user@example.com/", "http://user:password@example.com/", "http://:password@example.com/"] {
        assert_eq!(check(&Guard::default(), url), Err(Refused::UserInfo), "{url}");
    }
    for port in [0, 22, 25, 6667] {
        let url = format!("http://example.com:{port}/");
        assert_eq!(check(&Guard::default(), &url), Err(Refused::Port(port)));
    }
    let long = format!("https://example.com/{}", "a".repeat(9000));
    assert_eq!(check(&Guard::default(), &long), Err(Refused::TooLong));
}

#[test]
fn names_of_this_machine_are_refused() {
    for url in ["http://localhost/", "http://LOCALHOST./", "http://a.localhost/"] {
        assert!(matches!(check(&Guard::default(), url), Err(Refused::Address { .. })), "{url}");
        assert_eq!(check(&guard(&["loopback"]), url), Ok(()), "{url}");
    }
}

#[test]
fn special_nets_are_refused_to_their_last_address() {
    for (first, last) in [
        ("0.0.0.0", "0.255.255.255"),
        ("10.0.0.0", "10.255.255.255"),
        ("100.64.0.0", "100.127.255.255"),
        ("127.0.0.0", "127.255.255.255"),
        ("168.63.129.16", "168.63.129.16"),
        ("169.254.0.0", "169.254.255.255"),
        ("172.16.0.0", "172.31.255.255"),
        ("192.0.0.0", "192.0.0.255"),
        ("192.168.0.0", "192.168.255.255"),
        ("198.18.0.0", "198.19.255.255"),
        ("224.0.0.0", "255.255.255.255"),
        ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ] {
        assert!(!is_public(ip(first)), "{first}");
        assert!(!is_public(ip(last)), "{last}");
    }
}

#[test]
fn their_neighbours_are_public() {
    for address in [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2000::",
        "2001:200::",
        "2001:db7:ffff::",
        "2001:db9::",
        "2003::",
        "3ffe:ffff::",
        "64:ff9b::8.8.8.8",
    ] {
        assert!(is_public(ip(address)), "{address}");
    }
}

#[test]
fn one_private_address_refuses_the_host_whole() {
    let guard = Guard::default();
    let (public, private) = (ip("8.8.8.8"), ip("10.0.0.1"));
    assert_eq!(guard.check_addresses("h", &[public]), Ok(()));
    for mixed in [&[public, private][..], &[private, public], &[public, ip("::1"), public]] {
        assert_eq!(guard.check_addresses("h", mixed), Err(Refused::Address { host: "h".to_owned() }));
    }
}

#[test]
fn the_allow_list_opens_what_it_names() {
    let nets = guard(&["10.1.0.0/16", "fd12::/32", "192.168.7.7", "loopback"]);
    for address in ["10.1.2.3", "::ffff:10.1.2.3", "fd12::9", "192.168.7.7", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(nets.check_addresses("h", &[ip(address)]), Ok(()), "{address}");
    }
    for address in ["10.2.0.1", "fd13::9", "192.168.7.8", "0.0.0.0", "64:ff9b::10.1.2.3"] {
        assert!(nets.check_addresses("h", &[ip(address)]).is_err(), "{address}");
    }
}

#[test]
fn a_listed_host_is_trusted_by_name_and_port() {
    let guard = guard(&["CRM.internal:8080", "wiki.internal.", "10.0.0.5:9000", "[fd00::5]:9000", "mail.example:25"]);
    let trusts = |url: &str| guard.trusts(&Url::parse(url).unwrap());
    for url in [
        "http://crm.internal:8080/",
        "http://crm.internal.:8080/",
        "https://wiki.internal/",
        "http://wiki.internal:1234/",
        "http://10.0.0.5:9000/",
        "http://0xa000005:9000/",
        "http://[fd00:0::5]:9000/",
        "http://mail.example:25/",
    ] {
        assert!(trusts(url), "{url}");
        assert_eq!(check(&guard, url), Ok(()), "{url}");
    }
    for url in ["http://crm.internal/", "http://x.crm.internal:8080/", "http://10.0.0.5/", "http://10.0.0.6:9000/"] {
        assert!(!trusts(url), "{url}");
    }
    assert!(check(&guard, "http://10.0.0.5/").is_err());
}

#[test]
fn a_socket_address_is_one_place() {
    for address in ["127.0.0.1:9000", "[::1]:9000", "[fd00:0::5]:80"] {
        let address: std::net::SocketAddr = address.parse().unwrap();
        assert_eq!(address.to_string().parse(), Ok(Allowed::from(address)));
        assert!(guard(&[&address.to_string()]).trusts(&Url::parse(&format!("http://{address}/")).unwrap()));
    }
}

#[test]
fn proxies_are_judged_in_every_spelling() {
    let proxy = |guard: &Guard, url: &str| guard.check_proxy(&Url::parse(url).unwrap());
    for url in ["socks5://u:p@proxy.example:1080", "socks5h://proxy.example", "http://u:p@8.8.8.8:3128"] {
        assert_eq!(proxy(&Guard::default(), url), Ok(()), "{url}");
    }
    for url in
        ["socks5://127.0.0.1", "socks5://0x7f.1:1080", "socks5h://2130706433", "http://10.0.0.1:3128", "socks5://[::1]"]
    {
        assert!(matches!(proxy(&Guard::default(), url), Err(Refused::Address { .. })), "{url}");
    }
    assert!(matches!(proxy(&Guard::default(), "ftp://proxy.example"), Err(Refused::Scheme(_))));
    assert_eq!(proxy(&guard(&["10.0.0.1:1080"]), "socks5://10.0.0.1"), Ok(()));
}

#[test]
fn lines_of_the_list_are_read_and_written() {
    for (line, shown) in [
        ("loopback", "loopback"),
        (" Loopback ", "loopback"),
        ("10.1.2.3/16", "10.1.0.0/16"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("fd12::5", "fd12::5/128"),
        ("[fd12:0::5]:80", "[fd12::5]:80"),
        ("[fd12::5]", "[fd12::5]"),
        ("CRM.Internal.", "crm.internal"),
        ("crm.internal:8080", "crm.internal:8080"),
        ("почта.рф", "xn--80a1acny.xn--p1ai"),
    ] {
        assert_eq!(line.parse::<Allowed>().unwrap().to_string(), shown);
    }
    for line in [
        "",
        "a b",
        "10.0.0.0/33",
        "host:99999",
        "host:",
        "*.example.com",
        "http://host/",
        "300.1.1.1",
        "10.0.0",
        "10.0.0:80",
    ] {
        assert!(line.parse::<Allowed>().is_err(), "{line}");
    }
}

proptest! {
    /// The standard library knows some of the special nets; none of them may pass.
    #[test]
    fn nothing_the_standard_library_calls_special_is_public(bits: u32) {
        let address = Ipv4Addr::from(bits);
        let special = address.is_private() || address.is_loopback() || address.is_link_local()
            || address.is_multicast() || address.is_broadcast() || address.is_documentation()
            || address.is_unspecified();
        prop_assert!(!(special && is_public(address.into())));
    }

    #[test]
    fn an_embedded_address_is_as_public_as_itself(bits: u32) {
        let plain = Ipv4Addr::from(bits);
        let [a, b] = [(bits >> 16) as u16, bits as u16];
        let verdict = is_public(plain.into());
        prop_assert_eq!(is_public(plain.to_ipv6_mapped().into()), verdict);
        prop_assert_eq!(is_public(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b).into()), verdict);
        // 6to4 and the IPv4-compatible form are refused whatever they hold
        prop_assert!(!is_public(Ipv6Addr::new(0x2002, a, b, 0, 0, 0, 0, 1).into()));
        prop_assert!(!is_public(Ipv6Addr::new(0, 0, 0, 0, 0, 0, a, b).into()));
    }

    #[test]
    fn no_spelling_changes_the_verdict(bits: u32) {
        let [a, b, c, d] = bits.to_be_bytes();
        let verdict = is_public(Ipv4Addr::from(bits).into());
        for host in [
            format!("{a}.{b}.{c}.{d}"), format!("{bits}"), format!("0x{bits:x}"), format!("0{bits:o}"),
            format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"), format!("{a}.{}", bits & 0xff_ffff), format!("[::ffff:{a}.{b}.{c}.{d}]"),
        ] {
            let url = format!("http://{host}/");
            prop_assert_eq!(check(&Guard::default(), &url).is_ok(), verdict, "{}", url);
        }
    }

    #[test]
    fn an_ipv6_address_outside_of_2000_is_never_public(high in 0x4000_u16.., rest: [u16; 7]) {
        let [b, c, d, e, f, g, h] = rest;
        prop_assert!(!is_public(Ipv6Addr::new(high, b, c, d, e, f, g, h).into()));
    }

    #[test]
    fn the_list_reads_what_it_writes(bits: u32, length in 0..=32_u8, port in prop::option::of(1..u16::MAX)) {
        let net = Allowed::Net(ipnet::Ipv4Net::new(bits.into(), length).unwrap().trunc().into());
        prop_assert_eq!(net.to_string().parse(), Ok(net));
        let host = Allowed::Host { name: "crm.internal".to_owned(), port };
        prop_assert_eq!(host.to_string().parse(), Ok(host));
    }

    #[test]
    fn reading_a_line_never_panics(line in ".*") {
        let _ = line.parse::<Allowed>();
    }
}
