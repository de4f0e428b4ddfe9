//! What holds for every endpoint, whatever is sent to it.

use http::Method;
use proptest::prelude::*;
use serde_json::json;
use sluice_model::delivery::{Pauses, Queue, Success};
use sluice_model::{Channel, Refusal, Timestamp};

use super::world;
use crate::golden::noise;
use crate::reply::Content;
use crate::wappi::{Wappi, errors, ids, platform};
use crate::{Call, Dialect, Endpoint, Named, Needs};

const KEYS: [&str; 30] = [
    "recipient",
    "body",
    "chat_id",
    "b64_file",
    "url",
    "phone",
    "name",
    "message_id",
    "latitude",
    "longitude",
    "poll_options",
    "poll_select_count",
    "buttons",
    "filter",
    "participants",
    "participant",
    "group_id",
    "wh_types",
    "webhook_types",
    "auth_code",
    "pwd_code",
    "profile_uuid",
    "tariff_id",
    "task_id",
    "limit",
    "offset",
    "date",
    "timeout_from",
    "timeout_to",
    "proxy",
];

fn about(endpoint: &'static Endpoint, channel: Channel) -> Call {
    let mut call = world::call(Some(endpoint), endpoint.method.clone(), endpoint.path);
    call.caller = Some(world::caller(Some(channel), json!({})));
    call
}

fn query() -> impl Strategy<Value = Vec<(String, String)>> {
    let key = proptest::sample::select(&KEYS).prop_map(str::to_owned);
    proptest::collection::vec((key, prop_oneof!["[-+0-9]{0,22}", ".{0,12}"]), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_sent_is_read_or_refused_and_a_refusal_is_told(body in noise::body(&KEYS), query in query()) {
        for endpoint in Wappi.endpoints() {
            let channel = platform::ALL.iter().find(|base| endpoint.path.starts_with(&format!("/{}/", base.word())));
            let mut call = about(endpoint, channel.map_or(Channel::Whatsapp, |base| base.channel()));
            call.body = body.clone().into();
            call.query.clone_from(&query);
            if let Err(refusal) = (endpoint.read)(&call) {
                let reply = Wappi.answer(&call, Err(refusal));
                prop_assert!(reply.status.is_client_error(), "{endpoint:?} {reply:?}");
            }
        }
    }
}

#[test]
fn a_profile_of_another_messenger_is_refused_by_every_endpoint() {
    for endpoint in Wappi.endpoints().iter().filter(|endpoint| matches!(endpoint.needs, Needs::Account(_))) {
        let call = about(endpoint, Channel::Sms);
        if platform::of(&call).is_none() {
            continue;
        }
        let refusal = (endpoint.read)(&call).unwrap_err();
        assert_eq!(refusal, Refusal::Conflict(errors::WRONG_PLATFORM.into()), "{endpoint:?}");
    }
}

#[test]
fn the_seeds_paths_and_the_vendors_are_both_there() {
    let there = |method: Method, path: &str| {
        let found = Wappi.endpoints().iter().any(|endpoint| endpoint.method == method && endpoint.path == path);
        assert!(found, "{method} {path}");
    };
    let (get, post) = (Method::GET, Method::POST);
    for path in ["/api/sync/message/send", "/api/message/send", "/tapi/sync/message/send", "/botapi/message/send"] {
        there(post.clone(), path);
    }
    for path in ["/api/sync/qr/get", "/api/sync/get/qr", "/tapi/sync/auth/qr", "/maxapi/sync/auth/qr"] {
        there(get.clone(), path);
    }
    for path in ["/api/profile/delete", "/api/sync/profile/delete"] {
        there(post.clone(), path);
        there(Method::DELETE, path);
    }
    for method in [get.clone(), post.clone()] {
        there(method, "/api/sync/chats/get");
    }
    for path in ["/api/sync/chat/typing/start", "/tapi/sync/chats/typing/start", "/api/sync/group/admin/promove"] {
        there(post.clone(), path);
    }
    for path in ["/tapi/sync/stories/getViews", "/tapi/sync/stories/getviews", "/api/async/get/status"] {
        there(get.clone(), path);
    }
}

#[test]
fn the_token_is_bare_and_the_profile_is_in_the_query() {
    let endpoint = |name: &str| Wappi.endpoints().iter().find(|endpoint| endpoint.name == name).unwrap();
    let shown = |name: &str, header: &'static str, profile: &str| {
        let mut call = about(endpoint(name), Channel::Whatsapp);
        call.headers.insert("authorization", http::HeaderValue::from_static(header));
        call.query.push(("profile_id".into(), profile.into()));
        Wappi.credentials(&call)
    };
    let own = ids::profile(&world::spelling(), sluice_model::AccountId(3));
    assert_eq!(own, Wappi.account_name(&world::spelling(), sluice_model::AccountId(3)));
    for header in ["tok", " tok ", "Bearer tok", "bearer  tok"] {
        assert_eq!(shown("sync/get/status", header, &own).token.as_deref(), Some("tok"), "{header}");
    }
    assert_eq!(shown("sync/get/status", "\"tok\"", &own).token.as_deref(), Some("\"tok\""));
    assert_eq!(shown("sync/get/status", "", &own).token, None);
    assert_eq!(shown("sync/get/status", "tok", &own).account, Named::Account(sluice_model::AccountId(3)));
    assert_eq!(shown("sync/get/status", "tok", "abc123").account, Named::Nonsense);
    assert_eq!(shown("sync/get/status", "tok", "").account, Named::No);
    assert_eq!(shown("profile/add", "tok", "abc123").account, Named::No);
}

#[test]
fn five_attempts_are_made_at_0_5_15_35_and_65_minutes_and_only_200_ends_them() {
    let schedule = Wappi.schedule();
    assert_eq!((schedule.queue, schedule.success), (Queue::Independent, Success::Exactly200));
    assert!(matches!(schedule.pauses, Pauses::Listed(_)) && !schedule.heeds_receiver);
    assert!(schedule.timeout.as_secs() > 5);
    let start = Timestamp::from_seconds(0);
    let (mut at, mut minutes) = (start, vec![0]);
    while let Some(next) = schedule.next(minutes.len() as u32, start, at) {
        at = next;
        minutes.push(at.seconds() / 60);
    }
    assert_eq!(minutes, [0, 5, 15, 35, 65]);
}

#[test]
fn a_fault_of_ours_is_the_only_answer_beyond_499_and_shows_nothing_of_it() {
    let call = about(&Wappi.endpoints()[0], Channel::Whatsapp);
    let reply = Wappi.answer(&call, Err(Refusal::Fault { code: "c-1".into() }));
    assert_eq!(reply.status, 500);
    assert_eq!(reply.body, Content::Bytes("{\"detail\":\"Internal error c-1\",\"status\":\"error\"}".into()));
}
