//! What a lane has to write down. One write is under way at a time and takes all that came together meanwhile; the
//! store groups the writes of all lanes into its commits.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sluice_model::delivery::Attempt;
use sluice_model::{Position, Timestamp};
use sluice_store::deliveries::Report;
use sluice_telemetry::names::{self, label};

use crate::attempt::Tried;
use crate::lane::Ground;

/// Entries passed over without an attempt before that is worth a write of its own.
const SKIPPED: u32 = 256;

pub(crate) struct Reports {
    ground: Arc<Ground>,
    /// Where the cursor stands in the store, as far as this lane has moved it.
    confirmed: Position,
    pending: Vec<Attempt>,
    writing: Option<Pin<Box<dyn Future<Output = Written> + Send>>>,
}

/// A write that is on disk.
pub(crate) struct Written {
    cursor: Position,
    /// What was attempted.
    pub positions: Vec<Position>,
    /// When the first of what failed is due again.
    pub soonest: Option<Timestamp>,
}

impl Reports {
    pub fn new(ground: Arc<Ground>, cursor: Position) -> Self {
        Self { ground, confirmed: cursor, pending: Vec::new(), writing: None }
    }

    pub fn add(&mut self, tried: Tried) {
        count(self.ground.dialect.name(), &tried);
        self.pending.push(tried.attempt);
    }

    /// Attempts that are not being written yet.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    pub const fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    pub const fn confirmed(&self) -> Position {
        self.confirmed
    }

    /// Begins to write what there is, unless a write is under way. Everything up to `cursor` has been tried once, and
    /// those attempts were added; when nothing else happens (`at_rest`) even the smallest step is written.
    pub fn begin(&mut self, cursor: Position, at_rest: bool) {
        let step = cursor.get().saturating_sub(self.confirmed.get());
        let worth = !self.pending.is_empty() || step >= SKIPPED || (at_rest && step > 0);
        if self.writing.is_none() && worth {
            let attempts = std::mem::take(&mut self.pending);
            self.writing = Some(Box::pin(write(self.ground.clone(), attempts, self.confirmed, cursor)));
        }
    }

    /// Waits for the write under way; at once `None` when there is none. May be dropped and asked again.
    pub async fn written(&mut self) -> Option<Written> {
        let written = self.writing.as_mut()?.await;
        self.writing = None;
        self.confirmed = written.cursor;
        Some(written)
    }

    /// Writes all there is and waits for it.
    pub async fn flush(&mut self, cursor: Position) {
        self.written().await;
        self.begin(cursor, true);
        self.written().await;
    }
}

/// Tries until it is written: what was sent must not be sent again only because it could not be written down.
async fn write(ground: Arc<Ground>, attempts: Vec<Attempt>, from: Position, cursor: Position) -> Written {
    let (listener, account) = (ground.key.listener, ground.key.account);
    let positions = attempts.iter().map(|attempt| attempt.position).collect();
    let soonest = attempts.iter().filter_map(|attempt| attempt.next_at).min();
    let report = |attempt| Report { listener, account, attempt, cursor: None, from };
    let mut reports: Vec<Report> = attempts.into_iter().map(|attempt| report(Some(attempt))).collect();
    if cursor > from {
        match reports.last_mut() {
            Some(last) => last.cursor = Some(cursor),
            None => reports.push(Report { cursor: Some(cursor), ..report(None) }),
        }
    }
    while let Err(fault) = ground.tools.store().report(reports.clone()).await {
        let name = ground.tools.name_of(account).await;
        tracing::warn!(%fault, %listener, %account, name, "deliveries cannot be written down, trying again");
        ground.pause(Duration::from_secs(1)).await;
    }
    Written { cursor, positions, soonest }
}

fn count(dialect: &'static str, tried: &Tried) {
    let outcome = tried.attempt.state.name();
    metrics::counter!(names::RELAY_DELIVERIES, label::DIALECT => dialect, label::OUTCOME => outcome).increment(1);
    metrics::histogram!(names::RELAY_DELIVERY_SECONDS, label::DIALECT => dialect, label::OUTCOME => outcome)
        .record(tried.took.as_secs_f64());
}
