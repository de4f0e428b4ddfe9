//! Where each account stands: its epoch and its journal's end. Read once, then kept by the writing thread.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};
use sluice_model::{AccountId, EventId, Position, Timestamp};
use sluice_store::Epoch;

use crate::backup;
use crate::error::Result;
use crate::rows;

#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub epoch: Epoch,
    /// The journal's last position.
    pub end: Position,
    /// The latest time in the journal, not necessarily that of the last entry.
    pub latest: Timestamp,
}

#[derive(Debug, Default)]
pub struct Heads {
    accounts: HashMap<AccountId, Head>,
    /// Seen once, it stays: only data that are restored while nobody is at work begin with a pause.
    outbox_goes_on: bool,
}

impl Heads {
    /// `None` when there is no such account (any more).
    pub fn of(&mut self, connection: &Connection, account: AccountId) -> Result<Option<&mut Head>> {
        if !self.accounts.contains_key(&account)
            && let Some(head) = read(connection, account)?
        {
            self.accounts.insert(account, head);
        }
        Ok(self.accounts.get_mut(&account))
    }

    /// Whether nothing may be taken off the outbox until somebody says so.
    pub fn is_paused(&mut self, connection: &Connection) -> Result<bool> {
        if !self.outbox_goes_on {
            self.outbox_goes_on = backup::paused(connection)?.is_none();
        }
        Ok(!self.outbox_goes_on)
    }

    pub fn forget(&mut self, account: AccountId) {
        self.accounts.remove(&account);
    }

    /// After a rollback nothing that was counted here is true.
    pub fn forget_all(&mut self) {
        self.accounts.clear();
    }
}

fn read(connection: &Connection, account: AccountId) -> Result<Option<Head>> {
    let row = connection
        .prepare_cached("SELECT epoch, pruned_end FROM accounts WHERE id = ? AND removed_at IS NULL")?
        .query_row([account.get()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?)))
        .optional()?;
    let Some((epoch, pruned_end)) = row else {
        return Ok(None);
    };
    let (first, last) = rows::events_of(account);
    let newest = connection
        .prepare_cached("SELECT id, at + behind FROM journal WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1")?
        .query_row([first, last], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
        .optional()?;
    let (end, latest) = match newest {
        Some((id, latest)) => {
            (rows::event_id(id)?.position().max(Position(pruned_end)), Timestamp::from_millis(latest))
        }
        None => (Position(pruned_end), Timestamp::from_millis(i64::MIN)),
    };
    Ok(Some(Head { epoch: Epoch(epoch.unsigned_abs()), end, latest }))
}

impl Head {
    pub const fn next_event(&self, account: AccountId) -> EventId {
        EventId::of(account, self.end.next())
    }
}
