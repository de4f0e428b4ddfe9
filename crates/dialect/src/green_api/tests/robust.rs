use proptest::prelude::*;
use serde_json::Value;
use sluice_model::Channel;

use super::call;
use crate::Dialect;
use crate::green_api::GreenApi;
use crate::green_api::table::ENDPOINTS;

/// The names that any method reads, so that random bodies get past the first check.
const NAMES: [&str; 14] = [
    "chatId",
    "message",
    "phoneNumber",
    "quotedMessageId",
    "typingTime",
    "linkPreview",
    "customPreview",
    "title",
    "webhookUrl",
    "incomingWebhook",
    "delaySendMessagesMilliseconds",
    "typeWebhook",
    "instanceData",
    "idMessage",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[0-9@.cuslidg-]{1,24}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let name = prop_oneof![prop::sample::select(&NAMES[..]).prop_map(str::to_owned), ".{0,6}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6).prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

fn read_everywhere(body: &[u8], receipt: &str) {
    // What is served behind `/v3` is the same again.
    for endpoint in ENDPOINTS.iter().filter(|endpoint| !endpoint.path.starts_with("/v3")) {
        let path = endpoint.path.replace("{id}", "7700000001").replace("{token}", "TOKEN").replace("{receipt}", "7");
        for channel in [Channel::Whatsapp, Channel::Max] {
            let mut call = call(&format!("{} {path}", endpoint.method), body.to_vec(), channel);
            call.query.push(("receiveTimeout".into(), receipt.into()));
            for (_, value) in call.params.iter_mut().filter(|(name, _)| *name == "receipt") {
                receipt.clone_into(value);
            }
            if let Err(refusal) = (endpoint.read)(&call) {
                let reply = GreenApi.answer(&call, Err(refusal));
                assert!(reply.status.is_client_error() || reply.status.is_server_error());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_make_a_read_panic(body in prop::collection::vec(any::<u8>(), 0..64), receipt in ".{0,24}") {
        read_everywhere(&body, &receipt);
    }

    #[test]
    fn no_json_makes_a_read_panic(body in json(), receipt in "[0-9-]{0,24}") {
        read_everywhere(body.to_string().as_bytes(), &receipt);
    }
}
