use super::places;
use crate::tidy::time::{real_clock, sleeping_tests};

#[test]
fn the_real_clock_is_for_the_edges() {
    let text = "let now = Instant::now();\nlet dice = rand::rng();\nuse rand::rngs::StdRng;\n";
    let found = places(
        real_clock,
        &[
            ("crates/relay/src/lib.rs", text),
            ("crates/relay/src/tests.rs", "SystemTime::now();\n"),
            ("crates/clock/src/lib.rs", text),
            ("crates/connectors/sandbox/src/lib.rs", "Timestamp::now();\n"),
            ("crates/connectors/sandbox/src/tests.rs", text),
            ("tests/src/lib.rs", text),
            ("docs/clock.md", text),
        ],
    );
    let all = [
        "crates/connectors/sandbox/src/lib.rs:1",
        "crates/relay/src/lib.rs:1",
        "crates/relay/src/lib.rs:2",
        "crates/relay/src/tests.rs:1",
    ];
    assert_eq!(found, all);
}

#[test]
fn a_sleeping_test_is_found_wherever_tests_can_be() {
    let nap = "tokio::time::sleep(nap).await;\n";
    let inside = "std::thread::sleep(nap);\n#[cfg(test)]\nmod checks {\nstd::thread::sleep(nap);\n}\n";
    let found = places(
        sleeping_tests,
        &[
            ("crates/a/src/lib.rs", "#[cfg(test)]\nmod cases;\nmod work;\n"),
            ("crates/a/src/cases.rs", "use tokio::time::{Duration, sleep};\n"),
            ("crates/a/src/work.rs", nap),
            ("crates/a/src/lanes/tests.rs", nap),
            ("crates/a/src/mixed.rs", inside),
            ("crates/a/tests/outside.rs", nap),
            ("tests/src/lib.rs", nap),
        ],
    );
    let all = [
        "crates/a/src/cases.rs:1",
        "crates/a/src/lanes/tests.rs:1",
        "crates/a/src/mixed.rs:4",
        "crates/a/tests/outside.rs:1",
        "tests/src/lib.rs:1",
    ];
    assert_eq!(found, all);
}

#[test]
fn a_reason_excuses_a_line() {
    let excused = "thread::sleep(nap); // tidy: real time because the other process has no clock of ours\n";
    let above = "// tidy: real time because it polls a process\nthread::sleep(nap);\nthread::sleep(nap);\n";
    let empty = "thread::sleep(nap); // tidy: real time because \n";
    assert_eq!(places(sleeping_tests, &[("tests/src/a.rs", excused)]), [""; 0]);
    assert_eq!(places(sleeping_tests, &[("tests/src/a.rs", above)]), ["tests/src/a.rs:3"]);
    assert_eq!(places(sleeping_tests, &[("tests/src/a.rs", empty)]), ["tests/src/a.rs:1"]);
}
