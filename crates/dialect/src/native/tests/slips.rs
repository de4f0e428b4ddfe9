//! What callers are told when they slip.

use serde_json::{Value, json};
use sluice_model::{Address, Command, Refusal};

use super::world::{NOW, call, get, of_account, post, read, send};
use crate::Needs;
use crate::native::ENDPOINTS;

/// Where and how a body is refused.
fn refused(body: &Value) -> (String, String) {
    match send(body) {
        Err(Refusal::Invalid { field, note }) => (field, note),
        Err(Refusal::Missing(field)) => (field.to_owned(), "is required".to_owned()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_slip_of_the_pen_is_told_with_its_place_and_what_was_meant() {
    let to = "79990000000";
    let cases = [
        (json!({"to": to, "txet": "hi"}), "txet", "did you mean 'text'?"),
        (
            json!({"to": to, "content": {"type": "imgae", "url": "https://a.b/c"}}),
            "content.type",
            "did you mean 'image'?",
        ),
        (json!({"to": to, "content": {"type": "image", "ulr": "https://a.b/c"}}), "content.ulr", "did you mean 'url'?"),
        (
            json!({"to": to, "content": {"type": "contacts", "contacts": [{"name": "A", "phoen": "7"}]}}),
            "content.contacts[0].phoen",
            "did you mean 'phone'?",
        ),
        (
            json!({"to": to, "content": {"type": "poll", "question": "?", "options": ["a", 7]}}),
            "content.options[1]",
            "must be a string, not a whole number",
        ),
        (json!({"to": to, "text": ["hi"]}), "text", "must be a string, not a list"),
        (json!({"to": "ann", "text": "hi"}), "to", "must be a phone number"),
        (json!({"to": to}), "text", "is required"),
        (json!({"text": "hi"}), "to", "is required"),
        (json!({"to": to, "text": " "}), "text", "must not be empty"),
        (json!({"to": to, "text": "hi", "send_at": "tomorrow"}), "send_at", "must be a time"),
        (json!({"to": to, "text": "hi", "expires_in": 0}), "expires_in", "at least 1"),
        (json!({"to": to, "text": "hi", "expires_in": -5}), "expires_in", "must be a whole number"),
        (json!({"to": to, "content": {"type": "image"}}), "content", "needs one of 'url', 'media' (as POST /v1/media"),
        (json!({"to": to, "content": {"type": "poll"}}), "content.question", "is required"),
        (
            json!({"to": to, "content": {"type": "contacts", "contacts": [{}]}}),
            "content.contacts[0].name",
            "is required",
        ),
        (
            json!({"to": to, "content": {"type": "contacts", "contacts": [{"name": "A"}]}}),
            "content.contacts.phone",
            "is",
        ),
        (json!({"to": to, "content": {"url": "https://a.b/c"}}), "content.type", "is required: one of text, image"),
        (
            json!({"to": to, "content": {"type": "image", "file": "a"}}),
            "content.file",
            "is not known here; known: url, media",
        ),
        (json!({"to": to, "content": {"type": "image", "url": "ftp://a.b/c"}}), "content.url", "must be an http"),
        (
            json!({"to": to, "content": {"type": "image", "url": "https://a.b", "base64": "aGk="}}),
            "content",
            "takes only one of",
        ),
        (json!({"to": to, "content": {"type": "image", "base64": "<no>"}}), "content.base64", "must be base64"),
        (json!([]), "body", "must be an object"),
    ];
    for (body, field, words) in cases {
        let (found, note) = refused(&body);
        assert_eq!(found, field, "{body}: {note}");
        assert!(note.contains(words), "{body}: {note}");
    }
}

#[test]
fn a_value_is_never_told_back() {
    let (_, note) = refused(&json!({"to": "79990000000", "text": {"secret": "hunter2"}}));
    assert!(!note.contains("hunter2"), "{note}");
    let key = post("/v1/listeners", &json!({"url": "https://a.b", "secret": 1234}));
    assert!(matches!(read(&key), Err(Refusal::Invalid { note, .. }) if !note.contains("1234")));
}

#[test]
fn a_body_that_is_no_json_is_told_with_its_place() {
    let broken = call("POST", &of_account("/messages"), &json!({}), "{\n  \"to\": ,\n}");
    assert!(matches!(read(&broken), Err(Refusal::Malformed { line: 2, column: 9, .. })), "{:?}", read(&broken));
}

#[test]
fn no_operation_of_a_key_takes_a_parameter_that_it_does_not_know() {
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.needs != Needs::Nothing) {
        let path = endpoint.path.replace(['{', '}'], "");
        let slip = call(endpoint.method.as_str(), &format!("{path}?nonsense=1"), &json!({}), "{}");
        let refused = (endpoint.read)(&slip);
        let is_told = matches!(&refused, Err(Refusal::Invalid { field, .. }) if field == "nonsense");
        assert!(is_told, "{endpoint:?}: {refused:?}");
    }
    assert_eq!(read(&get("/v1/accounts?limit=")), Ok(Command::Accounts));
}

#[test]
fn a_query_is_read_as_strictly_as_a_body() {
    let refused = |query: &str| match read(&get(&of_account(&format!("/messages?{query}")))) {
        Err(Refusal::Invalid { field, note }) => (field, note),
        other => panic!("{query}: {other:?}"),
    };
    assert_eq!(refused("serach=a").0, "serach");
    assert!(refused("serach=a").1.contains("did you mean 'search'?"));
    assert_eq!(refused("limit=0").0, "limit");
    assert_eq!(refused("limit=many"), ("limit".to_owned(), "must be a whole number".to_owned()));
    assert_eq!(refused("direction=up").0, "direction");
    assert_eq!(refused("since=yesterday").0, "since");
    let path =
        of_account("/messages?chat=79990000000&direction=in&since=2026-10-01T12:00:00Z&order=oldest&limit=5&search=");
    let Ok(Command::Messages(query)) = read(&get(&path)) else { panic!("not a query") };
    assert_eq!(
        (query.chat, query.incoming, query.since),
        (Some(Address::Phone("79990000000".into())), Some(true), Some(NOW))
    );
    assert_eq!((query.oldest_first, query.page.limit, query.search), (true, 5, None));
}
