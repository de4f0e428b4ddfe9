//! Sending methods (contract greenapi.md §2.2).

use std::time::Duration;

use sluice_model::command::{ReplyTo, Which, Wish};
use sluice_model::content::{Card, Location, Poll, Preview, Source, Text};
use sluice_model::{Address, Channel, Command, Content, Refusal};

use super::fields::Fields;
use crate::Call;

/// What the vendor keeps a message for while the instance is not authorized (contract §5.5).
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// Characters.
pub const TEXT_LIMIT: usize = 20_000;
const MAX_TEXT_LIMIT: usize = 4_000;
const PREVIEW_LIMIT: usize = 300;
const QUESTION_LIMIT: usize = 255;
const OPTION_LIMIT: usize = 100;
pub const ID_LIMIT: usize = 128;
pub const URL_LIMIT: usize = 8_192;
/// A small JPEG in base64.
const THUMBNAIL_LIMIT: usize = 200_000;

/// Milliseconds.
const TYPING: std::ops::RangeInclusive<u32> = 1_000..=20_000;

pub fn send_message(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let limit = if call.account()?.channel == Channel::Max { MAX_TEXT_LIMIT } else { TEXT_LIMIT };
    wish(call, &fields, |fields| {
        Ok(Content::Text(Text {
            text: fields.required("message", limit)?,
            preview: preview(fields)?,
            link_preview: fields.flag("linkPreview")?,
            ..Text::default()
        }))
    })
}

pub fn send_poll(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| {
        let question = fields.required("message", QUESTION_LIMIT)?;
        let mut options = Vec::new();
        for option in fields.objects("options", 2..=12)? {
            let name = option.required("optionName", OPTION_LIMIT)?;
            if options.contains(&name) {
                return Err(Refusal::invalid("options", "contains a duplicate value"));
            }
            options.push(name);
        }
        let choices = u32::from(!fields.flag("multipleAnswers")?.unwrap_or(false));
        Ok(Content::Poll(Poll { question, options, choices }))
    })
}

pub fn send_location(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| {
        Ok(Content::Location(Location {
            latitude: fields.number("latitude", -90.0..=90.0)?,
            longitude: fields.number("longitude", -180.0..=180.0)?,
            name: fields.text("nameLocation", PREVIEW_LIMIT)?,
            address: fields.text("address", PREVIEW_LIMIT)?,
        }))
    })
}

pub fn send_contact(call: &Call) -> Result<Command, Refusal> {
    let channel = call.account()?.channel;
    wish(call, &Fields::of(call)?, |fields| {
        let contact = fields.object("contact")?.ok_or(Refusal::Missing("contact"))?;
        let phone = match contact.address("phoneContact", channel)? {
            Address::Phone(digits) => digits,
            // Where bare numbers are users, this one still is a phone.
            other => other.value().to_owned(),
        };
        let names = ["firstName", "middleName", "lastName"].map(|name| contact.text(name, PREVIEW_LIMIT));
        let mut words = Vec::new();
        for name in names {
            words.extend(name?);
        }
        let company = contact.text("company", PREVIEW_LIMIT)?;
        let name =
            if words.is_empty() { company.clone().unwrap_or_else(|| format!("+{phone}")) } else { words.join(" ") };
        let mut card = Card::new(&name, &phone);
        if let Some(company) = company {
            let line = company.replace('\\', "\\\\").replace([',', ';', '\n', '\r'], " ");
            card.vcard = card.vcard.replace("\nEND:VCARD", &format!("\nORG:{line}\nEND:VCARD"));
        }
        Ok(Content::Contacts { cards: vec![card] })
    })
}

pub fn forward_messages(call: &Call) -> Result<Command, Refusal> {
    let (fields, channel) = (Fields::of(call)?, call.account()?.channel);
    let to = fields.chat(channel)?;
    let from = fields.address("chatIdFrom", channel)?;
    Ok(Command::Forward { from, remotes: fields.texts("messages", 1..=100)?, to })
}

/// Deprecated by the vendor: a text whose link is shown with a preview.
pub fn send_link(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, |fields| {
        let text = fields.required("urlLink", URL_LIMIT)?;
        Ok(Content::Text(Text { text, link_preview: Some(true), ..Text::default() }))
    })
}

/// One message to one chat, with the options that every sending method has. The chat is checked first, as the vendor
/// does.
pub fn wish(
    call: &Call,
    fields: &Fields,
    content: impl FnOnce(&Fields) -> Result<Content, Refusal>,
) -> Result<Command, Refusal> {
    let chat = fields.chat(call.account()?.channel)?;
    let mut wish = Wish::new(chat, content(fields)?);
    wish.reply_to = fields.text("quotedMessageId", ID_LIMIT)?.map(|id| ReplyTo::Which(Which::Remote(id)));
    wish.typing_ms = fields.whole("typingTime", TYPING)?;
    wish.expires_at = Some(call.at.plus(KEPT));
    Ok(Command::Send(vec![wish]))
}

/// `typePreview` alone changes nothing: how large a preview of the messenger's own making is, is its own affair.
fn preview(fields: &Fields) -> Result<Option<Preview>, Refusal> {
    let size = fields.word("typePreview", &["large", "small"])?;
    let Some(custom) = fields.object("customPreview")? else {
        return Ok(None);
    };
    let url = custom.text("urlFile", URL_LIMIT)?.map(Source::Url);
    let inline = custom.text("jpegThumbnail", THUMBNAIL_LIMIT)?.map(|base64| Source::Inline { base64 });
    Ok(Some(Preview {
        title: custom.required("title", PREVIEW_LIMIT)?,
        description: custom.text("description", PREVIEW_LIMIT)?,
        url: custom.text("link", PREVIEW_LIMIT)?,
        image: url.or(inline),
        large: size.as_deref() == Some("large"),
    }))
}
