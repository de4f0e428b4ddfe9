//! Everything that is told besides messages: their statuses, calls, the state of the instance, avatars.

use sluice_model::event::Call;
use sluice_model::failure::Why;
use sluice_model::message::{Mark, Origin, Trouble};
use sluice_model::{Address, Party};

use super::envelope;
use crate::green_api::frame::Frame;
use crate::green_api::members::Members;
use crate::green_api::{ids, stage};

/// A good status: sent, delivered, read.
pub fn reached(frame: &Frame<'_>, mark: &Mark, status: &str) -> Option<Members> {
    is_wanted(frame, mark).then(|| told(frame, mark, status, None))
}

/// `failed` and `noAccount` are told even when statuses are off (contract §3.2): nobody else says that the message is
/// lost.
pub fn failed(frame: &Frame<'_>, mark: &Mark, trouble: &Trouble) -> Option<Members> {
    match trouble.why {
        // The vendor's own description of a number without an account begins with this code.
        Why::NotOnMessenger => lost(frame, mark, "noAccount", &format!("SWE004: {}", trouble.note)),
        Why::NotInGroup => is_wanted(frame, mark).then(|| told(frame, mark, "notInGroup", Some(&trouble.note))),
        _ => lost(frame, mark, "failed", &trouble.note),
    }
}

pub fn expired(frame: &Frame<'_>, mark: &Mark) -> Option<Members> {
    lost(frame, mark, "failed", "The message could not be sent in its time and was dropped from the queue")
}

pub fn uncertain(frame: &Frame<'_>, mark: &Mark, note: &str) -> Option<Members> {
    let description = format!("It is not known whether the message arrived ({note}); it was not sent again");
    lost(frame, mark, "failed", &description)
}

fn lost(frame: &Frame<'_>, mark: &Mark, status: &str, description: &str) -> Option<Members> {
    (mark.origin.is_api() || is_wanted(frame, mark)).then(|| told(frame, mark, status, Some(description)))
}

fn is_wanted(frame: &Frame<'_>, mark: &Mark) -> bool {
    // Of a story there is no status: its views are asked for.
    frame.on("outgoingWebhook")
        && mark.chat != Address::Story
        && (mark.origin != Origin::Phone || frame.on("outgoingMessageWebhook"))
}

fn told(frame: &Frame<'_>, mark: &Mark, status: &str, description: Option<&str>) -> Members {
    Members::default()
        .with("typeWebhook", "outgoingMessageStatus")
        .with("chatId", frame.chat(&mark.chat, mark.chat_alias.as_ref()))
        .with("instanceData", frame.instance_data())
        .with("timestamp", frame.at.seconds())
        .with("idMessage", ids::of_mark(mark, frame.spelling))
        .with("status", status)
        .with_some("description", description)
        .with("sendByApi", mark.origin.is_api())
}

pub fn call(frame: &Frame<'_>, call: &Call) -> Option<Members> {
    if !(frame.on("incomingWebhook") && frame.on("incomingCallWebhook")) {
        return None;
    }
    let body = envelope(frame, "incomingCall", frame.at.seconds());
    Some(
        body.with("from", frame.person(&call.from))
            .with("status", stage::of_call(call.stage))
            .with("idMessage", call.remote.as_str()),
    )
}

pub fn state(frame: &Frame<'_>, state: &str) -> Option<Members> {
    let body = || envelope(frame, "stateInstanceChanged", frame.at.seconds());
    frame.on("stateWebhook").then(|| body().with("stateInstance", state))
}

pub fn avatar(frame: &Frame<'_>, party: &Party, url: &str) -> Option<Members> {
    let info = || Members::default().with("chatId", frame.person(party)).with("urlAvatar", url);
    let body = || envelope(frame, "avatarInfo", frame.at.seconds());
    frame.on("avatarInfoWebhook").then(|| body().with("avatarInfo", info()))
}
