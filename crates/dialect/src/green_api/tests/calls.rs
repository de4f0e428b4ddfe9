use http::Method;
use serde_json::{Value, json};
use sluice_model::content::Blob;
use sluice_model::{AccountId, Channel, Command, Refusal};

use super::{NOW, TOKEN, call, cases, check, written};
use crate::form::Part;
use crate::green_api::GreenApi;
use crate::green_api::table::ENDPOINTS;
use crate::{Dialect, Form, Named, Route, Router};

#[test]
fn every_call_is_read_as_its_case_says() {
    let mut wrong = Vec::new();
    for (name, case) in cases("calls") {
        let channel =
            case["channel"].as_str().map_or(Channel::Whatsapp, |name| Channel::named(name).expect("a channel"));
        let body = match &case["body"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let mut call = call(case["call"].as_str().expect("a call"), body, channel);
        for (header, value) in case["headers"].as_object().into_iter().flatten() {
            let header: http::HeaderName = header.parse().unwrap();
            call.headers.insert(header, value.as_str().unwrap().parse().unwrap());
        }
        call.file = (case["file"] == true).then(|| Blob {
            hash: "ab".repeat(32),
            size: if case["form"].is_object() { 5 } else { call.body.len() as u64 },
        });
        call.form = case["form"].is_object().then(|| form(&case["form"]));
        let endpoint = call.endpoint.unwrap_or_else(|| panic!("{name} is not routed"));
        let found = match (endpoint.read)(&call) {
            Ok(command) => json!(without_nones(&format!("{command:?}"))),
            Err(refusal) => written(&GreenApi.answer(&call, Err(refusal))),
        };
        check("calls", &name, &case, "read", found, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a command leaves out says nothing about its dialect.
fn without_nones(command: &str) -> String {
    let says = |member: &&str| {
        member.strip_suffix(": None").is_none_or(|name| name.contains(|c: char| !c.is_lowercase() && c != '_'))
    };
    command.split(", ").filter(says).collect::<Vec<_>>().join(", ")
}

/// A form as intake hands it over.
fn form(case: &Value) -> Form {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let part = |part: &Value| Part {
        name: text(&part["name"]),
        mime: text(&part["mime"]),
        kind: part["kind"].as_str().map(|_| "image/jpeg"),
    };
    let texts = case["texts"].as_object().expect("texts").iter();
    Form {
        texts: texts.map(|(name, value)| (name.clone(), text(value).expect("a text"))).collect(),
        part: case["part"].is_object().then(|| part(&case["part"])),
    }
}

/// As the SDKs really write them (contract §0.1, §1.1).
#[test]
fn methods_are_found_in_any_case_with_doubled_slashes_and_behind_v3() {
    let router = Router::new(&[&GreenApi]);
    let found = |method: Method, path: &str| match router.route(&method, &path.replace("TOKEN", TOKEN)) {
        Route::Endpoint { endpoint, .. } => endpoint.name,
        _ => "none",
    };
    assert_eq!(found(Method::POST, "//waInstance7700000001/SendMessage/TOKEN"), "sendMessage");
    assert_eq!(found(Method::POST, "/v3/waInstance7700000001/sendMessage/TOKEN/"), "sendMessage");
    assert_eq!(found(Method::DELETE, "/waInstance7700000001/DeleteNotification/TOKEN/12"), "deleteNotification");
    assert_eq!(found(Method::DELETE, "/waInstance7700000001/deleteNotification/TOKEN/"), "deleteNotification");
    assert_eq!(found(Method::GET, "/waInstance7700000001/deleteNotification/TOKEN/1"), "none");
}

#[test]
fn the_key_is_found_before_anything_else_is_looked_at() {
    let shown = |line: &str| GreenApi.credentials(&call(line, "", Channel::Whatsapp));
    for line in [
        "GET /waInstance7700000001/getSettings/TOKEN",
        "GET /waInstance7700000001/noSuchMethod/TOKEN",
        "GET //V3/WAINSTANCE7700000001/getSettings/TOKEN",
    ] {
        let credentials = shown(line);
        assert_eq!(credentials.token.as_deref(), Some(TOKEN), "{line}");
        assert_eq!(credentials.account, Named::Account(AccountId(1)), "{line}");
    }
    assert_eq!(shown("GET /waInstance1101000001/getSettings/TOKEN").account, Named::Nonsense);
    assert_eq!(shown("GET /waInstance7700000001/getSettings").token, None);
}

#[test]
fn every_method_has_a_case() {
    let covered: Vec<String> = cases("calls")
        .iter()
        .filter_map(|(_, case)| call(case["call"].as_str()?, "", Channel::Whatsapp).endpoint.map(|e| e.name.to_owned()))
        .collect();
    for endpoint in ENDPOINTS {
        assert!(covered.iter().any(|name| name == endpoint.name), "{} has no case", endpoint.name);
    }
}

#[test]
fn a_message_is_kept_for_24_hours() {
    let line = "POST /waInstance7700000001/sendMessage/TOKEN";
    let call = call(line, r#"{"chatId":"79990000001@c.us","message":"hi"}"#, Channel::Whatsapp);
    let Ok(Command::Send(wishes)) = (call.endpoint.unwrap().read)(&call) else { panic!("it is no send") };
    assert_eq!(wishes[0].expires_at, Some(NOW.plus(std::time::Duration::from_secs(24 * 3600))));
}

#[test]
fn a_token_of_an_instance_opens_no_partner_method() {
    let mut partner = call("GET /partner/getInstances/TOKEN", "", Channel::Whatsapp);
    let read = partner.endpoint.unwrap().read;
    assert_eq!(read(&partner), Ok(Command::Accounts));
    partner.caller = call("GET /waInstance7700000001/getSettings/TOKEN", "", Channel::Whatsapp).caller;
    assert_eq!(read(&partner), Err(Refusal::KeyInvalid));
}
