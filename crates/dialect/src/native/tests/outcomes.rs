//! One outcome of every kind; how they are answered stands in `cases/answers`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sluice_model::account::State as AccountState;
use sluice_model::failure::{Retry, Why};
use sluice_model::message::{Kept, Trouble};
use sluice_model::outcome::{Accepted, Trace};
use sluice_model::refusal::Noun;
use sluice_model::{
    Ability, Address, Answer, Content, Entry, Event, Failure, Outcome, Position, Refusal, Scope, State,
};

use super::things;
use super::world::{ACCOUNT, NOW, key, message_id, sent};

type Case = (&'static str, &'static str, Result<Outcome, Refusal>);

/// An operation, a word for the case, and what came of the call.
pub fn outcomes() -> Vec<Case> {
    let mut cases = answered();
    cases.extend(refusals().into_iter().map(|(what, refusal)| ("get_message", what, Err(refusal))));
    cases
}

fn answered() -> Vec<Case> {
    let kept = || Kept {
        message: sent(things::picture()),
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
        ("list_accounts", "one", Outcome::Accounts(vec![things::view(None)])),
        ("get_account", "open", Outcome::Account(Box::new(things::view(None)))),
        ("get_account", "resting", Outcome::Account(Box::new(things::resting()))),
        ("add_account", "with_key", Outcome::Account(Box::new(things::view(Some("sg_made"))))),
        ("remove_account", "done", Outcome::Done),
        ("get_history", "one", Outcome::History(vec![Entry { event: things::connected(), ..entry() }])),
        ("begin_login", "code", Outcome::Answer(Answer::Login { step: things::code() })),
        ("get_login", "none", Outcome::Login(None)),
        ("send_message", "accepted", Outcome::Accepted(vec![accepted()])),
        ("send_message", "waited", Outcome::Sent { accepted: accepted(), state: State::Delivered, trouble: None }),
        ("send_batch", "accepted", Outcome::Accepted(vec![accepted(), accepted()])),
        ("list_messages", "one", Outcome::Messages { messages: vec![kept()], total: 41 }),
        ("get_message", "kept", Outcome::Message(Box::new(kept()))),
        (
            "trace_message",
            "whole",
            Outcome::Trace(Box::new(Trace {
                kept: kept(),
                request: Some(things::request()),
                entries: vec![entry()],
                attempts: vec![things::attempt()],
                waits_for: Some("the account is not connected".into()),
            })),
        ),
        ("cancel_message", "cancelled", Outcome::Cancelled(vec![message_id()])),
        ("cancel_message", "too_late", Outcome::Cancelled(Vec::new())),
        ("clear_queue", "nothing", Outcome::Cancelled(Vec::new())),
        ("get_queue", "one", Outcome::Queue { orders: vec![things::order()], total: 1 }),
        ("list_chats", "one", Outcome::Chats { chats: vec![things::chat()], total: 3 }),
        ("get_chat", "known", Outcome::Chat(Box::new(things::chat()))),
        ("list_contacts", "one", Outcome::Contacts { contacts: vec![things::contact()], total: 1 }),
        ("check_contacts", "two", Outcome::Answer(Answer::Checked { found: things::checked() })),
        ("get_profile", "known", Outcome::Answer(Answer::Person { person: Box::new(things::person()) })),
        ("get_avatar", "hidden", Outcome::Answer(Answer::Avatar { url: None, available: false })),
        ("create_group", "made", Outcome::Answer(Answer::Group { group: Box::new(things::group()) })),
        ("get_group", "known", Outcome::Answer(Answer::Group { group: Box::new(things::group()) })),
        (
            "get_story_views",
            "one",
            Outcome::Answer(Answer::StoryViews { viewers: vec![(Address::Phone("79990000000".into()), NOW)] }),
        ),
        (
            "receive_events",
            "two_accounts",
            Outcome::Entries(vec![things::told(7, 1), things::told(8, 4), things::told(7, 2)]),
        ),
        ("receive_events", "none", Outcome::Entries(Vec::new())),
        ("acknowledge_events", "before", Outcome::Confirmed(false)),
        ("count_events", "some", Outcome::Count(17)),
        ("get_event", "known", Outcome::Event(Box::new(entry()))),
        ("add_listener", "made", Outcome::Listener(Box::new(things::listener_view(Some("whsec_made"))))),
        ("list_listeners", "one", Outcome::Listeners(vec![things::listener_view(None)])),
        ("get_listener", "switched_off", Outcome::Listener(Box::new(things::listener_that_is_off()))),
        ("get_listener", "queue", Outcome::Listener(Box::new(things::queue()))),
        ("test_listener", "refused", Outcome::Attempt(things::attempt())),
        ("list_deliveries", "one", Outcome::Attempts(vec![things::attempt()])),
        ("add_key", "made", Outcome::KeyAdded { key: Arc::new(key()), token: "sg_made".into() }),
        ("list_keys", "one", Outcome::Keys(vec![Arc::new(key())])),
        (
            "add_key",
            "with_login",
            Outcome::KeyAdded { key: Arc::new(things::login_key()), token: "0123456789".repeat(4) },
        ),
        ("list_templates", "one", Outcome::Templates(vec![Arc::new(things::template())])),
        ("get_template", "known", Outcome::Template(Arc::new(things::template()))),
        ("add_template", "made", Outcome::Template(Arc::new(things::template()))),
        ("upload_media", "kept", Outcome::Kept(things::blob())),
        ("list_requests", "one", Outcome::Requests(vec![things::request()])),
        ("pull_lever", "pulled", Outcome::Answer(Answer::Control { result: json!({"seen": 3}) })),
    ];
    ok.into_iter().map(|(operation, what, outcome)| (operation, what, Ok(outcome))).collect()
}

/// One of each, by its variant and where that matters by its contents.
pub fn refusals() -> Vec<(&'static str, Refusal)> {
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
        (
            "failed_too_often",
            failed(Failure::not_sent(Why::RateLimited, Retry::After(Duration::from_secs(9)), "slow down")),
        ),
        ("failed_unknown", failed(Failure::unknown("the connection broke"))),
        ("fault", Refusal::Fault { code: "7f3a".into() }),
    ]
}
