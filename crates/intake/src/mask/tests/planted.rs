//! A canary under any name of a secret, in a body of any kind that is called anything, is not kept.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::*;

/// As callers name their secrets.
const NAMES: [&str; 12] = [
    "token",
    "webhookUrlToken",
    "apiTokenInstance",
    "secret",
    "password",
    "pwd",
    "api_key",
    "Authorization",
    "auth",
    "proxy",
    "proxyInstance",
    "webhook_auth_token",
];

const MIMES: [&str; 6] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain; charset=utf-8",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "",
];

/// Three letters that may be shown, and others on both sides of odd characters, which are what JSON and forms are made of.
fn canary() -> impl Strategy<Value = String> {
    "[A-C]{3}[D-M]{3}[&=%+\"'\\\\{}:, ]{0,2}[N-Z]{6}"
}

/// What must not be read.
fn halves(canary: &str) -> [&str; 2] {
    [&canary[3..6], &canary[canary.len() - 6..]]
}

fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Bodies that a dialect reads the canary from.
fn sound(name: &str, canary: &str) -> Vec<String> {
    let flat = json!({"text": "hi", name: canary, "more": [1, "two"]});
    let deep = json!({"settings": [{"x": {name: canary}}]});
    let twice = format!("{{{0}:{1},{0}:{1}}}", Value::from(name), Value::from(canary));
    let nested = json!({"data": flat.to_string(), "rest": 1});
    let link = format!("see https://u:{0}@h.example/?x={0} there", percent(canary));
    vec![
        flat.to_string(),
        format!("\u{feff}\n{}", serde_json::to_string_pretty(&deep).unwrap()),
        twice,
        nested.to_string(),
        json!({ "deeper": nested.to_string() }).to_string(),
        json!({ "detail": link }).to_string(),
        link.clone(),
        format!("<a href=\"{link}\">"),
        format!("a=1&{name}={}&b=2", percent(canary)),
        format!("a=1&data={}&b=2", percent(&flat.to_string())),
        format!("a=1&data={}&b=2", percent(&deep.to_string())),
        format!("a=1&text={}", percent(&link)),
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{canary}\r\n--x--\r\n"),
    ]
}

/// Bodies that nothing can be read from. The canary is a word: where an odd one ends nobody can tell.
fn broken(name: &str, word: &str) -> Vec<String> {
    vec![
        format!(r#"{{"{name}":"{word}""#),
        format!(r#"{{"{name}":"{word}",}}"#),
        format!(r#"{{"{name}":"{word}" "x":1}}"#),
        format!(r#"{{"a":"b,"{name}":"{word}","c":1}}"#),
        format!(r#"{{"{name}" "{word}"}}"#),
        format!("{{{name}:{word}}}"),
        format!("{{'{name}': '{word}', 'x': 1}}"),
        format!("{name}: {word}"),
        format!("{name}={word}"),
        format!(r#"[{{"{name}":["{word}"]}}"#),
        format!("{{\"{name}\":\"{word}\"}}\n{{\"{name}\":\"{word}\"}}"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_canary_is_kept(name in proptest::sample::select(&NAMES[..]), mime in proptest::sample::select(&MIMES[..]), canary in canary()) {
        let word: String = canary.chars().filter(char::is_ascii_uppercase).collect();
        let whole = sound(name, &canary).into_iter().map(|body| (body, &canary));
        for (said, canary) in whole.chain(broken(name, &word).into_iter().map(|body| (body, &word))) {
            let kept = body(said.as_bytes(), mime, None);
            for half in halves(canary) {
                prop_assert!(!kept.contains(half), "{half} of {said} is in {kept}");
            }
            let whole = format!("{said}{}", " ".repeat(READ));
            let kept = body(whole.as_bytes(), mime, None);
            for half in halves(canary) {
                prop_assert!(!kept.contains(half), "{half} of the beginning {said} is in {kept}");
            }
        }
    }

    #[test]
    fn any_text_is_masked_without_harm(text in ".{0,200}", mime in proptest::sample::select(&MIMES[..])) {
        body(text.as_bytes(), mime, None);
        path(&text, Some(&text), None);
        shape(text.as_bytes());
    }

    #[test]
    fn any_odds_and_ends_are_masked_without_harm(pieces in proptest::collection::vec(proptest::sample::select(&ENDS[..]), 0..40)) {
        let text = pieces.concat();
        body(text.as_bytes(), "", None);
        path("/", Some(&text), None);
        shape(text.as_bytes());
    }
}

const ENDS: [&str; 20] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "\\",
    ":",
    ",",
    "=",
    "&",
    "%",
    "token",
    "://",
    "@",
    "?",
    "é",
    " ",
    "null",
    "%3A%2F%2F",
];
