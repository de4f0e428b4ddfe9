use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Allowed, Count, Networks, Size, Span, WebBase};

#[derive(Debug, Serialize, Deserialize)]
struct Spans(#[serde(with = "Span")] Duration);

#[derive(Debug, Serialize, Deserialize)]
struct Sizes(#[serde(with = "Size")] u64);

#[derive(Debug, Serialize, Deserialize)]
struct Counts(#[serde(with = "Count")] usize);

#[derive(Debug, Serialize, Deserialize)]
struct Lists(#[serde(with = "Networks")] Vec<IpNet>);

fn read<T: for<'de> Deserialize<'de>>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

fn written<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn lengths_of_time() {
    for (text, millis, again) in [
        ("250ms", 250, "250ms"),
        ("5s", 5_000, "5s"),
        ("60s", 60_000, "1m"),
        ("90m", 5_400_000, "90m"),
        ("24h", 86_400_000, "1d"),
        ("30d", 2_592_000_000, "30d"),
        ("1h 30m", 5_400_000, "90m"),
    ] {
        let span: Spans = read(json!(text)).unwrap();
        assert_eq!(span.0, Duration::from_millis(millis), "{text}");
        assert_eq!(written(&span), again);
    }
    for wrong in [json!("0s"), json!("5"), json!("soon"), json!("-5s"), json!(5), json!("")] {
        assert!(read::<Spans>(wrong.clone()).is_none(), "{wrong}");
    }
    let fine: Spans = read(written(&Spans(Duration::new(1, 7)))).unwrap();
    assert_eq!(fine.0, Duration::new(1, 7), "nothing is rounded");
}

#[test]
fn sizes_count_in_thousands_unless_told() {
    for (text, bytes, again) in [
        ("64kB", 64_000, "64kB"),
        ("64KB", 64_000, "64kB"),
        ("64KiB", 65_536, "64KiB"),
        ("1MB", 1_000_000, "1MB"),
        ("1000kB", 1_000_000, "1MB"),
        ("1.5 MB", 1_500_000, "1500kB"),
        ("1001", 1_001, "1001B"),
    ] {
        let size: Sizes = read(json!(text)).unwrap();
        assert_eq!(size.0, bytes, "{text}");
        assert_eq!(written(&size), again);
    }
    for wrong in [json!("0"), json!("-1kB"), json!("1 stone"), json!(5), json!("")] {
        assert!(read::<Sizes>(wrong.clone()).is_none(), "{wrong}");
    }
}

#[test]
fn counts_are_above_zero() {
    assert_eq!(read::<Counts>(json!(1)).unwrap().0, 1);
    for wrong in [json!(0), json!(-1), json!(1.5), json!("1")] {
        assert!(read::<Counts>(wrong.clone()).is_none(), "{wrong}");
    }
}

#[test]
fn a_bare_address_is_a_network_of_one() {
    let list: Lists = read(json!(["10.0.0.0/8", "::1"])).unwrap();
    assert_eq!(written(&list), json!(["10.0.0.0/8", "::1/128"]));
    assert!(read::<Lists>(json!(["10.0.0.0/33"])).is_none());
    assert!(read::<Lists>(json!(["proxy.internal"])).is_none());
}

#[test]
fn exceptions_are_told_apart() {
    for text in
        ["loopback", "10.1.0.0/16", "127.0.0.1:9000", "[::1]:9000", "crm.internal", "crm.internal:8443", "localhost"]
    {
        assert_eq!(text.parse::<Allowed>().unwrap().to_string(), text);
    }
    let bare: Allowed = "10.0.0.1".parse().unwrap();
    assert_eq!(bare, Allowed::Network("10.0.0.1/32".parse().unwrap()));
    let loud: Allowed = "CRM.Internal".parse().unwrap();
    assert_eq!(loud.to_string(), "crm.internal");
    for wrong in
        ["", "10.0.0", "10.0.0.1/64", "crm.internal:http", "https://crm.internal", "a..b", "*.internal", "0x7f000001.1"]
    {
        assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
    }
}

#[test]
fn a_web_base_is_kept_without_its_last_slash() {
    for (text, kept) in [
        ("https://sluice.example.org", "https://sluice.example.org"),
        ("https://example.org/sluice/", "https://example.org/sluice"),
        ("HTTP://127.0.0.1:8080/", "http://127.0.0.1:8080"),
    ] {
        assert_eq!(text.parse::<WebBase>().unwrap().as_str(), kept);
    }
    for wrong in [
        "",
        "/",
        "example.org",
        "ftp://example.org",
        "https://",
        "https://user:word@example.org",
        "https://example.org/?a=b",
        "https://example.org/#top",
    ] {
        assert!(wrong.parse::<WebBase>().is_err(), "{wrong}");
    }
}
