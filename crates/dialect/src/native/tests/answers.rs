//! Outcomes and how they are answered, besides their bodies, which stand in `cases/answers`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sluice_model::account::LoginStep;
use sluice_model::message::Kept;
use sluice_model::refusal::Noun;
use sluice_model::{Content, Entry, Event, Outcome, Position, Refusal, State};

use super::outcomes::refusals;
use super::things;
use super::world::{ACCOUNT, NOW, answer, call, call_of, get, key, message, of_account};
use crate::native::problem::CODES;

#[test]
fn every_refusal_has_a_title_and_an_advice_of_its_code() {
    let cases = refusals();
    for (what, refusal) in &cases {
        assert!(CODES.iter().any(|(code, ..)| *code == refusal.code()), "{what}");
    }
    for (code, ..) in CODES {
        assert!(cases.iter().any(|(_, refusal)| refusal.code() == code), "{code} is nobody's");
    }
}

#[test]
fn a_problem_is_one_by_its_content_type_and_names_its_request() {
    for (what, refusal) in refusals() {
        let (status, body, headers) = answer(&call_of("get_message"), Err(refusal));
        assert_eq!(headers["content-type"], "application/problem+json", "{what}");
        assert_eq!(body["status"], status, "{what}");
        assert!(body["instance"].as_str().unwrap().ends_with(headers["x-request-id"].to_str().unwrap()), "{what}");
    }
}

#[test]
fn headers_say_what_http_asks_for() {
    let header =
        |refusal, name: &str| answer(&call_of("get_message"), Err(refusal)).2[name].to_str().unwrap().to_owned();
    assert!(header(Refusal::KeyMissing, "www-authenticate").starts_with("Bearer"));
    assert_eq!(header(Refusal::MethodNotAllowed { allow: vec!["GET", "POST"] }, "allow"), "GET, POST");
    assert_eq!(header(Refusal::TooMany { retry_after: Duration::from_millis(1_200) }, "retry-after"), "2");
    assert_eq!(header(Refusal::Busy { retry_after: Duration::from_secs(3) }, "retry-after"), "3");
}

#[test]
fn a_call_that_nobody_takes_is_answered_too() {
    let mut lost = call("GET", "/v1/nothing", &json!({}), "");
    let (status, body, _) = answer(&lost, Err(Refusal::PathUnknown));
    assert_eq!((status, body["instance"].is_string()), (404, true));
    // What is on nobody's record is not named as if it could be looked up.
    lost.caller = None;
    assert_eq!(answer(&lost, Err(Refusal::PathUnknown)).1["instance"], json!(null));
}

#[test]
fn a_key_of_many_accounts_is_told_to_name_one() {
    let (status, body, _) = answer(&call_of("send_own_message"), Err(Refusal::Missing("account")));
    assert_eq!((status, &body["code"]), (400, &json!("SG-1302")));
    assert!(body["detail"].as_str().unwrap().contains("/v1/accounts/{account}/"), "{body}");
}

#[test]
fn the_event_of_another_is_no_event() {
    let (_, body, _) = answer(&call_of("get_event"), Err(Refusal::NotFound(Noun::Account)));
    assert_eq!(body["detail"], "no such event");
}

#[test]
fn a_qr_code_is_a_picture_until_there_is_none() {
    let shown = LoginStep::ShowQr { data: "2@abc".into(), expires_at: NOW };
    let reply = crate::Dialect::answer(&crate::native::Native, &call_of("get_qr"), Ok(Outcome::Login(Some(shown))));
    let crate::reply::Content::Bytes(bytes) = &reply.body else { panic!("{reply:?}") };
    assert!(bytes.starts_with(b"\x89PNG"));
    assert_eq!(
        (&reply.headers["content-type"], &reply.headers["cache-control"]),
        (&"image/png".parse().unwrap(), &"no-store".parse().unwrap())
    );
    assert_eq!(answer(&call_of("get_qr"), Ok(Outcome::Login(Some(things::code())))).0, 409);
}

#[test]
fn who_is_logged_in_is_done_and_begins_no_other_login() {
    let (status, body, _) = answer(&call_of("get_login"), Err(Refusal::LoggedInAlready));
    assert_eq!((status, body), (200, json!({ "step": "done" })));
    assert_eq!(answer(&call_of("begin_login"), Err(Refusal::LoggedInAlready)).0, 409);
}

#[test]
fn what_holds_a_secret_is_not_to_be_kept_on_the_way() {
    let outcomes: [(&str, Outcome); 4] = [
        ("add_key", Outcome::KeyAdded { key: Arc::new(key()), token: "sg_x".into() }),
        ("add_listener", Outcome::Listener(Box::new(things::listener_view(Some("whsec_x"))))),
        ("add_account", Outcome::Account(Box::new(things::view(Some("sg_x"))))),
        ("get_login", Outcome::Login(Some(things::code()))),
    ];
    for (name, outcome) in outcomes {
        assert_eq!(answer(&call_of(name), Ok(outcome)).2["cache-control"], "no-store", "{name}");
    }
}

#[test]
fn a_file_is_given_with_its_name_and_never_run() {
    let outcome =
        Outcome::File { blob: things::blob(), mime: "text/html".into(), file_name: Some("кот\r\n\".html".into()) };
    let (status, body, headers) = answer(&call_of("get_message_media"), Ok(outcome));
    assert_eq!((status, body), (200, json!({ "file": "ab".repeat(32) })));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename*=UTF-8''%D0%BA%D0%BE%D1%82%0D%0A%22"), "{disposition}");
}

#[test]
fn a_list_says_which_part_it_is() {
    let call = get(&format!("{}?limit=2&offset=4", of_account("/chats")));
    let (_, body, _) = answer(&call, Ok(Outcome::Chats { chats: vec![things::chat()], total: 9 }));
    assert_eq!((&body["limit"], &body["offset"], &body["total"]), (&json!(2), &json!(4), &json!(9)));
}

#[test]
fn a_message_has_one_shape_wherever_it_is_shown() {
    let kept = Kept {
        message: message(Content::text("hi")),
        state: State::Received,
        state_at: NOW,
        trouble: None,
        edited: None,
        deleted: false,
    };
    let shown = answer(&call_of("get_message"), Ok(Outcome::Message(Box::new(kept)))).1;
    let entry = Entry {
        account: ACCOUNT,
        position: Position(1),
        at: NOW,
        event: Event::MessageReceived { message: message(Content::text("hi")) },
    };
    let told = answer(&call_of("get_event"), Ok(Outcome::Event(Box::new(entry)))).1;
    assert_eq!(told["data"]["message"], shown);
}
