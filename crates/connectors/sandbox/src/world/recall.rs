//! What a world has in mind when it is opened again: repetitions are known, and what a kill left unfinished goes on.

use std::collections::VecDeque;
use std::sync::Arc;

use sluice_connector::Inbound;

use super::ledger::Line;
use super::parcel::Parcel;
use super::unsettled::Unsettled;
use super::{State, Waiting};
use crate::people::People;

impl State {
    pub(super) fn recall(&mut self, lines: Vec<Line>, people: &People, instant: bool) {
        let settled = lines.iter().filter_map(|line| line.settled).max().unwrap_or(0);
        self.unsettled = Unsettled::since(settled);
        let mut held = VecDeque::new();
        for Line { n, at, sent, held: message, .. } in lines {
            if let Some(sent) = sent {
                if sent.dup {
                    self.memory.note_repetition(&sent.remote);
                    continue;
                }
                self.memory.note(at, &sent, None);
                if n >= settled && !instant {
                    self.plan(n, at, &sent, people);
                }
            } else if let Some(message) = message
                && n >= settled
            {
                self.unsettled.add(n, 1);
                let parcel = Parcel::Ready(Box::new(Inbound::Message(Box::new((*message).into()))));
                held.push_back(Waiting { parcel: Arc::new(parcel), line: n, ack: None });
            }
        }
        self.waiting = held;
    }
}
