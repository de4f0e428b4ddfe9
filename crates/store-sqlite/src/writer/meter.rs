//! How commits go. A measurement only: nothing is decided by it, so it reads the real clock.

use std::time::Instant;

use sluice_telemetry::names;

use crate::rows;

pub struct Meter {
    begun: Instant,
    verbs: usize,
}

impl Meter {
    pub fn start(verbs: usize) -> Self {
        Self { begun: Instant::now(), verbs }
    }

    pub fn stop(self, committed: bool) {
        let outcome = if committed { "ok" } else { "failed" };
        metrics::counter!(names::STORE_COMMITS, names::label::OUTCOME => outcome).increment(1);
        metrics::histogram!(names::STORE_COMMIT_SECONDS).record(self.begun.elapsed().as_secs_f64());
        metrics::histogram!(names::STORE_COMMIT_VERBS).record(self.verbs as f64);
    }
}

/// `entries` counts by [`rows::kind`].
pub fn count_entries(entries: &[u64; rows::KINDS.len()]) {
    for (kind, count) in rows::KINDS.into_iter().zip(entries) {
        if *count > 0 {
            metrics::counter!(names::STORE_EVENTS, names::label::KIND => kind).increment(*count);
        }
    }
}
