//! Ends orders whose time ran out, of all accounts, whether or not their session is there.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{Parts, pace};

/// Orders ended in one commit.
const BATCH: usize = 1000;

pub async fn sweep(parts: Arc<Parts>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = parts.clock.sleep(pace::beat(&parts.clock)) => {}
        }
        loop {
            match parts.store.expire(parts.clock.now(), BATCH).await {
                Ok(0) => break,
                Ok(orders) => {
                    tracing::debug!(orders, "orders expired");
                    if orders < BATCH as u64 {
                        break;
                    }
                }
                Err(fault) => {
                    tracing::warn!(%fault, "orders could not be expired; trying again");
                    break;
                }
            }
        }
    }
}
