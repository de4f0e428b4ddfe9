//! Messages sent and listed (contract §7, §8).

use serde_json::{Value, json};
use sluice_model::message::{Kept, State, Trouble};
use sluice_model::outcome::Accepted;
use sluice_model::{Content, Outcome};

use super::{list, ok, view};
use crate::wahelp::read::{messages, page, send};
use crate::wahelp::{errors, shown};
use crate::{Call, Reply};

/// What the messenger refused within the call is an error; what it has not said anything of is `new`.
pub fn sent(call: &Call, outcome: Outcome) -> Option<Reply> {
    // One by a template, whose words the caller does not know.
    if let Outcome::Message(kept) = outcome {
        let refused = kept.trouble.as_ref().filter(|_| kept.state == State::Failed);
        let refused = refused.map(|trouble| errors::by_messenger(call, trouble.why, &trouble.note));
        return refused.or_else(|| Some(ok(view(call)?.kept(&kept))));
    }
    let (accepted, state) = match word(call, outcome)? {
        Ok(word) => word,
        Err(refused) => return Some(refused),
    };
    let (account, user) = (call.account().ok()?, call.param("user").parse().ok()?);
    Some(ok(shown::accepted(&accepted, account, user, &send::sent(call).ok()?, state)))
}

/// The message with its new words, under its own id.
pub fn edited(call: &Call, outcome: Outcome) -> Option<Reply> {
    let (_, state) = match word(call, outcome)? {
        Ok(word) => word,
        Err(refused) => return Some(refused),
    };
    let (id, text) = (messages::message(call).ok()?.get(), messages::wanted_text(call).ok()?);
    Some(ok(json!({
        "id": id, "message_id": id, "channel_id": call.account().ok()?.id.get(), "message": text, "text": text,
        "status": shown::status(state),
    })))
}

pub fn deleted(call: &Call, outcome: Outcome) -> Option<Reply> {
    let (_, state) = match word(call, outcome)? {
        Ok(word) => word,
        Err(refused) => return Some(refused),
    };
    let id = messages::message(call).ok()?.get();
    Some(ok(json!({
        "id": id, "message_id": id, "channel_id": call.account().ok()?.id.get(), "is_deleted": true,
        "status": shown::status(state),
    })))
}

/// What was accepted and how far it is, or the messenger's refusal.
fn word(call: &Call, outcome: Outcome) -> Option<Result<(Accepted, State), Reply>> {
    let Outcome::Sent { accepted, state, trouble } = outcome else {
        return None;
    };
    Some(match trouble {
        Some(Trouble { why, note }) if state == State::Failed => Err(errors::by_messenger(call, why, &note)),
        _ => Ok((accepted, state)),
    })
}

pub fn one(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Message(kept) = outcome else {
        return None;
    };
    Some(ok(view(call)?.kept(&kept)))
}

/// An edit or a deletion shows in the message that it changed.
pub fn all(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Messages { messages, total } = outcome else {
        return None;
    };
    let view = view(call)?;
    let changes = |kept: &&Kept| matches!(kept.message.content, Content::Edit { .. } | Content::Delete { .. });
    let rows: Vec<Value> = messages.iter().filter(|kept| !changes(kept)).map(|kept| view.kept(kept)).collect();
    Some(list(rows, page(call).ok()?, total))
}
