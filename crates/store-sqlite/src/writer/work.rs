//! What a verb works with inside the writing transaction.

use std::collections::HashSet;

use rusqlite::Connection;
use sluice_model::AccountId;
use sluice_store::{Epoch, Fault, Ring};

use super::heads::{Head, Heads};
use crate::directory::Change;
use crate::error::{Error, Result};
use crate::rows;

/// An open transaction, and what happens besides when it is committed.
pub struct Work<'a> {
    pub db: &'a Connection,
    pub(super) heads: &'a mut Heads,
    pub(super) after: &'a mut After,
}

/// What follows a commit.
#[derive(Debug, Default)]
pub struct After {
    pub rings: HashSet<Ring>,
    pub changes: Vec<Change>,
    /// Accounts whose rows are to be swept away bit by bit.
    pub sweeps: Vec<AccountId>,
    /// How many entries of each kind were written, by [`rows::kind`].
    pub entries: [u64; rows::KINDS.len()],
}

impl After {
    pub fn mark(&self) -> (usize, usize) {
        (self.changes.len(), self.sweeps.len())
    }

    /// Forgets what an undone verb had in mind; a ring too many does no harm.
    pub fn back_to(&mut self, (changes, sweeps): (usize, usize)) {
        self.changes.truncate(changes);
        self.sweeps.truncate(sweeps);
    }
}

impl Work<'_> {
    /// `None` when there is no such account (any more).
    pub fn head(&mut self, account: AccountId) -> Result<Option<&mut Head>> {
        self.heads.of(self.db, account)
    }

    pub fn known_head(&mut self, account: AccountId) -> Result<&mut Head> {
        self.heads
            .of(self.db, account)?
            .ok_or_else(|| Error::Fault(Fault::Other(format!("there is no account {account}"))))
    }

    /// Whether `epoch` still speaks for the account.
    pub fn check(&mut self, account: AccountId, epoch: Epoch) -> Result<()> {
        match self.head(account)? {
            Some(head) if head.epoch == epoch => Ok(()),
            _ => Err(Error::Fault(Fault::Stale)),
        }
    }

    /// Whether nothing may be taken off the outbox until somebody says so.
    pub fn is_paused(&mut self) -> Result<bool> {
        self.heads.is_paused(self.db)
    }

    pub fn ring(&mut self, ring: Ring) {
        self.after.rings.insert(ring);
    }

    /// What readers in memory must see from the commit on.
    pub fn change(&mut self, change: Change) {
        self.after.changes.push(change);
    }

    /// The account is gone; its rows follow bit by bit.
    pub fn sweep(&mut self, account: AccountId) {
        self.heads.forget(account);
        self.after.sweeps.push(account);
    }

    pub fn count_entry(&mut self, kind: usize) {
        self.after.entries[kind] += 1;
    }
}
