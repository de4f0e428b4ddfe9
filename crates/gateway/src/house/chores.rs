//! Forgetting what need not be kept: old journal entries, requests and attempts, and the samples behind the metrics.

use std::sync::Arc;
use std::time::Duration;

use sluice_clock::Clock;
use sluice_model::Timestamp;
use sluice_store::{Fault, Store};
use sluice_telemetry::install::Handle;
use tokio_util::sync::CancellationToken;

/// How long each kind of record is kept.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    pub journal: Duration,
    pub requests: Duration,
    pub attempts: Duration,
}

const EVERY: Duration = Duration::from_secs(600);
/// Rows in one commit: little enough that an accept behind it does not notice.
const AT_ONCE: usize = 500;

/// Between two foldings of the metrics' samples, of the world's time.
const FOLD: Duration = Duration::from_secs(5);

/// Each sample is kept on its own until then, whether anybody asks for the metrics or not.
pub async fn fold(metrics: Handle, shutdown: CancellationToken) {
    while shutdown.run_until_cancelled(tokio::time::sleep(FOLD)).await.is_some() {
        metrics.upkeep();
    }
}

pub async fn run(store: Arc<dyn Store>, clock: Clock, keep: Keep, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = clock.sleep(EVERY) => {}
        }
        let now = clock.now();
        if let Err(fault) = tidy_up(&*store, now, keep).await {
            tracing::warn!(%fault, "old records could not be dropped; the next round tries again");
        }
    }
}

async fn tidy_up(store: &dyn Store, now: Timestamp, keep: Keep) -> Result<(), Fault> {
    while store.prune(now.minus(keep.journal), AT_ONCE).await? as usize == AT_ONCE {}
    while store.prune_requests(now.minus(keep.requests), AT_ONCE).await? as usize == AT_ONCE {}
    while store.prune_attempts(now.minus(keep.attempts), AT_ONCE).await? as usize == AT_ONCE {}
    Ok(())
}
