//! Accepting orders: the archive, the shelf and the idempotency key in one commit.

use rusqlite::{OptionalExtension, params};
use sluice_model::message::Step;
use sluice_model::{MessageId, Order, State, Timestamp};
use sluice_store::Ring;
use sluice_store::outbox::{self, Accepted, Idempotency, Submission};

use super::{Stepping, lane};
use crate::archive;
use crate::error::Result;
use crate::rows::{self, stage};
use crate::writer::Work;

pub fn all(work: &mut Work<'_>, submissions: &[Submission]) -> Result<Vec<Accepted>> {
    submissions.iter().map(|submission| one(work, submission)).collect()
}

fn one(work: &mut Work<'_>, submission: &Submission) -> Result<Accepted> {
    if let Some(key) = &submission.idempotency {
        if let Some(before) = used(work, key)? {
            return Ok(before);
        }
        note(work, key, submission)?;
    }
    for order in &submission.orders {
        lay(work, order, submission.at)?;
    }
    for (id, trouble) in &submission.unsendable {
        if let Some(order) = submission.orders.iter().find(|order| order.id() == *id) {
            Stepping::of(order, State::Waiting).take(work, Step::Fail, submission.at, submission.at, Some(trouble))?;
        }
    }
    Ok(Accepted::New)
}

fn used(work: &Work<'_>, key: &Idempotency) -> Result<Option<Accepted>> {
    let row = work
        .db
        .prepare_cached("SELECT request, ids, at FROM idempotency WHERE scope = ? AND key = ?")?
        .query_row(params![key.scope.get(), key.key], |row| {
            Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        })
        .optional()?;
    let Some((request, ids, at)) = row else {
        return Ok(None);
    };
    if request != key.request {
        return Ok(Some(Accepted::KeyReused));
    }
    Ok(Some(Accepted::Before { ids: serde_json::from_str(&ids)?, at: Timestamp::from_millis(at) }))
}

fn note(work: &Work<'_>, key: &Idempotency, submission: &Submission) -> Result<()> {
    let ids: Vec<MessageId> = submission.orders.iter().map(Order::id).collect();
    work.db.prepare_cached("INSERT INTO idempotency (scope, key, request, ids, at) VALUES (?, ?, ?, ?, ?)")?.execute(
        params![key.scope.get(), key.key, key.request, serde_json::to_string(&ids)?, submission.at.millis(),],
    )?;
    Ok(())
}

fn lay(work: &mut Work<'_>, order: &Order, at: Timestamp) -> Result<()> {
    work.known_head(order.account)?;
    let message = &order.message;
    archive::keep(work.db, order.account, message, State::Waiting, at)?;
    let chat = message.chat.to_string();
    let far_off = order.due_at > at.plus(outbox::FAR_OFF);
    let stage = if far_off { stage::APART } else { lane::place(work, order.account, &chat)? };
    work.db
        .prepare_cached(
            "INSERT INTO orders (account, id, workspace, chat, stage, since, due_at, expires_at, typing_ms, attempt, \
             epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        )?
        .execute(params![
            order.account.get(),
            rows::number(message.id),
            order.workspace.get(),
            chat,
            stage,
            at.millis(),
            order.due_at.millis(),
            order.expires_at.millis(),
            order.typing_ms,
            order.attempt,
        ])?;
    // One that stands apart changes when the account is next due.
    if stage != stage::BEHIND {
        work.ring(Ring::Outbox(order.account));
    }
    Ok(())
}
