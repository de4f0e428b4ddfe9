use std::time::Duration;

use super::Severity::{self, Error, Warning};
use crate::{Allowed, Config};

/// What `check` finds in the defaults after a change.
fn after(change: impl FnOnce(&mut Config)) -> Vec<(Severity, &'static str)> {
    let mut config = Config::default();
    change(&mut config);
    let found = config.check();
    found.iter().map(|one| (one.severity, one.path)).collect()
}

#[test]
fn the_defaults_are_fine() {
    assert_eq!(after(|_| ()), []);
}

#[test]
fn a_made_up_master_key_is_for_loopback_only() {
    for (listen, fine) in [
        ("127.0.0.1:8080", true),
        ("127.8.8.8:8080", true),
        ("[::1]:8080", true),
        ("[::ffff:127.0.0.1]:8080", true),
        ("0.0.0.0:8080", false),
        ("[::]:8080", false),
        ("10.0.0.1:8080", false),
        ("203.0.113.7:443", false),
    ] {
        let found = after(|config| {
            config.security.master_key = serde_json::from_value("00".repeat(32).into()).ok();
            config.server.listen = listen.parse().unwrap();
        });
        let refused = found.contains(&(Error, "security.master_key"));
        assert_eq!(refused, !fine, "{listen}: {found:?}");
    }
}

#[test]
fn a_door_open_to_others_wants_an_https_address() {
    let public = |config: &mut Config| config.server.listen = "0.0.0.0:8080".parse().unwrap();
    let warning = (Warning, "server.public_url");
    assert_eq!(after(public), [warning, warning]);
    let with_base = |base: &'static str| {
        after(move |config| {
            public(config);
            config.server.public_url = base.parse().ok();
        })
    };
    assert_eq!(with_base("http://sluice.example.org"), [warning]);
    assert_eq!(with_base("https://sluice.example.org"), []);
}

#[test]
fn lists_that_let_everyone_in_are_said() {
    let everyone = || "0.0.0.0/0".parse().unwrap();
    assert_eq!(after(|config| config.server.trusted_proxies = vec![everyone()]), [(Warning, "server.trusted_proxies")]);
    assert_eq!(
        after(|config| config.outside.allow = vec![Allowed::Loopback, Allowed::Network(everyone())]),
        [(Warning, "outside.allow")]
    );
}

#[test]
fn times_and_counts_that_contradict_each_other_are_said() {
    let long = Duration::from_hours(1);
    assert_eq!(after(|config| config.relay.connect_timeout = long), [(Error, "relay.connect_timeout")]);
    assert_eq!(after(|config| config.relay.headers_timeout = long), [(Error, "relay.headers_timeout")]);
    assert_eq!(after(|config| config.courier.backoff_first = long), [(Error, "courier.backoff_first")]);
    assert_eq!(after(|config| config.data.journal_keep = long), [(Warning, "data.journal_keep")]);
    assert_eq!(
        after(|config| config.server.limits.connections = 8),
        [(Warning, "server.limits.connections_per_address")]
    );
}

#[test]
fn a_key_file_beside_a_master_key_is_said() {
    let found = after(|config| {
        config.security.master_key = serde_json::from_value("00".repeat(32).into()).ok();
        config.security.key_file = Some("some.key".into());
    });
    assert_eq!(found, [(Warning, "security.key_file")]);
}

#[test]
fn what_is_not_set_follows_from_what_is() {
    let mut config = Config::default();
    assert_eq!(config.public_url(), "http://127.0.0.1:8080");
    assert_eq!(config.key_file(), std::path::Path::new("./data/master.key"));
    config.server.public_url = "https://sluice.example.org/".parse().ok();
    config.security.key_file = Some("/etc/sluice.key".into());
    assert_eq!(config.public_url(), "https://sluice.example.org");
    assert_eq!(config.key_file(), std::path::Path::new("/etc/sluice.key"));
}

#[test]
fn a_problem_prints_as_a_line() {
    let mut config = Config::default();
    config.courier.backoff_max = Duration::from_millis(1);
    assert_eq!(
        config.check()[0].to_string(),
        "error: `courier.backoff_first`: it is longer than `courier.backoff_max`. Shorten it."
    );
}
