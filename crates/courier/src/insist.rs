//! Store verbs that must be carried out: tried until they are, or until there is nobody left to try.

use std::pin::Pin;
use std::time::Duration;

use sluice_clock::Clock;
use sluice_store::Fault;
use tokio_util::sync::CancellationToken;

use crate::guard::End;

/// Between two tries.
pub const PAUSE: Duration = Duration::from_secs(1);

/// Tries `verb` at least once, and again each second while the store is full or in trouble.
///
/// # Errors
/// [`End::Stale`] when the account is no longer ours, [`End::Stopped`] when `stop` came before the verb went through.
pub async fn insist<'a, T>(
    clock: &Clock,
    stop: &CancellationToken,
    verb: impl Fn() -> Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>> + Send,
) -> Result<T, End> {
    loop {
        match verb().await {
            Ok(value) => return Ok(value),
            Err(Fault::Stale) => return Err(End::Stale),
            Err(fault) => tracing::warn!(%fault, "the store did not take it; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => return Err(End::Stopped),
            () = clock.sleep(PAUSE) => {}
        }
    }
}
