//! Whatever comes, reading answers: with a command or with a refusal.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{call, of_account};
use crate::native::ENDPOINTS;

/// Names that the API knows, so that made-up bodies get past the first check.
const NAMES: &[&str] = &[
    "to",
    "text",
    "content",
    "type",
    "url",
    "media",
    "base64",
    "phone",
    "phones",
    "members",
    "name",
    "contacts",
    "options",
    "question",
    "message",
    "send_at",
    "expires_in",
    "upto",
    "since",
    "events",
    "scopes",
    "way",
    "value",
    "channel",
    "settings",
    "proxy",
    "buttons",
    "reply_to",
    "latitude",
    "longitude",
    "secret",
    "event",
    "picture",
];

const WORDS: &[&str] = &[
    "text",
    "image",
    "poll",
    "79990000000",
    "group:1",
    "@ann",
    "story",
    "https://example.com/a",
    "whatsapp",
    "2026-10-01T12:00:00Z",
    "msg_0000000000000000",
    "evt_0000000000000000",
    "message.*",
    "manage",
    "whsec_AAAA",
    "pairing_code",
    "\u{feff}",
    "phone:+",
    "data:;base64,",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(WORDS).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 32, 6, |inner| {
        let name = prop_oneof![proptest::sample::select(NAMES).prop_map(str::to_owned), ".{0,6}"];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn try_all(body: &[u8], variable: &str, query: &str) {
    for endpoint in ENDPOINTS {
        let path: Vec<&str> =
            endpoint.path.split('/').map(|piece| if piece.starts_with('{') { variable } else { piece }).collect();
        let path = format!("{}?{query}", path.join("/"));
        let call = call(endpoint.method.as_str(), &path, &json!({}), body.to_vec());
        // The value does not matter; coming back does.
        let _ = call.endpoint.map(|endpoint| (endpoint.read)(&call));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_json_is_read_or_refused(body in json(), variable in "[a-z0-9_:%@.+-]{1,24}", query in "[a-z]{0,8}=[a-z0-9:.*,-]{0,12}") {
        try_all(body.to_string().as_bytes(), &variable, &query);
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..64)) {
        try_all(&body, "x", "limit=1&wait=2&after=x&chat=7");
    }

    #[test]
    fn any_content_is_read_or_refused(kind in proptest::sample::select(WORDS), members in json()) {
        let mut content = members.as_object().cloned().unwrap_or_default();
        content.insert("type".to_owned(), kind.into());
        let body = json!({ "to": "79990000000", "content": content });
        let call = call("POST", &of_account("/messages"), &json!({}), body.to_string());
        let _ = call.endpoint.map(|endpoint| (endpoint.read)(&call));
    }
}
