//! Webhooks are what Standard Webhooks says, and the same as what streams tell.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_model::{Content, Entry, Event, Position, Timestamp};

use super::world::{ACCOUNT, NOW, SECRET, listener, message, told};
use crate::native::{Native, sign};
use crate::{Dialect, StreamItem};

fn entry(event: Event) -> Entry {
    Entry { account: ACCOUNT, position: Position(12), at: NOW, event }
}

fn received() -> Entry {
    entry(Event::MessageReceived { message: message(Content::text("Привет")) })
}

#[test]
fn an_independent_library_believes_the_signature() {
    let notice = told(&listener(&[]), |setting| Native.notice(&received(), setting)).unwrap();
    let theirs = standardwebhooks::Webhook::new(SECRET).unwrap();
    let id = notice.headers["webhook-id"].to_str().unwrap();
    let signed = theirs.sign(id, NOW.seconds(), notice.body.as_bytes()).unwrap();
    assert_eq!(notice.headers["webhook-signature"], signed);
    assert_eq!(notice.headers["webhook-timestamp"], NOW.seconds().to_string());
    let body: Value = serde_json::from_str(&notice.body).unwrap();
    assert_eq!(body["id"], id);
}

#[test]
fn an_attempt_later_has_the_same_id_and_a_signature_of_its_own_time() {
    let listener = listener(&[]);
    let at = |at: Timestamp| {
        told(&listener, |setting| Native.notice(&received(), &crate::Setting { at, ..*setting })).unwrap()
    };
    let (first, later) = (at(NOW), at(NOW.plus(Duration::from_secs(300))));
    assert_eq!(first.headers["webhook-id"], later.headers["webhook-id"]);
    assert_ne!(first.headers["webhook-signature"], later.headers["webhook-signature"]);
    assert_eq!(first.body, later.body);
}

#[test]
fn a_listener_hears_what_it_wants() {
    let wanted = |events: &[&str]| told(&listener(events), |setting| Native.notice(&received(), setting)).is_some();
    assert!(wanted(&[]));
    assert!(wanted(&["message.received"]));
    assert!(!wanted(&["message.sent"]));
}

#[test]
fn what_was_published_for_another_dialect_is_not_told() {
    let published = |dialect: &str| {
        let event = Event::DebugPublished { dialect: dialect.into(), body: json!({"a": 1}) };
        told(&listener(&[]), |setting| Native.notice(&entry(event), setting))
    };
    assert!(published("green_api").is_none());
    let body: Value = serde_json::from_str(&published("native").unwrap().body).unwrap();
    assert_eq!(body["data"], json!({"a": 1}));
}

#[test]
fn a_stream_tells_the_same_in_one_line() {
    let listener = listener(&[]);
    let (notice, sent) = told(&listener, |setting| {
        let item = StreamItem::Entry(&received(), setting);
        (Native.notice(&received(), setting), Native.stream_item(&super::world::get("/v1/accounts"), item))
    });
    let (notice, sent) = (notice.unwrap(), sent.unwrap());
    assert_eq!(sent.data, notice.body);
    assert!(!sent.data.contains('\n'));
    assert_eq!(sent.event, "message.received");
    assert_eq!(sent.id.as_deref(), notice.headers["webhook-id"].to_str().ok());
}

#[test]
fn a_secret_is_base64_of_24_to_64_bytes() {
    assert!(sign::is_secret(SECRET));
    assert!(sign::is_secret(SECRET.trim_end_matches('=')));
    for bad in
        ["whsec_", "whsec_AAAA", "whsec_*", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &format!("whsec_{}", "A".repeat(88))]
    {
        assert!(!sign::is_secret(bad), "{bad}");
    }
}

#[test]
fn it_is_tried_for_three_days_and_more() {
    let schedule = Native.schedule();
    let (mut attempts, mut last) = (1, NOW);
    while let Some(next) = schedule.next(attempts, NOW, last) {
        (attempts, last) = (attempts + 1, next);
    }
    assert_eq!(attempts, 10);
    assert_eq!(last.since(NOW), Duration::from_secs(5 + 35 * 60 + 75 * 3600));
}
