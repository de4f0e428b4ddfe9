use std::path::PathBuf;

use super::{print_env, reference};
use crate::schema::{sections, value_at, values_of};
use crate::{Config, Sources};

/// Sources that read no file, and these flags.
fn flags(flags: &[(&str, &str)]) -> Sources {
    Sources {
        folder: PathBuf::from("/nonexistent-folder-of-sluice"),
        flags: flags.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect(),
        ..Sources::default()
    }
}

#[test]
fn every_section_and_key_is_documented() {
    let page = reference();
    let mut count = 0;
    for section in sections() {
        assert!(section.words.len() > 10, "{} has no words", section.path);
        assert!(page.contains(&format!("## `[{}]`", section.path)));
        for key in section.keys {
            count += 1;
            assert!(key.words.len() > 10, "{} has no words", key.path);
            assert!(key.expects.len() > 3, "{} has no form", key.path);
            let row = format!("| `{}` | `{}` |", key.path, key.env);
            assert!(page.contains(&row), "{row}");
            assert!(page.contains(&key.words), "{}", key.words);
            assert!(!key.default.is_null() || key.example.is_some(), "{}", key.path);
        }
    }
    // A schema that lost its properties would leave nothing to check above.
    assert!(count > 40, "only {count} keys");
}

#[test]
fn the_names_follow_the_path() {
    let readers =
        sections().into_iter().flat_map(|section| section.keys).find(|key| key.path == "store.sqlite.readers").unwrap();
    assert_eq!(readers.env, "SLUICE_STORE__SQLITE__READERS");
    assert_eq!(readers.name, "readers");
    assert_eq!(readers.default, 4);
}

#[test]
fn the_example_file_holds_every_key_and_loads_as_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let toml = Config::example_toml();
    std::fs::write(folder.path().join("sluice.toml"), &toml).unwrap();
    let sources = Sources { folder: folder.path().to_owned(), ..Sources::default() };
    let config = Config::load(&sources).unwrap();
    assert_eq!(values_of(&config), values_of(&Config::default()));

    let table: toml::Table = toml.parse().unwrap();
    let table = serde_json::to_value(table).unwrap();
    for key in sections().iter().flat_map(|section| &section.keys) {
        if key.default.is_null() {
            assert!(toml.contains(&format!("\n# {} = ", key.name)), "{}", key.path);
        } else {
            assert_eq!(value_at(&table, &key.path), &key.default, "{}", key.path);
        }
    }
}

#[test]
fn the_printed_environment_loads_as_the_same_configuration() {
    let config = Config::load(&flags(&[
        ("outside.allow", "loopback,10.0.0.0/8,[::1]:90,crm.internal:8443"),
        ("server.trusted_proxies", "10.0.0.1,fd00::/8"),
        ("server.public_url", "https://sluice.example.org/"),
        ("server.limits.body_size", "1536KiB"),
        ("server.drain", "1500ms"),
        ("data.dir", "/var/lib/my sluice"),
        ("log.format", "json"),
    ]))
    .unwrap();
    let mut again = flags(&[]);
    again.env = print_env(&config)
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let keys: usize = sections().iter().map(|section| section.keys.len()).sum();
    assert_eq!(again.env.len(), keys);
    assert_eq!(values_of(&Config::load(&again).unwrap()), values_of(&config));
    assert_ne!(values_of(&config), values_of(&Config::default()));
}

#[test]
fn a_secret_is_shown_nowhere() {
    let secret = "5e".repeat(32);
    let config = Config::load(&flags(&[("security.master_key", &secret)])).unwrap();
    assert_eq!(config.security.master_key.as_ref().unwrap().expose(), &[0x5e; 32]);
    let printed = print_env(&config);
    assert!(printed.contains("SLUICE_SECURITY__MASTER_KEY=***\n"));
    let shown = format!("{config:?} {printed} {}", values_of(&config));
    // 94 is 0x5e: a derived Debug would print the bytes in decimal.
    assert!(!shown.contains("5e5e") && !shown.contains("94, 94"), "{shown}");
    assert!(print_env(&Config::default()).contains("SLUICE_SECURITY__MASTER_KEY=\n"));
}
