//! Orders that end before they are sent: taken back, or out of time.

use rusqlite::params;
use sluice_model::message::{State, Step};
use sluice_model::{AccountId, Id, MessageId, Order, Timestamp};

use super::step::Stepping;
use crate::error::Result;
use crate::rows;
use crate::writer::Work;

/// Orders taken back in one commit.
pub const AT_ONCE: usize = 1_000;

pub fn cancel(work: &mut Work<'_>, account: AccountId, ids: &[MessageId], now: Timestamp) -> Result<Vec<MessageId>> {
    let sql = format!("SELECT {} WHERE o.account = ? AND o.id = ? AND o.stage < 2", rows::ORDER);
    let mut cancelled = Vec::new();
    for id in ids {
        let order = {
            let mut statement = work.db.prepare_cached(&sql)?;
            let mut found = statement.query_and_then(params![account.get(), rows::number(*id)], rows::order)?;
            found.next().transpose()?
        };
        if let Some(order) = order {
            take_back(work, &order, now)?;
            cancelled.push(*id);
        }
    }
    Ok(cancelled)
}

/// The next part of all that waits and was there when this began.
pub fn cancel_some(work: &mut Work<'_>, account: AccountId, last: Id, now: Timestamp) -> Result<Vec<MessageId>> {
    let sql = format!(
        "SELECT {} WHERE o.account = ? AND o.stage < 2 AND o.id <= ? ORDER BY o.chat DESC, o.id DESC LIMIT ?",
        rows::order_by("orders_by_lane")
    );
    let orders: Vec<Order> = {
        let mut statement = work.db.prepare_cached(&sql)?;
        let limits = params![account.get(), last.get().cast_signed(), rows::limit(AT_ONCE)];
        statement.query_and_then(limits, rows::order)?.collect::<Result<_>>()?
    };
    for order in &orders {
        take_back(work, order, now)?;
    }
    Ok(orders.iter().map(Order::id).collect())
}

fn take_back(work: &mut Work<'_>, order: &Order, now: Timestamp) -> Result<()> {
    Stepping::of(order, State::Waiting).take(work, Step::Cancel, now, now, None)?;
    Ok(())
}

pub fn expire(work: &mut Work<'_>, now: Timestamp, limit: usize) -> Result<u64> {
    let sql = format!(
        "SELECT {} WHERE o.expires_at <= ? AND o.stage < 2 ORDER BY o.expires_at, o.account, o.id LIMIT ?",
        rows::order_by("orders_by_expiry")
    );
    let orders: Vec<Order> = {
        let mut statement = work.db.prepare_cached(&sql)?;
        statement.query_and_then(params![now.millis(), rows::limit(limit)], rows::order)?.collect::<Result<_>>()?
    };
    let mut expired = 0;
    for order in &orders {
        // A removed account's orders are the sweep's.
        if work.head(order.account)?.is_some() {
            Stepping::of(order, State::Waiting).take(work, Step::Expire, now, now, None)?;
            expired += 1;
        }
    }
    Ok(expired)
}
