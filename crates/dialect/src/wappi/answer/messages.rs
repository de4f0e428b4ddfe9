//! Messages as lists show them (contract §2.7).

use http::StatusCode;
use serde_json::{Value, json};
use sluice_model::content::{Blob, Content, Media, Quoted, Source};
use sluice_model::message::Kept;
use sluice_model::{Account, Channel, Outcome};

use crate::links::LIFE;
use crate::wappi::{address, ids, platform, profile_of, shown, times};
use crate::{Call, Reply, reply};

use super::Body;

pub fn list(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Messages { messages, total } = outcome else {
        return None;
    };
    // Nothing to show is told in words as well: a client looks for them.
    let detail = messages.is_empty().then_some("Messages not found");
    let rows: Vec<Value> = messages.iter().map(|kept| message(call, kept)).collect();
    let body = Body::task("done", call.at).maybe("detail", detail).and("messages", rows).and("total_count", total);
    Some(body.of_call(call).ok())
}

pub fn one(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Message(kept) = outcome else {
        return None;
    };
    Some(Body::task("done", call.at).and("message", message(call, &kept)).of_call(call).ok())
}

pub fn found(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Messages { messages, total } = outcome else {
        return None;
    };
    let rows = messages.iter().map(|kept| {
        let channel = channel(call);
        let chat = address::write(channel, &kept.message.chat, kept.message.chat_alias.as_ref());
        let name = kept.message.chat_name.clone().unwrap_or_default();
        // A number here, unlike in lists of chats (contract §1.7 trap 8).
        let chat = json!({"id": chat, "name": name, "isGroup": kept.message.chat.is_group(), "last_timestamp": 0});
        json!({"chat": chat, "message": message(call, kept)})
    });
    let rows: Vec<Value> = rows.collect();
    let body = Body::task("success", call.at).and("messages", Value::Null).and("total_count", total);
    Some(body.and("uuid", profile_of(call)).and("results", rows).ok())
}

/// Telegram's answer names the chat, without a blank before it.
pub fn marked_read(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Message(kept) = outcome else {
        return None;
    };
    let channel = channel(call);
    let chat = address::write(channel, &kept.message.chat, kept.message.chat_alias.as_ref());
    let detail = (channel != Channel::Whatsapp).then(|| format!("markRead success for chatID={chat}"));
    Some(Body::task("done", call.at).maybe("detail", detail).of_call(call).ok())
}

/// What was sent through the API, newest first.
pub fn history(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Messages { messages, total } = outcome else {
        return None;
    };
    let rows: Vec<Value> = messages.iter().map(|kept| sent(call, kept)).collect();
    let body = Body::default().and("status", "done").and("detail", rows).and("all_messages_count", total);
    Some(body.ok())
}

fn sent(call: &Call, kept: &Kept) -> Value {
    let (channel, message) = (channel(call), &kept.message);
    let delivered = match shown::status(kept.state, kept.trouble.as_ref().map(|trouble| trouble.why)) {
        "delivered" | "read" if channel == Channel::Whatsapp => "success",
        word => word,
    };
    json!({
        "delivered": delivered,
        "recipient": address::write(channel, &message.chat, message.chat_alias.as_ref()),
        "message": shown::text(&message.content).unwrap_or_default(),
        "caption": shown::media(&message.content).and_then(|media| media.caption.clone()).unwrap_or_default(),
        "created_at": times::zulu(message.at),
        "task_name": super::tasks::command(&message.content),
        "id": ids::of_message(&call.spelling, message),
        "task_id": ids::task(&call.spelling, message.id),
    })
}

/// WhatsApp's answer holds the file, the others' a link to it.
pub fn media(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::File { blob, mime, file_name } = outcome else {
        return None;
    };
    if channel(call) == Channel::Whatsapp {
        let head = Body::task("done", call.at).of_call(call).and("file_b64", "");
        let tail = Body::default()
            .and("media_type", mime.split('/').next().unwrap_or_default())
            .and("mime_type", mime)
            .maybe("file_name", file_name);
        return Some(around(head, blob, tail));
    }
    let link = call.links.file(&blob, &mime, file_name.as_deref(), call.at);
    let body = Body::task("done", call.at)
        .of_call(call)
        .and("file_name", file_name.unwrap_or_default())
        .and("media_type", mime.split('/').next().unwrap_or_default())
        .and("mime_type", mime)
        .and("file_link", link)
        .and("file_link_expire", call.at.plus(LIFE).seconds());
    Some(body.ok())
}

/// One object: `head`, whose last member is an empty text for the file's base64, and `tail`.
fn around(head: Body, file: Blob, tail: Body) -> Reply {
    let (mut before, mut after) = (head.value().to_string(), tail.value().to_string());
    // The quotation mark and the brace at the end; the brace at the beginning.
    before.truncate(before.len() - 2);
    after.replace_range(..1, "\",");
    let content = reply::Content::Base64 { before: before.into(), file, after: after.into() };
    Reply { body: content, ..Reply::bytes(StatusCode::OK, "application/json", "") }
}

/// Nothing that is connected here can buy any.
pub fn no_gifts(call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Body::task("done", call.at).and("gifts", Vec::<Value>::new()).of_call(call).ok())
}

fn channel(call: &Call) -> Channel {
    platform::of(call).unwrap_or(Channel::Whatsapp)
}

/// One message, in the documented order of keys.
pub fn message(call: &Call, kept: &Kept) -> Value {
    let (channel, message) = (channel(call), &kept.message);
    let own = call.account().map(|account| address::own(account)).unwrap_or_default();
    let chat = address::write(channel, &message.chat, message.chat_alias.as_ref());
    let mine = message.is_outgoing();
    let author = message.sender.as_ref().map(|party| address::of_party(channel, party)).unwrap_or_else(|| chat.clone());
    let (from, to) = if mine { (own, chat.clone()) } else { (author, own) };
    let media = shown::media(&message.content);
    let stanza = shown::about(&message.content).or(message.quoted.as_ref().map(|quoted| &quoted.target));
    let sender = message.sender.as_ref();
    let body = Body::default()
        .and("id", ids::of_message(&call.spelling, message))
        .and("type", shown::kind(channel, &message.content))
        .and("from", from)
        .and("to", to)
        .and("fromMe", mine)
        .and("senderName", sender.and_then(|party| party.name.clone()).unwrap_or_default())
        .and("contact_name", contact_name(kept))
        .and("username", "")
        .and("phone", sender.and_then(|party| party.phone()).unwrap_or_default())
        .and("time", message.at.seconds())
        .and("body", body_of(call, kept))
        .and(
            "stanzaId",
            stanza.filter(|_| channel != Channel::TelegramUser).map(|t| t.remote.clone()).unwrap_or_default(),
        )
        .and("chatId", chat)
        .and("isForwarded", message.forwarded > 0)
        .and("isReply", message.quoted.is_some())
        .and("isRead", matches!(kept.state, sluice_model::State::Read))
        .and("isEdited", kept.edited.is_some())
        .and("isFromAPI", message.origin.is_api())
        .and("isDeleted", kept.deleted)
        .and("isPinned", false)
        .maybe("caption", media.map(|media| media.caption.clone().unwrap_or_default()))
        .maybe("file_name", media.and_then(|media| media.file_name.clone()))
        .maybe("mimetype", media.map(|media| media.mime.clone()))
        .and("delivery_status", shown::status(kept.state, kept.trouble.as_ref().map(|trouble| trouble.why)))
        .and("s3Info", media.map_or(json!({}), |media| stored(call, media)))
        .maybe("media_info", media.map(shown::media_info))
        .and("from_where", if message.origin.is_api() { "api" } else { "phone" })
        .maybe("reply_message", message.quoted.as_ref().map(|quoted| quote(channel, quoted)))
        .and("wappi_bot_id", message.origin.tag().unwrap_or_default())
        .maybe("task_id", message.origin.is_api().then(|| ids::task(&call.spelling, message.id)))
        .maybe("manager", message.origin.memo().cloned())
        .and("reactions", Value::Null);
    shown::particulars(body, channel, &message.content).value()
}

fn contact_name(kept: &Kept) -> String {
    let sender = kept.message.sender.as_ref();
    let named = sender.and_then(|party| party.saved_name.clone().or_else(|| party.name.clone()));
    named.or_else(|| kept.message.chat_name.clone()).unwrap_or_default()
}

/// WhatsApp's media are an object here, Telegram's are an empty string.
fn body_of(call: &Call, kept: &Kept) -> Value {
    if let Some(text) = &kept.edited {
        return text.clone().into();
    }
    match &kept.message.content {
        Content::Media(media) if channel(call) == Channel::Whatsapp => media_body(call, media),
        content => shown::text(content).unwrap_or_default().into(),
    }
}

fn media_body(call: &Call, media: &Media) -> Value {
    let (width, height) = media.size.unwrap_or_default();
    Body::default()
        .and("url", link(call, media).unwrap_or_default())
        .and("mimetype", media.mime.clone())
        .maybe("fileName", media.file_name.clone())
        .and("fileLength", size(media))
        .and("caption", media.caption.clone().unwrap_or_default())
        .and("width", width)
        .and("height", height)
        .maybe("JPEGThumbnail", media.thumbnail.clone())
        .value()
}

fn size(media: &Media) -> u64 {
    match &media.source {
        Source::Blob(blob) => blob.size,
        _ => 0,
    }
}

fn link(call: &Call, media: &Media) -> Option<String> {
    match &media.source {
        Source::Blob(blob) => Some(call.links.file(blob, &media.mime, media.file_name.as_deref(), call.at)),
        Source::Url(url) => Some(url.clone()),
        Source::Inline { .. } | Source::Remote(_) => None,
    }
}

/// `{}` while the file is not kept here.
fn stored(call: &Call, media: &Media) -> Value {
    match &media.source {
        Source::Blob(_) => json!({"url": link(call, media), "expire": call.at.plus(LIFE).seconds()}),
        _ => json!({}),
    }
}

/// The message answered to, as far as it is known. Also in webhooks.
pub fn quote(channel: Channel, quoted: &Quoted) -> Value {
    let content = quoted.content.as_deref();
    let media = content.and_then(shown::media);
    let file = media.and_then(|media| match &media.source {
        Source::Url(url) => Some(url.clone()),
        _ => None,
    });
    let author = quoted.target.sender.as_ref();
    let chat = author.map(|sender| address::write(channel, sender, None));
    let at = quoted.at;
    Body::default()
        .and("id", quoted.target.remote.clone())
        .and("body", file.or_else(|| content.and_then(shown::text).map(|text| text.into_owned())).unwrap_or_default())
        .and("type", content.map_or("", |content| shown::kind(channel, content)))
        .and("chatId", chat.unwrap_or_default())
        .and("timestamp", at.map(times::rfc3339).unwrap_or_default())
        .and("time", at.map_or(0, |at| at.seconds()))
        .maybe("caption", media.map(|media| media.caption.clone().unwrap_or_default()))
        .maybe("file_name", media.and_then(|media| media.file_name.clone()))
        .and("contact_name", "")
        .value()
}

/// For dialogs, whose last message is shown in short.
pub fn short(kept: &Kept) -> String {
    let content = &kept.message.content;
    let text =
        shown::text(content).or_else(|| shown::media(content).and_then(|m| m.caption.as_deref()).map(Into::into));
    kept.edited.clone().or_else(|| text.map(|text| text.into_owned())).unwrap_or_default()
}

/// The account's side of a dialog.
pub fn own_side(account: &Account) -> String {
    account.condition.push_name.clone().unwrap_or_else(|| account.name.clone())
}
