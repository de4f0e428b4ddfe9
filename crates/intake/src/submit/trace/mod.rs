//! Everything that is known about one message, and why it still waits.

use std::time::Duration;

use sluice_model::account::State as Standing;
use sluice_model::command::Which;
use sluice_model::message::{Kept, Origin, State};
use sluice_model::outcome::Trace;
use sluice_model::{Account, Entry, Event, Order, Outcome, Timestamp};
use sluice_store::outbox::FAR_OFF;
use sluice_store::shelf::Page;

use super::{Errand, Result};

/// A message that was handed on so long ago is sent in most cases, and known to be.
const SOON: Duration = Duration::from_secs(10);

/// Orders looked through for what stands before this one.
const LOOKED: u64 = 1_000;

impl Errand<'_> {
    pub(super) async fn trace(&self, which: &Which) -> Result {
        let account = self.call.account()?;
        let store = &self.room.store;
        let kept = self.find(which).await?;
        let entries = store.about(account.id, kept.message.id).await?;
        let mut attempts = Vec::new();
        for entry in &entries {
            attempts.extend(store.attempts_of(entry.id()).await?);
        }
        let request = match &kept.message.origin {
            Origin::Api { request: Some(id), .. } => self.logged(*id).await?,
            _ => None,
        };
        let now = self.room.clock.now();
        let waits_for = match kept.state {
            State::Claimed => Some(in_hand(&kept, now)),
            State::Waiting => Some(match store.resting().await? {
                Some(since) => format!(
                    "these data are a copy of {}, which sends nothing until somebody says `sluice resume`",
                    written(since)
                ),
                None => {
                    let orders = store.waiting(account.id, Page::first(LOOKED)).await?;
                    waits_for(account, &kept, &entries, &orders, now)
                }
            }),
            _ => None,
        };
        Ok(Outcome::Trace(Box::new(Trace { kept, request, entries, attempts, waits_for })))
    }
}

/// What is under way with a claimed message.
fn in_hand(kept: &Kept, now: Timestamp) -> String {
    if now.since(kept.state_at) < SOON {
        return "it is being sent right now".to_owned();
    }
    format!("it was handed on at {}, and nobody has said yet what became of it", written(kept.state_at))
}

/// Why a waiting message is not being sent, for a person to read. `orders` are those of its account, oldest first.
fn waits_for(account: &Account, kept: &Kept, entries: &[Entry], orders: &[Order], now: Timestamp) -> String {
    if !account.enabled {
        return "the account is switched off".to_owned();
    }
    let reason = account.condition.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    match account.condition.state {
        Standing::Open => {}
        Standing::LoginNeeded => return format!("the account is not logged in{reason}; log it in to send what waits"),
        Standing::Connecting => return format!("the account is connecting to the messenger{reason}"),
        Standing::Blocked => return format!("the messenger has blocked the account{reason}"),
        Standing::Off => return "the account is switched off".to_owned(),
    }
    let (id, chat) = (kept.message.id, &kept.message.chat);
    if let Some(due) = orders.iter().find(|order| order.id() == id).map(|order| order.due_at).filter(|due| *due > now) {
        let retried = entries.iter().rev().find_map(|entry| match &entry.event {
            Event::MessageRetried { attempt, trouble, .. } => Some((attempt, trouble)),
            _ => None,
        });
        return match retried {
            Some((attempt, trouble)) => {
                format!("attempt {attempt} did not arrive ({}); the next one is at {}", trouble.note, written(due))
            }
            None => format!("its hour: it is to be sent at {}", written(due)),
        };
    }
    // One that has a date of its own holds up nobody before it.
    let is_dated = |order: &Order| order.due_at > now.plus(FAR_OFF);
    let before = || orders.iter().filter(|order| order.id() < id && !is_dated(order));
    match (before().filter(|order| order.chat() == chat).count(), before().count()) {
        (0, 0) => "its turn comes next".to_owned(),
        (0, others) => format!("its turn: {others} of the account's messages were accepted before it"),
        (others, _) => format!("its turn: {others} to the same chat were accepted before it"),
    }
}

/// As RFC 3339 writes it, in UTC.
fn written(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).map_or_else(|_| at.to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests;
