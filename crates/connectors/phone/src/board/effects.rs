//! What follows from one act upon the board.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sluice_connector::{Receipt, SessionState};
use sluice_model::failure::Why;
use sluice_model::order::Step;
use sluice_model::{Failure, Timestamp};
use tokio::sync::oneshot;

/// The way back to an order's `perform`.
pub type Waiter = oneshot::Sender<Result<Receipt, Failure>>;

#[derive(Default)]
pub struct Effects {
    /// For the vault, before anything else follows.
    pub changes: BTreeMap<String, Option<Vec<u8>>>,
    pub settled: Vec<(Waiter, Result<Receipt, Failure>)>,
    pub states: Vec<SessionState>,
    /// A phone that waits for something to do may look again.
    pub wake: bool,
}

/// What the phone proved about a message after the fact. Laid into the vault and handed in until the house has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The message's id at the messenger.
    pub id: String,
    pub step: Step,
    pub at: Timestamp,
    /// What must be told besides: that it is late, that it may be doubled.
    pub why: Option<Why>,
    pub note: String,
}
