//! Paths, and what a call shows of itself (contract §1, §4).

use std::sync::LazyLock;

use http::{HeaderValue, Method};
use proptest::prelude::*;
use sluice_model::{AccountId, Channel, ListenerId, Refusal};

use crate::golden::{noise, world};
use crate::wahelp::{Wahelp, hooks, ids};
use crate::{ALL, Call, Dialect, Named, Passage, Route, Router};

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::new(ALL));

fn route(method: &Method, path: &str) -> (String, Vec<(&'static str, String)>) {
    match ROUTER.route(method, path) {
        Route::Endpoint { dialect, endpoint, params } => (format!("{} {}", dialect.name(), endpoint.name), params),
        Route::WrongMethod { dialect, .. } => (format!("{} wrong method", dialect.name()), Vec::new()),
        Route::Unknown { dialect } => (format!("{} unknown", dialect.name()), Vec::new()),
        Route::Nobody => ("nobody".to_owned(), Vec::new()),
    }
}

#[test]
fn both_prefixes_are_there_with_and_without_slashes() {
    for (method, path, name) in [
        (Method::POST, "user/login", "login"),
        (Method::GET, "user/refresh-token", "refresh"),
        (Method::GET, "user", "me"),
        (Method::GET, "projects", "projects"),
        (Method::POST, "projects/1/channels", "channel_add"),
        (Method::GET, "projects/1/channels/2/settings/whatsapp/qr", "qr"),
        (Method::POST, "projects/1/channels/2/send_message/3", "send_message"),
        (Method::PUT, "projects/1/hook", "hook"),
        (Method::POST, "projects/1/webhooks", "webhook_add"),
    ] {
        let spellings = [format!("/api/app/{path}"), format!("/app/{path}/"), format!("//api//app/{path}//")];
        for spelling in spellings {
            assert_eq!(route(&method, &spelling).0, format!("wahelp {name}"), "{method} {spelling}");
        }
    }
    assert_eq!(route(&Method::GET, "/api/app/nothing").0, "wahelp unknown");
    assert_eq!(route(&Method::PATCH, "/app/projects").0, "wahelp wrong method");
    assert_eq!(route(&Method::GET, "/api/sync/get/status").0, "wappi sync/get/status", "the neighbour under /api");
}

fn at(method: Method, path: &str) -> Call {
    let mut call = world::call(method.clone(), path);
    match ROUTER.route(&method, path) {
        Route::Endpoint { endpoint, params, .. } => (call.endpoint, call.params) = (Some(endpoint), params),
        _ => panic!("{path} is not routed"),
    }
    call
}

#[test]
fn a_channel_is_named_by_its_number_or_its_uuid() {
    let uuid = ids::channel_uuid(&world::spelling(), AccountId(3));
    for (slot, named) in [
        ("3", Named::Account(AccountId(3))),
        (uuid.as_str(), Named::Account(AccountId(3))),
        ("three", Named::Nonsense),
        ("3fa85f64-5717-4562-b3fc-2c963f66afa6", Named::Nonsense),
    ] {
        let mut call = at(Method::GET, &format!("/app/projects/101/channels/{slot}/status"));
        call.headers.insert("authorization", HeaderValue::from_static("bearer  tok"));
        let shown = Wahelp.credentials(&call);
        assert_eq!((shown.token.as_deref(), shown.account), (Some("tok"), named), "{slot}");
    }
    let mut call = at(Method::GET, "/app/projects");
    for header in ["tok", "Basic tok", "Bearer "] {
        call.headers.insert("authorization", HeaderValue::from_static(header));
        assert_eq!(Wahelp.credentials(&call).token, None, "{header}");
    }
}

#[test]
fn a_path_leads_through_its_project_and_its_user() {
    let call = at(Method::POST, "/app/projects/101/channels/3/send_message/79991112233");
    let passages = Wahelp.passages(&call);
    let [Passage::Listener { id, fits, .. }, Passage::Known(who)] = passages.as_slice() else {
        panic!("{passages:?}");
    };
    assert_eq!((*id, who.value()), (ListenerId(101), "79991112233"));
    let listener = |settings| world::listener(&Wahelp, settings);
    assert!(fits(&call, &listener(hooks::of_project())));
    assert!(!fits(&call, &listener(hooks::of_webhook(ListenerId(101), &[]))), "a webhook is no project");
    let nowhere = at(Method::POST, "/app/projects/x/channels/3/send_message/301");
    assert!(matches!(Wahelp.passages(&nowhere).as_slice(), [Passage::Nothing(_), Passage::Nothing(_)]));
}

#[test]
fn a_webhook_is_one_of_the_project_in_the_path() {
    let webhook = ids::webhook(&world::spelling(), ListenerId(102));
    let call = at(Method::DELETE, &format!("/app/projects/101/webhooks/{webhook}"));
    let passages = Wahelp.passages(&call);
    let [_, Passage::Listener { id: ListenerId(102), fits, .. }] = passages.as_slice() else {
        panic!("{passages:?}");
    };
    let of = |project| world::listener(&Wahelp, hooks::of_webhook(ListenerId(project), &[]));
    assert!(fits(&call, &of(101)) && !fits(&call, &of(5)));
    assert!(!fits(&call, &world::listener(&Wahelp, serde_json::json!({}))));
}

const KEYS: [&str; 16] = [
    "login",
    "password",
    "name",
    "type",
    "phone",
    "username",
    "need_create",
    "text",
    "message",
    "destination",
    "file_url",
    "template_id",
    "template_params",
    "url",
    "entities",
    "events",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_sent_is_read_or_refused_and_a_refusal_is_told(body in noise::body(&KEYS), slot in "[-a-z0-9]{1,20}") {
        for endpoint in Wahelp.endpoints() {
            let path = endpoint.path.replace(['{', '}'], "");
            let mut call = at(endpoint.method.clone(), &path);
            for (_, value) in &mut call.params {
                value.clone_from(&slot);
            }
            call.caller = Some(world::caller("wahelp", world::account(Channel::Whatsapp)));
            call.body = body.clone().into();
            if let Err(refusal) = (endpoint.read)(&call) {
                let reply = Wahelp.answer(&call, Err(refusal.clone()));
                prop_assert!(reply.status.is_client_error() || refusal == Refusal::PathUnknown, "{endpoint:?} {reply:?}");
            }
        }
    }
}
