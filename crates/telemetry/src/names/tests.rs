use std::collections::BTreeSet;

use super::{ALL, Kind, span};

const ROOMS: [&str; 5] = ["intake", "log", "store", "courier", "relay"];

#[test]
fn metric_names_follow_the_pattern() {
    for metric in ALL {
        let name = metric.name;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        assert!(name.bytes().all(plain) && !name.contains("__"), "{name}");
        let mut parts = name.split('_');
        assert_eq!(parts.next(), Some("sluice"), "{name}");
        let room = parts.next().unwrap_or_default();
        assert!(ROOMS.contains(&room), "{name}: no room {room}");
        assert!(parts.next().is_some(), "{name}: no noun");
        let total = name.ends_with("_total");
        assert_eq!(total, metric.kind == Kind::Counter, "{name}");
        // Every histogram has its buckets by its unit (install/metrics.rs).
        let measured = name.ends_with("_seconds") || name.ends_with("_verbs");
        assert_eq!(measured, metric.kind == Kind::Histogram, "{name}");
    }
}

#[test]
fn the_guide_names_every_metric_and_no_other() {
    let guide = include_str!("../../../../docs/guide/watching.md");
    let rows: BTreeSet<_> =
        guide.lines().filter_map(|line| line.strip_prefix("| `sluice_")?.split('`').next()).collect();
    let names: BTreeSet<_> = ALL.iter().filter_map(|metric| metric.name.strip_prefix("sluice_")).collect();
    assert_eq!(rows, names);
    for metric in ALL {
        assert!(guide.contains(metric.help), "{}: {}", metric.name, metric.help);
    }
}

#[test]
fn names_are_distinct() {
    let names: BTreeSet<_> = ALL.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), ALL.len());
    assert_eq!(span::ALL.iter().collect::<BTreeSet<_>>().len(), span::ALL.len());
}

#[test]
fn every_metric_has_a_sentence_of_help() {
    for metric in ALL {
        let help = metric.help;
        assert!(help.len() > 10 && help.ends_with('.'), "{}: {help:?}", metric.name);
        assert_eq!(help, help.trim());
    }
}

#[test]
fn labels_are_plain_words() {
    let labels = ALL.iter().flat_map(|metric| metric.labels);
    for word in labels {
        let plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(plain && !word.is_empty(), "{word}");
    }
}

#[test]
fn span_names_are_a_room_and_a_verb() {
    for name in span::ALL {
        let (room, verb) = name.split_once('.').unwrap_or_default();
        assert!(ROOMS.contains(&room) && !verb.is_empty(), "{name}");
    }
}
