use std::time::Duration;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};
use sluice_model::account::State;
use sluice_model::content::Blob;
use sluice_model::failure::Why;
use sluice_model::refusal::Noun;
use sluice_model::{Answer, Channel, Failure, LoginStep, Outcome, Refusal, Scope};

use super::{NOW, TOKEN, account, call, cases, check, outcomes, written};
use crate::form::Part;
use crate::green_api::GreenApi;
use crate::green_api::table::ENDPOINTS;
use crate::reply::Content;
use crate::{Dialect, Form, Reply, StreamItem};

fn answer(method: &str, outcome: Result<Outcome, Refusal>) -> Reply {
    answer_to(&line(method), "", outcome)
}

fn answer_to(line: &str, body: &'static str, outcome: Result<Outcome, Refusal>) -> Reply {
    GreenApi.answer(&call(line, body, Channel::Whatsapp), outcome)
}

/// A call of the method by its own verb.
fn line(method: &str) -> String {
    let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.name == method).expect("a method");
    let path = endpoint.path.replace("{id}", "7700000001").replace("{token}", "TOKEN").replace("{receipt}", "7");
    format!("{} {path}", endpoint.method)
}

fn text(reply: &Reply) -> &str {
    let Content::Bytes(body) = &reply.body else { panic!("no bytes") };
    std::str::from_utf8(body).unwrap()
}

#[test]
fn every_answer_is_as_its_case_says() {
    let mut wrong = Vec::new();
    let cases = cases("answers");
    for (name, method, outcome) in outcomes::all() {
        let case = cases.iter().find(|(known, _)| known == name).map_or(json!({}), |(_, case)| case.clone());
        check("answers", name, &case, "answer", written(&answer(method, Ok(outcome))), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_method_has_an_answer() {
    for endpoint in ENDPOINTS {
        assert!(outcomes::all().iter().any(|(_, method, _)| *method == endpoint.name), "{} has none", endpoint.name);
    }
}

#[test]
fn a_qr_is_a_picture_without_a_prefix() {
    let step = LoginStep::ShowQr { data: "2@abc".into(), expires_at: NOW };
    let reply = answer("qr", Ok(Outcome::Answer(Answer::Login { step })));
    assert!(text(&reply).starts_with(r#"{"type":"qrCode","message":"iVBORw0KGgo"#), "{}", text(&reply));
    let reply = answer("qr", Err(Refusal::LoggedInAlready));
    assert_eq!(text(&reply), r#"{"type":"alreadyLogged","message":"instance account already authorized"}"#);
}

#[test]
fn a_login_is_told_over_the_websocket_to_its_end() {
    let mut call = call(&line("scanqrcode"), "", Channel::Whatsapp);
    let told = |call: &crate::Call, item| {
        let event = GreenApi.stream_item(call, item).expect("a frame");
        let frame: Value = serde_json::from_str(&event.data).unwrap();
        (frame["type"].as_str().unwrap().to_owned(), frame["message"].clone())
    };
    let (qr, own) = (LoginStep::ShowQr { data: "2@abc".into(), expires_at: NOW }, account());
    assert_eq!(told(&call, StreamItem::Login(&LoginStep::Done, &own)).0, "alreadyLogged");

    let caller = call.caller.as_mut().unwrap();
    let mut before = account();
    before.condition.state = State::LoginNeeded;
    caller.account = Some(std::sync::Arc::new(before));
    let (kind, picture) = told(&call, StreamItem::Login(&qr, &own));
    assert!(kind == "qrCode" && picture.as_str().unwrap().starts_with("iVBOR"), "{picture}");
    let done = told(&call, StreamItem::Login(&LoginStep::Done, &own));
    assert_eq!(done, ("accountData".into(), json!({"wid": "79990000000@c.us", "pushname": "Shop"})));
    assert_eq!(told(&call, StreamItem::LoginOver).0, "timeout");
}

/// By either of its names, so that the receiver's disk gets a good one.
#[test]
fn the_link_of_an_upload_leads_to_the_file_by_its_name() {
    let file = Blob { hash: "2c".repeat(32), size: 5 };
    let part = Part { name: Some("blob".into()), mime: None, kind: Some("image/png") };
    for (texts, ending) in
        [(vec![("fileName".to_owned(), "a.txt".to_owned())], "/text~plain/a.txt"), (Vec::new(), "/image~png/blob")]
    {
        let mut call = call(&line("sendFileByUpload"), "", Channel::Whatsapp);
        call.file = Some(file.clone());
        call.form = Some(Form { texts, part: Some(part.clone()) });
        let reply = GreenApi.answer(&call, Ok(Outcome::Accepted(Vec::new())));
        let told: Value = serde_json::from_str(text(&reply)).unwrap();
        let url = told["urlFile"].as_str().unwrap();
        assert!(url.ends_with(&format!("/{}{ending}", file.hash)), "{url}");
    }
}

#[test]
fn what_was_not_done_is_told_with_a_200_where_clients_expect_it() {
    let failed = |why| Err(Refusal::Failed(Failure::refused(why, "the messenger said no")));
    let told = |method, why| text(&answer(method, failed(why))).to_owned();
    assert_eq!(told("getGroupData", Why::NotFound), r#""Error: item-not-found""#);
    assert_eq!(told("getGroupData", Why::NotInGroup), r#""Error: forbidden""#);
    assert_eq!(told("createGroup", Why::Unknown), r#"{"created":false,"reason":"the messenger said no"}"#);
    assert_eq!(
        told("setProfilePicture", Why::Unknown),
        r#"{"setProfilePicture":false,"reason":"the messenger said no","urlAvatar":null}"#
    );
    assert_eq!(told("addContact", Why::Unknown), r#"{"addContact":false,"message":"the messenger said no"}"#);
    let code = told("sendAuthorizationCode", Why::Unknown);
    assert_eq!(code, r#"{"status":false,"data":{"status":"error","reason":"the messenger said no"}}"#);
}

/// 200 and not a byte: JavaScript and Java take it for done (contract §0.3).
#[test]
fn methods_without_words_have_no_body() {
    for method in ["archiveChat", "unarchiveChat", "sendTyping"] {
        assert_eq!(text(&answer(method, Ok(Outcome::Answer(Answer::Done)))), "");
    }
    for method in ["deleteMessage", "deleteStatus"] {
        assert_eq!(text(&answer(method, Ok(Outcome::Accepted(Vec::new())))), "");
    }
}

#[test]
fn a_message_of_another_chat_is_not_found() {
    let (_, _, found) = outcomes::all().into_iter().find(|(name, _, _)| *name == "getMessage").unwrap();
    let body = r#"{"chatId":"79990000009@c.us","idMessage":"3A1"}"#;
    let reply = answer_to(&line("getMessage"), body, Ok(found));
    assert_eq!(reply.status.as_u16(), 400);
    assert!(text(&reply).contains(r#""message":"Message not found by id 3A1""#));
}

#[test]
fn an_empty_poll_is_four_bytes() {
    assert_eq!(text(&answer("receiveNotification", Ok(Outcome::Entries(Vec::new())))), "null");
    assert_eq!(text(&answer("receiveNotification", Err(Refusal::TimedOut))), "null");
}

#[test]
fn a_wrong_key_gets_an_empty_401_that_browsers_can_read() {
    for refusal in [Refusal::KeyInvalid, Refusal::KeyMissing] {
        let reply = answer("receiveNotification", Err(refusal));
        assert_eq!((reply.status.as_u16(), text(&reply)), (401, ""));
        assert_eq!(reply.headers[CONTENT_TYPE], "application/json");
        assert_eq!(reply.headers[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    }
    let stranger = answer("getSettings", Err(Refusal::NotFound(Noun::Account)));
    assert_eq!((stranger.status.as_u16(), text(&stranger)), (403, ""));
}

#[test]
fn a_browser_may_always_ask_first() {
    for line in ["OPTIONS /waInstance7700000001/sendMessage/TOKEN", "OPTIONS /waInstance7700000001/none/x"] {
        let reply = answer_to(line, "", Err(Refusal::KeyInvalid));
        assert_eq!((reply.status.as_u16(), text(&reply)), (200, ""));
        assert_eq!(reply.headers["access-control-allow-methods"], "GET, POST, OPTIONS, DELETE, HEAD");
        assert_eq!(reply.headers["access-control-max-age"], "1728000");
    }
}

#[test]
fn an_unknown_method_is_a_404_with_the_token_masked() {
    for refusal in [Refusal::PathUnknown, Refusal::MethodNotAllowed { allow: vec!["DELETE"] }] {
        let reply = answer_to("GET /waInstance7700000001/deleteNotification/TOKEN/1", "", Err(refusal));
        let body: Value = serde_json::from_str(text(&reply)).unwrap();
        let expected = json!({
            "statusCode": 404,
            "timestamp": "2025-03-31T16:50:20.397000000Z",
            "path": "/waInstance7700000001/deleteNotification/***/1",
            "message": "Cannot GET /waInstance7700000001/deleteNotification/***/1",
        });
        assert_eq!(body.to_string(), expected.to_string());
    }
}

#[test]
fn every_refusal_has_a_status_and_words_and_hides_the_token() {
    let minute = Duration::from_secs(60);
    let refusals = [
        (Refusal::Forbidden(Scope::Send), 403, ""),
        (Refusal::Missing("chatId"), 400, "Validation failed. Details: 'chatId' is required"),
        (
            Refusal::TooLong { field: "message", limit: 20_000 },
            400,
            "Validation failed. Details: 'message' length must be less than or equal to 20000 characters long",
        ),
        (Refusal::invalid("receiptId", "must be a Number"), 400, "Parameter receiptId must be a Number"),
        (Refusal::NotFound(Noun::Message), 400, "Message not found by id BAE5"),
        (Refusal::NotFound(Noun::Chat), 400, "no such chat"),
        (Refusal::NotConnected(State::LoginNeeded), 400, "instance is starting or not authorized"),
        (Refusal::LoggedInAlready, 400, "instance account already authorized"),
        (
            Refusal::Unsupported(sluice_model::Ability::LinkPreview),
            400,
            "bad request data. This type of instance has no link preview",
        ),
        (Refusal::Conflict("it is so".into()), 400, "it is so"),
        (Refusal::KeyReused, 400, "the idempotency key was used for another request"),
        (Refusal::TooLarge { limit: 1 }, 500, "request entity too large"),
        (Refusal::TooMany { retry_after: minute }, 429, "Too Many Requests"),
        (Refusal::Busy { retry_after: minute }, 503, "The gateway is busy, try later"),
        (Refusal::TimedOut, 504, "The messenger did not answer in time"),
        (Refusal::Failed(Failure::refused(Why::Spam, "spam")), 400, "spam"),
        (Refusal::Failed(Failure::unknown("lost")), 500, "lost"),
        (Refusal::Fault { code: "F-1".into() }, 500, "Internal server error (F-1)"),
    ];
    for (refusal, status, words) in refusals {
        let reply = answer_to(&line("sendMessage"), r#"{"idMessage":"BAE5"}"#, Err(refusal.clone()));
        let body: Value = serde_json::from_str(text(&reply)).unwrap_or_default();
        assert_eq!(
            (reply.status.as_u16(), body["message"].as_str().unwrap_or_default()),
            (status, words),
            "{refusal:?}"
        );
        assert!(!text(&reply).contains(TOKEN), "{refusal:?}");
        assert_eq!(reply.headers.contains_key(RETRY_AFTER), [429, 503].contains(&status), "{refusal:?}");
    }
}

#[test]
fn a_webhook_that_is_set_stands_in_the_way_of_polling() {
    for method in ["receiveNotification", "deleteNotification"] {
        let reply = answer(method, Err(Refusal::Conflict("any words".into())));
        assert_eq!(reply.status.as_u16(), 400);
        let start = r#""message":"Message cannot be received because custom webhook url is set."#;
        assert!(text(&reply).contains(start), "{}", text(&reply));
    }
}

#[test]
fn a_broken_body_is_named_by_its_place() {
    let cases = [
        ("{\"a\": }", "Unexpected token } in JSON at position 6"),
        ("{\n \"a\": tru\n}", "Unexpected token"),
        ("{\"a\":1", "Unexpected end of JSON input"),
        ("chatId=7", "Unexpected token c in JSON at position 0"),
    ];
    for (body, words) in cases {
        let call = call(&line("sendMessage"), body, Channel::Whatsapp);
        let refusal = (call.endpoint.unwrap().read)(&call).unwrap_err();
        let reply = GreenApi.answer(&call, Err(refusal));
        let told: Value = serde_json::from_str(text(&reply)).unwrap();
        assert!(told["message"].as_str().unwrap().starts_with(words), "{body}: {told}");
    }
}
