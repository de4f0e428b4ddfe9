//! The small fixed world of [`crate::golden`], with what Wappi shows besides.

use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use sluice_model::account::{Condition, State as AccountState};
use sluice_model::ask::{Checked, Group, Member, Person};
use sluice_model::content::{Content, Media, MediaKind, Quoted, Source, Target as About};
use sluice_model::event::LogoutBy;
use sluice_model::failure::{Failure, Why};
use sluice_model::message::{Chat, Contact, Kept, Origin, Trouble};
use sluice_model::outcome::{Accepted, AccountView, Dialog};
use sluice_model::refusal::Noun;
use sluice_model::{
    Account, AccountId, Address, Answer, Channel, Entry, Event, Key, Listener, LoginStep, Message, MessageId, Order,
    Outcome, Party, Position, Refusal, State, Timestamp, WorkspaceId,
};

use crate::golden::world;
use crate::wappi::Wappi;
use crate::{Call, Caller, Endpoint};

pub use crate::golden::world::{NOW, TOKEN, blob, links, spelling};

pub fn message_id() -> MessageId {
    world::message_id(0)
}

pub fn account(channel: Channel) -> Account {
    let mut account = Account { name: "Профиль 1".into(), ..world::account(channel) };
    account.condition.lid = (channel != Channel::Whatsapp).then(|| "98727543".to_owned());
    account
}

pub fn listener(types: &[&str]) -> Listener {
    world::listener(&Wappi, json!({ "webhook_types": types }))
}

pub fn caller(channel: Option<Channel>, settings: Value) -> Caller {
    caller_in(channel, AccountState::Open, settings)
}

/// The key is the whole workspace's.
pub fn caller_in(channel: Option<Channel>, state: AccountState, settings: Value) -> Caller {
    let mut known = account(channel.unwrap_or(Channel::Whatsapp));
    known.condition.state = state;
    let mut caller = world::caller("wappi", known);
    caller.key = Arc::new(Key { account: None, settings, ..(*caller.key).clone() });
    caller.account = caller.account.filter(|_| channel.is_some());
    caller
}

pub fn call(endpoint: Option<&'static Endpoint>, method: Method, path: &str) -> Call {
    Call { endpoint, ..world::call(method, path) }
}

fn view(channel: Channel, state: AccountState) -> AccountView {
    let mut account = account(channel);
    account.condition.state = state;
    if state == AccountState::LoginNeeded {
        account.condition = Condition { logged_out_at: Some(NOW), ..Condition::new(NOW) };
    }
    AccountView {
        account: Arc::new(account),
        listener: Some(Arc::new(listener(&["authorization_status", "incoming_message", "delivery_status"]))),
        messages: 1438,
        // An hour ago, after the login.
        last_message: (state != AccountState::LoginNeeded).then(|| Timestamp::from_seconds(NOW.seconds() - 3_600)),
        waiting: 2,
        resting: None,
        token: None,
        caution: None,
    }
}

fn person(channel: Channel) -> Party {
    let address = match channel {
        Channel::Whatsapp => Address::Phone("79115576366".into()),
        _ => Address::User("4242".into()),
    };
    Party { name: Some("Иван".into()), saved_name: Some("Иван Петров".into()), ..Party::new(address) }
}

pub fn image() -> Media {
    Media {
        file_name: Some("cat.jpg".into()),
        caption: Some("Это картинка".into()),
        size: Some((640, 480)),
        ..Media::new(MediaKind::Image, Source::Blob(blob()), "image/jpeg")
    }
}

fn kept(channel: Channel, content: Content, mine: bool, state: State) -> Kept {
    let origin =
        Origin::Api { dialect: "wappi".into(), key: None, request: None, tag: Some("bot-7".into()), memo: None };
    let remote = if mine { spelling().remote(message_id()) } else { "3A945DD9CDD3016BE11B".to_owned() };
    let quoted = Quoted {
        target: About { remote: "3EB0AAAA".into(), from_me: true, sender: None },
        content: Some(Box::new(Content::text("Чем помочь?"))),
        at: Some(NOW),
    };
    Kept {
        message: Message {
            id: message_id(),
            remote: Some(remote),
            origin: if mine { origin } else { Origin::Peer },
            chat: person(channel).address,
            chat_alias: None,
            chat_name: Some("Иван Петров".into()),
            sender: (!mine).then(|| person(channel)),
            content,
            quoted: (!mine).then_some(quoted),
            forwarded: 0,
            at: NOW,
        },
        state,
        state_at: Timestamp::from_seconds(NOW.seconds() + 1),
        trouble: None,
        edited: None,
        deleted: false,
    }
}

fn accepted(channel: Channel) -> Accepted {
    let remote = match channel {
        Channel::Whatsapp => spelling().remote(message_id()),
        _ => "1059833".to_owned(),
    };
    Accepted { id: message_id(), remote: Some(remote), at: NOW }
}

fn sent(channel: Channel, state: State, trouble: Option<(Why, &str)>) -> Outcome {
    let trouble = trouble.map(|(why, note)| Trouble { why, note: note.into() });
    Outcome::Sent { accepted: accepted(channel), state, trouble }
}

fn login(step: LoginStep) -> Outcome {
    Outcome::Answer(Answer::Login { step })
}

fn failed(why: Why, note: &str) -> Refusal {
    Refusal::Failed(Failure::refused(why, note))
}

fn group() -> Group {
    let member =
        |phone: &str, owner| Member { address: Address::Phone(phone.into()), alias: None, admin: owner, owner };
    Group {
        address: Address::Group("120363025246125486".into()),
        name: "Отдел".into(),
        description: None,
        owner: Some(Address::Phone("79602041980".into())),
        created_at: NOW,
        invite_link: None,
        members: vec![member("79602041980", true), member("79115576366", false)],
        members_edit: true,
        members_send: true,
    }
}

fn dialog(channel: Channel) -> Dialog {
    let last = kept(channel, Content::text("Привет, как дела?"), false, State::Received);
    let chat = Chat {
        address: person(channel).address,
        alias: None,
        name: Some("Иван Петров".into()),
        unread: 2,
        archived: false,
        deleted: false,
        last_at: NOW,
        last: Some(last.message.id),
    };
    Dialog { chat, last: Some(last) }
}

fn checked(channel: Channel, exists: bool) -> Outcome {
    let address = (channel == Channel::Max).then(|| Address::User("777".into()));
    let found = vec![Checked { asked: Address::Phone("79115554444".into()), exists, address }];
    Outcome::Answer(Answer::Checked { found })
}

fn entries() -> Vec<Entry> {
    let entry = |position, event| Entry { account: AccountId(3), position: Position(position), at: NOW, event };
    let out = Event::AccountLoggedOut { by: LogoutBy::Device, note: String::new() };
    let on = Event::AccountConnected { phone: Some("79602041980".into()), first: true };
    vec![entry(2, out), entry(1, on)]
}

fn order(channel: Channel) -> Order {
    let message = kept(channel, Content::text("Позже"), true, State::Waiting).message;
    let due_at = Timestamp::from_seconds(NOW.seconds() + 2);
    let expires_at = Timestamp::NEVER;
    Order { workspace: WorkspaceId(1), account: AccountId(3), message, due_at, expires_at, typing_ms: None, attempt: 0 }
}

/// The outcome that a case names.
pub fn outcome(name: &str, channel: Channel) -> Result<Outcome, Refusal> {
    let message = |content, mine, state| Outcome::Message(Box::new(kept(channel, content, mine, state)));
    let text = || Content::text("Привет, как дела?");
    Ok(match name {
        "done" => Outcome::Done,
        "answered" => Outcome::Answer(Answer::Done),
        "sent" => sent(channel, State::Sent, None),
        "still waiting" => sent(channel, State::Waiting, None),
        "refused by messenger" => {
            sent(channel, State::Failed, Some((Why::NotOnMessenger, "the number is not on the messenger")))
        }
        "banned" => sent(channel, State::Failed, Some((Why::Banned, "the account is banned"))),
        "uncertain" => sent(channel, State::Uncertain, None),
        "accepted" => Outcome::Accepted(vec![accepted(channel)]),
        "account" => Outcome::Account(Box::new(view(channel, AccountState::Open))),
        "account connecting" => Outcome::Account(Box::new(view(channel, AccountState::Connecting))),
        "account logged out" => Outcome::Account(Box::new(view(channel, AccountState::LoginNeeded))),
        "accounts" => {
            let channels = [Channel::Whatsapp, Channel::TelegramUser, Channel::Max, Channel::TelegramBot];
            Outcome::Accounts(channels.map(|channel| view(channel, AccountState::Open)).to_vec())
        }
        "history" => Outcome::History(entries()),
        "show qr" => login(LoginStep::ShowQr { data: "2@qr".into(), expires_at: NOW }),
        "show code" => login(LoginStep::ShowCode { code: "M1VTLFC1".into(), expires_at: NOW }),
        "ask code" => login(LoginStep::AskCode { sent_to: "79990000000".into() }),
        "ask password" => login(LoginStep::AskPassword { hint: None }),
        "logged in" => login(LoginStep::Done),
        "wrong code" => login(LoginStep::Failed { note: "PHONE_CODE_INVALID".into() }),
        "on messenger" => checked(channel, true),
        "not on messenger" => checked(channel, false),
        "switches" => Outcome::Switches {
            account: Box::new(view(channel, AccountState::Open)),
            listener: Some(Arc::new(listener(&["incoming_message", "incoming_call"]))),
            secret: Some("phrase".into()),
        },
        "text message" => message(text(), false, State::Received),
        "own task" => message(text(), true, State::Delivered),
        "task with manager" => {
            let mut kept = kept(channel, text(), true, State::Delivered);
            if let Origin::Api { memo, .. } = &mut kept.message.origin {
                *memo = Some(json!({"id": "7", "name": "Анна"}));
            }
            Outcome::Message(Box::new(kept))
        }
        "waiting task" => message(text(), true, State::Waiting),
        "failed task" => {
            let mut kept = kept(channel, text(), true, State::Failed);
            kept.trouble =
                Some(Trouble { why: Why::NotOnMessenger, note: "the number is not on the messenger".into() });
            Outcome::Message(Box::new(kept))
        }
        "messages" => {
            let media = kept(channel, Content::Media(image()), true, State::Read);
            Outcome::Messages { messages: vec![kept(channel, text(), false, State::Received), media], total: 10_000 }
        }
        "own messages" => {
            Outcome::Messages { messages: vec![kept(channel, text(), true, State::Delivered)], total: 1276 }
        }
        "no messages" => Outcome::Messages { messages: Vec::new(), total: 0 },
        "file" => Outcome::File { blob: blob(), mime: "image/jpeg".into(), file_name: Some("cat.jpg".into()) },
        "dialogs" => Outcome::Dialogs { dialogs: vec![dialog(channel)], total: 10_000 },
        "contacts" => {
            let contacts = vec![Contact { party: person(channel), updated_at: NOW }];
            Outcome::Contacts { contacts, total: 1 }
        }
        "person" => {
            let party = person(channel);
            let person = Person {
                address: party.address,
                alias: None,
                name: party.name,
                saved_name: party.saved_name,
                about: Some("На связи".into()),
                avatar_url: None,
                business: false,
            };
            Outcome::Answer(Answer::Person { person: Box::new(person) })
        }
        "group" => Outcome::Answer(Answer::Group { group: Box::new(group()) }),
        "link" => Outcome::Answer(Answer::InviteLink { url: "https://chat.whatsapp.com/AbC".into() }),
        "story views" => Outcome::Answer(Answer::StoryViews { viewers: vec![(Address::User("4242".into()), NOW)] }),
        "queue" => Outcome::Queue { orders: vec![order(channel)], total: 1 },
        "empty queue" => Outcome::Queue { orders: Vec::new(), total: 0 },
        "cancelled" => Outcome::Cancelled(vec![message_id()]),
        "already" => return Err(Refusal::LoggedInAlready),
        "logged out" => return Err(Refusal::NotConnected(AccountState::LoginNeeded)),
        "connecting" => return Err(Refusal::NotConnected(AccountState::Connecting)),
        "timed out" => return Err(Refusal::TimedOut),
        "no such message" => return Err(Refusal::NotFound(Noun::Message)),
        "no such chat" => return Err(Refusal::NotFound(Noun::Chat)),
        "unpaid" => return Err(failed(Why::Billing, "no money")),
        "failed" => return Err(failed(Why::NotOnMessenger, "nobody there")),
        "refused code" => return Err(failed(Why::InvalidRecipient, "The code is wrong.")),
        "no login" => return Err(failed(Why::NotFound, "no login is under way")),
        "busy" => {
            return Err(Refusal::Busy { retry_after: std::time::Duration::from_secs(1) });
        }
        _ => panic!("no outcome is named {name:?}"),
    })
}
