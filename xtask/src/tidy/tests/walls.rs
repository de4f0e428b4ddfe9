use super::printed;
use crate::tidy::dependencies::{crates_of_ours, crates_with_a_home};
use crate::tidy::graph::{Graph, Metadata};
use crate::tidy::tree::Tree;
use crate::tidy::walls::{CRATES, Knows};

use serde_json::{Value, json};

const ROOT: &str = "/house";

/// A crate of ours at this folder that declares these dependencies, each with its kind.
fn ours(folder: &str, dependencies: &[(&str, Value)]) -> Value {
    let name = format!("sluice-{}", folder.rsplit('/').next().unwrap());
    let declared = dependencies.iter().map(|(name, kind)| json!({"name": name, "kind": kind}));
    let manifest = format!("{ROOT}/{folder}/Cargo.toml");
    json!({"id": name, "name": name, "manifest_path": manifest, "dependencies": declared.collect::<Vec<_>>()})
}

/// A tree from packages as cargo tells them, and from what it resolved for the foreign ones.
fn tree(mine: &[Value], foreign: &[(&str, &[&str])]) -> Tree {
    let link = |name: &&str| json!({"pkg": name, "dep_kinds": [{"kind": null}]});
    let strangers = foreign.iter().map(
        |(name, _)| json!({"id": name, "name": name, "manifest_path": "/registry/Cargo.toml", "dependencies": []}),
    );
    let resolved =
        foreign.iter().map(|(name, deps)| json!({"id": name, "deps": deps.iter().map(link).collect::<Vec<_>>()}));
    let told = json!({
        "workspace_root": ROOT,
        "workspace_members": mine.iter().map(|package| &package["id"]).collect::<Vec<_>>(),
        "packages": mine.iter().cloned().chain(strangers).collect::<Vec<_>>(),
        "resolve": {"nodes": resolved.collect::<Vec<_>>()},
    });
    let metadata: Metadata = serde_json::from_value(told).unwrap();
    let relay = "[dependencies]\nserde.workspace = true\nsluice-courier.workspace = true\nodd = \"1\"\n";
    Tree::new(vec![("crates/relay/Cargo.toml".to_owned(), relay.to_owned())], metadata.into_graph())
}

const NORMAL: Value = Value::Null;

#[test]
fn a_room_that_knows_another_room_is_found_at_its_line() {
    let tree = tree(
        &[
            ours("crates/relay", &[("sluice-courier", NORMAL), ("sluice-store", NORMAL)]),
            ours("crates/courier", &[]),
            ours("crates/store", &[]),
        ],
        &[],
    );
    let expected = "crates/relay/Cargo.toml:3: dependencies: `relay` may not know `courier`; \
                    it knows dialect, store, outside, model, clock, telemetry";
    assert_eq!(printed(crates_of_ours, &tree), [expected]);
}

#[test]
fn build_dependencies_count_and_tests_are_free_but_for_the_model() {
    let tree = tree(
        &[
            ours("crates/secret", &[("sluice-clock", json!("build"))]),
            ours("crates/courier", &[("sluice-sandbox", json!("dev"))]),
            ours("crates/model", &[("sluice-clock", json!("dev"))]),
            ours("crates/clock", &[("sluice-model", NORMAL)]),
            ours("crates/connectors/sandbox", &[("sluice-secret", NORMAL)]),
        ],
        &[],
    );
    let found = printed(crates_of_ours, &tree);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("`secret` may not know `clock`; it knows none of ours"));
    assert!(found[1].contains("`model` may not know `clock`"));
}

#[test]
fn a_crate_without_a_line_in_the_table_is_found() {
    let found = printed(crates_of_ours, &tree(&[ours("crates/attic", &[])], &[]));
    let expected = "crates/attic/Cargo.toml:1: dependencies: give this crate its line in xtask/src/tidy/walls.rs";
    assert_eq!(found, [expected]);
}

#[test]
fn a_library_away_from_home_is_found_also_behind_another_one() {
    let tree = tree(
        &[
            ours("crates/outside", &[("reqwest", NORMAL)]),
            ours("crates/relay", &[("odd", NORMAL), ("sluice-outside", NORMAL), ("axum", json!("dev"))]),
            ours("crates/store-sqlite", &[("refinery", NORMAL)]),
            ours("crates/intake", &[("rusqlite", NORMAL)]),
        ],
        &[
            ("reqwest", &[]),
            ("odd", &["odder"]),
            ("odder", &["reqwest"]),
            ("refinery", &["rusqlite"]),
            ("rusqlite", &[]),
        ],
    );
    let expected = [
        "crates/intake/Cargo.toml:1: dependencies: `rusqlite` is for store-sqlite only; ask that crate",
        "crates/relay/Cargo.toml:4: dependencies: `reqwest` (through `odd`) is for outside, gateway, tests, trials \
         only; ask that crate",
    ];
    assert_eq!(printed(crates_with_a_home, &tree), expected);
}

#[test]
fn an_optional_dependency_that_is_switched_off_counts() {
    let tree = tree(&[ours("crates/relay", &[("tokio-postgres", NORMAL)])], &[]);
    assert_eq!(printed(crates_with_a_home, &tree).len(), 1);
}

#[test]
fn the_table_itself_keeps_the_rooms_and_the_edges_apart() {
    for (name, knows) in CRATES {
        let Knows::Only(allowed) = knows else {
            assert!(["gateway", "tests", "trials"].contains(name), "`{name}` may not know everything");
            continue;
        };
        for room in ["intake", "courier", "relay", "console", "gateway"] {
            assert!(!allowed.contains(&room), "`{name}` may not know the room `{room}`");
        }
        let behind = |other: &&str| other.starts_with("store-") || other.starts_with("connectors/");
        assert!(!allowed.iter().any(behind), "only gateway chooses stores and connectors, not `{name}`");
    }
}

#[test]
fn a_graph_without_crates_has_no_faults() {
    assert_eq!(printed(crates_of_ours, &Tree::new(Vec::new(), Graph::default())), [""; 0]);
}
