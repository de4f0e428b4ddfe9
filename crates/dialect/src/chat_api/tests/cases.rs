//! Golden cases, `cases/*.txt` and `cases/notices/*.txt`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sluice_model::account::State as Standing;
use sluice_model::ask::{Checked, Group, Member};
use sluice_model::content::{Card, Location, Media, MediaKind, Quoted, Source, Target};
use sluice_model::failure::{Failure, Retry, Why};
use sluice_model::message::Chat;
use sluice_model::outcome::{AccountView, Dialog};
use sluice_model::refusal::Noun;
use sluice_model::{
    Address, Answer, Channel, Content, Entry, Event, LoginStep, Message, Order, Outcome, Position, Refusal, State,
    WorkspaceId,
};

use crate::chat_api::{ChatApi, settings};
use crate::golden::{Stage, world};

const STAGE: Stage = Stage { dialect: &ChatApi, fill, outcome };

fn fill(text: &str) -> String {
    let remote = world::spelling().remote(world::message_id(0));
    text.replace("{message}", &format!("true_79115576366@c.us_{remote}"))
}

fn person() -> Address {
    Address::Phone("79115576366".into())
}

fn group() -> Address {
    Address::Group("120363025246125486".into())
}

fn outcome(name: &str) -> Result<Outcome, Refusal> {
    let answer = |answer| Ok(Outcome::Answer(answer));
    match name {
        "accepted" => Ok(Outcome::Accepted(world::accepted(1))),
        "two accepted" => Ok(Outcome::Accepted(world::accepted(2))),
        "done" => Ok(Outcome::Done),
        "answered" => answer(Answer::Done),
        "profile" => answer(Answer::Profile { picture_url: None }),
        "cancelled" => Ok(Outcome::Cancelled(vec![world::message_id(0), world::message_id(1)])),
        "queue" => Ok(Outcome::Queue { orders: vec![order()], total: 1 }),
        "nothing new" => Ok(Outcome::Stretch { entries: Vec::new(), end: Position(12) }),
        "stretch" => Ok(Outcome::Stretch { entries: entries(), end: Position(20) }),
        "messages" => Ok(Outcome::Messages {
            messages: entries()
                .into_iter()
                .filter_map(message_of)
                .map(|message| world::kept(message, State::Read))
                .collect(),
            total: 2,
        }),
        "chat" => Ok(Outcome::Chat(Box::new(chat(person())))),
        "dialogs" => Ok(Outcome::Dialogs {
            dialogs: [person(), group()].map(|address| Dialog { chat: chat(address), last: None }).to_vec(),
            total: 2,
        }),
        "group" => answer(Answer::Group { group: Box::new(members()) }),
        "is there" => answer(checked(true)),
        "is not there" => answer(checked(false)),
        "qr" => answer(Answer::Login {
            step: LoginStep::ShowQr { data: "2@abc".into(), expires_at: world::NOW.plus(Duration::from_secs(20)) },
        }),
        "login begins" => answer(Answer::Login { step: LoginStep::AskPhone }),
        "settings" => Ok(switches(Some(json!({"ackNotificationsOn": true})))),
        "no settings" => Ok(switches(None)),
        "logged in already" => Err(Refusal::LoggedInAlready),
        "unknown message" => Err(Refusal::NotFound(Noun::Message)),
        "unknown chat" => Err(Refusal::NotFound(Noun::Chat)),
        "no member" => Err(Refusal::Failed(Failure::refused(Why::NotInGroup, "not a member of the group"))),
        "silence" => Err(Refusal::Failed(Failure::not_sent(Why::Timeout, Retry::BackOff, "no answer"))),
        "too long" => Err(Refusal::TooLong { field: "text", limit: 4096 }),
        "too large" => Err(Refusal::TooLarge { limit: 1_000_000 }),
        "not connected" => Err(Refusal::NotConnected(Standing::Off)),
        "busy" => Err(Refusal::Busy { retry_after: Duration::from_secs(1) }),
        "fault" => Err(Refusal::Fault { code: "F-1".into() }),
        _ => match name
            .strip_prefix("account ")
            .and_then(|name| Standing::ALL.into_iter().find(|one| one.name() == name))
        {
            Some(state) => Ok(Outcome::Account(Box::new(view(state)))),
            None => panic!("no outcome is called {name}"),
        },
    }
}

fn view(state: Standing) -> AccountView {
    let mut account = world::account(Channel::Whatsapp);
    account.condition.state = state;
    account.condition.reason = (state == Standing::Blocked).then(|| "for a week".into());
    AccountView {
        account: Arc::new(account),
        listener: None,
        messages: 3,
        last_message: None,
        waiting: 0,
        resting: None,
        token: None,
        caution: None,
    }
}

fn switches(set: Option<serde_json::Value>) -> Outcome {
    let listener = set.map(|set| Arc::new(world::listener(&ChatApi, set)));
    Outcome::Switches { account: Box::new(view(Standing::Open)), listener, secret: None }
}

fn checked(exists: bool) -> Answer {
    Answer::Checked { found: vec![Checked { asked: person(), exists, address: None }] }
}

fn chat(address: Address) -> Chat {
    let name = if address.is_group() { "Friends" } else { "Ivan" };
    Chat {
        address,
        alias: None,
        name: Some(name.into()),
        unread: 1,
        archived: false,
        deleted: false,
        last_at: world::NOW,
        last: None,
    }
}

fn members() -> Group {
    let member =
        |digits: &str, admin| Member { address: Address::Phone(digits.into()), alias: None, admin, owner: admin };
    Group {
        address: group(),
        name: "Friends".into(),
        description: None,
        owner: Some(Address::Phone("79602041980".into())),
        created_at: world::NOW,
        invite_link: Some("https://chat.whatsapp.com/Abc".into()),
        members: vec![member("79602041980", true), member("79115576366", false)],
        members_edit: true,
        members_send: true,
    }
}

fn order() -> Order {
    Order {
        workspace: WorkspaceId(1),
        account: world::ACCOUNT,
        message: world::sent("chat_api", person(), Content::text("hello")),
        due_at: world::NOW,
        expires_at: world::NOW,
        typing_ms: None,
        attempt: 1,
    }
}

fn image() -> Content {
    Content::Media(Media {
        file_name: Some("cat.png".into()),
        caption: Some("a cat".into()),
        ..Media::new(MediaKind::Image, Source::Blob(world::blob()), "image/png")
    })
}

/// One of each kind that upstream has a word for, and a reaction, for which it has none.
fn entries() -> Vec<Entry> {
    let place = Location { latitude: 55.75, longitude: 37.61, name: None, address: Some("Moscow".into()) };
    let card = Card::new("Ann", "79990001122");
    let target = Target { remote: "3EB0A".into(), from_me: true, sender: None };
    let quoted = Quoted { target: target.clone(), content: Some(Box::new(Content::text("what?"))), at: None };
    let received = [
        Message { quoted: Some(quoted), ..world::received(Content::text("that")) },
        Message { chat: group(), chat_name: Some("Friends".into()), forwarded: 1, ..world::received(image()) },
        world::received(Content::Location(place)),
        world::received(Content::Contacts { cards: vec![card.clone()] }),
        world::received(Content::Contacts { cards: vec![card.clone(), card] }),
        world::received(Content::Reaction { target, emoji: Some("+".into()) }),
        world::received(Content::Unreadable { what: "not decrypted".into() }),
    ];
    let mut events: Vec<Event> = received.into_iter().map(|message| Event::MessageReceived { message }).collect();
    events.push(Event::MessagePosted { message: world::sent("chat_api", person(), Content::text("hello")) });
    events
        .into_iter()
        .zip(11..)
        .map(|(event, place)| Entry { account: world::ACCOUNT, position: Position(place), at: world::NOW, event })
        .collect()
}

fn message_of(entry: Entry) -> Option<Message> {
    match entry.event {
        Event::MessageReceived { message } | Event::MessagePosted { message } => Some(message),
        _ => None,
    }
}

#[test]
fn every_case_is_answered_byte_for_byte_and_every_method_has_one() {
    STAGE.check_calls();
}

#[test]
fn every_entry_is_told_byte_for_byte_and_every_event_has_a_case() {
    STAGE.check_notices();
}

#[test]
fn what_settings_show_can_be_sent_back_and_changes_nothing_but_what_it_says() {
    let shown = settings::show(&world::account(Channel::Whatsapp), None);
    let mut call = world::call(http::Method::POST, "/instance100003/settings");
    call.body = serde_json::to_vec(&shown).unwrap().into();
    let (change, given) = settings::read(&crate::chat_api::arguments::read(&call).unwrap()).unwrap();
    assert_eq!(change.url, Some(None));
    assert_eq!(change.switches, Some(settings::first()));
    assert_eq!(given.len(), shown.len(), "{given:?}");
}
