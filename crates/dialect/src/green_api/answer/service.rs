//! Read marks, service methods, contacts (contract greenapi.md §2.7) and the views of statuses (§2.8).

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use sluice_model::ask::{Checked, Person};
use sluice_model::message::{Chat, Contact};
use sluice_model::{Address, Refusal, Timestamp};

use crate::green_api::errors;
use crate::green_api::frame::Frame;
use crate::{Call, Reply};

/// Methods without words: 200 and no body (contract §0.3).
pub fn nothing() -> Reply {
    Reply::empty(StatusCode::OK).with(CONTENT_TYPE, HeaderValue::from_static("application/json"))
}

pub fn read() -> Value {
    json!({"setRead": true})
}

pub fn checked(frame: &Frame<'_>, found: &[Checked]) -> Value {
    let Some(Checked { asked, exists: true, address }) = found.first() else {
        return json!({"existsWhatsapp": false, "chatId": "", "username": "", "phoneNumber": "", "fromCache": false});
    };
    // The person's own address first: it is what the messenger calls them.
    let known = [address.as_ref(), Some(asked)].into_iter().flatten();
    let phone = known.clone().find(|address| matches!(address, Address::Phone(_)));
    let chat = known.into_iter().next().map(|address| frame.chat(address, None));
    json!({
        "existsWhatsapp": true,
        "chatId": chat,
        "username": "",
        "phoneNumber": phone.map(|phone| frame.chat(phone, None)).unwrap_or_default(),
        "fromCache": false,
    })
}

/// Telegram and MAX.
pub fn account_checked(frame: &Frame<'_>, found: &[Checked]) -> Value {
    let Some(Checked { asked, exists: true, address }) = found.first() else {
        return json!({"exist": false, "chatId": "", "fromCache": false});
    };
    json!({"exist": true, "chatId": frame.chat(address.as_ref().unwrap_or(asked), None), "fromCache": false})
}

pub fn avatar(url: Option<&str>, available: bool) -> Value {
    json!({"urlAvatar": url.unwrap_or_default(), "available": available})
}

pub fn contacts(frame: &Frame<'_>, all: &[Contact]) -> Value {
    let row = |contact: &Contact| {
        json!({
            "id": frame.person(&contact.party),
            "name": contact.party.name.as_deref().unwrap_or_default(),
            "contactName": contact.party.saved_name.as_deref().unwrap_or_default(),
            "type": "user",
        })
    };
    Value::Array(all.iter().map(row).collect())
}

/// Groups have no name in the address book (contract §2.7).
pub fn groups(frame: &Frame<'_>, all: &[Chat]) -> Value {
    let groups = all.iter().filter(|chat| chat.address.is_group());
    let row = |chat: &Chat| {
        let name = chat.name.as_deref().unwrap_or_default();
        json!({"id": frame.chat(&chat.address, None), "name": name, "type": "group"})
    };
    Value::Array(groups.map(row).collect())
}

pub fn chats(frame: &Frame<'_>, all: &[Chat]) -> Value {
    let chats = all.iter().filter(|chat| chat.address != Address::Story);
    let row = |chat: &Chat| {
        json!({
            "id": frame.chat(&chat.address, chat.alias.as_ref()),
            "name": chat.name.as_deref().unwrap_or_default(),
            "type": if chat.address.is_group() { "group" } else { "user" },
            "archive": chat.archived,
            "ephemeralExpiration": 0,
            "ephemeralSettingTimestamp": 0,
        })
    };
    Value::Array(chats.map(row).collect())
}

pub fn person(frame: &Frame<'_>, person: &Person) -> Value {
    json!({
        "avatar": person.avatar_url.as_deref().unwrap_or_default(),
        "name": person.name.as_deref().unwrap_or_default(),
        "contactName": person.saved_name.as_deref().unwrap_or_default(),
        "email": "",
        "category": "",
        "description": person.about.as_deref().unwrap_or_default(),
        "products": [],
        "chatId": frame.chat(&person.address, person.alias.as_ref()),
        "lastSeen": null,
        "isArchive": false,
        "isDisappearing": false,
        "isMute": false,
        "messageExpiration": 0,
        "muteExpiration": null,
        "isBusiness": person.business,
    })
}

pub fn disappearing(call: &Call) -> Value {
    let body: Value = call.json().unwrap_or_default();
    let seconds = &body["ephemeralExpiration"];
    let seconds = seconds.as_u64().or_else(|| seconds.as_str().and_then(|text| text.parse().ok())).unwrap_or(0);
    json!({
        "chatId": body["chatId"],
        "disappearingMessagesInChat": seconds > 0,
        "ephemeralExpiration": seconds,
    })
}

/// addContact, editContact, deleteContact.
pub fn contact_changed(name: &str) -> Value {
    contact(name, true, "")
}

/// Told with a 200, as the vendor's soft failures are.
pub fn contact_not_changed(call: &Call, name: &str, refusal: &Refusal) -> Option<Reply> {
    matches!(refusal, Refusal::Failed(_) | Refusal::Unsupported(_))
        .then(|| Reply::json(StatusCode::OK, &contact(name, false, &errors::words(call, refusal))))
}

fn contact(name: &str, done: bool, message: &str) -> Value {
    crate::green_api::members::Members::default().with(name, done).with("message", message).into()
}

/// The two official readers disagree on the members; each finds its own (contract §2.8).
pub fn views(frame: &Frame<'_>, viewers: &[(Address, Timestamp)]) -> Value {
    let row = |(who, at): &(Address, Timestamp)| {
        let id = frame.chat(who, None);
        json!({
            "participant": id, "timestamp": at.seconds(), "status": "read",
            "id": id, "name": "", "contactName": "", "type": "user",
        })
    };
    Value::Array(viewers.iter().map(row).collect())
}
