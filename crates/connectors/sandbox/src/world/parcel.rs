//! What the messenger has for the gateway, before it is made into something handed in.

use sluice_connector::Inbound;
use sluice_model::order::Step;
use sluice_model::{Address, Timestamp};

use crate::magic::Reply;

#[derive(Clone, Debug)]
pub(crate) enum Parcel {
    Receipt {
        remote: String,
        step: Step,
        at: Timestamp,
    },
    Answer(Box<Answer>),
    /// As it stands: what a lever said, what changed in a group.
    Ready(Box<Inbound>),
}

/// One message of a magic number's answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub reply: Reply,
    pub remote: String,
    /// The message that is voted on, reacted to, edited or deleted.
    pub about: String,
    pub chat: Address,
    /// What was said to them.
    pub words: String,
    pub at: Timestamp,
}
