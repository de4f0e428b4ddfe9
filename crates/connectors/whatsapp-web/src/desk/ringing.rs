//! Calls that ring now: to decline one, its caller must be named as the call named them.

use std::collections::VecDeque;

use sluice_model::event::Call;
use whatsapp_rust::Jid;

use super::{Desk, lock};

/// More than so many do not ring at once; the oldest has ended without a word.
const KEPT: usize = 32;

#[derive(Clone, Debug)]
pub struct Ring {
    /// As it was told.
    pub call: Call,
    /// The device that rings.
    pub peer: Jid,
    pub creator: Jid,
}

#[derive(Debug, Default)]
pub struct Ringing(VecDeque<Ring>);

impl Ringing {
    pub fn begin(&mut self, ring: Ring) {
        self.end(&ring.call.remote);
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(ring);
    }

    /// It was taken, declined or given up.
    pub fn end(&mut self, remote: &str) -> Option<Ring> {
        let place = self.0.iter().position(|ring| ring.call.remote == remote)?;
        self.0.remove(place)
    }
}

impl Desk {
    pub fn rings(&self, ring: Ring) {
        lock(&self.ringing).begin(ring);
    }

    pub fn rings_no_more(&self, remote: &str) -> Option<Ring> {
        lock(&self.ringing).end(remote)
    }
}
