use std::path::PathBuf;

use super::{Error, Mistake, Origin, RESERVED, Sources, Trouble};
use crate::{Allowed, Config};

/// A folder with a `sluice.toml` in it; the folder goes when the first half is dropped.
fn with_file(toml: &str) -> (tempfile::TempDir, Sources) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sluice.toml"), toml).unwrap();
    let sources = Sources { folder: folder.path().to_owned(), ..Sources::default() };
    (folder, sources)
}

/// Sources that read no file.
fn without_file() -> Sources {
    Sources { folder: PathBuf::from("/nonexistent-folder-of-sluice"), ..Sources::default() }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn mistakes(sources: &Sources) -> Vec<Mistake> {
    match Config::load(sources) {
        Err(Error::Mistakes(mistakes)) => mistakes,
        other => panic!("expected mistakes, got {other:?}"),
    }
}

fn only_mistake(sources: &Sources) -> Mistake {
    let mut all = mistakes(sources);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn a_later_source_wins_over_an_earlier_one() {
    let (_folder, mut sources) = with_file(
        "[courier]\nin_flight = 2\nunknown_attempts = 5\n[store.sqlite]\nreaders = 7\n[log]\nlevel = \"warn\"",
    );
    sources.env =
        vec![pair("SLUICE_COURIER__IN_FLIGHT", "3"), pair("SLUICE_STORE__SQLITE__READERS", "8"), pair("PATH", "/bin")];
    sources.flags = vec![pair("courier.in_flight", "4")];
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.courier.in_flight, 4, "flag over environment");
    assert_eq!(config.store.sqlite.readers, 8, "environment over file");
    assert_eq!(config.courier.unknown_attempts, 5, "file over default");
    assert_eq!(config.relay.concurrency, 64, "default");
}

#[test]
fn text_takes_the_shape_of_its_key() {
    let mut sources = without_file();
    sources.env = vec![
        pair("SLUICE_OUTSIDE__ALLOW", "10.0.0.0/8, loopback,crm.internal:8443"),
        pair("SLUICE_OUTSIDE__HTTPS_ONLY", "true"),
        pair("SLUICE_SERVER__DRAIN", "2m"),
        pair("SLUICE_CONNECTORS__SANDBOX__SEED", "18446744073709551615"),
        // All digits, and still a text: it must not become a number on the way.
        pair("SLUICE_SECURITY__MASTER_KEY", &"01".repeat(32)),
        pair("SLUICE_SERVER__PUBLIC_URL", ""),
    ];
    let config = Config::load(&sources).unwrap();
    let expected = [
        Allowed::Network("10.0.0.0/8".parse().unwrap()),
        Allowed::Loopback,
        Allowed::Host { name: "crm.internal".to_owned(), port: Some(8443) },
    ];
    assert_eq!(config.outside.allow, expected);
    assert!(config.outside.https_only);
    assert_eq!(config.server.drain.as_secs(), 120);
    assert_eq!(config.connectors.sandbox.seed, u64::MAX);
    assert_eq!(config.security.master_key.unwrap().expose(), &[1; 32]);
    assert!(config.server.public_url.is_none());
}

#[test]
fn a_list_replaces_the_list_below() {
    let (_folder, mut sources) = with_file("outside.allow = [\"a.example\", \"b.example\"]");
    sources.env = vec![pair("SLUICE_OUTSIDE__ALLOW", "c.example")];
    assert_eq!(Config::load(&sources).unwrap().outside.allow.len(), 1);
    sources.env = vec![pair("SLUICE_OUTSIDE__ALLOW", "")];
    assert!(Config::load(&sources).unwrap().outside.allow.is_empty());
}

#[test]
fn an_unknown_key_in_the_file_is_named_with_its_line_and_the_nearest_key() {
    let (folder, sources) = with_file("[server]\ndrain = \"5s\"\nlisen = \"127.0.0.1:1\"\n");
    let mistake = only_mistake(&sources);
    assert_eq!(
        mistake.to_string(),
        format!(
            "{} line 3: there is no key `server.lisen`; did you mean `server.listen`?",
            folder.path().join("sluice.toml").display()
        )
    );
}

#[test]
fn an_unknown_variable_gets_a_suggestion_in_its_own_spelling() {
    for (wrong, right) in [
        ("SLUICE_SERVER__LISTN", "SLUICE_SERVER__LISTEN"),
        ("SLUICE_SERVER_LISTEN", "SLUICE_SERVER__LISTEN"),
        ("SLUICE_LISTEN", "SLUICE_SERVER__LISTEN"),
        ("SLUICE_STORE__READERS", "SLUICE_STORE__SQLITE__READERS"),
        ("SLUICE_CONFG", "SLUICE_CONFIG"),
        ("SLUICE_server__listen", "SLUICE_SERVER__LISTEN"),
    ] {
        let mut sources = without_file();
        sources.env = vec![pair(wrong, "x")];
        let mistake = only_mistake(&sources);
        let nearest = Some(right.to_owned());
        assert_eq!(mistake.trouble, Trouble::Unknown { nearest }, "{wrong}");
        assert!(mistake.to_string().contains(wrong), "{mistake}");
    }
}

#[test]
fn nothing_is_suggested_where_nothing_is_near() {
    let mut sources = without_file();
    sources.flags = vec![pair("zzz.qqqqqqqqqqqq", "x")];
    let mistake = only_mistake(&sources);
    assert_eq!(mistake.trouble, Trouble::Unknown { nearest: None });
    assert!(mistake.to_string().starts_with("flag for zzz.qqqqqqqqqqqq: "));
}

#[test]
fn reserved_variables_are_no_keys() {
    let mut sources = without_file();
    let (folder, _) = with_file("");
    let file = folder.path().join("sluice.toml");
    sources.env = RESERVED.iter().map(|(name, _)| pair(name, file.to_str().unwrap())).collect();
    assert!(Config::load(&sources).is_ok());
}

#[test]
fn every_mistake_is_told_in_one_go_also_where_it_is_overridden() {
    let (_folder, mut sources) = with_file(
        "log = 3\n[courier]\nin_flight = \"many\"\norder_ttl = \"soon\"\n[sever]\n[relay.concurrency]\nx = 1",
    );
    sources.env = vec![pair("SLUICE_STORE__SQLITE__READERS", "0")];
    sources.flags = vec![
        pair("courier.in_flight", "4"),
        pair("store.engine", "postgres"),
        pair("server.trusted_proxies", "10.0.0.0/33"),
    ];
    let told: Vec<_> = mistakes(&sources).into_iter().map(|one| one.path).collect();
    let mut sorted = told.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        [
            "courier.in_flight",
            "courier.order_ttl",
            "log",
            "relay.concurrency.x",
            "server.trusted_proxies",
            "sever",
            "store.engine",
            "store.sqlite.readers",
        ]
    );
}

#[test]
fn a_wrong_value_is_told_with_its_place_and_what_is_expected() {
    let (folder, sources) = with_file("\n[courier]\n\nin_flight = \"many\"");
    let file = folder.path().join("sluice.toml");
    assert_eq!(
        only_mistake(&sources).to_string(),
        format!("{} line 4: `courier.in_flight` must be a whole number, 1 or more, not `\"many\"`", file.display())
    );
    let mut sources = without_file();
    sources.env = vec![pair("SLUICE_STORE__ENGINE", "postgres")];
    assert_eq!(
        only_mistake(&sources).to_string(),
        "environment variable SLUICE_STORE__ENGINE: `store.engine` must be `sqlite`, not `postgres`"
    );
    sources.env = vec![pair("SLUICE_LOG__LEVEL", "")];
    assert_eq!(
        only_mistake(&sources).to_string(),
        "environment variable SLUICE_LOG__LEVEL: `log.level` must be \
         `error` or `warn` or `info` or `debug` or `trace`, not empty"
    );
}

#[test]
fn a_wrong_secret_is_never_quoted() {
    let canary = "c0ffee-canary";
    for toml in [
        format!("[security]\nmaster_key = \"{canary}\""),
        format!("[security]\nmaster_key = {canary}"),
        format!("[security]\nmaster_key = \"{canary}"),
        format!("[security]\nmaster_key = [\"{canary}\"]"),
        format!("[security]\nmaster_key = '{canary}' '{canary}'"),
    ] {
        let (_folder, sources) = with_file(&toml);
        let error = Config::load(&sources).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
    let mut sources = without_file();
    sources.env = vec![pair("SLUICE_SECURITY__MASTER_KEY", canary)];
    let error = Config::load(&sources).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let (_folder, sources) = with_file("[server]\nlisten = \n");
    let error = Config::load(&sources).unwrap_err();
    assert!(matches!(error, Error::Syntax { line: 2, .. }), "{error:?}");
}

#[test]
fn the_file_is_the_named_one_or_the_usual_one_or_none() {
    let (folder, mut sources) = with_file("data.dir = \"usual\"");
    let dir = |sources: &Sources| Config::load(sources).unwrap().data.dir;
    assert_eq!(dir(&sources), PathBuf::from("usual"));
    for name in ["by-env", "by-flag"] {
        let text = format!("data.dir = \"{name}\"");
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let by_env = folder.path().join("by-env");
    sources.env = vec![pair("SLUICE_CONFIG", by_env.to_str().unwrap())];
    assert_eq!(dir(&sources), PathBuf::from("by-env"));
    sources.file = Some(folder.path().join("by-flag"));
    assert_eq!(dir(&sources), PathBuf::from("by-flag"));
    sources.file = Some(folder.path().join("absent"));
    assert!(matches!(Config::load(&sources), Err(Error::Read { .. })));
    assert_eq!(dir(&without_file()), PathBuf::from("./data"));
}

#[test]
fn the_origin_of_a_flag_is_its_key() {
    let mut sources = without_file();
    sources.flags = vec![pair("server.listen", "8080")];
    let path = "server.listen".to_owned();
    assert_eq!(only_mistake(&sources).origin, Origin::Flag { path });
}

#[test]
fn of_the_process_only_our_variables_are_taken() {
    let sources = Sources::of_process(None, Vec::new()).unwrap();
    assert!(std::env::vars_os().count() > 0, "cargo sets some");
    let ours = |(name, _): &(String, String)| name.starts_with("SLUICE_");
    assert!(sources.env.iter().all(ours));
}
