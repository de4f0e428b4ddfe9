//! Messages: sending, finding, taking back.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use sluice_model::command::{Query, Remark, ReplyTo, Says, Which, Wish};
use sluice_model::{Command, Content, Refusal, State, Timestamp};
use utoipa::{IntoParams, ToSchema};

use super::content::{self, NewContent, Said};
use super::{Read, paging, part, patience};
use crate::Call;
use crate::native::address::Addressee;
use crate::native::shape::{Accepted, Cancelled, List, Message, Queued, Trace};
use crate::native::when::When;
use crate::native::{ids, names, strict};

/// How many messages one call may send.
const BATCH: usize = 100;

/// A message to be sent: `text`, or `content` for everything else.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "79990000000", "text": "Hello!"}))]
pub struct NewMessage {
    /// Whom to send it to. Required but for a reaction, an edit and a deletion: their message says it.
    to: Option<Addressee>,
    /// Short for a `content` of type `text`.
    text: Option<String>,
    #[schema(value_type = Option<NewContent>)]
    content: Option<Map<String, Value>>,
    /// The message that this one answers: `msg_…`, or its id at the messenger.
    reply_to: Option<String>,
    /// Show it as forwarded.
    #[serde(default)]
    forwarded: bool,
    /// Your own words, which come back in every event of the message.
    tag: Option<String>,
    /// Not before.
    send_at: Option<When>,
    /// Not after so many seconds from `send_at`, or from now.
    #[schema(minimum = 1)]
    expires_in: Option<u32>,
    /// Show as typing before it, milliseconds.
    typing_ms: Option<u32>,
}

/// Whether to wait for the messenger.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Sending {
    /// Seconds to wait for the messenger's word; 60 at most. Without it the answer comes as soon as the message is on
    /// disk.
    wait: Option<u32>,
}

/// Send a message from the key's own account
///
/// For keys that are good for one account; others name it: `POST /v1/accounts/{account}/messages`.
#[utoipa::path(post, path = "/v1/messages", tag = "Messages", request_body = NewMessage, params(Sending),
    responses((status = 202, description = "It is on disk and will be sent", body = Accepted)))]
pub fn send_own_message(call: &Call) -> Read {
    send_message(call)
}

/// Send a message
///
/// The answer comes when the message is on disk: it is not lost from then on. Send the same `Idempotency-Key` again when
/// you are not sure that a call arrived; it is never sent twice.
#[utoipa::path(post, path = "/v1/accounts/{account}/messages", tag = "Messages", request_body = NewMessage,
    params(Sending), responses((status = 202, description = "It is on disk and will be sent", body = Accepted)))]
pub fn send_message(call: &Call) -> Read {
    let wait = patience(strict::query::<Sending>(call)?.wait)?;
    let message: NewMessage = strict::body(call)?;
    Ok(match (message.meant(call)?, wait.is_zero()) {
        (Meant::Wish(wish), true) => Command::Send(vec![*wish]),
        (Meant::Wish(wish), false) => Command::SendAndWait { wish, wait },
        (Meant::About(about, remark), at_once) => {
            Command::SendAbout { about, remark, wait: (!at_once).then_some(wait) }
        }
    })
}

/// Messages to be sent together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    messages: Vec<NewMessage>,
}

/// Send several messages
///
/// All of them are accepted, or none. Reactions, edits and deletions are sent one by one.
#[utoipa::path(post, path = "/v1/accounts/{account}/messages/batch", tag = "Messages", request_body = Batch,
    responses((status = 202, description = "In the order of the messages", body = List<Accepted>)))]
pub fn send_batch(call: &Call) -> Read {
    let batch: Batch = strict::body(call)?;
    if !(1..=BATCH).contains(&batch.messages.len()) {
        return Err(Refusal::invalid("messages", format!("must be 1 to {BATCH}")));
    }
    let wishes = batch.messages.into_iter().map(|message| match message.meant(call)? {
        Meant::Wish(wish) => Ok(*wish),
        Meant::About(..) => Err(Refusal::invalid("messages", "cannot hold a reaction, an edit or a deletion")),
    });
    wishes.collect::<Result<_, _>>().map(Command::Send)
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// The chat.
    #[param(value_type = Option<String>)]
    chat: Option<Addressee>,
    /// Which way.
    #[param(inline, value_type = Option<names::Direction>)]
    direction: Option<Direction>,
    /// Only those that callers of this gateway sent.
    #[serde(default)]
    by_api: bool,
    /// How far they are.
    #[param(inline, value_type = Option<names::MessageState>)]
    state: Option<State>,
    /// At or after.
    #[param(value_type = Option<String>)]
    since: Option<When>,
    /// Before.
    #[param(value_type = Option<String>)]
    until: Option<When>,
    /// A part of the words.
    search: Option<String>,
    /// `newest` (as it is unless said) or `oldest` first.
    #[serde(default)]
    #[param(inline)]
    order: Order,
    /// How many at most; 50 unless said, 500 at most.
    limit: Option<u64>,
    /// How many to skip.
    offset: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    In,
    Out,
}

#[derive(Default, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    #[default]
    Newest,
    Oldest,
}

/// List messages
#[utoipa::path(get, path = "/v1/accounts/{account}/messages", tag = "Messages", params(Filter),
    responses((status = 200, description = "Those that match", body = List<Message>)))]
pub fn list_messages(call: &Call) -> Read {
    let filter: Filter = strict::query(call)?;
    Ok(Command::Messages(Query {
        chat: filter.chat.map(|chat| chat.0),
        incoming: filter.direction.map(|direction| matches!(direction, Direction::In)),
        by_api: filter.by_api,
        since: filter.since.map(|when| when.0),
        until: filter.until.map(|when| when.0),
        search: filter.search,
        state: filter.state,
        oldest_first: filter.order == Order::Oldest,
        mark_read: false,
        page: part(filter.limit, filter.offset)?,
    }))
}

/// Show a message
#[utoipa::path(get, path = "/v1/accounts/{account}/messages/{message}", tag = "Messages",
    responses((status = 200, description = "The message", body = Message)))]
pub fn get_message(call: &Call) -> Read {
    ids::message_in(call).map(Command::Message)
}

/// Trace a message
///
/// Everything that is known of it: the call that sent it, what happened to it, how listeners were told, and what it
/// waits for.
#[utoipa::path(get, path = "/v1/accounts/{account}/messages/{message}/trace", tag = "Messages",
    responses((status = 200, description = "The trace", body = Trace)))]
pub fn trace_message(call: &Call) -> Read {
    ids::message_in(call).map(Command::Trace)
}

/// Take a message back
///
/// While it waits here. To delete one that was sent, send a `content` of type `delete`.
#[utoipa::path(delete, path = "/v1/accounts/{account}/messages/{message}", tag = "Messages",
    responses((status = 200, description = "It will not be sent", body = Cancelled)))]
pub fn cancel_message(call: &Call) -> Read {
    Ok(Command::Cancel(Some(vec![ids::message_in(call)?])))
}

/// Fetch a message's file
///
/// From the messenger, if it is not here yet.
#[utoipa::path(get, path = "/v1/accounts/{account}/messages/{message}/media", tag = "Messages",
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)))]
pub fn get_message_media(call: &Call) -> Read {
    ids::message_in(call).map(Command::MessageFile)
}

/// Where to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forwarding {
    to: Addressee,
}

/// Forward a message
#[utoipa::path(post, path = "/v1/accounts/{account}/messages/{message}/forward", tag = "Messages",
    request_body = Forwarding,
    responses((status = 202, description = "The copy is on disk and will be sent", body = Accepted)))]
pub fn forward_message(call: &Call) -> Read {
    let Forwarding { to } = strict::body(call)?;
    let remark = Remark { says: Says::Forward(to.0), tag: None, memo: None, delay: None, expires_at: None };
    Ok(Command::SendAbout { about: ids::message_in(call)?, remark: Box::new(remark), wait: None })
}

/// How much was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadMark {
    /// Everything before it in its chat, too.
    #[serde(default)]
    all: bool,
}

/// Mark a message read
#[utoipa::path(post, path = "/v1/accounts/{account}/messages/{message}/read", tag = "Messages",
    request_body = ReadMark, responses((status = 200, description = "Its author sees it", body = Message)))]
pub fn mark_message_read(call: &Call) -> Read {
    let ReadMark { all } = strict::body(call)?;
    Ok(Command::MarkRead { message: ids::message_in(call)?, all })
}

/// Show what waits to be sent
///
/// With what is being sent right now, which cannot be taken back any more. `total` is the account's `waiting`.
#[utoipa::path(get, path = "/v1/accounts/{account}/queue", tag = "Messages", params(super::Paging),
    responses((status = 200, description = "Oldest first", body = List<Queued>)))]
pub fn get_queue(call: &Call) -> Read {
    paging(call).map(Command::Queue)
}

/// Take back everything that waits
#[utoipa::path(delete, path = "/v1/accounts/{account}/queue", tag = "Messages",
    responses((status = 200, description = "What will not be sent", body = Cancelled)))]
pub fn clear_queue(_: &Call) -> Read {
    Ok(Command::Cancel(None))
}

/// What a caller means: a message, or a word about one.
enum Meant {
    Wish(Box<Wish>),
    About(Which, Box<Remark>),
}

impl NewMessage {
    fn meant(mut self, call: &Call) -> Result<Meant, Refusal> {
        let said = match (self.text.take(), self.content.take()) {
            (Some(text), None) => Said::New(content::text(text)?),
            (None, Some(content)) => NewContent::read(content)?.said(call)?,
            (None, None) => return Err(Refusal::Missing("text")),
            (Some(_), Some(_)) => {
                return Err(Refusal::invalid("text", "stands for content, so give one of them"));
            }
        };
        match said {
            Said::New(content) => self.wish(call, content).map(|wish| Meant::Wish(Box::new(wish))),
            Said::About(which, says) => Ok(Meant::About(which, Box::new(self.remark(call, says)?))),
        }
    }

    fn wish(self, call: &Call, content: Content) -> Result<Wish, Refusal> {
        let expires_at = self.expires_at(call)?;
        let reply_to = self.reply_to.map(|id| ids::read_message(&call.spelling, &id)).transpose()?;
        Ok(Wish {
            reply_to: reply_to.map(ReplyTo::Which),
            forwarded: u32::from(self.forwarded),
            tag: self.tag,
            due_at: self.send_at.map(|when| when.0),
            expires_at,
            typing_ms: self.typing_ms,
            ..Wish::new(self.to.ok_or(Refusal::Missing("to"))?.0, content)
        })
    }

    fn remark(self, call: &Call, says: Says) -> Result<Remark, Refusal> {
        let not_for_it = [
            ("reply_to", self.reply_to.is_some()),
            ("forwarded", self.forwarded),
            ("send_at", self.send_at.is_some()),
            ("typing_ms", self.typing_ms.is_some()),
        ];
        if let Some((field, _)) = not_for_it.into_iter().find(|(_, given)| *given) {
            return Err(Refusal::invalid(field, "is not for a reaction, an edit or a deletion"));
        }
        let expires_at = self.expires_at(call)?;
        Ok(Remark { says, tag: self.tag, memo: None, delay: None, expires_at })
    }

    fn expires_at(&self, call: &Call) -> Result<Option<Timestamp>, Refusal> {
        let from = self.send_at.map_or(call.at, |when| when.0);
        match self.expires_in {
            Some(0) => Err(Refusal::invalid("expires_in", "must be at least 1 second")),
            Some(seconds) => Ok(Some(from.plus(Duration::from_secs(u64::from(seconds))))),
            None => Ok(None),
        }
    }
}
