use std::collections::HashSet;
use std::io;

use super::{Stage, Trouble, find};
use crate::guard::Refused;

fn all() -> Vec<Trouble> {
    let host = || "h.example".to_owned();
    vec![
        Trouble::BadUrl(Refused::UserInfo),
        Trouble::RefusedAddress { host: host() },
        Trouble::Dns { host: host(), missing: true },
        Trouble::Connect { host: host(), why: "nothing listens on that port".to_owned() },
        Trouble::Tls { host: host(), why: "its certificate has expired".to_owned() },
        Trouble::Timeout { host: host(), stage: Stage::Connect },
        Trouble::Timeout { host: host(), stage: Stage::Headers },
        Trouble::Timeout { host: host(), stage: Stage::Body },
        Trouble::Reset { host: host() },
        Trouble::NotHttp { host: host() },
        Trouble::TooLarge { host: host() },
        Trouble::Status { host: host(), status: 404 },
        Trouble::TooManyRedirects { host: host() },
        Trouble::Storage(io::ErrorKind::StorageFull),
    ]
}

/// The words are kept in databases and dashboards: changing one breaks both.
#[test]
fn words_are_stable() {
    let words: Vec<_> = all().iter().map(Trouble::word).collect();
    assert_eq!(
        words,
        [
            "bad_url",
            "refused_address",
            "dns",
            "connect",
            "tls",
            "timeout_connect",
            "timeout_headers",
            "timeout_body",
            "reset",
            "not_http",
            "too_large",
            "status",
            "too_many_redirects",
            "storage",
        ]
    );
    assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
}

#[test]
fn texts_read_as_sentences() {
    let text = |trouble: Trouble| trouble.to_string();
    let host = || "h.example".to_owned();
    assert_eq!(
        text(Trouble::Timeout { host: host(), stage: Stage::Headers }),
        "h.example took the connection, but did not answer in time"
    );
    assert_eq!(
        text(Trouble::Dns { host: host(), missing: true }),
        "there is no host named h.example: check the spelling of the address"
    );
    assert_eq!(
        text(Trouble::Tls { host: host(), why: "its certificate has expired".to_owned() }),
        "no secure connection to h.example: its certificate has expired"
    );
}

#[test]
fn only_what_never_left_is_surely_not_sent() {
    let sure: Vec<_> = all().iter().filter(|trouble| trouble.surely_not_sent()).map(Trouble::word).collect();
    assert_eq!(sure, ["bad_url", "refused_address", "dns", "connect", "tls", "timeout_connect"]);
}

#[test]
fn a_cause_inside_of_an_io_error_is_found() {
    let inner = io::Error::other(Refused::UserInfo);
    let outer = io::Error::other(inner);
    assert_eq!(find::<Refused>(&outer), Some(&Refused::UserInfo));
    assert_eq!(find::<rustls::Error>(&outer), None);
}
