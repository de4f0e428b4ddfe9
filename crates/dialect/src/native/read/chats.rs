//! Chats, and what one does in them besides sending.

use serde::Deserialize;
use sluice_model::refusal::Noun;
use sluice_model::{Ask, Command};
use utoipa::{IntoParams, ToSchema};

use super::{Read, addressed, part};
use crate::Call;
use crate::native::shape::{Chat, Done, List, Viewer};
use crate::native::{ids, strict};

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// A part of the name or the address.
    pub search: Option<String>,
    /// How many at most; 50 unless said, 500 at most.
    pub limit: Option<u64>,
    /// How many to skip.
    pub offset: Option<u64>,
}

/// List chats
#[utoipa::path(get, path = "/v1/accounts/{account}/chats", tag = "Chats", params(Search),
    responses((status = 200, description = "The last active first", body = List<Chat>)))]
pub fn list_chats(call: &Call) -> Read {
    let search: Search = strict::query(call)?;
    Ok(Command::Chats { page: part(search.limit, search.offset)?, search: search.search })
}

/// Show a chat
#[utoipa::path(get, path = "/v1/accounts/{account}/chats/{chat}", tag = "Chats",
    responses((status = 200, description = "The chat", body = Chat)))]
pub fn get_chat(call: &Call) -> Read {
    addressed(call, "chat", Noun::Chat).map(Command::Chat)
}

/// Mark a chat read
#[utoipa::path(post, path = "/v1/accounts/{account}/chats/{chat}/read", tag = "Chats",
    responses((status = 200, description = "The other side sees it", body = Done)))]
pub fn mark_chat_read(call: &Call) -> Read {
    let chat = addressed(call, "chat", Noun::Chat)?;
    Ok(Command::Ask(Ask::MarkRead { chat, remotes: Vec::new() }))
}

/// How the account shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"for_ms": 3000}))]
pub struct Typing {
    /// Show as recording a voice note instead.
    #[serde(default)]
    recording: bool,
    /// How long; 0 stops it.
    #[serde(default = "a_while")]
    #[schema(default = 5000)]
    for_ms: u32,
}

const fn a_while() -> u32 {
    5_000
}

/// Show as typing
#[utoipa::path(post, path = "/v1/accounts/{account}/chats/{chat}/typing", tag = "Chats", request_body = Typing,
    responses((status = 200, description = "The other side sees it", body = Done)))]
pub fn show_typing(call: &Call) -> Read {
    let typing: Typing = strict::body(call)?;
    let chat = addressed(call, "chat", Noun::Chat)?;
    Ok(Command::Ask(Ask::Typing { chat, recording: typing.recording, for_ms: typing.for_ms }))
}

/// On, or off again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"on": true}))]
pub struct Switch {
    #[serde(default = "on")]
    #[schema(default = true)]
    pub on: bool,
}

const fn on() -> bool {
    true
}

/// Archive a chat
#[utoipa::path(post, path = "/v1/accounts/{account}/chats/{chat}/archive", tag = "Chats", request_body = Switch,
    responses((status = 200, description = "It is archived, or no longer", body = Done)))]
pub fn archive_chat(call: &Call) -> Read {
    let Switch { on } = strict::body(call)?;
    Ok(Command::Ask(Ask::Archive { chat: addressed(call, "chat", Noun::Chat)?, on }))
}

/// How long messages stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seconds": 86400}))]
pub struct Disappearing {
    /// 0 keeps them.
    seconds: u32,
}

/// Let messages disappear
#[utoipa::path(post, path = "/v1/accounts/{account}/chats/{chat}/disappearing", tag = "Chats",
    request_body = Disappearing, responses((status = 200, description = "It holds from now on", body = Done)))]
pub fn set_disappearing(call: &Call) -> Read {
    let Disappearing { seconds } = strict::body(call)?;
    Ok(Command::Ask(Ask::Disappearing { chat: addressed(call, "chat", Noun::Chat)?, seconds }))
}

/// Show who saw a story
///
/// A story is sent as a message to `story`.
#[utoipa::path(get, path = "/v1/accounts/{account}/stories/{message}/views", tag = "Chats",
    responses((status = 200, description = "Who, and when", body = List<Viewer>)))]
pub fn get_story_views(call: &Call) -> Read {
    let remote = ids::read_remote(&call.spelling, call.param("message"))?;
    Ok(Command::Ask(Ask::StoryViews { remote }))
}
