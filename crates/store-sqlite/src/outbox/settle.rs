//! What became of claims.

use rusqlite::{OptionalExtension, params};
use sluice_model::failure::Why;
use sluice_model::message::{State, Step, Trouble};
use sluice_model::{AccountId, Event, Order, Timestamp};
use sluice_store::outbox::{Outcome, Settled, Verdict};
use sluice_store::{Epoch, Ring};

use super::step::Stepping;
use crate::archive;
use crate::error::Result;
use crate::journal;
use crate::rows::{self, stage};
use crate::writer::Work;

pub fn all(work: &mut Work<'_>, settled: &[Settled]) -> Result<Vec<Verdict>> {
    settled.iter().map(|settled| one(work, settled)).collect()
}

fn one(work: &mut Work<'_>, settled: &Settled) -> Result<Verdict> {
    if !is_present(work, settled)? {
        return Ok(Verdict::Stale);
    }
    let (order, at) = (&settled.order, settled.at);
    match &settled.outcome {
        Outcome::Sent { remote, alias } => {
            let mut message = order.message.clone();
            message.remote = remote.clone().or(message.remote);
            message.chat_alias = alias.clone().or(message.chat_alias);
            if message != order.message {
                archive::complete(work.db, order.account, &message)?;
            }
            let stepping = Stepping { message: &message, ..Stepping::of(order, State::Claimed) };
            stepping.take(work, Step::Send, at, at, None)?;
        }
        Outcome::Retry { next_at, trouble } => retry(work, order, *next_at, trouble, at)?,
        Outcome::Failed { trouble } => {
            Stepping::of(order, State::Claimed).take(work, Step::Fail, at, at, Some(trouble))?;
        }
        Outcome::Uncertain { note } => doubt(work, order, note, at)?,
    }
    Ok(Verdict::Settled)
}

/// The claim is still in force: same epoch of the account and of the claim, same attempt.
fn is_present(work: &mut Work<'_>, settled: &Settled) -> Result<bool> {
    let order = &settled.order;
    if work.head(order.account)?.is_none_or(|head| head.epoch != settled.epoch) {
        return Ok(false);
    }
    let claim = work
        .db
        .prepare_cached("SELECT stage, epoch, attempt FROM orders WHERE account = ? AND id = ?")?
        .query_row(params![order.account.get(), rows::number(order.id())], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, u32>(2)?))
        })
        .optional()?;
    Ok(claim == Some((stage::CLAIMED, settled.epoch.0.cast_signed(), order.attempt)))
}

/// Back on the shelf, still in front of its lane.
fn retry(work: &mut Work<'_>, order: &Order, next_at: Timestamp, trouble: &Trouble, at: Timestamp) -> Result<()> {
    wait(work, order, next_at, at)?;
    let event =
        Event::MessageRetried { mark: order.message.mark(), attempt: order.attempt, trouble: trouble.clone(), next_at };
    journal::append(work, order.account, at, &event)?;
    Ok(())
}

fn wait(work: &mut Work<'_>, order: &Order, due_at: Timestamp, at: Timestamp) -> Result<()> {
    work.db
        .prepare_cached("UPDATE orders SET stage = 1, since = ?, due_at = ? WHERE account = ? AND id = ?")?
        .execute(params![at.millis(), due_at.millis(), order.account.get(), rows::number(order.id())])?;
    work.ring(Ring::Outbox(order.account));
    Ok(())
}

/// The claim was broken off: the next one has its number.
fn uncount(work: &mut Work<'_>, order: &Order) -> Result<()> {
    work.db
        .prepare_cached("UPDATE orders SET attempt = attempt - 1 WHERE account = ? AND id = ?")?
        .execute(params![order.account.get(), rows::number(order.id())])?;
    Ok(())
}

fn doubt(work: &mut Work<'_>, order: &Order, note: &str, at: Timestamp) -> Result<()> {
    let trouble = Trouble { why: Why::Unknown, note: note.to_owned() };
    Stepping::of(order, State::Claimed).take(work, Step::Doubt, at, at, Some(&trouble))?;
    Ok(())
}

/// Orders that an earlier session had in hand when it ended.
pub fn recover(work: &mut Work<'_>, account: AccountId, epoch: Epoch, repeat: bool, now: Timestamp) -> Result<u64> {
    let left = left(work, account, epoch)?;
    for order in &left {
        // What may have arrived must not be called expired.
        if repeat && now < order.expires_at {
            uncount(work, order)?;
            // In its old place, before what waits behind it.
            wait(work, order, order.due_at, now)?;
        } else {
            doubt(work, order, "the gateway stopped while this was being sent", now)?;
        }
    }
    Ok(left.len() as u64)
}

/// The same orders, in the hand of the present session.
pub fn adopt(work: &mut Work<'_>, account: AccountId, epoch: Epoch) -> Result<Vec<Order>> {
    let left = left(work, account, epoch)?;
    if work.is_paused()? {
        // Once the copy goes on, each is claimed anew and goes on where the connector remembers it.
        for order in &left {
            wait(work, order, order.due_at, order.message.at)?;
        }
        return Ok(Vec::new());
    }
    work.db
        .prepare_cached("UPDATE orders SET epoch = ? WHERE account = ? AND stage = 2 AND epoch < ?")?
        .execute(params![epoch.0.cast_signed(), account.get(), epoch.0.cast_signed()])?;
    Ok(left)
}

fn left(work: &mut Work<'_>, account: AccountId, epoch: Epoch) -> Result<Vec<Order>> {
    work.check(account, epoch)?;
    let sql = format!(
        "SELECT {} WHERE o.account = ? AND o.stage = 2 AND o.stage > 0 AND o.epoch < ? ORDER BY o.id",
        rows::order_by("orders_in_front")
    );
    let mut statement = work.db.prepare_cached(&sql)?;
    let left = statement.query_and_then(params![account.get(), epoch.0.cast_signed()], rows::order)?;
    left.collect()
}
