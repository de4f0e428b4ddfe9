//! Sending. Everything is taken and sent when the messenger is there.

use sluice_model::command::{Remark, ReplyTo, Says, Which, Wish};
use sluice_model::content::{Card, Location, Media, MediaKind, Preview, Source, Text};
use sluice_model::{Address, Command, Content, Refusal};

use crate::chat_api::arguments::{self, Arguments};
use crate::chat_api::{address, ids};
use crate::{Call, web};

pub fn text(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let text = Text { text: arguments.required("body")?, mentions: mentions(&arguments)?, ..Text::default() };
    send(&arguments, Content::Text(text))
}

fn mentions(arguments: &Arguments) -> Result<Vec<Address>, Refusal> {
    let phones = arguments.texts("mentionedPhones")?;
    phones.iter().map(|phone| address::read("mentionedPhones", phone)).collect()
}

/// `body` is a link or a data URI; the name tells what the file is, where the URI does not.
pub fn file(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let (source, named) = source("body", arguments.required("body")?)?;
    let file_name = match (arguments.text("filename")?, &source) {
        (Some(name), _) => Some(name),
        (None, Source::Url(url)) => web::name_in(url).map(str::to_owned),
        (None, _) => None,
    };
    let by_name = file_name.as_deref().and_then(|name| mime_guess::from_path(name).first_raw());
    let mime =
        named.filter(|mime| mime != "application/octet-stream").or(by_name.map(str::to_owned)).unwrap_or_default();
    let caption = arguments.text("caption")?;
    send(
        &arguments,
        Content::Media(Media { file_name, caption, ..Media::new(MediaKind::of_mime(&mime), source, mime) }),
    )
}

/// Ogg with Opus in it.
pub fn voice(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let audio = match arguments.text("audio")? {
        Some(audio) => audio,
        None => arguments.text("body")?.ok_or(Refusal::Missing("audio"))?,
    };
    let (source, mime) = source("audio", audio)?;
    let mime = mime.filter(|mime| mime.starts_with("audio/")).unwrap_or_else(|| "audio/ogg".to_owned());
    send(&arguments, Content::Media(Media::new(MediaKind::Voice, source, mime)))
}

/// The file, and the MIME type that a data URI names.
fn source(field: &'static str, text: String) -> Result<(Source, Option<String>), Refusal> {
    if let Some(uri) = text.strip_prefix("data:") {
        let (head, base64) =
            uri.split_once(";base64,").ok_or_else(|| Refusal::invalid(field, "is a data URI that is not base64"))?;
        let mime = head.split(';').next().filter(|mime| mime.contains('/')).map(str::to_owned);
        return Ok((Source::Inline { base64: base64.to_owned() }, mime));
    }
    let url = web::address(&text).ok_or_else(|| Refusal::invalid(field, "is neither a link nor a data URI"))?;
    Ok((Source::Url(url.to_owned()), None))
}

/// A link with a card of the caller's own.
pub fn link(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let link = arguments.required("body")?;
    let image = arguments.text("previewBase64")?.map(|base64| Source::Inline { base64 });
    let (title, description) = (arguments.text("title")?, arguments.text("description")?);
    let preview = (title.is_some() || description.is_some() || image.is_some()).then(|| Preview {
        title: title.unwrap_or_default(),
        description,
        url: Some(link.clone()),
        image,
        large: false,
    });
    let text = match arguments.text("text")? {
        Some(text) if text.contains(&link) => text,
        Some(text) => format!("{text}\n{link}"),
        None => link,
    };
    let mentions = mentions(&arguments)?;
    let text = Text { text, preview, link_preview: Some(true), mentions, ..Text::default() };
    send(&arguments, Content::Text(text))
}

/// The people are known by their ids alone, so that a number is what is shown of each.
pub fn contact(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let people = arguments.texts("contactId")?;
    if people.is_empty() {
        return Err(Refusal::Missing("contactId"));
    }
    let card = |id: &String| match address::read("contactId", id)? {
        Address::Phone(digits) => Ok(Card::new(&format!("+{digits}"), &digits)),
        _ => Err(Refusal::invalid("contactId", "is not a person's number")),
    };
    let cards = people.iter().map(card).collect::<Result<_, Refusal>>()?;
    send(&arguments, Content::Contacts { cards })
}

pub fn vcard(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let vcard = arguments.required("vcard")?.replace("\r\n", "\n");
    let line = |name: &str| vcard.lines().find(|line| line.to_ascii_uppercase().starts_with(name));
    let display_name = line("FN").and_then(|line| line.split_once(':')).map(|(_, name)| name.trim().to_owned());
    let phone = line("TEL").and_then(|line| line.rsplit_once(':')).and_then(|(_, phone)| Address::phone(phone));
    let phone = phone.map(|phone| phone.value().to_owned());
    if !vcard.to_ascii_uppercase().starts_with("BEGIN:VCARD") {
        return Err(Refusal::invalid("vcard", "is no vCard"));
    }
    let card = Card { display_name: display_name.unwrap_or_default(), phone, vcard };
    send(&arguments, Content::Contacts { cards: vec![card] })
}

pub fn location(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let (latitude, longitude) = (arguments.degrees("lat", 90.0)?, arguments.degrees("lng", 180.0)?);
    let address = arguments.text("address")?;
    send(&arguments, Content::Location(Location { latitude, longitude, name: None, address }))
}

fn send(arguments: &Arguments, content: Content) -> Result<Command, Refusal> {
    let quoted = arguments.text("quotedMsgId")?;
    let reply_to = quoted.map(|id| ReplyTo::Which(ids::read(&id).which()));
    Ok(Command::Send(vec![Wish { reply_to, ..Wish::new(arguments.chat()?, content) }]))
}

/// One message, or several of one chat.
pub fn forward(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let to = arguments.chat()?;
    let named = arguments.texts("messageId")?;
    let named: Vec<ids::Named<'_>> = named.iter().map(|id| ids::read(id)).collect();
    let Some(first) = named.first() else { return Err(Refusal::Missing("messageId")) };
    if named.len() == 1 {
        return Ok(about(first.which(), Says::Forward(to)));
    }
    let from = first.chat.ok_or_else(|| Refusal::invalid("messageId", "must hold whole ids"))?;
    let from = address::read("messageId", from)?;
    let remotes = named.iter().map(|named| named.remote.to_owned()).collect();
    Ok(Command::Forward { from, remotes, to })
}

/// For everyone.
pub fn delete(call: &Call) -> Result<Command, Refusal> {
    let id = arguments::read(call)?.required("messageId")?;
    Ok(about(ids::read(&id).which(), Says::Delete))
}

fn about(about: Which, says: Says) -> Command {
    let remark = Remark { says, tag: None, memo: None, delay: None, expires_at: None };
    Command::SendAbout { about, remark: Box::new(remark), wait: None }
}
