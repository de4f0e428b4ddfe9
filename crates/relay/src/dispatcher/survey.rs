//! Looking at lanes that rest: after a start, after a change of the shelves, and a few each second in case a ring of the
//! bell was lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use sluice_model::{ListenerId, Timestamp};
use sluice_store::Fault;
use sluice_telemetry::names;
use tokio::sync::mpsc;

use crate::lane::Key;
use crate::parts::Tools;

/// Looks under way at once: a survey of all lanes must not crowd out the readers of the store.
const LOOKS: usize = 8;

/// What a look has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is something to do now.
    Work,
    /// A delivery is due then.
    DueAt(Timestamp),
}

/// Looks at all of `lanes`, and sends what it finds to do.
pub fn survey(tools: Arc<Tools>, lanes: Vec<Key>) -> mpsc::Receiver<(Key, Found)> {
    let (found, receiver) = mpsc::channel(LOOKS);
    tokio::spawn(async move {
        let look = |key| {
            let tools = &tools;
            async move { (key, look(tools, key).await) }
        };
        let mut looks = stream::iter(lanes).map(look).buffer_unordered(LOOKS);
        while let Some((key, result)) = looks.next().await {
            let finding = match result {
                Ok(finding) => finding,
                // The lane itself meets the fault again, and knows how to wait.
                Err(_) => Some(Found::Work),
            };
            if let Some(finding) = finding
                && found.send((key, finding)).await.is_err()
            {
                return;
            }
        }
    });
    receiver
}

async fn look(tools: &Tools, key: Key) -> Result<Option<Found>, Fault> {
    let store = tools.store();
    let cursor = store.cursor(key.listener, key.account).await?;
    if cursor < store.last(key.account).await? {
        return Ok(Some(Found::Work));
    }
    let (due, next) = store.due(key.listener, key.account, tools.clock().now(), 1).await?;
    Ok(if due.is_empty() { next.map(Found::DueAt) } else { Some(Found::Work) })
}

/// Counts the deliveries that wait, over the listeners that can have some.
pub async fn count_waiting(tools: Arc<Tools>, listeners: BTreeSet<ListenerId>) {
    let mut waiting = 0;
    for listener in listeners {
        match tools.store().count_retries(listener).await {
            Ok(count) => waiting += count,
            Err(_) => return,
        }
    }
    // Exact up to 2^53, which is far beyond any store.
    metrics::gauge!(names::RELAY_RETRIES_WAITING).set(waiting as f64);
}
