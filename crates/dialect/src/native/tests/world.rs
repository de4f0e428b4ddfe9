//! A small world to make calls in: one account, one key, one hour.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use sluice_model::account::{Account, Channel, Condition, Settings, State};
use sluice_model::content::Blob;
use sluice_model::id::{Id, RequestId};
use sluice_model::listener::{Listener, Target};
use sluice_model::message::{Message, Origin};
use sluice_model::{
    AccountId, Address, Command, Content, Key, KeyId, ListenerId, MessageId, Outcome, Party, Refusal, Scope, Spelling,
    Timestamp, WorkspaceId,
};

use crate::native::{ENDPOINTS, Native};
use crate::reply;
use crate::{Call, Caller, Dialect, Links, Route, Router, Setting};

/// 2026-10-01T12:00:00Z
pub const NOW: Timestamp = Timestamp::from_seconds(1_790_856_000);
pub const ACCOUNT: AccountId = AccountId(7);
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::new(&[&Native]));

pub fn spelling() -> Spelling {
    crate::golden::world::spelling()
}

pub fn links() -> Links {
    Links::new("https://gate.example", &[9; 32])
}

/// The name of a file that is kept for this world's workspace.
pub fn file_name() -> String {
    links().name(WorkspaceId(1), &sluice_model::content::Blob { hash: "ab".repeat(32), size: 3 })
}

pub fn account() -> Account {
    Account {
        id: ACCOUNT,
        workspace: WorkspaceId(1),
        channel: Channel::Whatsapp,
        connector: "sandbox".into(),
        name: "Shop".into(),
        created_at: NOW,
        enabled: true,
        settings: Settings { send_gap_ms: 500, proxy: Some(sluice_model::Sealed(vec![1])), ..Settings::default() },
        condition: Condition { state: State::Open, phone: Some("79990000001".into()), ..Condition::new(NOW) },
    }
}

pub fn key() -> Key {
    Key {
        id: KeyId(3),
        workspace: WorkspaceId(1),
        account: None,
        dialect: None,
        name: "CRM".into(),
        prefix: "sg_abcd".into(),
        scopes: vec![Scope::Manage],
        settings: Value::Null,
        sealed: None,
        created_at: NOW,
        expires_at: None,
    }
}

pub fn listener(events: &[&str]) -> Listener {
    Listener {
        id: ListenerId(5),
        workspace: WorkspaceId(1),
        account: None,
        dialect: "native".into(),
        name: "CRM".into(),
        target: Target::Push { url: "https://example.com/hook".into() },
        events: events.iter().map(|name| (*name).to_owned()).collect(),
        settings: Value::Null,
        secret: None,
        enabled: true,
        off: None,
        created_at: NOW,
    }
}

/// Gives `tell` a setting with the listener.
pub fn told<T>(listener: &Listener, tell: impl FnOnce(&Setting<'_>) -> T) -> T {
    tell(&Setting {
        account: &account(),
        listener,
        secret: Some(SECRET),
        spelling: &spelling(),
        links: &links(),
        bytes: None,
        at: NOW,
        attempt: 1,
    })
}

pub fn message(content: Content) -> Message {
    Message {
        id: message_id(),
        remote: Some("3EB0C431C26A1916E07A".into()),
        origin: Origin::Peer,
        chat: Address::Phone("79990000000".into()),
        chat_alias: Some(Address::Lid("160911".into())),
        chat_name: Some("Ann".into()),
        sender: Some(Party {
            alias: Some(Address::Lid("160911".into())),
            name: Some("Ann".into()),
            ..Party::new(Address::Phone("79990000000".into()))
        }),
        content,
        quoted: None,
        forwarded: 0,
        at: NOW,
    }
}

pub fn sent(content: Content) -> Message {
    Message {
        origin: Origin::Api {
            dialect: "native".into(),
            key: Some(KeyId(3)),
            request: Id::new(78).map(RequestId),
            tag: Some("order 5".into()),
            memo: None,
        },
        sender: None,
        ..message(content)
    }
}

pub fn message_id() -> MessageId {
    MessageId(Id::new(77).unwrap())
}

/// A call of the table: routed, with its key believed.
pub fn call(method: &str, path: &str, headers: &Value, body: impl Into<Bytes>) -> Call {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let method: Method = method.parse().unwrap();
    let (endpoint, params) = match ROUTER.route(&method, path) {
        Route::Endpoint { endpoint, params, .. } => (Some(endpoint), params),
        _ => (None, Vec::new()),
    };
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
    });
    let mut all = HeaderMap::new();
    for (name, value) in headers.as_object().into_iter().flatten() {
        let name: HeaderName = name.parse().unwrap();
        all.insert(name, HeaderValue::from_str(value.as_str().unwrap()).unwrap());
    }
    Call {
        id: RequestId(Id::new(78).unwrap()),
        at: NOW,
        endpoint,
        method,
        path: path.to_owned(),
        params,
        query: query.collect(),
        headers: all,
        body: body.into(),
        file: Some(Blob { hash: "ab".repeat(32), size: 3 }),
        form: None,
        caller: Some(Caller { key: Arc::new(key()), account: Some(Arc::new(account())) }),
        spelling: spelling(),
        links: links(),
    }
}

pub fn get(path: &str) -> Call {
    call("GET", path, &json!({}), "")
}

pub fn post(path: &str, body: &Value) -> Call {
    call("POST", path, &json!({}), body.to_string())
}

pub fn read(call: &Call) -> Result<Command, Refusal> {
    (call.endpoint.unwrap().read)(call)
}

/// What a send into the account is read as.
pub fn send(body: &Value) -> Result<Command, Refusal> {
    read(&post(&of_account("/messages"), body))
}

/// A path of the account.
pub fn of_account(rest: &str) -> String {
    format!("/v1/accounts/{}{rest}", crate::native::ids::account(&spelling(), ACCOUNT))
}

/// Any call of the operation.
pub fn call_of(name: &str) -> Call {
    let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.name == name).unwrap();
    let path = endpoint.path.replace(['{', '}'], "");
    call(endpoint.method.as_str(), &path, &json!({}), "")
}

/// Status, body and headers of an answer.
pub fn answer(call: &Call, outcome: Result<Outcome, Refusal>) -> (u16, Value, HeaderMap) {
    let reply = Native.answer(call, outcome);
    let body = match &reply.body {
        reply::Content::Bytes(bytes) => {
            serde_json::from_slice(bytes).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(bytes)))
        }
        reply::Content::File(blob) => json!({ "file": blob.hash }),
        reply::Content::Base64 { .. } => panic!("no answer of ours has a file in it"),
        reply::Content::Stream | reply::Content::Socket => json!("stream"),
    };
    (reply.status.as_u16(), body, reply.headers)
}
