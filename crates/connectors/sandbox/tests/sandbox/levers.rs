//! The levers, and what the pretend messenger remembers.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_connector::kit::Stage;
use sluice_connector::{Inbound, SessionState};
use sluice_model::event::{CallStage, LogoutBy};
use sluice_model::failure::{Retry, Why};
use sluice_model::order::Step;
use sluice_model::{Address, Ask, Channel, Content, Event, Failure};

use crate::phone::Pocket;

async fn pull(stage: &Stage<'_>, lever: Value) -> Result<Value, Failure> {
    stage.settle("a lever", stage.connector.control(&stage.home, lever)).await
}

#[tokio::test]
async fn receive_answers_when_the_journal_has_it() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, _session) = Stage::connected(&pocket).await;
    let lever = json!({ "lever": "receive", "message": { "from": "+7 999 000-00-07", "text": "Hi", "name": "Olga" } });
    let answer = pull(&stage, lever).await.unwrap();
    let message = stage.messages().remove(0);
    assert_eq!(answer, json!({ "remote": message.remote, "held": false }));
    assert_eq!((message.chat, message.content), (Address::Phone("79990000007".to_owned()), Content::text("Hi")));
    assert_eq!(message.sender.unwrap().name.as_deref(), Some("Olga"));
}

#[tokio::test]
async fn receive_brings_many_made_up_kinds_quotes_and_groups() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, _session) = Stage::connected(&pocket).await;
    // Without the wrapping, as a curl line has it.
    let many = json!({ "lever": "receive", "from": "79990000007", "text": "number {n}", "count": 1_000 });
    let answer = pull(&stage, many).await.unwrap();
    assert_eq!(answer["remotes"].as_array().unwrap().len(), 1_000);
    let messages = stage.messages();
    assert_eq!(messages.len(), 1_000);
    assert_eq!(messages[999].content.words(), "number 1000");

    stage.inbox.forget();
    let quote = json!({ "lever": "receive", "from": "79990000007", "chat": "120363000000000001@g.us", "kind": "image",
        "text": "look", "quoted": "3EB0AA", "forwarded": 2 });
    pull(&stage, quote).await.unwrap();
    let message = stage.messages().remove(0);
    assert_eq!((message.content.kind(), message.content.words(), message.forwarded), ("image", "look", 2));
    assert_eq!(message.chat, Address::Group("120363000000000001".to_owned()));
    assert_eq!(message.sender.unwrap().address, Address::Phone("79990000007".to_owned()));
    let quoted = message.quoted.unwrap();
    assert_eq!((quoted.target.remote.as_str(), quoted.target.from_me), ("3EB0AA", true));
}

#[tokio::test]
async fn what_a_lever_cannot_read_it_says() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let stage = Stage::set(&pocket);
    for (lever, word) in [
        (json!({ "lever": "sing" }), "scan"),
        (json!({ "lever": "receive", "text": "from nobody" }), "'from' is required"),
        (json!({ "lever": "receive", "from": "79990000007", "kind": "smell" }), "voice"),
        (json!({ "lever": "receive", "from": "79990000007", "txet": "Hi" }), "txet"),
        (json!({ "lever": "receive", "from": "79990000007", "count": 0 }), "count"),
        (json!({ "lever": "receive", "from": "one@two", "text": "Hi" }), "no address"),
    ] {
        let refusal = pull(&stage, lever.clone()).await.unwrap_err();
        assert!(refusal.note().contains(word), "{lever}: {refusal}");
    }
}

#[tokio::test]
async fn a_mistake_in_a_lever_is_told_with_its_field() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let stage = Stage::set(&pocket);
    for (lever, field, word) in [
        (json!({ "lever": "sing" }), "lever", "`scan`"),
        (json!({ "lever": "cut", "for": 5 }), "for", "`for_ms`"),
        (json!({ "lever": "cut", "for_ms": "5" }), "for_ms", "string"),
        (json!({ "lever": "restore", "now": true }), "now", "unknown"),
        (json!({ "lever": "receipt", "remotes": [1], "step": "sent" }), "remotes[0]", "string"),
        (json!({ "lever": "receipt", "remotes": [], "step": "sunk" }), "step", "`delivered`"),
        (json!({ "lever": "receipt", "step": "sent" }), "remotes", "is required"),
        (json!({ "lever": "receive", "from": "79990000007", "txet": "Hi" }), "txet", "`text`"),
        (json!({ "lever": "receive", "message": { "from": 7 } }), "message.from", "string"),
        (json!({ "lever": "receive", "message": { "text": "Hi" } }), "message.from", "is required"),
        (json!({ "lever": "receive", "text": "Hi" }), "from", "is required"),
        (json!({ "lever": "receive", "from": "79990000007", "kind": "smell" }), "kind", "voice"),
        (json!({ "lever": "receive", "from": "79990000007", "count": 0 }), "count", "100000"),
        (json!({ "lever": "receive", "from": "one@two" }), "from", "no address"),
        (json!({ "lever": "presence", "from": "79990000007", "state": "online", "chat": "?" }), "chat", "no address"),
        (json!("scan"), "body", "object"),
    ] {
        let wrong = stage.connector.misread(&stage.home, &lever).unwrap();
        assert!(wrong.field == field && wrong.note.contains(word), "{lever}: {wrong:?}");
    }
    let crowd = json!({ "lever": "receive", "from": "790010{n}", "count": 3 });
    assert_eq!(stage.connector.misread(&stage.home, &crowd), None);
}

#[tokio::test]
async fn receipts_calls_and_events_come_as_they_are_told() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, _session) = Stage::connected(&pocket).await;
    stage.inbox.forget();
    let event = json!({ "event": "group.changed", "group": "group:120363000000000001", "change": "renamed",
        "members": [], "by": null });
    pull(&stage, json!({ "lever": "receipt", "remotes": ["3EB0AA"], "step": "failed" })).await.unwrap();
    pull(&stage, json!({ "lever": "call", "from": "79990000007", "stage": "declined", "video": true })).await.unwrap();
    let answer = pull(&stage, json!({ "lever": "event", "event": event })).await.unwrap();
    assert_eq!(answer, json!({ "held": false }));
    let taken = stage.inbox.taken();
    let [Inbound::Receipt(receipt), Inbound::Call(call), Inbound::Event(event)] = &taken[..] else {
        panic!("{taken:?}")
    };
    assert!(receipt.step == Step::Fail && receipt.trouble.is_some());
    assert!(call.video && call.stage == CallStage::Declined);
    assert!(matches!(&**event, Event::GroupChanged { change, .. } if change == "renamed"));
}

#[tokio::test]
async fn presence_is_told_of_those_who_were_asked_for() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    stage.inbox.forget();
    let ann = Address::Phone("79990000001".to_owned());
    let lever = json!({ "lever": "presence", "from": "79990000001", "state": "typing" });
    assert_eq!(pull(&stage, lever.clone()).await, Ok(json!({ "told": false })));
    let ask = async |on| session.ask(Ask::Presence { of: ann.clone(), on }).await.unwrap();
    ask(true).await;
    assert_eq!(pull(&stage, lever.clone()).await, Ok(json!({ "told": true, "held": false })));
    let gone =
        json!({ "lever": "presence", "from": "79990000001", "state": "offline", "last_seen": 1_700_000_000_000_i64 });
    pull(&stage, gone).await.unwrap();
    ask(false).await;
    assert_eq!(pull(&stage, lever).await, Ok(json!({ "told": false })));
    let taken = stage.inbox.taken().into_iter().map(|inbound| match inbound {
        Inbound::Event(event) => match *event {
            Event::PresenceChanged { presence } => presence,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    });
    let taken: Vec<_> = taken.collect();
    assert_eq!(taken.iter().map(|one| one.state.name()).collect::<Vec<_>>(), ["typing", "offline"]);
    assert!(taken.iter().all(|one| one.chat == ann && one.who.address == ann), "{taken:?}");
    assert_eq!(taken[1].last_seen.map(|at| at.seconds()), Some(1_700_000_000));
}

#[tokio::test]
async fn a_call_that_rings_can_be_declined_once() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    stage.inbox.forget();
    let rung = pull(&stage, json!({ "lever": "call", "from": "79990000007" })).await.unwrap();
    let reject = Ask::RejectCall { remote: rung["remote"].as_str().unwrap().to_owned() };
    session.ask(reject.clone()).await.unwrap();
    let again = session.ask(reject).await;
    assert!(matches!(again, Err(Failure::Refused { why: Why::NotFound, .. })), "{again:?}");
    stage.pass(Duration::from_millis(1)).await;
    let stages = stage.inbox.taken().into_iter().filter_map(|inbound| match inbound {
        Inbound::Call(call) => Some(call.stage),
        _ => None,
    });
    assert_eq!(stages.collect::<Vec<_>>(), [CallStage::Offered, CallStage::Declined]);
}

#[tokio::test]
async fn a_login_can_be_scanned_before_anybody_asks() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let stage = Stage::set(&pocket);
    let answer = pull(&stage, json!({ "lever": "scan", "phone": "79161234567" })).await.unwrap();
    assert_eq!(answer, json!({ "logged_in": true, "phone": "79161234567", "was_pending": false }));
    let _session = stage.open().await;
    let states = stage.states();
    assert!(matches!(&states[0], SessionState::Connected { phone: Some(p), lid: Some(_), .. } if p == "79161234567"));
}

#[tokio::test]
async fn a_cut_ends_by_itself() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, _session) = Stage::connected(&pocket).await;
    stage.inbox.forget();
    pull(&stage, json!({ "lever": "cut", "for_ms": 1_500 })).await.unwrap();
    stage.pass(Duration::from_millis(1_499)).await;
    assert!(matches!(stage.states()[..], [SessionState::Disconnected { .. }]));
    stage.pass(Duration::from_millis(1)).await;
    assert!(matches!(stage.states()[1..], [SessionState::Connected { .. }]));
}

#[tokio::test]
async fn a_ban_holds_until_its_end_or_until_it_is_lifted() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    stage.inbox.forget();
    let until = stage.home.clock.now().plus(Duration::from_secs(60));
    pull(&stage, json!({ "lever": "ban", "until": until })).await.unwrap();
    stage.pass(Duration::from_secs(59)).await;
    assert!(matches!(&stage.states()[..], [SessionState::Blocked { until: Some(end), .. }] if *end == until));
    let order = stage.text(&Address::Phone("79990000001".to_owned()), "let me out");
    let failure = session.perform(&order).await;
    assert!(matches!(failure, Err(Failure::NotSent { retry: Retry::Reconnected, .. })), "{failure:?}");
    stage.pass(Duration::from_secs(1)).await;
    assert!(matches!(stage.states()[1..], [SessionState::Connected { .. }]));

    stage.inbox.forget();
    pull(&stage, json!({ "lever": "ban" })).await.unwrap();
    stage.settle("closing", session.close()).await;
    let _session = stage.connector.open(stage.home.clone()).await;
    stage.pass(Duration::from_secs(86_400)).await;
    assert!(matches!(stage.states().last(), Some(SessionState::Blocked { until: None, .. })), "{:?}", stage.states());
    pull(&stage, json!({ "lever": "unban" })).await.unwrap();
    stage.until("Connected", |s| s.states().pop().filter(|s| matches!(s, SessionState::Connected { .. }))).await;
}

#[tokio::test]
async fn a_logout_with_a_ban_is_told_even_when_no_session_listens() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let stage = Stage::logged_in(&pocket).await;
    pull(&stage, json!({ "lever": "logout", "by": "ban" })).await.unwrap();
    assert!(matches!(stage.states()[..], [SessionState::LoggedOut { by: LogoutBy::Ban, .. }]));
    assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(false));
}

#[tokio::test]
async fn panic_strikes_once() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    pull(&stage, json!({ "lever": "panic" })).await.unwrap();
    let order = stage.text(&Address::Phone("79990000001".to_owned()), "boom");
    let session = std::sync::Arc::new(session);
    let struck = tokio::spawn({
        let (session, order) = (session.clone(), order.clone());
        async move { session.perform(&order).await }
    });
    assert!(struck.await.unwrap_err().is_panic());
    assert!(session.perform(&order).await.is_ok());
    assert_eq!(stage.arrived().await.len(), 1);
}

#[tokio::test]
async fn seen_shows_what_the_account_did() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let ann = Address::Phone("79990000001".to_owned());
    let order = stage.text(&ann, "twice");
    session.perform(&order).await.unwrap();
    session.perform(&order).await.unwrap();
    session.perform(&stage.text(&Address::Phone("79990000002".to_owned()), "once")).await.unwrap();
    session.ask(Ask::Typing { chat: ann.clone(), recording: true, for_ms: 500 }).await.unwrap();
    let seen = pull(&stage, json!({ "lever": "seen", "chat": "79990000001" })).await.unwrap();
    let messages = seen["messages"].as_array().unwrap();
    assert_eq!((messages.len(), &messages[0]["words"], &messages[0]["repeated"]), (1, &json!("twice"), &json!(1)));
    assert_eq!((&seen["acts"][0]["ask"], &seen["acts"][0]["chat"]), (&json!("typing"), &json!(ann)));
}
