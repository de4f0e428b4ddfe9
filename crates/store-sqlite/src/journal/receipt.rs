//! The messenger's word about messages sent earlier.

use sluice_model::event::Receipt;
use sluice_model::{AccountId, Position, Timestamp};

use crate::archive;
use crate::error::Result;
use crate::outbox::Stepping;
use crate::writer::Work;

/// Moves each message named as far as the receipt says; what it does not move is not told.
pub fn take(work: &mut Work<'_>, account: AccountId, receipt: &Receipt, at: Timestamp) -> Result<Vec<Position>> {
    let mut positions = Vec::new();
    for remote in &receipt.remotes {
        let Some((kept, attempt)) = archive::outgoing(work.db, account, remote)? else {
            continue;
        };
        let mut state = kept.state;
        for step in kept.state.told_by(receipt.step) {
            let stepping = Stepping { account, message: &kept.message, attempt, from: state };
            positions.extend(stepping.take(work, step, receipt.at, at, receipt.trouble.as_ref())?);
            state = state.after(step).unwrap_or(state);
        }
    }
    Ok(positions)
}
