//! What webhooks tell: `{"action":"channel.message.created","payload":{…}}` (contract §9.2). A project's webhook is told of
//! all its channels.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use sluice_model::account::State as Standing;
use sluice_model::failure::Why;
use sluice_model::message::{Mark, Message, State, Trouble};
use sluice_model::{Content, Entry, Event, Timestamp};

use super::shown::{self, CHANGES, View};
use super::{channels, hooks};
use crate::{Notice, Setting};

const CREATED: &str = "channel.message.created";
const UPDATED: &str = "channel.message.updated";
const DELETED: &str = "channel.message.deleted";

pub fn notice(entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
    if let Event::DebugPublished { dialect, body } = &entry.event {
        return (dialect == "wahelp").then(|| wrap(body));
    }
    let view = View { account: setting.account, spelling: setting.spelling, links: setting.links, at: setting.at };
    let (action, payload) = told(entry, &view)?;
    let wanted = hooks::wants(setting.listener, setting.account, action);
    wanted.then(|| wrap(&json!({"action": action, "payload": payload})))
}

fn wrap(body: &Value) -> Notice {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    Notice { body: body.to_string(), headers }
}

fn told(entry: &Entry, view: &View<'_>) -> Option<(&'static str, Value)> {
    let at = entry.at;
    match &entry.event {
        Event::MessageReceived { message } => Some(said(message, None, at, view)),
        Event::MessagePosted { message } => Some(said(message, Some(shown::status(State::Sent)), at, view)),
        Event::MessageSent { mark, .. } => became(mark, State::Sent, at, None, view),
        Event::MessageDelivered { mark } => became(mark, State::Delivered, at, None, view),
        Event::MessageRead { mark } => became(mark, State::Read, at, None, view),
        Event::MessageFailed { mark, trouble, .. } => became(mark, State::Failed, at, Some(trouble), view),
        Event::MessageExpired { mark } => became(mark, State::Expired, at, Some(&ended("время отправки вышло")), view),
        Event::MessageCancelled { mark } => became(mark, State::Cancelled, at, Some(&ended("отправка отменена")), view),
        Event::MessageUncertain { mark, note, .. } => became(mark, State::Uncertain, at, Some(&ended(note)), view),
        Event::AccountConnected { .. } => Some(stands(Standing::Open, view)),
        Event::AccountDisconnected { .. } => Some(stands(Standing::Connecting, view)),
        Event::AccountLoggedOut { .. } => Some(stands(Standing::LoginNeeded, view)),
        Event::AccountBlocked { .. } => Some(stands(Standing::Blocked, view)),
        Event::ContactChanged { party, .. } => Some(("channel.user.updated", view.person(party)?)),
        Event::MessageRetried { .. }
        | Event::CallReceived { .. }
        | Event::GroupChanged { .. }
        | Event::PresenceChanged { .. }
        | Event::DebugPublished { .. } => None,
    }
}

/// An edit or a deletion is told of the message that it changes.
fn said(message: &Message, status: Option<&str>, at: Timestamp, view: &View<'_>) -> (&'static str, Value) {
    match &message.content {
        Content::Edit { target, .. } => (UPDATED, view.change(message, target, at).into()),
        Content::Delete { target, .. } => {
            let mut shown = view.change(message, target, at);
            shown.insert("is_deleted".to_owned(), true.into());
            (DELETED, shown.into())
        }
        _ => (CREATED, view.message(message, status, at).into()),
    }
}

/// A status. That of an edit or a deletion is nothing that anybody asked for: the change itself was told.
fn became(
    mark: &Mark,
    state: State,
    at: Timestamp,
    trouble: Option<&Trouble>,
    view: &View<'_>,
) -> Option<(&'static str, Value)> {
    let changes = mark.origin.memo().is_some_and(|memo| memo.get(CHANGES).is_some());
    (!changes).then(|| (UPDATED, view.mark(mark, shown::status(state), at, trouble)))
}

fn ended(note: &str) -> Trouble {
    Trouble { why: Why::Unknown, note: note.to_owned() }
}

/// The channel as it stood then.
fn stands(state: Standing, view: &View<'_>) -> (&'static str, Value) {
    let mut channel = channels::shown(view.spelling, view.account);
    channel["active"] = channels::is_active(state).into();
    channel["status"] = channels::status(state).into();
    ("channel.updated", channel)
}
