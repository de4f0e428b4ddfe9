//! Whatever is sent is read or rejected, and every key of the vendor's list has its condition (contract §5).

use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};
use sluice_model::command::Letter;
use sluice_model::{Command, Refusal};

use crate::devino::{Devino, batch, table};
use crate::golden::{noise, world};
use crate::{Call, Dialect, reply};

fn call(body: impl Into<bytes::Bytes>) -> Call {
    let mut call = world::call(Method::POST, "/whatsapp/messages");
    call.endpoint = Some(&table::ENDPOINTS[0]);
    call.body = body.into();
    call
}

/// The verdict on a message that has `more` beside what every message needs.
fn verdict(more: Value) -> Result<Letter, Vec<(&'static str, Option<String>)>> {
    let mut message = json!({"from": "Shop", "to": "79001112233", "text": "hi"});
    for (name, value) in more.as_object().unwrap() {
        message[name] = value.clone();
    }
    let call = call(json!({"messages": [{"from": "Shop", "to": "79001112233", "text": "hi"}, message]}).to_string());
    let verdict = batch::verdicts(&call).unwrap().remove(1);
    verdict.map_err(|reasons| reasons.into_iter().map(|reason| (reason.key, reason.place)).collect())
}

#[test]
fn every_condition_has_its_key_and_its_place() {
    let long = "x".repeat(1_001);
    for (more, key, place) in [
        (json!({"to": null}), "must.be.not.null", "to"),
        (json!({"to": ""}), "must.be.not.null", "to"),
        (json!({"to": "call me"}), "invalid", "to"),
        (json!({"to": "790011"}), "invalid", "to"),
        (json!({"to": "+"}), "invalid", "to"),
        (json!({"to": ["7"]}), "invalid", "to"),
        (json!({"to": "7900111223344556"}), "length.too.long", "to"),
        (json!({"from": null}), "must.be.not.null", "from"),
        (json!({"from": {}}), "invalid", "from"),
        (json!({"from": "a\nb"}), "invalid", "from"),
        (json!({"from": "x".repeat(129)}), "length.too.long", "from"),
        (json!({"text": long}), "length.too.long", "text"),
        (json!({"text": {}}), "invalid", "text"),
        (json!({"contentUrl": "h/x.pdf"}), "invalid", "contentUrl"),
        (json!({"contentUrl": "ftp://h/x.pdf"}), "invalid", "contentUrl"),
        (json!({"contentUrl": ""}), "invalid", "contentUrl"),
        (json!({"contentName": ""}), "length.too.short", "contentName"),
        (json!({"contentName": "x".repeat(101)}), "length.too.long", "contentName"),
        (json!({"contentType": "pdf"}), "invalid", "contentType"),
        (json!({"contentType": ""}), "invalid", "contentType"),
        (json!({"validity": 0}), "invalid", "validity"),
        (json!({"validity": -1}), "invalid", "validity"),
        (json!({"validity": "soon"}), "invalid", "validity"),
        (json!({"validity": 1.5}), "invalid", "validity"),
        (json!({"validity": true}), "invalid", "validity"),
        (json!({"validity": 1e18}), "invalid", "validity"),
        (json!({"callbackUrl": "me/cb"}), "invalid", "callbackUrl"),
        (json!({"callbackUrl": "http://"}), "invalid", "callbackUrl"),
        (json!({"callbackUrl": 7}), "invalid", "callbackUrl"),
        (json!({"callbackUrl": "https://ann@shop.example/cb"}), "invalid", "callbackUrl"),
        (json!({"callbackUrl": "https://ann:secret@shop.example/cb"}), "invalid", "callbackUrl"),
        (json!({"callbackUrl": "https://:secret@shop.example/cb"}), "invalid", "callbackUrl"),
        (json!({"callbackData": {}}), "invalid", "callbackData"),
        (json!({"callbackData": "x".repeat(2_049)}), "length.too.long", "callbackData"),
        (json!({"languageCode": ""}), "length.too.short", "languageCode"),
        (json!({"languageCode": "r"}), "length.too.short", "languageCode"),
        (json!({"languageCode": "russian"}), "length.too.long", "languageCode"),
        (json!({"languageCode": "r1"}), "invalid", "languageCode"),
        (json!({"templateId": "t", "templateParams": {"1": "a", "3": "b"}}), "invalid", "templateParams"),
        (json!({"templateId": "t", "templateParams": {"0": "a"}}), "invalid", "templateParams"),
        (json!({"templateId": "t", "templateParams": {"1": {}}}), "invalid", "templateParams"),
        (json!({"templateId": "t", "templateParams": "a"}), "invalid", "templateParams"),
    ] {
        let reasons = verdict(more.clone()).unwrap_err();
        assert_eq!(reasons, [(key, Some(format!("messages[1].{place}")))], "{more}");
    }
    assert_eq!(verdict(json!({"text": null})).unwrap_err(), [("must.be.not.null", Some("messages[1]".to_owned()))]);
    assert_eq!(verdict(json!({"text": ""})).unwrap_err(), [("must.be.not.null", Some("messages[1]".to_owned()))]);
}

#[test]
fn all_reasons_are_told_what_is_absent_first() {
    let more = json!({"from": "", "to": "x", "text": "x".repeat(1_001), "validity": 0, "languageCode": "r"});
    let keys: Vec<_> = verdict(more).unwrap_err().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["must.be.not.null", "invalid", "invalid", "length.too.long", "length.too.short"]);
}

#[test]
fn what_lax_clients_write_is_read() {
    for more in [
        json!({"to": "+79001112233"}),
        json!({"to": 79_001_112_233_u64}),
        json!({"from": 79_602_041_980_u64}),
        json!({"validity": "86400"}),
        json!({"validity": 60}),
        json!({"callbackData": 17}),
        json!({"text": 1234}),
        json!({"text": "ё".repeat(1_000)}),
        json!({"contentUrl": null, "contentName": null, "templateId": null, "templateParams": null, "languageCode": null}),
        json!({"text": null, "templateId": "t", "templateParams": ["a", 2], "languageCode": "pt-BR"}),
        json!({"text": null, "contentUrl": "https://h/x.pdf"}),
        json!({"unknown": {"field": 1}}),
    ] {
        assert!(verdict(more.clone()).is_ok(), "{more}: {:?}", verdict(more.clone()));
    }
}

#[test]
fn a_call_needs_messages_and_not_too_many() {
    let message = json!({"from": "Shop", "to": "79001112233", "text": "hi"});
    let read = |body: Value| batch::read(&call(body.to_string()));
    for none in
        [json!({}), json!({"messages": []}), json!({"messages": null}), json!({"messages": {}}), json!([]), json!(7)]
    {
        assert_eq!(read(none.clone()), Err(Refusal::Missing("messages")), "{none}");
    }
    assert_eq!(read(message.clone()), Err(Refusal::Missing("messages")), "a message alone is no batch");
    assert_eq!(batch::read(&call("")), Err(Refusal::Missing("messages")));
    assert!(matches!(batch::read(&call("{")), Err(Refusal::Malformed { .. })));
    let many = |count: usize| json!({ "messages": vec![message.clone(); count] });
    assert!(matches!(read(many(100)), Ok(Command::SendEach(letters)) if letters.len() == 100));
    assert_eq!(read(many(101)), Err(Refusal::TooLong { field: "messages", limit: 100 }));
}

const NAMES: [&str; 12] = [
    "from",
    "to",
    "text",
    "contentUrl",
    "contentName",
    "contentType",
    "validity",
    "callbackUrl",
    "callbackData",
    "templateId",
    "templateParams",
    "languageCode",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn whatever_is_sent_is_read_or_rejected(messages in proptest::collection::vec(noise::value(&NAMES), 0..4), loose in noise::value(&NAMES)) {
        for body in [json!({ "messages": messages }), loose] {
            let call = call(body.to_string());
            match batch::read(&call) {
                Err(refusal) => prop_assert!(Devino.answer(&call, Err(refusal)).status.is_client_error()),
                Ok(Command::SendEach(letters)) => {
                    let none = letters.iter().map(|_| Err(Refusal::KeyReused)).collect();
                    let reply = Devino.answer(&call, Ok(sluice_model::Outcome::Each(none)));
                    let reply::Content::Bytes(bytes) = reply.body else { panic!("no bytes") };
                    let told: Value = serde_json::from_slice(&bytes).unwrap();
                    prop_assert_eq!(told["result"].as_array().map(Vec::len), body["messages"].as_array().map(Vec::len));
                }
                Ok(other) => prop_assert!(false, "{:?}", other),
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(batch::read(&call(body)).is_err());
    }
}
