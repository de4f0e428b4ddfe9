//! Sending: the synchronous calls and their `async` twins read the same bodies (contract §2.4, §2.5).

use std::time::Duration;

use sluice_model::command::{ReplyTo, Wish};
use sluice_model::content::{Action, Button, Buttons, Card, Content, Location, Media, MediaKind, Poll, Source};
use sluice_model::{Address, Channel, Command, Refusal, Timestamp};

use super::body::{Fields, fields, fields_or_text};
use super::{channel, file, number};
use crate::wappi::ids;
use crate::{Call, form, web};

/// How long a synchronous call waits for the messenger's word, in seconds: below what HTTP clients commonly allow.
const WAIT: u64 = 10;
const LONGEST_WAIT: u64 = 60;
/// Upstream's delay before an `async` send to WhatsApp, in seconds.
const WHATSAPP_DELAY: (u64, u64) = (1, 3);
const LONGEST_DELAY: u64 = 86_400;

pub fn text(call: &Call) -> Result<Command, Refusal> {
    let fields = fields_or_text(call, "recipient")?;
    let quoted = fields.text("quoted_message_id")?;
    let reply_to = quoted.map(|id| ReplyTo::Which(ids::which(&call.spelling, channel(call), &id)));
    let wish = Wish::new(fields.recipient(call)?, Content::text(fields.required("body")?));
    accept(call, Wish { reply_to, memo: fields.manager()?, ..wish })
}

pub fn image(call: &Call) -> Result<Command, Refusal> {
    inline(call, MediaKind::Image, "image/jpeg")
}

pub fn video(call: &Call) -> Result<Command, Refusal> {
    inline(call, MediaKind::Video, "video/mp4")
}

/// There is no other call for voice notes, and this one's audio arrives as one.
pub fn audio(call: &Call) -> Result<Command, Refusal> {
    inline(call, MediaKind::Voice, "audio/ogg")
}

pub fn document(call: &Call) -> Result<Command, Refusal> {
    inline(call, MediaKind::Document, "application/octet-stream")
}

fn inline(call: &Call, kind: MediaKind, mime: &str) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let recipient = fields.recipient(call)?;
    let base64 = fields.first_of(&["b64_file", "b64", "document_base64"])?.ok_or(Refusal::Missing("b64_file"))?;
    let read = file::read(&base64)?;
    let mime = read.mime.unwrap_or_else(|| mime.to_owned());
    let media = Media {
        file_name: fields.text("file_name")?,
        caption: fields.text("caption")?,
        ..Media::new(kind, Source::Inline { base64: read.base64 }, mime)
    };
    send(call, &fields, recipient, Content::Media(media))
}

/// The file's base64 is the whole body; the older API had a form with the file in it (contract §2.17).
pub fn bare_file(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::default();
    let recipient = fields.recipient(call)?;
    let caption = call.query("caption").map(str::to_owned);
    let media = match &call.form {
        Some(_) => form::uploaded(call).ok_or(Refusal::Missing("file"))?,
        None => {
            let text = std::str::from_utf8(&call.body).map_err(|_| file::not_base64())?;
            let read = file::read(text.trim().trim_matches('"'))?;
            let mime = read.mime.unwrap_or_else(|| "application/octet-stream".to_owned());
            Media::new(MediaKind::of_mime(&mime), Source::Inline { base64: read.base64 }, mime)
        }
    };
    send(call, &fields, recipient, Content::Media(Media { caption, ..media }))
}

pub fn file_by_url(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    send(call, &fields, fields.recipient(call)?, linked(&fields, "caption")?)
}

/// A file at `url`; its words are in the member named.
pub fn linked(fields: &Fields, words: &'static str) -> Result<Content, Refusal> {
    let url = file::url("url", &fields.required("url")?)?;
    let name = fields.text("file_name")?;
    let mime = file::mime_of_name(name.as_deref().or(web::name_in(&url)).unwrap_or_default());
    let kind = if fields.flag("as_file") { MediaKind::Document } else { MediaKind::of_mime(mime) };
    let file_name = match name {
        None if kind == MediaKind::Document => web::name_in(&url).map(str::to_owned),
        name => name,
    };
    let caption = fields.text(words)?;
    Ok(Content::Media(Media { file_name, caption, ..Media::new(kind, Source::Url(url), mime) }))
}

pub fn location(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let place = Location {
        latitude: fields.degrees("latitude")?,
        longitude: fields.degrees("longitude")?,
        name: fields.text("body")?,
        address: fields.text("address")?,
    };
    send(call, &fields, fields.recipient(call)?, Content::Location(place))
}

pub fn contact(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let phone = fields.required("phone")?;
    let Some(Address::Phone(digits)) = Address::phone(&phone) else {
        return Err(Refusal::invalid("phone", "is not a phone number"));
    };
    let card = Card::new(&fields.required("name")?, &digits);
    send(call, &fields, fields.recipient(call)?, Content::Contacts { cards: vec![card] })
}

pub fn poll(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let options = fields.texts("poll_options")?;
    if options.len() < 2 {
        return Err(Refusal::invalid("poll_options", "must hold two options or more"));
    }
    let poll = Poll { question: fields.required("body")?, options, choices: fields.count("poll_select_count")? };
    send(call, &fields, fields.recipient(call)?, Content::Poll(poll))
}

pub fn buttons(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let rows = fields.value("buttons").and_then(|rows| rows.as_array()).ok_or(Refusal::Missing("buttons"))?;
    let member = |row: &serde_json::Value, name| match &row[name] {
        serde_json::Value::Number(number) => number.to_string(),
        value => value.as_str().unwrap_or_default().to_owned(),
    };
    let buttons =
        rows.iter().map(|row| Button { id: member(row, "id"), text: member(row, "body"), action: Action::Reply });
    let content = Buttons {
        header: fields.text("title")?,
        body: fields.required("body")?,
        footer: None,
        buttons: buttons.collect(),
    };
    send(call, &fields, fields.recipient(call)?, Content::Buttons(content))
}

/// Upstream's own docs say of lists that they do not work for now; no messenger here has them.
pub fn list(call: &Call) -> Result<Command, Refusal> {
    fields(call)?.recipient(call)?;
    Err(Refusal::Conflict("Lists are temporarily not working".to_owned()))
}

/// Telegram's stars buy gifts; no connector can.
pub fn gift(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    fields.recipient(call)?;
    fields.required("gift_id")?;
    Err(Refusal::Conflict("Gifts are temporarily not working".to_owned()))
}

pub fn story(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let content = match fields.text("url")? {
        Some(_) if channel(call) == Channel::Whatsapp => linked(&fields, "body")?,
        Some(_) => linked(&fields, "caption")?,
        None if channel(call) == Channel::Whatsapp => Content::text(fields.required("body")?),
        None => return Err(Refusal::Missing("url")),
    };
    send(call, &fields, Address::Story, content)
}

fn send(call: &Call, fields: &Fields, chat: Address, content: Content) -> Result<Command, Refusal> {
    accept(call, Wish { memo: fields.manager()?, ..Wish::new(chat, content) })
}

fn accept(call: &Call, wish: Wish) -> Result<Command, Refusal> {
    let (delay, expires_at, wait) = terms(call)?;
    let wish = Wish { tag: tag(call), delay, expires_at, ..wish };
    Ok(match wait {
        Some(wait) => Command::SendAndWait { wish: Box::new(wish), wait },
        None => Command::Send(vec![wish]),
    })
}

/// The caller's own words, echoed in webhooks as `wappi_bot_id`.
pub fn tag(call: &Call) -> Option<String> {
    call.query("bot_id").map(str::to_owned)
}

/// The delay and the end of an `async` send's life, or how long a synchronous one waits.
type Terms = (Option<(Duration, Duration)>, Option<Timestamp>, Option<Duration>);

pub fn terms(call: &Call) -> Result<Terms, Refusal> {
    if !call.endpoint.is_some_and(|endpoint| endpoint.name.starts_with("async/")) {
        // `timeout` stands in the seed's picture of a URL only, so that nonsense in it is no reason to refuse.
        let wait = call.query("timeout").and_then(|text| text.parse().ok()).unwrap_or(WAIT).clamp(1, LONGEST_WAIT);
        return Ok((None, None, Some(Duration::from_secs(wait))));
    }
    let given = (number(call, "timeout_from")?, number(call, "timeout_to")?);
    let (from, to) = match given {
        (None, None) if channel(call) == Channel::Whatsapp => WHATSAPP_DELAY,
        (from, to) => {
            let from = from.unwrap_or(0);
            (from, to.unwrap_or(from).max(from))
        }
    };
    let span = |seconds: u64| Duration::from_secs(seconds.min(LONGEST_DELAY));
    let delay = (to > 0).then(|| (span(from), span(to)));
    let end = number(call, "ttl")?.map(|seconds| call.at.plus(Duration::from_secs(seconds)));
    Ok((delay, end, None))
}
