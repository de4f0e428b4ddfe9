//! The chats that the phone has: who wrote when, and which number a name stands for.

use serde::{Deserialize, Serialize};
use sluice_model::{Address, Timestamp};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    pub address: Address,
    pub name: Option<String>,
    pub wrote_at: Timestamp,
    pub answered_at: Timestamp,
}

impl Chat {
    pub const fn new(address: Address) -> Self {
        Self { address, name: None, wrote_at: Timestamp::from_millis(0), answered_at: Timestamp::from_millis(0) }
    }

    pub fn touched_at(&self) -> Timestamp {
        self.wrote_at.max(self.answered_at)
    }

    /// The other side had the last word.
    pub fn waits_for_answer(&self) -> bool {
        self.wrote_at > self.answered_at
    }
}
