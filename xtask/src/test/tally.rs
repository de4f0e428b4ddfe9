//! Counting what a run of `cargo test` says.

use std::collections::BTreeSet;

/// The sums of one `cargo xtask test`.
#[derive(Default)]
pub struct Tally {
    /// Failed tests and failed steps together, so that the sums never look better than the run was.
    pub failed: usize,
    /// What this machine lacks, what tests left out for it, and tests that are ignored.
    pub skipped: usize,
    /// The names of what failed, in order.
    pub failures: Vec<String>,
    /// Why things were skipped, each reason once.
    pub reasons: BTreeSet<String>,
    ended_well: usize,
    ended_early: usize,
    inside_successes: bool,
}

impl Tally {
    /// Takes in one line of the output. Returns whether a person needs to see it.
    pub fn read(&mut self, line: &str) -> bool {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
        if let Some(sums) = line.strip_prefix("test result: ") {
            self.ended_well += count(sums, "passed");
            self.failed += count(sums, "failed");
            self.skipped += count(sums, "ignored");
        }
        if line.starts_with("SKIPPED:") {
            self.skip(line);
            self.ended_early += 1;
            return true;
        }
        // libtest shows once more the names and the words of all tests that passed: nobody reads that.
        match line {
            "successes:" => self.inside_successes = true,
            "failures:" => self.inside_successes = false,
            _ if line.starts_with("test result: ") => self.inside_successes = false,
            _ => {}
        }
        !self.inside_successes
    }

    /// Counts a step that could not run.
    pub fn skip(&mut self, reason: &str) {
        self.skipped += 1;
        self.reasons.insert(reason.to_owned());
    }

    /// Counts a step that failed.
    pub fn fail(&mut self, name: String) {
        self.failed += 1;
        self.failures.push(name);
    }

    /// Tests that ended well and did not say that they skipped their work.
    pub fn passed(&self) -> usize {
        self.ended_well.saturating_sub(self.ended_early)
    }
}

/// Reads `12` for `passed` out of `ok. 12 passed; 0 failed; 0 ignored; …`.
fn count(sums: &str, what: &str) -> usize {
    let number = |part: &str| part.trim().strip_suffix(what)?.split_whitespace().last()?.parse().ok();
    sums.split(';').find_map(number).unwrap_or(0)
}
