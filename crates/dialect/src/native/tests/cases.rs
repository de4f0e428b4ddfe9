//! Golden cases: requests and what they are read as, events and what is told of them, outcomes and their answers.
//! `UPDATE_CASES=1 cargo test -p sluice-dialect` writes what is so now; read the difference before you keep it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sluice_model::{Entry, Event, Position, Refusal, Timestamp};

use super::outcomes::outcomes;
use super::world::{ACCOUNT, NOW, answer, call, call_of, listener, read, told};
use crate::Dialect;
use crate::native::Native;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/native/cases").join(name)
}

fn updating() -> bool {
    std::env::var_os("UPDATE_CASES").is_some()
}

/// Completes every case of every file of a folder, and compares or writes it.
fn check(name: &str, complete: impl Fn(&Map<String, Value>) -> Value) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder(name)).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no cases in {name}");
    for file in files {
        let cases: Vec<Map<String, Value>> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let completed: Vec<Value> = cases.iter().map(&complete).collect();
        if updating() {
            fs::write(&file, serde_json::to_string_pretty(&completed).unwrap() + "\n").unwrap();
            continue;
        }
        for (case, completed) in cases.into_iter().zip(completed) {
            assert_eq!(Value::Object(case), completed, "in {}", file.display());
        }
    }
}

fn given(case: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    case.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

#[test]
fn requests_are_read_as_the_cases_say() {
    check("requests", |case| {
        let mut whole = given(case, &["what", "request", "headers", "body"]);
        let (method, path) = case["request"].as_str().unwrap().split_once(' ').unwrap();
        let body = match case.get("body") {
            Some(Value::String(raw)) => raw.clone(),
            Some(body) => body.to_string(),
            None => String::new(),
        };
        let call = call(method, path, case.get("headers").unwrap_or(&Value::Null), body);
        match read(&call) {
            Ok(command) => whole.insert("command".to_owned(), format!("{command:?}").into()),
            Err(refusal) => whole.insert("problem".to_owned(), answer(&call, Err(refusal)).1),
        };
        Value::Object(whole)
    });
}

#[test]
fn events_are_told_as_the_cases_say() {
    check("notices", |case| {
        let mut whole = given(case, &["event"]);
        let event: Event = serde_json::from_value(case["event"].clone()).unwrap();
        let entry = Entry { account: ACCOUNT, position: Position(12), at: NOW, event };
        let notice = told(&listener(&[]), |setting| Native.notice(&entry, setting)).unwrap();
        whole.insert("notice".to_owned(), serde_json::from_str(&notice.body).unwrap());
        Value::Object(whole)
    });
}

#[test]
fn every_event_has_a_case() {
    let cases: Vec<Value> = serde_json::from_slice(&fs::read(folder("notices/events.json")).unwrap()).unwrap();
    for name in Event::NAMES {
        assert!(cases.iter().any(|case| case["event"]["event"] == name), "{name}");
    }
}

#[test]
fn outcomes_are_answered_as_the_cases_say() {
    for (operation, what, outcome) in outcomes() {
        let file = folder("answers").join(format!("{operation}.{what}.json"));
        let mut call = call_of(operation);
        if matches!(outcome, Err(Refusal::KeyMissing | Refusal::KeyInvalid)) {
            call.caller = None;
        }
        let (status, body, _) = answer(&call, outcome);
        let now = json!({ "status": status, "body": body });
        if updating() {
            fs::create_dir_all(folder("answers")).unwrap();
            fs::write(&file, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
            continue;
        }
        let kept = fs::read(&file).unwrap_or_else(|_| panic!("no case {}", file.display()));
        assert_eq!(serde_json::from_slice::<Value>(&kept).unwrap(), now, "{}", file.display());
    }
}

#[test]
fn no_case_is_left_over() {
    let known: Vec<String> =
        outcomes().into_iter().map(|(operation, what, _)| format!("{operation}.{what}.json")).collect();
    for file in fs::read_dir(folder("answers")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name} belongs to no outcome");
    }
}

#[test]
fn the_hour_of_the_cases_is_the_hour_of_the_world() {
    assert_eq!(serde_json::to_value(crate::native::when::When(NOW)).unwrap(), json!("2026-10-01T12:00:00.000Z"));
    assert_eq!(crate::native::when::When::of(Timestamp::NEVER), None);
}
