//! Outcomes and how they are answered; their bodies stand in `cases/answers`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sluice_model::account::{LoginStep, State as AccountState};
use sluice_model::ask::{Checked, Group, Member, Person};
use sluice_model::content::{Blob, Media, MediaKind, Source};
use sluice_model::delivery::{Attempt, State as DeliveryState};
use sluice_model::failure::{Retry, Why};
use sluice_model::id::{EventId, Id, RequestId};
use sluice_model::message::{Chat, Contact, Kept, Trouble};
use sluice_model::outcome::{Accepted, AccountView, ListenerView, RequestView, Told, Trace};
use sluice_model::refusal::Noun;
use sluice_model::{
    Ability, AccountId, Address, Answer, Content, Entry, Event, Failure, ListenerId, Order, Outcome, Party, Position,
    Refusal, Scope, State, WorkspaceId,
};

use super::world::{
    ACCOUNT, NOW, account, answer, call, call_of, get, key, listener, message, message_id, of_account, sent, spelling,
};
use crate::native::problem::CODES;

type Case = (&'static str, &'static str, Result<Outcome, Refusal>);

/// An operation, a word for the case, and what came of the call.
pub fn outcomes() -> Vec<Case> {
    let mut cases = answered();
    cases.extend(refusals().into_iter().map(|(what, refusal)| ("get_message", what, Err(refusal))));
    cases
}

fn answered() -> Vec<Case> {
    let kept = || Kept {
        message: sent(picture()),
        state: State::Failed,
        state_at: NOW,
        trouble: Some(Trouble { why: Why::NotOnMessenger, note: "the number is not on WhatsApp".into() }),
        edited: None,
        deleted: false,
    };
    let accepted = || Accepted { id: message_id(), remote: Some("3EB0C431C26A1916E07A".into()), at: NOW };
    let entry = || Entry {
        account: ACCOUNT,
        position: Position(12),
        at: NOW,
        event: Event::MessageDelivered { mark: sent(Content::text("hi")).mark() },
    };
    let ok: Vec<(&str, &str, Outcome)> = vec![
        ("list_accounts", "one", Outcome::Accounts(vec![view(None)])),
        ("get_account", "open", Outcome::Account(Box::new(view(None)))),
        ("add_account", "with_key", Outcome::Account(Box::new(view(Some("sg_made"))))),
        ("remove_account", "done", Outcome::Done),
        ("get_history", "one", Outcome::History(vec![Entry { event: connected(), ..entry() }])),
        ("begin_login", "code", Outcome::Answer(Answer::Login { step: code() })),
        ("get_login", "none", Outcome::Login(None)),
        ("send_message", "accepted", Outcome::Accepted(vec![accepted()])),
        ("send_message", "waited", Outcome::Sent { accepted: accepted(), state: State::Delivered, trouble: None }),
        ("send_batch", "accepted", Outcome::Accepted(vec![accepted(), accepted()])),
        ("list_messages", "one", Outcome::Messages { messages: vec![kept()], total: 41 }),
        ("get_message", "kept", Outcome::Message(Box::new(kept()))),
        ("trace_message", "whole", Outcome::Trace(Box::new(Trace {
            kept: kept(),
            request: Some(request()),
            entries: vec![entry()],
            attempts: vec![attempt()],
            waits_for: Some("the account is not connected".into()),
        }))),
        ("cancel_message", "cancelled", Outcome::Cancelled(vec![message_id()])),
        ("cancel_message", "too_late", Outcome::Cancelled(Vec::new())),
        ("clear_queue", "nothing", Outcome::Cancelled(Vec::new())),
        ("get_queue", "one", Outcome::Queue { orders: vec![order()], total: 1 }),
        ("list_chats", "one", Outcome::Chats { chats: vec![chat()], total: 3 }),
        ("get_chat", "known", Outcome::Chat(Box::new(chat()))),
        ("list_contacts", "one", Outcome::Contacts { contacts: vec![contact()], total: 1 }),
        ("check_contacts", "two", Outcome::Answer(Answer::Checked { found: checked() })),
        ("get_profile", "known", Outcome::Answer(Answer::Person { person: Box::new(person()) })),
        ("get_avatar", "hidden", Outcome::Answer(Answer::Avatar { url: None, available: false })),
        ("create_group", "made", Outcome::Answer(Answer::Group { group: Box::new(group()) })),
        ("get_group", "known", Outcome::Answer(Answer::Group { group: Box::new(group()) })),
        ("get_story_views", "one", Outcome::Answer(Answer::StoryViews { viewers: vec![(Address::Phone("79990000000".into()), NOW)] })),
        ("receive_events", "two_accounts", Outcome::Entries(vec![told(7, 1), told(8, 4), told(7, 2)])),
        ("receive_events", "none", Outcome::Entries(Vec::new())),
        ("acknowledge_events", "before", Outcome::Confirmed(false)),
        ("count_events", "some", Outcome::Count(17)),
        ("get_event", "known", Outcome::Event(Box::new(entry()))),
        ("add_listener", "made", Outcome::Listener(Box::new(listener_view(Some("whsec_made"))))),
        ("list_listeners", "one", Outcome::Listeners(vec![listener_view(None)])),
        ("test_listener", "refused", Outcome::Attempt(attempt())),
        ("list_deliveries", "one", Outcome::Attempts(vec![attempt()])),
        ("add_key", "made", Outcome::KeyAdded { key: Arc::new(key()), token: "sg_made".into() }),
        ("list_keys", "one", Outcome::Keys(vec![Arc::new(key())])),
        ("upload_media", "kept", Outcome::Kept(blob())),
        ("list_requests", "one", Outcome::Requests(vec![request()])),
        ("pull_lever", "pulled", Outcome::Answer(Answer::Control { result: json!({"seen": 3}) })),
    ];
    ok.into_iter().map(|(operation, what, outcome)| (operation, what, Ok(outcome))).collect()
}

/// One of each, by its variant and where that matters by its contents.
fn refusals() -> Vec<(&'static str, Refusal)> {
    let failed = |failure| Refusal::Failed(failure);
    vec![
        ("key_missing", Refusal::KeyMissing),
        ("key_invalid", Refusal::KeyInvalid),
        ("forbidden", Refusal::Forbidden(Scope::Send)),
        ("path_unknown", Refusal::PathUnknown),
        ("method_not_allowed", Refusal::MethodNotAllowed { allow: vec!["GET", "POST"] }),
        ("not_found", Refusal::NotFound(Noun::Message)),
        ("malformed", Refusal::Malformed { note: "expected `,` or `}`".into(), line: 2, column: 7 }),
        ("missing", Refusal::Missing("to")),
        ("invalid", Refusal::invalid("content.url", "must be an http:// or https:// URL")),
        ("too_long", Refusal::TooLong { field: "text", limit: 65_536 }),
        ("too_large", Refusal::TooLarge { limit: 1_048_576 }),
        ("conflict", Refusal::Conflict("the account is switched off".into())),
        ("key_reused", Refusal::KeyReused),
        ("too_many", Refusal::TooMany { retry_after: Duration::from_millis(1_200) }),
        ("busy", Refusal::Busy { retry_after: Duration::from_secs(3) }),
        ("unsupported", Refusal::Unsupported(Ability::Poll)),
        ("not_connected", Refusal::NotConnected(AccountState::LoginNeeded)),
        ("logged_in_already", Refusal::LoggedInAlready),
        ("timed_out", Refusal::TimedOut),
        ("failed_for_good", failed(Failure::refused(Why::Spam, "marked as spam"))),
        ("failed_not_there", failed(Failure::refused(Why::NotFound, "no such group"))),
        ("failed_too_often", failed(Failure::not_sent(Why::RateLimited, Retry::After(Duration::from_secs(9)), "slow down"))),
        ("failed_unknown", failed(Failure::unknown("the connection broke"))),
        ("fault", Refusal::Fault { code: "7f3a".into() }),
    ]
}

fn view(token: Option<&str>) -> AccountView {
    AccountView {
        account: Arc::new(account()),
        listener: None,
        messages: 120,
        waiting: 2,
        token: token.map(str::to_owned),
    }
}

fn listener_view(secret: Option<&str>) -> ListenerView {
    ListenerView {
        listener: Arc::new(listener(&["message.received"])),
        waiting: 4,
        secret: secret.map(str::to_owned),
    }
}

fn connected() -> Event {
    Event::AccountConnected { phone: Some("79990000001".into()) }
}

fn code() -> LoginStep {
    LoginStep::ShowCode { code: "ABCD-1234".into(), expires_at: NOW }
}

fn blob() -> Blob {
    Blob { hash: "ab".repeat(32), size: 2_048 }
}

fn picture() -> Content {
    Content::Media(Media {
        kind: MediaKind::Image,
        source: Source::Blob(blob()),
        mime: "image/jpeg".into(),
        file_name: Some("cat.jpg".into()),
        caption: Some("A cat".into()),
        seconds: None,
        size: Some((640, 480)),
        thumbnail: None,
        animated: false,
    })
}

fn order() -> Order {
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

fn chat() -> Chat {
    Chat {
        address: Address::Group("120363043968066561".into()),
        alias: None,
        name: Some("Team".into()),
        unread: 3,
        archived: false,
        last_at: NOW,
        last: Some(message_id()),
    }
}

fn contact() -> Contact {
    let party = Party { saved_name: Some("Ann K.".into()), ..Party::new(Address::Lid("160911".into())) };
    Contact { party, updated_at: NOW }
}

fn checked() -> Vec<Checked> {
    let asked = |digits: &str| Address::Phone(digits.into());
    vec![
        Checked { asked: asked("79990000000"), exists: true, address: Some(Address::Lid("160911".into())) },
        Checked { asked: asked("79990000404"), exists: false, address: None },
    ]
}

fn person() -> Person {
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

fn group() -> Group {
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

fn attempt() -> Attempt {
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

fn request() -> RequestView {
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
        body: "{}".into(),
        answer: "{}".into(),
        code: None,
    }
}

fn told(account: u32, position: u32) -> Told {
    let event = EventId::of(AccountId(account), Position(position));
    Told { event, at: NOW, body: json!({ "id": spelling().event(event) }).to_string() }
}

#[test]
fn every_refusal_has_a_title_and_an_advice_of_its_code() {
    let cases = refusals();
    for (what, refusal) in &cases {
        assert!(CODES.iter().any(|(code, ..)| *code == refusal.code()), "{what}");
    }
    for (code, ..) in CODES {
        assert!(cases.iter().any(|(_, refusal)| refusal.code() == code), "{code} is nobody's");
    }
}

#[test]
fn a_problem_is_one_by_its_content_type_and_names_its_request() {
    for (what, refusal) in refusals() {
        let (status, body, headers) = answer(&call_of("get_message"), Err(refusal));
        assert_eq!(headers["content-type"], "application/problem+json", "{what}");
        assert_eq!(body["status"], status, "{what}");
        assert!(body["instance"].as_str().unwrap().ends_with(headers["x-request-id"].to_str().unwrap()), "{what}");
    }
}

#[test]
fn headers_say_what_http_asks_for() {
    let header = |refusal, name: &str| answer(&call_of("get_message"), Err(refusal)).2[name].to_str().unwrap().to_owned();
    assert!(header(Refusal::KeyMissing, "www-authenticate").starts_with("Bearer"));
    assert_eq!(header(Refusal::MethodNotAllowed { allow: vec!["GET", "POST"] }, "allow"), "GET, POST");
    assert_eq!(header(Refusal::TooMany { retry_after: Duration::from_millis(1_200) }, "retry-after"), "2");
    assert_eq!(header(Refusal::Busy { retry_after: Duration::from_secs(3) }, "retry-after"), "3");
}

#[test]
fn a_call_that_nobody_takes_is_answered_too() {
    let lost = call("GET", "/v1/nothing", &json!({}), "");
    assert_eq!(answer(&lost, Err(Refusal::PathUnknown)).0, 404);
}

#[test]
fn a_key_of_many_accounts_is_told_to_name_one() {
    let (status, body, _) = answer(&call_of("send_own_message"), Err(Refusal::NotFound(Noun::Account)));
    assert_eq!(status, 404);
    assert!(body["detail"].as_str().unwrap().contains("/v1/accounts/{account}/"), "{body}");
    let (_, body, _) = answer(&call_of("send_message"), Err(Refusal::NotFound(Noun::Account)));
    assert_eq!(body["detail"], "no such account");
}

#[test]
fn the_event_of_another_is_no_event() {
    let (_, body, _) = answer(&call_of("get_event"), Err(Refusal::NotFound(Noun::Account)));
    assert_eq!(body["detail"], "no such event");
}

#[test]
fn a_qr_code_is_a_picture_until_there_is_none() {
    let shown = LoginStep::ShowQr { data: "2@abc".into(), expires_at: NOW };
    let reply = crate::Dialect::answer(&crate::native::Native, &call_of("get_qr"), Ok(Outcome::Login(Some(shown))));
    let crate::reply::Content::Bytes(bytes) = &reply.body else { panic!("{reply:?}") };
    assert!(bytes.starts_with(b"\x89PNG"));
    assert_eq!((&reply.headers["content-type"], &reply.headers["cache-control"]), (&"image/png".parse().unwrap(), &"no-store".parse().unwrap()));
    assert_eq!(answer(&call_of("get_qr"), Ok(Outcome::Login(Some(code())))).0, 409);
}

#[test]
fn what_holds_a_secret_is_not_to_be_kept_on_the_way() {
    let outcomes: [(&str, Outcome); 4] = [
        ("add_key", Outcome::KeyAdded { key: Arc::new(key()), token: "sg_x".into() }),
        ("add_listener", Outcome::Listener(Box::new(listener_view(Some("whsec_x"))))),
        ("add_account", Outcome::Account(Box::new(view(Some("sg_x"))))),
        ("get_login", Outcome::Login(Some(code()))),
    ];
    for (name, outcome) in outcomes {
        assert_eq!(answer(&call_of(name), Ok(outcome)).2["cache-control"], "no-store", "{name}");
    }
}

#[test]
fn a_file_is_given_with_its_name_and_never_run() {
    let outcome = Outcome::File { blob: blob(), mime: "text/html".into(), file_name: Some("кот\r\n\".html".into()) };
    let (status, body, headers) = answer(&call_of("get_message_media"), Ok(outcome));
    assert_eq!((status, body), (200, json!({ "file": "ab".repeat(32) })));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename*=UTF-8''%D0%BA%D0%BE%D1%82%0D%0A%22"), "{disposition}");
}

#[test]
fn a_list_says_which_part_it_is() {
    let call = get(&format!("{}?limit=2&offset=4", of_account("/chats")));
    let (_, body, _) = answer(&call, Ok(Outcome::Chats { chats: vec![chat()], total: 9 }));
    assert_eq!((&body["limit"], &body["offset"], &body["total"]), (&json!(2), &json!(4), &json!(9)));
}

#[test]
fn a_message_has_one_shape_wherever_it_is_shown() {
    let kept = Kept {
        message: message(Content::text("hi")),
        state: State::Received,
        state_at: NOW,
        trouble: None,
        edited: None,
        deleted: false,
    };
    let shown = answer(&call_of("get_message"), Ok(Outcome::Message(Box::new(kept)))).1;
    let entry = Entry {
        account: ACCOUNT,
        position: Position(1),
        at: NOW,
        event: Event::MessageReceived { message: message(Content::text("hi")) },
    };
    let told = answer(&call_of("get_event"), Ok(Outcome::Event(Box::new(entry)))).1;
    assert_eq!(told["data"]["message"], shown);
}
