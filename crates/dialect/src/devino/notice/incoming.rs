//! What a customer wrote (contract §12).

use serde_json::{Map, Value, json};
use sluice_model::content::{Location, Media, Source};
use sluice_model::{Address, Content, Message};

use super::card;
use crate::Setting;

/// One object; `None` for what this API has no word for. What is not there is left out.
pub fn shaped(message: &Message, setting: &Setting<'_>) -> Option<Value> {
    // It knows no groups: an answer would go to the person alone.
    if !matches!(message.chat, Address::Phone(_) | Address::Lid(_) | Address::User(_) | Address::Username(_)) {
        return None;
    }
    let account = setting.account;
    let sender = message.sender.as_ref();
    let from = sender.and_then(|party| party.phone()).unwrap_or_else(|| message.chat.value());
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("incomingMessageId", message.id.get().into());
    put("to", account.condition.phone.as_deref().unwrap_or(&account.name).into());
    put("from", from.into());
    put("ts", message.at.millis().into());
    match &message.content {
        Content::Media(media) => {
            if let Some(caption) = &media.caption {
                put("text", caption.as_str().into());
            }
            for (name, value) in file(media, setting) {
                put(name, value.into());
            }
        }
        Content::Location(place) => {
            put("whatsAppGeoLocation", location(place));
        }
        Content::Contacts { cards } => {
            put("whatsAppContacts", cards.iter().map(card::shaped).collect());
        }
        Content::Text(_) | Content::ButtonReply(_) | Content::Buttons(_) | Content::Poll(_) => {
            put("text", message.content.words().into());
        }
        Content::Template(template) => {
            put("text", template.rendered.as_deref().unwrap_or(&template.id).into());
        }
        Content::GroupInvite(invite) => {
            let link = format!("https://chat.whatsapp.com/{}", invite.code);
            put(
                "text",
                invite.caption.as_ref().map_or_else(|| link.clone(), |words| format!("{words}\n{link}")).into(),
            );
        }
        Content::Vote(_)
        | Content::Reaction { .. }
        | Content::Edit { .. }
        | Content::Delete { .. }
        | Content::Unreadable { .. } => return None,
    }
    if let Some(name) = sender.and_then(|party| party.name.as_deref()) {
        put("profileName", name.into());
    }
    Some(Value::Object(body))
}

fn file(media: &Media, setting: &Setting<'_>) -> Vec<(&'static str, String)> {
    let url = match &media.source {
        Source::Blob(blob) => Some(setting.links.file(blob, &media.mime, media.file_name.as_deref(), setting.at)),
        Source::Url(url) => Some(url.clone()),
        Source::Inline { .. } | Source::Remote(_) => None,
    };
    let mime = Some(media.mime.clone()).filter(|mime| !mime.is_empty());
    let members = [("contentUrl", url), ("contentType", mime), ("contentName", media.file_name.clone())];
    members.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

fn location(place: &Location) -> Value {
    json!({
        "latitude": place.latitude,
        "longitude": place.longitude,
        "address": place.address.as_deref().unwrap_or_default(),
        "addressName": place.name.as_deref().unwrap_or_default(),
        // Lower case in the vendor's table; no messenger of ours tells one.
        "addressurl": "",
    })
}
