//! Calls: that somebody calls, and what became of it. Nobody here can answer one.

use sluice_connector::Inbound;
use sluice_model::Party;
use sluice_model::event::{Call, CallStage};
use whatsapp_rust::Jid;
use whatsapp_rust::wacore::types::call::{CallAction, CallEndedElsewhere, ElsewhereOutcome, IncomingCall, MissedCall};

use crate::desk::Desk;
use crate::desk::ringing::Ring;

pub async fn incoming(desk: &Desk, call: &IncomingCall) -> Option<Inbound> {
    let (stage, video, caller) = stage(&call.action)?;
    let creator = call.action.call_creator();
    let (name, remote) = (call.notify.as_deref(), call.action.call_id());
    let told = tell(desk, creator, caller, name, remote, video, stage).await?;
    if stage == CallStage::Offered {
        desk.rings(Ring { call: told.clone(), peer: call.from.clone(), creator: creator.clone() });
    }
    Some(Inbound::Call(told))
}

pub async fn missed(desk: &Desk, call: &MissedCall) -> Option<Inbound> {
    tell(desk, &call.from, None, None, &call.call_id, false, CallStage::Missed).await.map(Inbound::Call)
}

pub async fn elsewhere(desk: &Desk, call: &CallEndedElsewhere) -> Option<Inbound> {
    let stage = match call.outcome {
        ElsewhereOutcome::Accepted => CallStage::Accepted,
        _ => CallStage::Declined,
    };
    tell(desk, &call.from, None, None, &call.call_id, false, stage).await.map(Inbound::Call)
}

/// The stage of a call, whether it has a picture, and the caller's number where it is said. What devices say to one
/// another to set the line up is none.
fn stage(action: &CallAction) -> Option<(CallStage, bool, Option<&Jid>)> {
    Some(match action {
        CallAction::Offer { is_video, caller_pn, .. } => (CallStage::Offered, *is_video, caller_pn.as_ref()),
        CallAction::OfferNotice { is_video, .. } => (CallStage::Offered, *is_video, None),
        CallAction::Accept { .. } => (CallStage::Accepted, false, None),
        // Another device of ours is busy: the call goes on ringing.
        CallAction::Reject { reason: Some(_), .. } => return None,
        CallAction::Reject { reason: None, .. } => (CallStage::Declined, false, None),
        CallAction::Terminate { reason, duration, .. } => {
            let stage = match reason.as_deref() {
                Some("accepted_elsewhere") => CallStage::Accepted,
                Some("rejected_elsewhere") => CallStage::Declined,
                None | Some("timeout" | "group_call_ended") if duration.unwrap_or_default() == 0 => CallStage::Missed,
                _ => CallStage::Ended,
            };
            (stage, false, None)
        }
        _ => return None,
    })
}

async fn tell(
    desk: &Desk,
    from: &Jid,
    phone: Option<&Jid>,
    name: Option<&str>,
    remote: &str,
    video: bool,
    stage: CallStage,
) -> Option<Call> {
    // Whatever this is, it rings no more as it did.
    desk.rings_no_more(remote);
    let mut pairs = desk.pairs([from.clone()]).await;
    if let Some(phone) = phone {
        pairs.learn(from, phone);
        // What follows of this call names the LID alone.
        desk.keep_pair(from, phone).await;
    }
    let from: Party = pairs.party(from, name)?;
    Some(Call { remote: remote.to_owned(), from, video, stage })
}
