//! Every endpoint, in the order of the vendor's description (contract §3).

use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;
use sluice_model::{Channel, Command, Refusal, Scope};

use super::{client, read};
use crate::{Body, Call, Endpoint, Needs};

/// The variable part of paths.
pub const INSTANCE: &str = "instance";

pub const STATUS: &str = "gateway/status";

/// One call: its name is the path without the version and the instance.
pub struct Row {
    name: &'static str,
    paths: &'static [&'static str],
    /// Files come inside of the body.
    body: Body,
    channel: Channel,
    read: fn(&Call) -> Result<Command, Refusal>,
}

const WA: Channel = Channel::Whatsapp;
const TG: Channel = Channel::TelegramUser;
const SMALL: Body = Body::Small;
const LARGE: Body = Body::Large;

const fn row(
    name: &'static str,
    paths: &'static [&'static str],
    body: Body,
    channel: Channel,
    read: fn(&Call) -> Result<Command, Refusal>,
) -> Row {
    Row { name, paths, body, channel, read }
}

#[rustfmt::skip]
static ROWS: &[Row] = &[
    row("whatsapp/single/text", &["/v3/whatsapp/single/text/message/{instance}", "/v2/whatsapp/single/message/{instance}", "/v1/whatsapp/queue/message"], SMALL, WA, read::text),
    row("whatsapp/single/image", &["/v3/whatsapp/single/image/message/{instance}"], LARGE, WA, read::image),
    row("whatsapp/single/document", &["/v3/whatsapp/single/document/message/{instance}"], LARGE, WA, read::document),
    row("whatsapp/single/url", &["/v3/whatsapp/single/url/message/{instance}"], SMALL, WA, read::url),
    row("whatsapp/group/text", &["/v3/whatsapp/group/text/message/{instance}"], SMALL, WA, read::group_text),
    row("whatsapp/group/image", &["/v3/whatsapp/group/image/message/{instance}"], LARGE, WA, read::group_image),
    row("whatsapp/group/document", &["/v3/whatsapp/group/document/message/{instance}"], LARGE, WA, read::group_document),
    row("whatsapp/group/url", &["/v3/whatsapp/group/url/message/{instance}"], SMALL, WA, read::group_url),
    row("telegram/single/text", &["/v3/telegram/single/text/message/{instance}"], SMALL, TG, read::text),
    row("telegram/single/image", &["/v3/telegram/single/image/message/{instance}"], LARGE, TG, read::image),
    row("telegram/single/document", &["/v3/telegram/single/document/message/{instance}"], LARGE, TG, read::document),
    row("telegram/single/audio", &["/v3/telegram/single/audio/message/{instance}"], LARGE, TG, read::audio),
    row("telegram/single/voice_note", &["/v3/telegram/single/voice_note/message/{instance}"], LARGE, TG, read::voice_note),
    row("telegram/group/text", &["/v3/telegram/group/text/message/{instance}"], SMALL, TG, read::group_text),
    row("telegram/group/image", &["/v3/telegram/group/image/message/{instance}"], LARGE, TG, read::group_image),
    row("telegram/group/document", &["/v3/telegram/group/document/message/{instance}"], LARGE, TG, read::group_document),
    row("telegram/group/audio", &["/v3/telegram/group/audio/message/{instance}"], LARGE, TG, read::group_audio),
    row("telegram/group/voice_note", &["/v3/telegram/group/voice_note/message/{instance}"], LARGE, TG, read::group_voice_note),
];

pub static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
    let status = Endpoint {
        name: STATUS,
        method: Method::GET,
        path: "/v1/gateway/status",
        needs: Needs::Nothing,
        body: Body::None,
        read: |_| Ok(Command::Nothing),
    };
    ROWS.iter().flat_map(Row::endpoints).chain([status]).collect()
});

static BY_NAME: LazyLock<HashMap<&'static str, &'static Row>> =
    LazyLock::new(|| ROWS.iter().map(|row| (row.name, row)).collect());

impl Row {
    fn endpoints(&self) -> impl Iterator<Item = Endpoint> + use<'_> {
        let endpoint = |path: &&'static str| Endpoint {
            name: self.name,
            method: Method::POST,
            path,
            needs: Needs::Account(Scope::Send),
            body: self.body,
            read: any,
        };
        self.paths.iter().map(endpoint)
    }
}

/// Looks at what every call must show, before it is read as what it is.
fn any(call: &Call) -> Result<Command, Refusal> {
    client::check(call)?;
    let row = call.endpoint.and_then(|endpoint| BY_NAME.get(endpoint.name)).ok_or(Refusal::PathUnknown)?;
    if call.account()?.channel != row.channel {
        let messenger = row.name.split('/').next().unwrap_or_default();
        return Err(Refusal::Conflict(format!("this instance is not of {messenger}")));
    }
    (row.read)(call)
}
