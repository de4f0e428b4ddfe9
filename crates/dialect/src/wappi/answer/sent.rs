//! What became of a send (contract §2.4, §2.5). Times are those of the acceptance, so that a repeated call is answered
//! with the same bytes.

use serde_json::Value;
use sluice_model::outcome::Accepted;
use sluice_model::{Outcome, State, Timestamp};

use crate::wappi::{errors, ids, profile_of, times};
use crate::{Call, Reply};

use super::Body;

const QUEUED: &str = "Message sent to queue";

/// With the messenger's word, if it came in time; without it, as queued, with the ids to ask by.
pub fn in_time(call: &Call, outcome: Outcome) -> Option<Reply> {
    Some(in_time_body(call, outcome)?.ok())
}

/// As [`in_time`], and the id once more under the name that stories have it.
pub fn story(call: &Call, outcome: Outcome) -> Option<Reply> {
    let body = in_time_body(call, outcome)?.value();
    let id = body.get("message_id").cloned().unwrap_or(Value::Null);
    let Value::Object(members) = body else { return None };
    Some(Body(members).and("story_id", id).ok())
}

fn in_time_body(call: &Call, outcome: Outcome) -> Option<Body> {
    let (accepted, state, trouble) = match outcome {
        Outcome::Sent { accepted, state, trouble } => (accepted, state, trouble),
        Outcome::Accepted(accepted) => (accepted.into_iter().next()?, State::Waiting, None),
        _ => return None,
    };
    let refused = || trouble.as_ref().map(|trouble| errors::messengers_words(call, trouble.why, &trouble.note));
    let (status, detail) = match state {
        State::Sent | State::Delivered | State::Read | State::Received => ("done", None),
        State::Waiting | State::Claimed => ("done", Some(QUEUED.to_owned())),
        State::Failed => ("error", refused().or_else(|| Some("Message was not sent".to_owned()))),
        State::Expired => ("error", Some("Message expired before it could be sent".to_owned())),
        State::Cancelled => ("error", Some("Message was cancelled".to_owned())),
        State::Uncertain => ("error", Some("It is not known whether the message was sent".to_owned())),
    };
    let head = Body::task(status, accepted.at).maybe("detail", detail);
    Some(tail(head.maybe("message_id", accepted.remote.clone()), call, &accepted))
}

/// `detail` says what stands in the queue.
pub fn queued(call: &Call, outcome: Outcome) -> Option<Reply> {
    Some(tail(queued_head(outcome_at(&outcome)?, QUEUED), call, first(&outcome)?).ok())
}

pub fn queued_story(call: &Call, outcome: Outcome) -> Option<Reply> {
    Some(tail(queued_head(outcome_at(&outcome)?, "Story sent to queue"), call, first(&outcome)?).ok())
}

/// The one `async` call whose answer has a message's id, in upstream's own sample.
pub fn queued_poll(call: &Call, outcome: Outcome) -> Option<Reply> {
    let accepted = first(&outcome)?;
    let head = queued_head(accepted.at, QUEUED).maybe("message_id", accepted.remote.clone());
    Some(tail(head, call, accepted).ok())
}

fn first(outcome: &Outcome) -> Option<&Accepted> {
    match outcome {
        Outcome::Accepted(accepted) => accepted.first(),
        Outcome::Sent { accepted, .. } => Some(accepted),
        _ => None,
    }
}

fn outcome_at(outcome: &Outcome) -> Option<Timestamp> {
    first(outcome).map(|accepted| accepted.at)
}

fn queued_head(at: Timestamp, detail: &str) -> Body {
    Body::default()
        .and("status", "done")
        .and("timestamp", at.seconds())
        .and("time", times::rfc3339(at))
        .and("detail", detail)
}

fn tail(body: Body, call: &Call, accepted: &Accepted) -> Body {
    body.and("task_id", ids::task(&call.spelling, accepted.id)).and("uuid", profile_of(call))
}

/// The deletion is a message of its own; the answer tells of the one deleted.
pub fn deleted(call: &Call, outcome: Outcome) -> Option<Reply> {
    use sluice_model::Channel;
    let whatsapp = crate::wappi::platform::of(call) == Some(Channel::Whatsapp);
    let Value::Object(mut members) = in_time_body(call, outcome)?.value() else { return None };
    members.shift_remove("message_id");
    if !whatsapp && members.get("status") == Some(&Value::from("done")) && !members.contains_key("detail") {
        members.shift_insert(3, "detail".to_owned(), "message was deleted".into());
    }
    Some(Body(members).ok())
}

/// Telegram's answer names the chat, without a space after the word.
pub fn marked_read(call: &Call, outcome: Outcome) -> Option<Reply> {
    use crate::wappi::{address, platform};
    use sluice_model::Channel;
    let channel = platform::of(call)?;
    let detail = match &outcome {
        Outcome::Message(kept) if channel != Channel::Whatsapp => {
            let chat = address::write(channel, &kept.message.chat, kept.message.chat_alias.as_ref());
            Some(format!("markRead success for chatID={chat}"))
        }
        Outcome::Message(_) | Outcome::Done | Outcome::Answer(_) => None,
        _ => return None,
    };
    Some(Body::task("done", call.at).maybe("detail", detail).of_call(call).ok())
}
