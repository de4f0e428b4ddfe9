//! Stands behind one account's keeper: when that breaks, another takes its place.

use std::time::Duration;

use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use crate::keeper::{Keeper, Post};
use crate::{counts, pace};
use sluice_telemetry::brief::{NAME, brief};
use sluice_telemetry::names::span;

/// Why nobody speaks for an account here any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The account was removed, or the gateway is closing.
    Stopped,
    /// The account's epoch is no longer ours.
    Stale,
}

/// Before an account that somebody else took is asked for again. The store decides who gets it; a node that is alive
/// keeps it, and one that is gone has lost it by then.
const LEASE: Duration = Duration::from_secs(10);

pub async fn guard(post: Post) {
    let (id, parts) = (post.id(), post.parts.clone());
    let settings = &parts.settings;
    let mut pauses = pace::Pauses::new(settings.reopen_first, settings.reopen_max);
    let mut fallen_until = None;
    loop {
        let began = parts.clock.now();
        let session = {
            let account = post.account.borrow();
            let (name, connector) = (brief(&account.name, NAME), post.connector.name());
            tracing::info_span!(span::COURIER_SESSION, account = %id, name, connector)
        };
        let keeper = tokio::spawn(Keeper::run(post.clone(), fallen_until.take()).instrument(session.clone()));
        let end = AbortOnDropHandle::new(keeper).await;
        if parts.clock.now().since(began) >= settings.steady {
            pauses.reset();
        }
        match end {
            Ok(End::Stopped) => return,
            Ok(End::Stale) => {
                session.in_scope(|| tracing::warn!("the account is not ours any more"));
                tokio::select! {
                    () = post.stop.cancelled() => return,
                    () = parts.clock.sleep(LEASE.max(pauses.next(&parts.dice))) => {}
                }
            }
            Err(broken) if broken.is_panic() => {
                session.in_scope(|| tracing::error!("the session panicked and is being reopened"));
                counts::reopened(post.connector.name());
                fallen_until = Some(parts.clock.now().plus(pauses.next(&parts.dice)));
            }
            // The runtime is going down.
            Err(_) => return,
        }
    }
}
