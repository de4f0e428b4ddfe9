//! The dialect against its golden cases (`cases/`). `UPDATE_CASES=1 cargo test -p sluice-dialect green_api` rewrites what
//! the cases expect; read the difference before you keep it.

mod answers;
mod calls;
mod notices;
mod outcomes;
mod robust;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use sluice_model::account::{Condition, Settings, State};
use sluice_model::listener::Target;
use sluice_model::{
    Account, AccountId, Channel, Id, Key, KeyId, Listener, ListenerId, RequestId, Scope, Spelling, Timestamp,
    WorkspaceId,
};

use crate::green_api::{GreenApi, settings};
use crate::{Call, Caller, Links, Route, Router};

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::new(&[&GreenApi]));

pub const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef01";

/// 2025-03-31T16:50:20.397Z, the moment of the error body that the contract quotes.
pub const NOW: Timestamp = Timestamp::from_millis(1_743_439_820_397);

pub fn account() -> Account {
    Account {
        id: AccountId(1),
        workspace: WorkspaceId(1),
        channel: Channel::Whatsapp,
        connector: "sandbox".into(),
        name: "shop".into(),
        created_at: NOW,
        enabled: true,
        settings: Settings::default(),
        condition: Condition {
            state: State::Open,
            phone: Some("79990000000".into()),
            push_name: Some("Shop".into()),
            logged_in_at: Some(NOW),
            ..Condition::new(NOW)
        },
    }
}

pub fn listener() -> Listener {
    Listener {
        id: ListenerId(1),
        workspace: WorkspaceId(1),
        account: Some(AccountId(1)),
        dialect: "green_api".into(),
        name: "own".into(),
        target: Target::Pull,
        events: Vec::new(),
        settings: settings::first(),
        secret: None,
        enabled: true,
        off: None,
        created_at: NOW,
    }
}

pub fn spelling() -> Spelling {
    crate::golden::world::spelling()
}

pub fn links() -> Links {
    Links::new("https://gate.example", &[1; 32])
}

/// A call with a good key, routed as intake routes it. `line` is a method and a path with an optional query, in which
/// `TOKEN` stands for the token.
pub fn call(line: &str, body: impl Into<Bytes>, channel: Channel) -> Call {
    let (method, target) = line.split_once(' ').expect("a method and a path");
    let method: Method = method.parse().expect("a method");
    let target = target.replace("TOKEN", TOKEN);
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (endpoint, params) = match ROUTER.route(&method, path) {
        Route::Endpoint { endpoint, params, .. } => (Some(endpoint), params),
        _ => (None, Vec::new()),
    };
    // A partner's key is the workspace's.
    let account = (!path.starts_with("/partner")).then(|| Arc::new(Account { channel, ..account() }));
    let key = Key {
        id: KeyId(1),
        workspace: WorkspaceId(1),
        account: account.as_ref().map(|account| account.id),
        dialect: Some("green_api".into()),
        name: String::new(),
        prefix: "0123".into(),
        scopes: vec![Scope::Manage],
        settings: Value::Null,
        sealed: None,
        created_at: NOW,
        expires_at: None,
    };
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    Call {
        id: RequestId(Id::new(1).expect("it fits")),
        at: NOW,
        endpoint,
        method,
        path: path.to_owned(),
        params,
        query: query.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        headers: HeaderMap::new(),
        body: body.into(),
        file: None,
        form: None,
        caller: Some(Caller { key: Arc::new(key), account }),
        spelling: spelling(),
        links: links(),
    }
}

/// Every case of a folder, as its file name without the ending and its content.
fn cases(folder: &str) -> Vec<(String, Value)> {
    let path = root().join(folder);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(path).expect("the folder").map(|file| file.unwrap().path()).collect();
    files.sort();
    let name = |file: &PathBuf| file.file_stem().unwrap().to_string_lossy().into_owned();
    files
        .iter()
        .map(|file| (name(file), serde_json::from_slice(&std::fs::read(file).unwrap()).expect("JSON")))
        .collect()
}

/// Compares what came out with what the case expects under `key`, or writes it there.
fn check(folder: &str, name: &str, case: &Value, key: &str, found: Value, wrong: &mut Vec<String>) {
    // As text: the order of the members counts.
    let (expected, came) = (case[key].to_string(), found.to_string());
    if expected == came {
        return;
    }
    if std::env::var_os("UPDATE_CASES").is_none() {
        wrong.push(format!("{folder}/{name}:\n  expected {expected}\n  found    {came}"));
        return;
    }
    let mut case = case.clone();
    case[key] = found;
    let text = serde_json::to_string_pretty(&case).unwrap() + "\n";
    std::fs::write(root().join(folder).join(format!("{name}.json")), text).unwrap();
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/green_api/cases")
}

/// A reply as a case writes it: the body as JSON where it is JSON, else as text.
fn written(reply: &crate::Reply) -> Value {
    let crate::reply::Content::Bytes(body) = &reply.body else {
        return json!({"status": reply.status.as_u16()});
    };
    let text = String::from_utf8_lossy(body).into_owned();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    json!({"status": reply.status.as_u16(), "body": body})
}
