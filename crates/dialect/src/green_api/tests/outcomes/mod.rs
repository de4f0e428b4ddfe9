//! One outcome for every method, and more where the answer differs.

mod accounts;
mod messages;
mod people;

use std::sync::Arc;

use sluice_model::content::{Blob, Media, MediaKind, Source, Target};
use sluice_model::message::{Kept, Message, Origin, State};
use sluice_model::outcome::{Accepted, AccountView};
use sluice_model::{Address, Content, Id, MessageId, Outcome, Party, Timestamp};

use super::{NOW, account};

/// The case's name, the method, the outcome.
pub type Case = (&'static str, &'static str, Outcome);

pub fn all() -> Vec<Case> {
    [
        accounts::accounts(),
        messages::sending(),
        messages::receiving(),
        messages::journals(),
        people::groups(),
        people::service(),
        messages::statuses(),
        accounts::partner(),
    ]
    .concat()
}

fn view() -> AccountView {
    AccountView {
        account: Arc::new(account()),
        listener: None,
        messages: 0,
        last_message: None,
        waiting: 0,
        resting: None,
        token: None,
        caution: None,
    }
}

fn accepted(id: u64) -> Accepted {
    Accepted { id: message_id(id), remote: None, at: NOW }
}

fn message_id(id: u64) -> MessageId {
    MessageId(Id::new(id).unwrap())
}

fn blob() -> Blob {
    Blob { hash: "ab".repeat(32), size: 3 }
}

fn ann() -> Party {
    let phone = Address::Phone("79001234567".into());
    Party { name: Some("Ann".into()), saved_name: Some("Ann from work".into()), ..Party::new(phone) }
}

fn target() -> Target {
    Target { remote: "BAE5BDDA56FAA465".into(), from_me: true, sender: None }
}

fn api() -> Origin {
    Origin::Api { dialect: "green_api".into(), key: None, request: None, tag: None, memo: None }
}

fn image() -> Content {
    let picture = Media::new(MediaKind::Image, Source::Blob(blob()), "image/jpeg");
    Content::Media(Media { caption: Some("look".into()), ..picture })
}

fn kept(id: u64, origin: Origin, content: Content, state: State) -> Kept {
    let sender = matches!(origin, Origin::Peer).then(ann);
    let message = Message {
        id: message_id(id),
        remote: Some(format!("3A{id:018}")),
        origin,
        chat: Address::Phone("79001234567".into()),
        chat_alias: None,
        chat_name: None,
        sender,
        content,
        quoted: None,
        forwarded: 0,
        at: Timestamp::from_seconds(1_743_439_819),
    };
    Kept { message, state, state_at: NOW, trouble: None, edited: None, deleted: false }
}
