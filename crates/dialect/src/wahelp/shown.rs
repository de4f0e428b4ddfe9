//! A message in Wahelp's words, the same in answers, lists and webhooks (contract §7, §9.2).

use serde_json::{Map, Value, json};
use sluice_model::content::{Content, Media, Source, Target};
use sluice_model::message::{Kept, Mark, Message, Origin, State, Trouble};
use sluice_model::outcome::Accepted;
use sluice_model::{Account, Address, Party, Spelling, Timestamp};

use super::{channels, errors, ids, times};
use crate::Links;

/// Where a message goes, unless its sender says otherwise: upstream shows what an operator or the API sends so.
pub const FROM_OPERATOR: &str = "from_operator";
const FROM: &str = "from";

/// Members of what is kept with a message and shown again with its statuses.
pub const TEXT: &str = "text";
pub const DESTINATION: &str = "destination";
/// The message that this one edits or deletes.
pub const CHANGES: &str = "changes";

/// What a message's members depend on besides it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub account: &'a Account,
    pub spelling: &'a Spelling,
    pub links: &'a Links,
    pub at: Timestamp,
}

impl View<'_> {
    pub fn user_id(&self, chat: &Address, alias: Option<&Address>) -> Option<u64> {
        let addresses: Vec<&Address> = [chat].into_iter().chain(alias).collect();
        ids::user(self.account.channel, addresses)
    }

    /// As lists show it.
    pub fn kept(&self, kept: &Kept) -> Value {
        let incoming = !kept.message.is_outgoing();
        let mut shown = self.message(&kept.message, (!incoming).then(|| status(kept.state)), kept.state_at);
        if let Some(text) = &kept.edited {
            shown.insert("message".to_owned(), text.clone().into());
            shown.insert(TEXT.to_owned(), text.clone().into());
        }
        shown.insert("is_deleted".to_owned(), kept.deleted.into());
        add_trouble(&mut shown, kept.trouble.as_ref());
        Value::Object(shown)
    }

    /// `status` is `None` for what came in: only what was sent has one.
    pub fn message(&self, message: &Message, status: Option<&str>, status_at: Timestamp) -> Map<String, Value> {
        let text = text(&message.content);
        let user = self.user_id(&message.chat, message.chat_alias.as_ref());
        let sender = message.sender.as_ref();
        let name = sender.and_then(|party| party.saved_name.clone().or_else(|| party.name.clone()));
        let name = if message.chat.is_group() { message.chat_name.clone() } else { name };
        let phone = phone(&message.chat, message.chat_alias.as_ref());
        let mut shown = object(json!({
            "id": message.id.get(),
            "message_id": message.id.get(),
            "user_id": user,
            "channel_id": self.account.id.get(),
            "contact_id": user,
            "message": text,
            "text": text,
            "message_type": message.content.kind(),
            "destination": destination(&message.origin),
            "status": status,
            "status_at": status.map(|_| times::moscow(status_at)),
            "created_at": times::moscow(message.at),
            "uid": message.remote,
            "user": self.user(&message.chat, message.chat_alias.as_ref(), name.as_deref()),
            "contact": {"phone": phone},
            "channel": channels::short(self.spelling, self.account),
            "user_name": name,
        }));
        if let Some(author) = sender.filter(|_| message.chat.is_group()) {
            shown.insert("author".to_owned(), self.party(author));
        }
        self.add_particulars(&mut shown, &message.content);
        shown
    }

    /// What is known of a message from a word about it.
    pub fn mark(&self, mark: &Mark, status: &str, at: Timestamp, trouble: Option<&Trouble>) -> Value {
        let user = self.user_id(&mark.chat, mark.chat_alias.as_ref());
        let mut shown = object(json!({
            "id": mark.id.get(),
            "message_id": mark.id.get(),
            "user_id": user,
            "channel_id": self.account.id.get(),
            "contact_id": user,
        }));
        // Only what was sent through this API is told with its words.
        if let Some(text) = mark.origin.memo().and_then(|memo| memo.get(TEXT)) {
            shown.insert("message".to_owned(), text.clone());
            shown.insert(TEXT.to_owned(), text.clone());
        }
        shown.extend(object(json!({
            "destination": destination(&mark.origin),
            "status": status,
            "status_at": times::moscow(at),
            "created_at": times::moscow(mark.id.0.minted_at()),
            "uid": mark.remote,
            "user": self.user(&mark.chat, mark.chat_alias.as_ref(), None),
            "contact": {"phone": phone(&mark.chat, mark.chat_alias.as_ref())},
            "channel": channels::short(self.spelling, self.account),
        })));
        add_trouble(&mut shown, trouble);
        Value::Object(shown)
    }

    /// A change of a message, told under the id of what it changes where that is known; `uid` always names it.
    pub fn change(&self, message: &Message, target: &Target, status_at: Timestamp) -> Map<String, Value> {
        let mut shown = self.message(message, None, status_at);
        let ours = || self.spelling.read_remote(&target.remote).filter(|_| target.from_me).map(|id| id.get());
        let known = message.origin.memo().and_then(|memo| memo.get(CHANGES)).and_then(Value::as_u64);
        if let Some(id) = known.or_else(ours) {
            shown.insert("id".to_owned(), id.into());
            shown.insert("message_id".to_owned(), id.into());
        }
        shown.insert("uid".to_owned(), target.remote.clone().into());
        shown.insert("message_type".to_owned(), "text".into());
        shown
    }

    fn user(&self, chat: &Address, alias: Option<&Address>, name: Option<&str>) -> Value {
        json!({
            "id": self.user_id(chat, alias),
            "phone": phone(chat, alias),
            "uid": chat.value(),
            "uid2": alias.map(Address::value),
            "name": name,
        })
    }

    fn party(&self, party: &Party) -> Value {
        let name = party.saved_name.as_deref().or(party.name.as_deref());
        self.user(&party.address, party.alias.as_ref(), name)
    }

    /// A user as lists of them show it: clients look for the phone in three places (contract §6.4).
    pub fn person(&self, party: &Party) -> Option<Value> {
        let id = self.user_id(&party.address, party.alias.as_ref())?;
        let name = party.saved_name.as_deref().or(party.name.as_deref());
        let phone = phone(&party.address, party.alias.as_ref());
        Some(json!({
            "id": id,
            "name": name.unwrap_or_default(),
            "phone": phone,
            "contact_phone": phone,
            "contact_id": id,
            "contact": {"id": id, "phone": phone},
            "channel_id": self.account.id.get(),
        }))
    }

    fn add_particulars(&self, shown: &mut Map<String, Value>, content: &Content) {
        match content {
            Content::Media(media) => {
                shown.insert("file".to_owned(), self.file(media));
            }
            Content::Location(place) => {
                let location = json!({
                    "latitude": place.latitude, "longitude": place.longitude, "name": place.name,
                    "address": place.address,
                });
                shown.insert("location".to_owned(), location);
            }
            Content::Contacts { cards } => {
                let cards = cards.iter().map(|card| json!({"name": card.display_name, "phone": card.phone}));
                shown.insert("contacts".to_owned(), cards.collect());
            }
            Content::Reaction { target, .. } => {
                shown.insert("reaction_to".to_owned(), target.remote.clone().into());
            }
            _ => {}
        }
    }

    fn file(&self, media: &Media) -> Value {
        let (url, size) = match &media.source {
            Source::Blob(blob) => {
                (Some(self.links.file(blob, &media.mime, media.file_name.as_deref(), self.at)), Some(blob.size))
            }
            Source::Url(url) => (Some(url.clone()), None),
            Source::Inline { .. } | Source::Remote(_) => (None, None),
        };
        json!({"url": url, "name": media.file_name, "mime": media.mime, "size": size})
    }
}

/// A message that was just accepted (contract §7).
pub fn accepted(accepted: &Accepted, account: &Account, user_id: u64, sent: &Sent, state: State) -> Value {
    json!({
        "id": accepted.id.get(),
        "message_id": accepted.id.get(),
        "user_id": user_id,
        "channel_id": account.id.get(),
        "message": sent.text,
        "text": sent.text,
        "message_type": sent.kind,
        "destination": sent.destination,
        "status": status(state),
        "created_at": times::moscow(accepted.at),
    })
}

/// What a caller asked to be sent, as it is shown again.
pub struct Sent {
    pub text: String,
    pub kind: &'static str,
    pub destination: String,
}

/// `sent`, `delivered`, `read`, `failed` as clients know them; other words they pass over (contract §9.3).
pub const fn status(state: State) -> &'static str {
    match state {
        State::Waiting | State::Claimed => "new",
        State::Sent => "sent",
        State::Delivered | State::Received => "delivered",
        State::Read => "read",
        State::Failed | State::Expired | State::Cancelled => "failed",
        State::Uncertain => "unknown",
    }
}

fn add_trouble(shown: &mut Map<String, Value>, trouble: Option<&Trouble>) {
    if let Some(trouble) = trouble {
        shown.insert("error".to_owned(), errors::trouble(trouble.why, &trouble.note).into());
    }
}

fn destination(origin: &Origin) -> &str {
    match origin {
        Origin::Peer => FROM,
        Origin::Phone => FROM_OPERATOR,
        Origin::Api { memo, .. } => {
            let said = memo.as_ref().and_then(|memo| memo.get(DESTINATION)).and_then(Value::as_str);
            said.unwrap_or(FROM_OPERATOR)
        }
    }
}

fn phone(chat: &Address, alias: Option<&Address>) -> Option<String> {
    [Some(chat), alias].into_iter().flatten().find_map(|address| match address {
        Address::Phone(digits) => Some(format!("+{digits}")),
        _ => None,
    })
}

/// The words in `message`, never absent.
fn text(content: &Content) -> String {
    match content {
        Content::Template(template) => template.rendered.clone().unwrap_or_else(|| template.id.clone()),
        Content::Location(place) => {
            let named = place.address.clone().or_else(|| place.name.clone());
            named.unwrap_or_else(|| format!("{}, {}", place.latitude, place.longitude))
        }
        Content::Contacts { cards } => {
            let line = |card: &sluice_model::content::Card| match &card.phone {
                Some(phone) => format!("{} +{phone}", card.display_name),
                None => card.display_name.clone(),
            };
            cards.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        Content::Vote(vote) => vote.chosen.join(", "),
        other => other.words().to_owned(),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
