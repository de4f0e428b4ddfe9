//! Ids on the wire: a prefix that says what it is, and the hidden number. What cannot be one is of nothing that exists.

use sluice_model::command::Which;
use sluice_model::id::Id;
use sluice_model::refusal::Noun;
use sluice_model::spelling::Kind;
use sluice_model::{AccountId, EventId, KeyId, ListenerId, MessageId, Refusal, RequestId, Spelling};

use crate::Call;

pub fn account(spelling: &Spelling, id: AccountId) -> String {
    format!("acc_{}", spelling.hex12(Kind::Account, id.get()))
}

pub fn message(spelling: &Spelling, id: MessageId) -> String {
    format!("msg_{}", spelling.hex16(Kind::Message, id.get()))
}

pub fn listener(spelling: &Spelling, id: ListenerId) -> String {
    format!("lst_{}", spelling.hex12(Kind::Listener, id.get()))
}

pub fn key(spelling: &Spelling, id: KeyId) -> String {
    format!("key_{}", spelling.hex12(Kind::Key, id.get()))
}

pub fn request(spelling: &Spelling, id: RequestId) -> String {
    format!("req_{}", spelling.hex16(Kind::Request, id.get()))
}

pub fn read_account(spelling: &Spelling, text: &str) -> Result<AccountId, Refusal> {
    let id = text.strip_prefix("acc_").and_then(|digits| spelling.read_hex12(Kind::Account, digits));
    id.map(AccountId).ok_or(Refusal::NotFound(Noun::Account))
}

pub fn read_event(spelling: &Spelling, text: &str) -> Result<EventId, Refusal> {
    spelling.read_event(text).ok_or(Refusal::NotFound(Noun::Event))
}

/// `msg_…`, or else the id at the messenger.
pub fn read_message(spelling: &Spelling, text: &str) -> Result<Which, Refusal> {
    match text.strip_prefix("msg_") {
        Some(digits) => {
            let id = spelling.read_hex16(Kind::Message, digits).and_then(Id::new);
            id.map(|id| Which::Id(MessageId(id))).ok_or(Refusal::NotFound(Noun::Message))
        }
        None => Ok(Which::Remote(text.to_owned())),
    }
}

/// The id at the messenger of a message that may be named by ours: the remote form of our id stands for the message
/// wherever a messenger's own id does.
pub fn read_remote(spelling: &Spelling, text: &str) -> Result<String, Refusal> {
    Ok(match read_message(spelling, text)? {
        Which::Id(id) => spelling.remote(id),
        Which::Remote(remote) => remote,
    })
}

/// The message that the path names.
pub fn message_in(call: &Call) -> Result<Which, Refusal> {
    read_message(&call.spelling, call.param("message"))
}

/// The event that the path names.
pub fn event_in(call: &Call) -> Result<EventId, Refusal> {
    read_event(&call.spelling, call.param("event"))
}

/// The listener that the path names.
pub fn listener_in(call: &Call) -> Result<ListenerId, Refusal> {
    let id = call.param("listener").strip_prefix("lst_");
    let id = id.and_then(|digits| call.spelling.read_hex12(Kind::Listener, digits));
    id.map(ListenerId).ok_or(Refusal::NotFound(Noun::Listener))
}

/// The key that the path names.
pub fn key_in(call: &Call) -> Result<KeyId, Refusal> {
    let id = call.param("key").strip_prefix("key_").and_then(|digits| call.spelling.read_hex12(Kind::Key, digits));
    id.map(KeyId).ok_or(Refusal::NotFound(Noun::Key))
}

/// The request that the path names.
pub fn request_in(call: &Call) -> Result<RequestId, Refusal> {
    let id = call.param("request").strip_prefix("req_");
    let id = id.and_then(|digits| call.spelling.read_hex16(Kind::Request, digits)).and_then(Id::new);
    id.map(RequestId).ok_or(Refusal::NotFound(Noun::Request))
}
