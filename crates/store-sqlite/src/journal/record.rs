//! Writing down what a session learned.

use sluice_model::event::News;
use sluice_model::message::{Origin, State};
use sluice_model::{AccountId, Event, Message, Position, Timestamp};
use sluice_store::journal::Record;

use super::{append, receipt};
use crate::archive;
use crate::error::Result;
use crate::writer::Work;

pub fn all(work: &mut Work<'_>, records: &[Record]) -> Result<Vec<Vec<Position>>> {
    // All are looked at before any is written: a stale one refuses the batch.
    for record in records {
        match record.epoch {
            Some(epoch) => work.check(record.account, epoch)?,
            None => {
                work.known_head(record.account)?;
            }
        }
    }
    records.iter().map(|record| one(work, record)).collect()
}

fn one(work: &mut Work<'_>, record: &Record) -> Result<Vec<Position>> {
    let Record { account, at, .. } = *record;
    match &record.news {
        News::Receipt(receipt) => receipt::take(work, account, receipt, at),
        News::Message(message) => {
            if archive::is_known(work.db, account, message)? {
                return Ok(Vec::new());
            }
            keep(work, account, message, at)?;
            let message = Message::clone(message);
            let event = match message.origin {
                Origin::Peer => Event::MessageReceived { message },
                Origin::Api { .. } | Origin::Phone => Event::MessagePosted { message },
            };
            Ok(vec![append(work, account, at, &event)?])
        }
        News::History(message) => {
            if !archive::is_known(work.db, account, message)? {
                remember(work, account, message, at)?;
            }
            Ok(Vec::new())
        }
        News::Event(event) => {
            match &**event {
                Event::ContactChanged { party, .. } => archive::know(work, account, party, at)?,
                Event::CallReceived { call } => archive::know(work, account, &call.from, at)?,
                _ => {}
            }
            Ok(vec![append(work, account, at, event)?])
        }
    }
}

/// Into the archive.
fn keep(work: &mut Work<'_>, account: AccountId, message: &Message, at: Timestamp) -> Result<()> {
    archive::keep(work.db, account, message, state(message), message.at)?;
    met(work, account, message, at)
}

/// As [`keep`], for what is old already.
fn remember(work: &mut Work<'_>, account: AccountId, message: &Message, at: Timestamp) -> Result<()> {
    archive::remember(work.db, account, message, state(message), message.at)?;
    met(work, account, message, at)
}

fn state(message: &Message) -> State {
    match message.origin {
        Origin::Peer => State::Received,
        Origin::Api { .. } | Origin::Phone => State::Sent,
    }
}

/// What a message tells beside itself: of its sender, and of the message it is about.
fn met(work: &mut Work<'_>, account: AccountId, message: &Message, at: Timestamp) -> Result<()> {
    if let Some(sender) = &message.sender {
        archive::know(work, account, sender, at)?;
    }
    archive::said(work.db, account, message)
}
