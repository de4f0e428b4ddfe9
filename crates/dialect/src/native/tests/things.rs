//! Things that outcomes are made of.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sluice_model::account::LoginStep;
use sluice_model::ask::{Checked, Group, Member, Person};
use sluice_model::content::{Blob, Media, MediaKind, Source};
use sluice_model::delivery::{Attempt, State as DeliveryState};
use sluice_model::id::{EventId, Id, RequestId};
use sluice_model::listener::{Off, Target};
use sluice_model::message::{Chat, Contact};
use sluice_model::outcome::{AccountView, ListenerView, RequestView, Told};
use sluice_model::template::Wording;
use sluice_model::{
    AccountId, Address, Content, Event, Key, Listener, ListenerId, Order, Party, Position, Template, WorkspaceId,
};

use super::world::{ACCOUNT, NOW, account, key, listener, message_id, sent, spelling};

pub fn view(token: Option<&str>) -> AccountView {
    AccountView {
        account: Arc::new(account()),
        listener: None,
        messages: 120,
        last_message: Some(NOW),
        waiting: 2,
        resting: None,
        token: token.map(str::to_owned),
        caution: None,
    }
}

pub fn listener_view(secret: Option<&str>) -> ListenerView {
    ListenerView { listener: Arc::new(listener(&["message.received"])), waiting: 4, secret: secret.map(str::to_owned) }
}

/// The receiver has answered 410.
pub fn listener_that_is_off() -> ListenerView {
    let off = Off { since: NOW, reason: "the receiver answered 410: it wants to hear no more".into() };
    let listener = Listener { enabled: false, off: Some(off), ..listener(&["message.received"]) };
    ListenerView { listener: Arc::new(listener), ..listener_view(None) }
}

pub fn queue() -> ListenerView {
    let listener = Listener { target: Target::Pull, ..listener(&["message.received"]) };
    ListenerView { listener: Arc::new(listener), waiting: 0, secret: None }
}

/// Of a gateway that was restored from a backup.
pub fn resting() -> AccountView {
    AccountView { resting: Some(NOW), ..view(None) }
}

pub fn connected() -> Event {
    Event::AccountConnected { phone: Some("79990000001".into()), first: true }
}

pub fn code() -> LoginStep {
    LoginStep::ShowCode { code: "ABCD-1234".into(), expires_at: NOW }
}

pub fn blob() -> Blob {
    Blob { hash: "ab".repeat(32), size: 2_048 }
}

pub fn picture() -> Content {
    Content::Media(Media {
        file_name: Some("cat.jpg".into()),
        caption: Some("A cat".into()),
        size: Some((640, 480)),
        ..Media::new(MediaKind::Image, Source::Blob(blob()), "image/jpeg")
    })
}

pub fn order() -> Order {
    Order {
        workspace: WorkspaceId(1),
        account: ACCOUNT,
        message: sent(Content::text("Later")),
        due_at: NOW,
        expires_at: sluice_model::Timestamp::NEVER,
        typing_ms: None,
        attempt: 2,
    }
}

pub fn chat() -> Chat {
    Chat {
        address: Address::Group("120363043968066561".into()),
        alias: None,
        name: Some("Team".into()),
        unread: 3,
        archived: false,
        deleted: false,
        last_at: NOW,
        last: Some(message_id()),
    }
}

pub fn contact() -> Contact {
    let party = Party { saved_name: Some("Ann K.".into()), ..Party::new(Address::Lid("160911".into())) };
    Contact { party, updated_at: NOW }
}

pub fn checked() -> Vec<Checked> {
    let asked = |digits: &str| Address::Phone(digits.into());
    vec![
        Checked { asked: asked("79990000000"), exists: true, address: Some(Address::Lid("160911".into())) },
        Checked { asked: asked("79990000404"), exists: false, address: None },
    ]
}

pub fn person() -> Person {
    Person {
        address: Address::Phone("79990000000".into()),
        alias: None,
        name: Some("Ann".into()),
        saved_name: None,
        about: Some("At work".into()),
        avatar_url: None,
        business: true,
    }
}

pub fn group() -> Group {
    Group {
        address: Address::Group("120363043968066561".into()),
        name: "Team".into(),
        description: None,
        owner: Some(Address::Phone("79990000001".into())),
        created_at: NOW,
        invite_link: None,
        members: vec![Member { address: Address::Phone("79990000001".into()), alias: None, admin: true, owner: true }],
        members_edit: false,
        members_send: true,
    }
}

pub fn attempt() -> Attempt {
    Attempt {
        listener: ListenerId(5),
        account: ACCOUNT,
        position: Position(12),
        number: 2,
        at: NOW,
        took_ms: 31,
        status: Some(500),
        answer: "oops".into(),
        state: DeliveryState::Waiting,
        next_at: Some(NOW.plus(Duration::from_secs(300))),
    }
}

/// Of an API whose clients may show a login.
pub fn login_key() -> Key {
    Key { dialect: Some("devino".into()), prefix: "012345".into(), ..key() }
}

pub fn template() -> Template {
    let wording =
        |language: &str, text: &str, approved| Wording { language: language.into(), text: text.into(), approved };
    Template {
        workspace: WorkspaceId(1),
        name: "greeting".into(),
        parameter_limit: 100,
        wordings: vec![wording("ru", "Привет, {{1}} {{2}}", true), wording("en", "Hello", false)],
        created_at: NOW,
        changed_at: NOW.plus(Duration::from_secs(60)),
    }
}

pub fn request() -> RequestView {
    RequestView {
        id: RequestId(Id::new(78).unwrap()),
        at: NOW,
        dialect: "native".into(),
        endpoint: "send_message".into(),
        method: "POST".into(),
        path: "/v1/messages".into(),
        status: 202,
        took_ms: 4,
        address: "203.0.113.9".into(),
        key_prefix: Some("sg_abcd".into()),
        content_type: Some("application/json".into()),
        body: "{}".into(),
        answer: "{}".into(),
        code: None,
    }
}

pub fn told(account: u32, position: u32) -> Told {
    let event = EventId::of(AccountId(account), Position(position));
    Told { event, at: NOW, body: json!({ "id": spelling().event(event) }).to_string() }
}
