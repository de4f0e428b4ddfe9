//! Time and randomness are arguments; only the edges of the house read the real ones.

use super::Finding;
use super::source::says;
use super::tree::{File, Tree};

/// What reads the real clock or real randomness.
const REAL: &[&str] =
    &["Instant::now", "SystemTime::now", "Timestamp::now", "Zoned::now", "rand::rng", "rand::random", "thread_rng"];

/// Where that is allowed.
const EDGES: &[&str] = &[
    "crates/clock/",
    "crates/gateway/",
    "crates/outside/",
    "crates/telemetry/",
    "crates/secret/",
    // It measures commits; nothing is decided by it.
    "crates/store-sqlite/src/writer/meter.rs",
    "tests/",
    "trials/",
    "xtask/",
];

/// What holds a test up for a stretch of real time.
const SLEEPS: &[&str] = &["thread::sleep", "time::sleep", "time::sleep_until"];

/// The words, in a comment, that excuse a line.
const EXCUSE: &str = "tidy: real time because ";

/// Everything inside the house takes a clock and a source of randomness as arguments.
pub fn real_clock(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| !is_edge(file)) {
        for (number, line) in file.numbered() {
            for call in REAL.iter().filter(|call| says(&line.code, call)) {
                let advice = format!("`{call}`: take a `Clock` or a source of randomness as an argument");
                findings.push(Finding::new(&file.path, number, "clock", advice));
            }
        }
    }
    findings
}

/// A test that sleeps is slow on a good day and wrong on a bad one.
pub fn sleeping_tests(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let Some(first) = file.tests_from else { continue };
        for (number, line) in file.numbered().skip(first) {
            if sleeps(&line.code) && !is_excused(file, number) {
                let advice = format!("wait for the event or move a `Clock`; if neither can be, say `// {EXCUSE}…`");
                findings.push(Finding::new(&file.path, number, "sleep", advice));
            }
        }
    }
    findings
}

fn is_edge(file: &File) -> bool {
    // A connector's tests play the provider, which lives in real time.
    let plays_provider = file.is_test() && file.path.starts_with("crates/connectors/");
    plays_provider || EDGES.iter().any(|edge| file.path.starts_with(edge))
}

fn sleeps(code: &str) -> bool {
    let imported = code.contains("time::{") || code.contains("thread::{");
    SLEEPS.iter().any(|call| says(code, call)) || (imported && says(code, "sleep"))
}

/// On the line itself or alone on the line above, and with a reason.
fn is_excused(file: &File, number: usize) -> bool {
    let reason = |line: usize| {
        let comment = &file.lines.get(line.checked_sub(1)?)?.comment;
        comment.split_once(EXCUSE).map(|(_, reason)| !reason.trim().is_empty())
    };
    reason(number) == Some(true) || reason(number - 1) == Some(true)
}
