//! A message, in or out (contract §3.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sluice_model::content::{Content, Media, MediaKind, Source};
use sluice_model::{Address, Channel, Message};

use crate::Setting;
use crate::links::LIFE;
use crate::wappi::answer::{Body, messages};
use crate::wappi::{address, ids, shown};

/// Keys in the order of upstream's WhatsApp sample, then those that only some messages have.
pub fn shaped(wh_type: &'static str, message: &Message, setting: &Setting<'_>) -> Value {
    let channel = setting.account.channel;
    let content = &message.content;
    let own = address::own(setting.account);
    let chat = address::write(channel, &message.chat, message.chat_alias.as_ref());
    let author = message.sender.as_ref();
    let mine = message.is_outgoing();
    let author_id = author.map_or_else(|| chat.clone(), |party| address::of_party(channel, party));
    let (from, to) = if mine { (own, chat.clone()) } else { (author_id, own) };
    let name = author.and_then(|party| party.name.clone()).unwrap_or_default();
    let contact = author.and_then(|party| party.saved_name.clone()).unwrap_or_else(|| name.clone());
    let changed = shown::changes(content);
    let id = changed.map_or_else(|| ids::of_message(setting.spelling, message), |target| target.remote.clone());
    let stanza = shown::about(content).or(message.quoted.as_ref().map(|quoted| &quoted.target));
    let media = shown::media(content);
    let caption = media.and_then(|media| media.caption.clone());

    let body = Body::default()
        .and("wh_type", wh_type)
        .and("profile_id", super::profile(setting))
        .and("id", id)
        .maybe("body", body(content, setting))
        .and("type", shown::kind(channel, content))
        .and("from", from)
        .and("to", to)
        .and("senderName", if mine { own_name(setting) } else { name })
        .and("chatId", chat);
    let body = super::times_of(body, message.at)
        .and("caption", caption.map_or(Value::Null, Value::from))
        .and("from_where", if message.origin.is_api() { "api" } else { "phone" })
        .and("contact_name", contact)
        .and("is_forwarded", message.forwarded > 0)
        .and("isReply", message.quoted.is_some())
        .and("is_edited", matches!(content, Content::Edit { .. }))
        .and("stanza_id", stanza.map(|target| target.remote.clone()).unwrap_or_default())
        .and("is_me", mine)
        .and("chat_type", chat_type(channel, &message.chat))
        .and("thumbnail", "")
        .and("picture", "")
        .and("wappi_bot_id", message.origin.tag().unwrap_or_default())
        .and("is_deleted", matches!(content, Content::Delete { .. }))
        .and("is_bot", false);
    let body = people(body, message, setting)
        .maybe("task_id", message.origin.is_api().then(|| ids::task(setting.spelling, message.id)))
        .maybe("manager", message.origin.memo().cloned())
        .maybe("reply_message", message.quoted.as_ref().map(|quoted| messages::quote(channel, quoted)));
    let body = match media {
        Some(media) => file(body, media, setting),
        None => body,
    };
    shown::particulars(body, channel, content).value()
}

/// Words, or the file in base64. A file too large to be carried along, or not fetched, is told by its link alone.
fn body(content: &Content, setting: &Setting<'_>) -> Option<String> {
    match content {
        Content::Media(_) => Some(setting.bytes.map(|bytes| STANDARD.encode(bytes)).unwrap_or_default()),
        _ => shown::text(content).map(|text| text.into_owned()),
    }
}

/// How the other side is known: WhatsApp shows the hidden id where there is one, the others phone and name.
fn people(body: Body, message: &Message, setting: &Setting<'_>) -> Body {
    let author = message.sender.as_ref();
    if setting.account.channel == Channel::Whatsapp {
        let hidden = [Some(&message.chat), message.chat_alias.as_ref()].into_iter().flatten();
        let lid = hidden.filter(|address| matches!(address, Address::Lid(_))).map(|address| address.value()).next();
        return body.maybe("whatsapp_chat_id", lid.map(|lid| format!("{lid}@lid"))).and("platform", "whatsapp");
    }
    let phone = match author {
        Some(party) => party.phone().unwrap_or_default(),
        None => phone_of(&message.chat),
    };
    let username = author.map_or(&message.chat, |party| &party.address);
    let username = if let Address::Username(name) = username { name.as_str() } else { "" };
    let own_phone = setting.account.condition.phone.as_deref().unwrap_or_default();
    body.and("contact_phone", phone)
        .and("contact_username", username)
        .and("username", username)
        // On what goes out it is the account's own number.
        .and("phone", if message.is_outgoing() { own_phone } else { phone })
}

fn phone_of(address: &Address) -> &str {
    if let Address::Phone(digits) = address { digits } else { "" }
}

fn own_name(setting: &Setting<'_>) -> String {
    setting.account.condition.push_name.clone().unwrap_or_default()
}

fn file(body: Body, media: &Media, setting: &Setting<'_>) -> Body {
    let name = media.file_name.clone();
    let body = body
        .maybe("title", name.clone().filter(|_| media.kind == MediaKind::Document))
        .and("file_name", name.unwrap_or_default())
        .and("mimetype", media.mime.clone())
        .maybe("length_seconds", media.seconds)
        .maybe("isGif", media.animated.then_some(true))
        .and("media_info", shown::media_info(media));
    match &media.source {
        Source::Blob(blob) => body
            .and("file_link", setting.links.file(blob, &media.mime, media.file_name.as_deref(), setting.at))
            .and("file_link_expire", setting.at.plus(LIFE).seconds()),
        Source::Url(url) => body.and("file_link", url.clone()),
        Source::Inline { .. } | Source::Remote(_) => body,
    }
}

const fn chat_type(channel: Channel, chat: &Address) -> &'static str {
    match (channel, chat) {
        (Channel::Whatsapp, Address::Group(_)) => "group",
        (Channel::Whatsapp, _) => "dialog",
        (_, Address::Group(_)) => "chat",
        (_, Address::Channel(_)) => "channel",
        _ => "user",
    }
}
