use http::header::AUTHORIZATION;
use serde_json::{Value, json};
use sluice_model::id::Position;
use sluice_model::listener::Target;
use sluice_model::{Account, AccountId, Channel, Entry, Event, Listener, Timestamp};

use super::{NOW, account, cases, check, links, listener, spelling};
use crate::green_api::GreenApi;
use crate::{Dialect, Notice, Setting};

/// Tells `event` to the account's own listener with `switches` laid over those of a new instance.
fn tell(event: &Event, switches: &Value, change: impl Fn(&mut Account, &mut Listener)) -> Option<Notice> {
    let (mut account, mut listener) = (account(), listener());
    for (key, value) in switches.as_object().into_iter().flatten() {
        listener.settings[key] = value.clone();
    }
    change(&mut account, &mut listener);
    notice(event, &account, &listener, None, NOW)
}

fn notice(
    event: &Event,
    account: &Account,
    listener: &Listener,
    secret: Option<&str>,
    at: Timestamp,
) -> Option<Notice> {
    let entry = Entry { account: AccountId(1), position: Position(7), at: NOW, event: event.clone() };
    let (spelling, links) = (spelling(), links());
    let setting =
        Setting { account, listener, secret, spelling: &spelling, links: &links, bytes: None, at, attempt: 1 };
    GreenApi.notice(&entry, &setting)
}

fn event_of(case: &Value) -> Event {
    serde_json::from_value(case["event"].clone()).expect("an event")
}

#[test]
fn every_notice_is_as_its_case_says() {
    let mut wrong = Vec::new();
    for (name, case) in cases("notices") {
        let channel =
            case["channel"].as_str().map_or(Channel::Whatsapp, |name| Channel::named(name).expect("a channel"));
        let told = tell(&event_of(&case), &case["switches"], |account, _| account.channel = channel);
        let found = told.map_or(Value::Null, |notice| serde_json::from_str(&notice.body).expect("JSON"));
        check("notices", &name, &case, "notice", found, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Only what says that a message is lost is told to a listener with every switch off, and only of the API's messages.
#[test]
fn with_every_switch_off_only_losses_are_told() {
    for (name, case) in cases("notices") {
        let told = tell(&event_of(&case), &Value::Null, |_, _| ());
        let is_loss =
            ["status_failed", "status_no_account", "status_expired", "status_uncertain"].contains(&name.as_str());
        assert_eq!(told.is_some(), is_loss || name == "debug_published", "{name}");
    }
}

/// Java's readers of these objects refuse members that they do not know, and the notification is lost (contract §0.12).
#[test]
fn the_objects_that_java_reads_strictly_have_no_other_members() {
    const ENVELOPE: [&str; 12] = [
        "typeWebhook",
        "instanceData",
        "timestamp",
        "idMessage",
        "senderData",
        "messageData",
        "chatId",
        "status",
        "description",
        "sendByApi",
        "stateInstance",
        "from",
    ];
    for (name, case) in cases("notices") {
        if case["channel"].is_string() || ["debug_published", "contact_avatar"].contains(&name.as_str()) {
            continue;
        }
        let members = |of: &Value| of.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect::<Vec<_>>();
        let notice = &case["notice"];
        for key in members(notice) {
            assert!(ENVELOPE.contains(&key.as_str()), "{name}: {key}");
        }
        if notice["senderData"].is_object() {
            let five = ["chatId", "chatName", "sender", "senderName", "senderContactName"];
            assert_eq!(members(&notice["senderData"]), five, "{name}");
        }
        if notice.is_object() {
            assert_eq!(members(&notice["instanceData"]), ["idInstance", "wid", "typeInstance"], "{name}");
            assert!(notice["instanceData"]["idInstance"].is_u64() && notice["timestamp"].is_i64(), "{name}");
        }
    }
}

#[test]
fn a_notification_waits_to_be_asked_for_24_hours() {
    let event = Event::AccountConnected { phone: None, first: true };
    let told = |at, target| {
        let listener = Listener { settings: json!({"stateWebhook": "yes"}), target, ..listener() };
        notice(&event, &account(), &listener, None, at).is_some()
    };
    let day = std::time::Duration::from_secs(24 * 3600);
    let later = NOW.plus(day).plus(std::time::Duration::from_millis(1));
    assert!(told(NOW.plus(day), Target::Pull));
    assert!(!told(later, Target::Pull));
    // A webhook's end is the schedule's affair, and a person may replay what is older.
    assert!(told(later, Target::Push { url: "http://a".into() }));
}

#[test]
fn the_webhook_token_is_shown_as_receivers_compare_it() {
    let event = Event::AccountConnected { phone: None, first: true };
    let listener = Listener { settings: json!({"stateWebhook": "yes"}), ..listener() };
    let header = |secret| {
        let notice = notice(&event, &account(), &listener, secret, NOW).unwrap();
        notice.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header(None), None);
    assert_eq!(header(Some("")), None);
    assert_eq!(header(Some("abc")).as_deref(), Some("Bearer abc"));
    assert_eq!(header(Some("Bearer abc")).as_deref(), Some("Bearer abc"));
    assert_eq!(header(Some("Basic dTpw")).as_deref(), Some("Basic dTpw"));
}

#[test]
fn a_retry_shows_the_same_bytes() {
    for (name, case) in cases("notices") {
        let listener = Listener { settings: case["switches"].clone(), ..listener() };
        let later = NOW.plus(std::time::Duration::from_secs(23 * 3600));
        let body = |at| notice(&event_of(&case), &account(), &listener, None, at).map(|notice| notice.body);
        assert_eq!(body(NOW), body(later), "{name}");
    }
}
