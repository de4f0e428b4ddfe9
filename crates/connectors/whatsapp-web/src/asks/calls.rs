//! Calls that ring.

use sluice_connector::Inbound;
use sluice_model::event::{Call, CallStage};
use sluice_model::{Answer, Failure};

use super::not_found;
use crate::desk::{Desk, gone, of_question};

/// Declines a call on all of the account's devices. WhatsApp gives no answer, and tells the others alone.
pub async fn reject(desk: &Desk, remote: &str) -> Result<Answer, Failure> {
    let ring = desk.rings_no_more(remote).ok_or_else(|| not_found("call that rings"))?;
    let rejected = Box::pin(desk.client.voip().reject_call(remote, &ring.peer, &ring.creator)).await;
    if let Err(error) = rejected {
        desk.rings(ring);
        return Err(of_question(&error, "the call"));
    }
    let declined = Call { stage: CallStage::Declined, ..ring.call };
    desk.home.inbox.push(vec![Inbound::Call(declined)]).await.map_err(gone)?;
    Ok(Answer::Done)
}
