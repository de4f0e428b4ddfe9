//! People (contract §2.9, §2.11).

use serde_json::{Value, json};
use sluice_model::ask::Person;
use sluice_model::{Address, Answer, Channel, Outcome, Party};

use crate::wappi::{address, platform, profile_of, times};
use crate::{Call, Reply};

use super::Body;

/// Whether a number is on the messenger. The key says which messenger: `on_whatsapp`, `on_max`.
pub fn checked(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Answer(Answer::Checked { found }) = outcome else {
        return None;
    };
    let found = found.into_iter().next()?;
    let channel = platform::of(call)?;
    let body = Body::task("done", call.at).and(on(channel), found.exists).and("phone", found.asked.value());
    let chat = found.address.filter(|_| channel == Channel::Max);
    Some(body.maybe("chat_id", chat.map(|chat| address::write(channel, &chat, None))).of_call(call).ok())
}

const fn on(channel: Channel) -> &'static str {
    match channel {
        Channel::TelegramUser | Channel::TelegramBot => "on_telegram",
        Channel::Max => "on_max",
        Channel::Whatsapp | Channel::Sms => "on_whatsapp",
    }
}

pub fn all(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Contacts { contacts, .. } = outcome else {
        return None;
    };
    let channel = platform::of(call)?;
    let rows: Vec<Value> = contacts.iter().map(|row| contact(channel, &row.party, false)).collect();
    Some(Body::task("done", call.at).and("contacts", rows).of_call(call).ok())
}

pub fn one(call: &Call, outcome: Outcome) -> Option<Reply> {
    let person = person(outcome)?;
    let row = contact(platform::of(call)?, &party(&person), person.business);
    Some(Body::task("done", call.at).and("contact", row).of_call(call).ok())
}

/// Saved; what upstream shows beside it is what the caller said.
pub fn added(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let channel = platform::of(call)?;
    let fields = crate::wappi::read::body::fields(call).ok()?;
    let saved_name = fields.text("name").ok()?;
    let person = Party { saved_name, ..Party::new(fields.recipient(call).ok()?) };
    Some(Body::task("done", call.at).and("contact", contact(channel, &person, false)).of_call(call).ok())
}

fn person(outcome: Outcome) -> Option<Person> {
    match outcome {
        Outcome::Answer(Answer::Person { person }) => Some(*person),
        _ => None,
    }
}

fn party(person: &Person) -> Party {
    Party {
        address: person.address.clone(),
        alias: person.alias.clone(),
        name: person.name.clone(),
        saved_name: person.saved_name.clone(),
    }
}

fn contact(channel: Channel, person: &Party, business: bool) -> Value {
    let id = address::of_party(channel, person);
    let own_name = person.name.clone().unwrap_or_default();
    let name = person.saved_name.clone().unwrap_or_else(|| own_name.clone());
    if channel == Channel::Whatsapp {
        return json!({
            "id": id,
            "number": person.phone().unwrap_or_default(),
            "is_business": business,
            "name": name,
            "pushname": own_name,
            "short_name": name.split_whitespace().next().unwrap_or_default(),
            "business_name": if business { own_name.as_str() } else { "" },
        });
    }
    json!({
        "id": id,
        "type": "user",
        "number": person.phone().unwrap_or_default(),
        "pushname": own_name,
        "firstName": name,
        "lastName": "",
        "picture": "",
        "thumbnail": "",
        "username": username(person),
        "isMe": false,
    })
}

fn username(person: &Party) -> &str {
    let named = [Some(&person.address), person.alias.as_ref()].into_iter().flatten();
    named.filter(|address| matches!(address, Address::Username(_))).map(Address::value).next().unwrap_or_default()
}

pub fn info(call: &Call, outcome: Outcome) -> Option<Reply> {
    let person = person(outcome)?;
    let id = address::of_party(Channel::Whatsapp, &party(&person));
    let mut user = serde_json::Map::new();
    let about = person.about.clone().unwrap_or_default();
    user.insert(id.clone(), json!({"VerifiedName": null, "Status": about, "PictureID": "", "Devices": []}));
    let profile = Body::default()
        .and("is_on_whatsapp", true)
        .and("id", id)
        .and("user", user)
        .and("contact", card(&party(&person), person.business))
        .maybe("thumbnail", person.avatar_url.clone());
    Some(Body::task("done", call.at).and("profile", profile).of_call(call).ok())
}

/// A person in the capitalised form that shows upstream's insides; also in dialogs and calls.
pub fn card(person: &Party, business: bool) -> Value {
    let own_name = person.name.clone().unwrap_or_default();
    let saved = person.saved_name.clone().unwrap_or_default();
    json!({
        "Found": !(own_name.is_empty() && saved.is_empty()),
        "FirstName": saved.split_whitespace().next().unwrap_or_default(),
        "FullName": saved,
        "PushName": own_name,
        "BusinessName": if business { own_name.as_str() } else { "" },
    })
}

/// The older API's answer to block and unblock.
pub fn blocked(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Body::default().and("status", "done").and("detail", true).ok())
}

pub fn story_views(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Answer(Answer::StoryViews { viewers }) = outcome else {
        return None;
    };
    let channel = platform::of(call)?;
    let number = |name: &str| call.query(name).and_then(|text| text.parse::<usize>().ok());
    let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(100));
    let page = viewers.iter().skip(offset).take(limit);
    let users: Vec<Value> = page
        .map(|(who, at)| json!({"user_id": address::write(channel, who, None), "date": times::rfc3339(*at)}))
        .collect();
    let body = Body::task("done", call.at).and("views", viewers.len()).and("offset", offset).and("users", users);
    Some(body.and("uuid", profile_of(call)).ok())
}
