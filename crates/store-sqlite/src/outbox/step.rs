//! One step of an outgoing message's life, written everywhere at once: the archive, the shelf, the journal.

use rusqlite::params;
use sluice_model::message::{State, Step, Trouble};
use sluice_model::{AccountId, Event, Message, Order, Position, Timestamp};

use super::lane;
use crate::archive;
use crate::error::Result;
use crate::journal;
use crate::rows;
use crate::writer::Work;

/// A message that takes a step out of a state.
pub struct Stepping<'a> {
    pub account: AccountId,
    pub message: &'a Message,
    pub attempt: u32,
    pub from: State,
}

impl<'a> Stepping<'a> {
    pub const fn of(order: &'a Order, from: State) -> Self {
        Self { account: order.account, message: &order.message, attempt: order.attempt, from }
    }

    /// Answers with the entries' positions; there are none when the step changes nothing. `reached` is when it
    /// happened, `at` when the house learned of it.
    pub fn take(
        &self,
        work: &mut Work<'_>,
        step: Step,
        reached: Timestamp,
        at: Timestamp,
        trouble: Option<&Trouble>,
    ) -> Result<Vec<Position>> {
        let Some(state) = self.from.after(step) else {
            return Ok(Vec::new());
        };
        if self.from.is_open() && !state.is_open() {
            lane::leave(work, self.account, self.message.id, &self.message.chat)?;
        }
        work.db
            .prepare_cached("UPDATE messages SET state = ?, state_at = ?, attempt = ?, trouble = ? WHERE id = ?")?
            .execute(params![
            rows::state_number(state),
            reached.millis(),
            self.attempt,
            trouble.map(serde_json::to_string).transpose()?,
            rows::number(self.message.id),
        ])?;
        if step == Step::Send {
            archive::said(work.db, self.account, self.message)?;
        }
        let events = Event::of_step(step, self.message, self.attempt, trouble.cloned());
        events.iter().map(|event| journal::append(work, self.account, at, event)).collect()
    }
}
