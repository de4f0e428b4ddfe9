//! Taking orders in hand.

use rusqlite::{OptionalExtension, params};
use sluice_model::message::{State, Step};
use sluice_model::{AccountId, Order, Timestamp};
use sluice_store::outbox::{Claim, Claimed};

use super::lane;
use super::step::Stepping;
use crate::error::Result;
use crate::rows;
use crate::writer::Work;

/// So many orders found expired on the way are ended by one claim; the next claim goes on.
const EXPIRED_ON_THE_WAY: usize = 256;

/// Orders in front of their lanes that are due, oldest first. `stage > 0` is what lets the partial index be used.
pub fn due_sql() -> String {
    format!(
        "SELECT {} WHERE o.account = ? AND o.stage = 1 AND o.stage > 0 AND o.due_at <= ? \
         ORDER BY o.due_at, o.id LIMIT ?",
        rows::order_by("orders_in_front"),
    )
}

const NEXT_DUE: [&str; 2] = [
    "SELECT due_at FROM orders INDEXED BY orders_in_front \
     WHERE account = ? AND stage = 1 AND stage > 0 ORDER BY due_at LIMIT 1",
    "SELECT due_at FROM orders INDEXED BY orders_apart WHERE account = ? AND stage = -1 ORDER BY due_at LIMIT 1",
];

pub fn some(work: &mut Work<'_>, claim: &Claim) -> Result<Claimed> {
    work.check(claim.account, claim.epoch)?;
    if work.is_paused()? {
        return Ok(Claimed { orders: Vec::new(), next_due: None });
    }
    lane::enter(work, claim.account, claim.now)?;
    let mut orders = Vec::new();
    let mut expired = 0;
    // What expires lets the next of its lane step forward, and that may be due as well.
    while orders.len() < claim.limit && expired < EXPIRED_ON_THE_WAY {
        let found = due(work, claim, claim.limit - orders.len())?;
        if found.is_empty() {
            break;
        }
        for order in found {
            if order.expires_at <= claim.now {
                Stepping::of(&order, State::Waiting).take(work, Step::Expire, claim.now, claim.now, None)?;
                expired += 1;
            } else {
                orders.push(take(work, claim, order)?);
            }
        }
    }
    Ok(Claimed { orders, next_due: next_due(work, claim.account)? })
}

fn due(work: &Work<'_>, claim: &Claim, limit: usize) -> Result<Vec<Order>> {
    let mut statement = work.db.prepare_cached(&due_sql())?;
    let limits = params![claim.account.get(), claim.now.millis(), rows::limit(limit)];
    statement.query_and_then(limits, rows::order)?.collect()
}

fn take(work: &Work<'_>, claim: &Claim, mut order: Order) -> Result<Order> {
    order.attempt += 1;
    work.db
        .prepare_cached("UPDATE orders SET stage = 2, since = ?, attempt = ?, epoch = ? WHERE account = ? AND id = ?")?
        .execute(params![
            claim.now.millis(),
            order.attempt,
            claim.epoch.0.cast_signed(),
            claim.account.get(),
            rows::number(order.id()),
        ])?;
    Ok(order)
}

fn next_due(work: &Work<'_>, account: AccountId) -> Result<Option<Timestamp>> {
    let mut earliest: Option<i64> = None;
    for sql in NEXT_DUE {
        let due = work.db.prepare_cached(sql)?.query_row([account.get()], |row| row.get(0)).optional()?;
        earliest = earliest.into_iter().chain(due).min();
    }
    Ok(earliest.map(Timestamp::from_millis))
}
