//! What became of a send (contract §2.4, §2.5). Times are those of the acceptance, so that a repeated call is answered
//! with the same bytes.

use sluice_model::outcome::Accepted;
use sluice_model::{Channel, Outcome, State};

use super::Body;
use crate::wappi::{errors, ids, platform, profile_of};
use crate::{Call, Reply};

const QUEUED: &str = "Message sent to queue";

/// A send as far as it is known.
struct Said {
    accepted: Accepted,
    status: &'static str,
    detail: Option<String>,
}

/// With the messenger's word, if it came in time; without it, as queued, with the ids to ask by.
fn said(call: &Call, outcome: Outcome) -> Option<Said> {
    let (accepted, state, trouble) = match outcome {
        Outcome::Sent { accepted, state, trouble } => (accepted, state, trouble),
        Outcome::Accepted(accepted) => (accepted.into_iter().next()?, State::Waiting, None),
        _ => return None,
    };
    let (status, detail) = match (state, trouble) {
        (State::Sent | State::Delivered | State::Read | State::Received, _) => ("done", None),
        (State::Waiting | State::Claimed, _) if is_for_nobody(call) => {
            ("done", Some(format!("{QUEUED}: profile is not authorized")))
        }
        (State::Waiting | State::Claimed, _) => ("done", Some(QUEUED.to_owned())),
        (State::Failed, Some(trouble)) => ("error", Some(errors::messengers_words(call, trouble.why, &trouble.note))),
        (State::Failed, None) => ("error", Some("Message was not sent".to_owned())),
        (State::Expired, _) => ("error", Some("Message expired before it could be sent".to_owned())),
        (State::Cancelled, _) => ("error", Some("Message was cancelled".to_owned())),
        (State::Uncertain, _) => ("error", Some("It is not known whether the message was sent".to_owned())),
    };
    Some(Said { accepted, status, detail })
}

/// A synchronous send that cannot be carried out before somebody logs in.
fn is_for_nobody(call: &Call) -> bool {
    let asynchronous = call.endpoint.is_some_and(|endpoint| endpoint.name.starts_with("async/"));
    !asynchronous && call.account().is_ok_and(|account| !account.condition.state.is_logged_in())
}

impl Said {
    fn head(&self) -> Body {
        Body::task(self.status, self.accepted.at).maybe("detail", self.detail.clone())
    }

    fn with_message(&self) -> Body {
        self.head().maybe("message_id", self.accepted.remote.clone())
    }

    fn tail(&self, body: Body, call: &Call) -> Body {
        body.and("task_id", ids::task(&call.spelling, self.accepted.id)).and("uuid", profile_of(call))
    }
}

pub fn in_time(call: &Call, outcome: Outcome) -> Option<Reply> {
    let said = said(call, outcome)?;
    Some(said.tail(said.with_message(), call).ok())
}

/// As [`in_time`], and the id once more under the name that stories have it.
pub fn story(call: &Call, outcome: Outcome) -> Option<Reply> {
    let said = said(call, outcome)?;
    let body = said.tail(said.with_message(), call);
    Some(body.maybe("story_id", said.accepted.remote.clone()).ok())
}

/// The deletion is a message of its own, whose id is of no use to anybody: upstream shows none.
pub fn deleted(call: &Call, outcome: Outcome) -> Option<Reply> {
    let mut said = said(call, outcome)?;
    if said.status == "done" && platform::of(call) != Some(Channel::Whatsapp) {
        said.detail.get_or_insert_with(|| "message was deleted".to_owned());
    }
    Some(said.tail(said.head(), call).ok())
}

/// Nobody waits for the messenger here, and upstream shows no message's id.
pub fn queued(call: &Call, outcome: Outcome) -> Option<Reply> {
    let said = said(call, outcome)?;
    Some(said.tail(said.head(), call).ok())
}

pub fn queued_story(call: &Call, outcome: Outcome) -> Option<Reply> {
    let said = Said { detail: Some("Story sent to queue".to_owned()), ..said(call, outcome)? };
    Some(said.tail(said.head(), call).ok())
}
