//! Golden cases: `cases/*.txt` hold requests as they come over the wire, the command that each is read into, and the
//! bytes of the answer to each outcome named. `UPDATE_CASES=1` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};
use sluice_model::account::State;
use sluice_model::refusal::Noun;
use sluice_model::{Channel, Refusal};

use super::world;
use crate::form::Part;
use crate::golden::{files, request, settle};
use crate::reply::Content;
use crate::wappi::{Wappi, ids, platform};
use crate::{Call, Dialect, Form, Named, Needs, Reply, Route, Router};

/// Settings of a case, its request and the outcomes to answer.
struct Case {
    head: String,
    settings: Vec<(String, String)>,
    outcomes: Vec<String>,
}

fn parse(text: &str) -> Vec<Case> {
    text.split("\n=====\n").map(parse_one).collect()
}

fn parse_one(text: &str) -> Case {
    let end = text.find("\n--- ").map_or(text.len(), |at| at + 1);
    let head = text[..end].trim_end().to_owned();
    let outcomes = text.lines().filter_map(|line| line.strip_prefix("--- outcome ")).map(str::to_owned).collect();
    let settings = head.lines().filter_map(|line| line.strip_prefix('@')).filter_map(|line| line.split_once(' '));
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Case { head, settings, outcomes }
}

impl Case {
    fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The request as bytes would tell it: method, path and query, headers, body.
    fn request(&self) -> Call {
        let profile = ids::profile(&world::spelling(), sluice_model::AccountId(3));
        let message = world::spelling().remote(world::message_id());
        let task = ids::task(&world::spelling(), world::message_id());
        let fill =
            |text: &str| text.replace("{profile}", &profile).replace("{message}", &message).replace("{task}", &task);
        let mut call = request(&fill(&self.head));
        if let Some((name, mime)) = self.setting("form").and_then(|part| part.split_once(' ')) {
            let part = Part { name: Some(name.to_owned()), mime: Some(mime.to_owned()), kind: None };
            (call.form, call.file) = (Some(Form { texts: Vec::new(), part: Some(part) }), Some(world::blob()));
        }
        call
    }
}

/// What intake does before a dialect reads.
fn enter(case: &Case, call: &mut Call) -> Result<(), Refusal> {
    match Router::new(&[&Wappi]).route(&call.method, &call.path) {
        Route::Endpoint { endpoint, .. } => call.endpoint = Some(endpoint),
        Route::WrongMethod { allow, .. } => return Err(Refusal::MethodNotAllowed { allow }),
        Route::Unknown { .. } => return Err(Refusal::PathUnknown),
        Route::Nobody => panic!("{} is not Wappi's", call.path),
    }
    let needs = call.endpoint.unwrap().needs;
    if needs == Needs::Nothing {
        return Ok(());
    }
    let shown = Wappi.credentials(call);
    match shown.token.as_deref() {
        None => return Err(Refusal::KeyMissing),
        Some(world::TOKEN) => {}
        Some(_) => return Err(Refusal::KeyInvalid),
    }
    let named = case.setting("channel").and_then(Channel::named);
    let channel = named.or_else(|| platform::of(call)).unwrap_or(Channel::Whatsapp);
    let switch = case.setting("switch").and_then(|text| text.split_once(' '));
    let settings = switch.map_or(json!({}), |(name, value)| json!({ name: value == "true" }));
    let state = if case.setting("state") == Some("logged out") { State::LoginNeeded } else { State::Open };
    let account = matches!(shown.account, Named::Account(_)).then_some(channel);
    call.caller = Some(world::caller_in(account, state, settings));
    match (needs, shown.account) {
        (Needs::Account(_), Named::Account(id)) if id.get() != 3 => Err(Refusal::NotFound(Noun::Account)),
        (Needs::Account(_), Named::No | Named::Nonsense) => Err(Refusal::NotFound(Noun::Account)),
        _ => Ok(()),
    }
}

fn tell(reply: &Reply) -> String {
    let mut told = reply.status.as_u16().to_string();
    for (name, value) in reply.headers.iter().filter(|(_, value)| *value != "application/json") {
        write!(told, " {name}: {}", value.to_str().unwrap()).unwrap();
    }
    let text = |bytes: &bytes::Bytes| String::from_utf8(bytes.to_vec()).unwrap();
    let body = match &reply.body {
        Content::Bytes(body) => text(body),
        Content::Base64 { before, file, after } => format!("{}<{}>{}", text(before), file.hash, text(after)),
        other => panic!("Wappi's bodies are no {other:?}"),
    };
    format!("{told}\n{body}\n")
}

/// The endpoint's name, and the case as it is told now.
fn run(case: &Case) -> (Option<&'static str>, String) {
    let mut call = case.request();
    let mut told = format!("{}\n", case.head);
    let command = enter(case, &mut call).and_then(|()| (call.endpoint.unwrap().read)(&call));
    let name = call.endpoint.map(|endpoint| endpoint.name);
    match command {
        Err(refusal) => write!(told, "--- refused\n{}", tell(&Wappi.answer(&call, Err(refusal)))).unwrap(),
        Ok(command) => {
            writeln!(told, "--- command\n{command:?}").unwrap();
            assert!(!case.outcomes.is_empty(), "no outcome is named:\n{told}");
            for outcome in &case.outcomes {
                let channel = platform::of(&call).unwrap_or(Channel::Whatsapp);
                let reply = Wappi.answer(&call, world::outcome(outcome, channel));
                write!(told, "--- outcome {outcome}\n{}", tell(&reply)).unwrap();
            }
        }
    }
    (name, told)
}

#[test]
fn every_case_is_answered_byte_for_byte_and_every_endpoint_has_one() {
    let mut covered = BTreeSet::new();
    for file in files("wappi", "cases") {
        let cases = parse(&std::fs::read_to_string(&file).unwrap());
        let told: Vec<String> = cases
            .iter()
            .map(|case| {
                let (name, told) = run(case);
                covered.extend(name.filter(|_| told.contains("\n--- command")));
                assert!(!told.contains("wappi-outcome"), "an outcome that does not fit:\n{told}");
                told
            })
            .collect();
        let told: Vec<&str> = told.iter().map(|one| one.trim_end()).collect();
        settle(&file, &format!("{}\n", told.join("\n=====\n")));
    }
    // These are refused whatever is asked of them; the answer of the last one is a file of its own.
    let never = ["sync/message/list/send", "gifts/send", "openapi.yaml"];
    let all: BTreeSet<&str> = Wappi.endpoints().iter().map(|endpoint| endpoint.name).collect();
    let without: Vec<_> = all.iter().filter(|name| !covered.contains(*name) && !never.contains(name)).collect();
    assert!(without.is_empty(), "no case for {without:?}");
}

/// Every answer of the cases, with its endpoint's name.
pub fn answers() -> Vec<(&'static str, String)> {
    let mut answers = Vec::new();
    for file in files("wappi", "cases") {
        for case in parse(&std::fs::read_to_string(&file).unwrap()) {
            let (Some(name), told) = run(&case) else { continue };
            let mut lines = told.lines();
            while lines.any(|line| line.starts_with("--- outcome") || line == "--- refused") {
                answers.extend(lines.nth(1).map(|body| (name, body.to_owned())));
            }
        }
    }
    answers
}

#[test]
fn every_answer_is_compact_json_and_an_error_says_so() {
    for file in files("wappi", "cases") {
        for case in parse(&std::fs::read_to_string(&file).unwrap()) {
            let (_, told) = run(&case);
            let mut lines = told.lines().skip_while(|line| !line.starts_with("--- "));
            while let Some(line) = lines.find(|line| line.starts_with("--- outcome") || *line == "--- refused") {
                let status = lines.next().unwrap();
                let body = lines.next().unwrap();
                if status.contains("text/plain") {
                    continue;
                }
                let value: Value = serde_json::from_str(body).unwrap();
                assert_eq!(value.to_string(), body, "{line}");
                if !status.starts_with("200") && !status.starts_with("401") {
                    assert_eq!(value["status"], "error", "{told}");
                    assert!(value["detail"].is_string(), "{told}");
                }
            }
        }
    }
}
