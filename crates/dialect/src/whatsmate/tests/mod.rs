//! Golden cases, `cases/*.txt` and `cases/notices/*.txt`; credentials and instances.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method};
use serde_json::json;
use sluice_model::failure::{Failure, Retry, Why};
use sluice_model::refusal::Noun;
use sluice_model::{AccountId, Channel, Key, Outcome, Refusal};

use super::{WhatsMate, client};
use crate::golden::{Stage, world};
use crate::{Call, Caller, Dialect, Named};

const STAGE: Stage = Stage { dialect: &WhatsMate, fill: str::to_owned, outcome };

fn outcome(name: &str) -> Result<Outcome, Refusal> {
    match name {
        "accepted" => Ok(Outcome::Accepted(world::accepted(1))),
        "done" => Ok(Outcome::Done),
        "no group" => Err(Refusal::NotFound(Noun::Group)),
        "two groups" => Err(Refusal::Conflict("2 groups are called so".into())),
        "silence" => Err(Refusal::Failed(Failure::not_sent(Why::Timeout, Retry::BackOff, "no answer"))),
        "not base64" => Err(Refusal::invalid("file", "is not base64")),
        "too large" => Err(Refusal::TooLarge { limit: 100 }),
        "too many" => Err(Refusal::TooMany { retry_after: Duration::from_secs(1) }),
        "busy" => Err(Refusal::Busy { retry_after: Duration::from_secs(1) }),
        "fault" => Err(Refusal::Fault { code: "F-1".into() }),
        _ => panic!("no outcome is called {name}"),
    }
}

#[test]
fn every_case_is_answered_byte_for_byte_and_every_endpoint_has_one() {
    STAGE.check_calls();
}

#[test]
fn every_entry_is_told_byte_for_byte_and_every_event_has_a_case() {
    STAGE.check_notices();
}

fn call(id: &'static str, instance: &str) -> Call {
    let mut call = world::call(Method::POST, "/v3/whatsapp/single/text/message/x");
    let headers = [("x-wm-client-id", id), ("x-wm-client-secret", "tok")];
    call.headers =
        HeaderMap::from_iter(headers.map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))));
    call.params = vec![("instance", instance.to_owned())];
    call
}

#[test]
fn the_clients_id_is_its_keys_name_or_what_its_settings_say() {
    let checked = |id: &'static str, settings: serde_json::Value| {
        let mut call = call(id, "Shop");
        let caller = world::caller("whatsmate", world::account(Channel::Whatsapp));
        let key = Key { settings, ..Key::clone(&caller.key) };
        call.caller = Some(Caller { key: Arc::new(key), ..caller });
        client::check(&call)
    };
    assert_eq!(checked(world::KEY_NAME, json!({})), Ok(()));
    assert_eq!(checked("bob@shop.example", json!({"client_id": "bob@shop.example"})), Ok(()));
    assert_eq!(checked(world::KEY_NAME, json!({"client_id": "bob@shop.example"})), Err(Refusal::KeyInvalid));
    assert_eq!(checked("ann@shop.exampl", json!({})), Err(Refusal::KeyInvalid));
    assert_eq!(checked("", json!({})), Err(Refusal::KeyMissing));
}

#[test]
fn an_instance_is_a_name_or_a_number() {
    let named = |instance: &str| {
        let call = call("ann", instance);
        (WhatsMate.account_called(&call), WhatsMate.credentials(&call).account)
    };
    assert_eq!(named("3"), (Some("3".to_owned()), Named::Account(AccountId(3))));
    assert_eq!(named("Shop"), (Some("Shop".to_owned()), Named::Nonsense));
    assert_eq!(named(""), (None, Named::No));
    assert_eq!(WhatsMate.account_name(&world::spelling(), AccountId(3)), "3");
}
