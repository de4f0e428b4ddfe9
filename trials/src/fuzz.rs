//! Trial 12: fuzz of the parsers. Every endpoint of every dialect reads calls made of the words of its own cases, spoiled by
//! chance; none panics, and none takes long. The pretend messenger's levers, its way in, are fuzzed through the gateway.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sluice_dialect::{ALL, Call, Caller, Dialect, Endpoint, Links};
use sluice_model::account::{Condition, Settings};
use sluice_model::id::Mint;
use sluice_model::{Account, AccountId, Channel, Key, KeyId, RequestId, Scope, Spelling, Timestamp, WorkspaceId};
use sluice_tests::Gateway;

use crate::report::{Report, Size};

/// The most that an input may take, of the processor's time.
const SLOW: Duration = Duration::from_millis(50);
const LONGEST: usize = 64 * 1024;
const LEVERS: [&str; 12] =
    ["receive", "scan", "logout", "ban", "unban", "cut", "restore", "receipt", "call", "event", "seen", "groups"];
const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// `count` calls to each dialect, and a tenth of it to the levers.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 12: fuzz of the parsers", size.seed);
    // What panics is caught and told with its input; its own words would bury that.
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let fuzzed = dialects(&mut report, size);
    std::panic::set_hook(loud);
    fuzzed?;
    levers(&mut report, size).await?;
    report.row("panics, slow inputs and answers 5xx", report.faults.len());
    Ok(report)
}

fn dialects(report: &mut Report, size: Size) -> Result<()> {
    for dialect in ALL {
        let mut rng = StdRng::seed_from_u64(size.seed);
        let words = Words::of(dialect.name())?;
        let (mut slowest, mut understood) = (Duration::ZERO, 0);
        for _ in 0..size.count {
            let Some(endpoint) = dialect.endpoints().choose(&mut rng) else { continue };
            let call = words.call(endpoint, &mut rng);
            let begun = processor_time()?;
            let read = catch_unwind(AssertUnwindSafe(|| read(*dialect, endpoint, &call)));
            let took = processor_time()?.saturating_sub(begun);
            slowest = slowest.max(took);
            match read {
                Ok(command) => understood += usize::from(command),
                Err(panic) => report.fault(format!("{} panicked: {}: {}", told(endpoint), said(&*panic), shown(&call))),
            }
            if took > SLOW {
                report.fault(format!("{} took {took:?} over {} bytes", told(endpoint), call.body.len()));
            }
        }
        let name = dialect.name();
        report.row(
            &format!("{name}: calls read, understood, slowest of them (at most {SLOW:?})"),
            format!("{}, {understood}, {slowest:.1?}", size.count),
        );
    }
    Ok(())
}

/// As intake does it, a refusal's answer included; whether it was understood.
fn read(dialect: &dyn Dialect, endpoint: &Endpoint, call: &Call) -> bool {
    drop(dialect.credentials(call));
    match (endpoint.read)(call) {
        Ok(_) => true,
        Err(refusal) => {
            drop(dialect.answer(call, Err(refusal)));
            false
        }
    }
}

/// Texts that a dialect's cases are made of.
struct Words {
    names: Vec<String>,
    values: Vec<String>,
    bodies: Vec<Value>,
}

impl Words {
    fn of(dialect: &str) -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/dialect/src").join(dialect);
        let (mut names, mut values, mut bodies) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.components().any(|part| part.as_os_str() == "cases") {
                    // What is no text has no words.
                    let Ok(text) = std::fs::read_to_string(&path) else { continue };
                    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
                    for value in serde_json::from_str::<Value>(&text).into_iter().chain(lines) {
                        gather(&value, &mut names, &mut values, &mut bodies);
                    }
                }
            }
        }
        // Files are listed in any order; the seed must mean the same on every machine.
        bodies.sort_by_cached_key(Value::to_string);
        let words = |set: BTreeSet<String>| set.into_iter().chain(["name".to_owned(), String::new()]).collect();
        Ok(Self { names: words(names), values: words(values), bodies })
    }

    fn call(&self, endpoint: &'static Endpoint, rng: &mut StdRng) -> Call {
        let word = |rng: &mut StdRng| self.values.choose(rng).cloned().unwrap_or_default();
        let variables = endpoint.path.split(['{', '}']).skip(1).step_by(2);
        let params = variables.map(|name| (name, word(rng))).collect();
        let pair = |rng: &mut StdRng| (self.names.choose(rng).cloned().unwrap_or_default(), word(rng));
        let query: Vec<_> = (0..rng.random_range(0..4)).map(|_| pair(rng)).collect();
        let mut headers = HeaderMap::new();
        let kinds = ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"];
        if let Some(kind) = kinds.choose(rng) {
            headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        let path = endpoint.path.replace(['{', '}'], "");
        Call {
            id: RequestId(Mint::new(0, None).next(NOW)),
            at: NOW,
            endpoint: Some(endpoint),
            method: endpoint.method.clone(),
            path,
            params,
            query,
            headers,
            body: self.body(rng),
            file: None,
            form: None,
            caller: Some(caller(rng)),
            spelling: Spelling::new(&[7; 32]),
            links: Links::new("http://localhost", &[0; 32]),
        }
    }

    fn body(&self, rng: &mut StdRng) -> Bytes {
        let mut value = match rng.random_range(0..4) {
            0 => self.made_up(rng, 4),
            _ => self.bodies.choose(rng).cloned().unwrap_or(Value::Null),
        };
        for _ in 0..rng.random_range(0..4) {
            self.change(&mut value, rng);
        }
        let mut bytes = value.to_string().into_bytes();
        if rng.random_bool(0.3) {
            spoil(&mut bytes, rng);
        }
        bytes.truncate(LONGEST);
        bytes.into()
    }

    /// Changes something somewhere in it.
    fn change(&self, value: &mut Value, rng: &mut StdRng) {
        match value {
            Value::Object(members) if !members.is_empty() && rng.random_bool(0.8) => {
                let place = rng.random_range(0..members.len());
                let name = members.keys().nth(place).cloned().unwrap_or_default();
                match rng.random_range(0..5) {
                    0 => drop(members.remove(&name)),
                    1 => {
                        drop(members.insert(self.names.choose(rng).cloned().unwrap_or_default(), self.made_up(rng, 2)))
                    }
                    _ => members.get_mut(&name).map(|member| self.change(member, rng)).unwrap_or_default(),
                }
            }
            Value::Array(items) if !items.is_empty() && rng.random_bool(0.8) => {
                let place = rng.random_range(0..items.len());
                if rng.random_bool(0.2) {
                    let item = items[place].clone();
                    items.extend(std::iter::repeat_n(item, rng.random_range(1..300)));
                } else {
                    self.change(&mut items[place], rng);
                }
            }
            other => *other = self.made_up(rng, 2),
        }
    }

    fn made_up(&self, rng: &mut StdRng, depth: usize) -> Value {
        let names = |rng: &mut StdRng| self.names.choose(rng).cloned().unwrap_or_default();
        match rng.random_range(0..if depth == 0 { 9 } else { 12 }) {
            0 => Value::Null,
            1 => json!(rng.random::<bool>()),
            2 => json!(rng.random::<i64>()),
            3 => json!(rng.random::<f64>() * 1e300),
            4 => json!([0, -1, 1, 2_147_483_648_i64, i64::MAX][rng.random_range(0..5)]),
            5 => json!("7".repeat(rng.random_range(0..40))),
            6 => json!(
                ["\u{0}", "😀", "ё", "\u{202e}", "-", "@", "://", "%", "2026-02-30T25:61:61Z"][rng.random_range(0..9)]
                    .repeat(rng.random_range(1..5000))
            ),
            7 | 8 => json!(self.values.choose(rng)),
            9 => (0..rng.random_range(0..6)).map(|_| self.made_up(rng, depth - 1)).collect(),
            _ => (0..rng.random_range(0..6)).map(|_| (names(rng), self.made_up(rng, depth - 1))).collect(),
        }
    }
}

fn gather(value: &Value, names: &mut BTreeSet<String>, values: &mut BTreeSet<String>, bodies: &mut Vec<Value>) {
    match value {
        Value::Object(members) => {
            bodies.push(value.clone());
            for (name, member) in members {
                names.insert(name.clone());
                gather(member, names, values, bodies);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, names, values, bodies)),
        Value::String(text) => drop(values.insert(text.clone())),
        _ => {}
    }
}

/// Bytes turned, dropped, doubled, or put where none belong; or the same deep inside itself.
fn spoil(bytes: &mut Vec<u8>, rng: &mut StdRng) {
    for _ in 0..rng.random_range(1..6) {
        if bytes.is_empty() {
            return;
        }
        let place = rng.random_range(0..bytes.len());
        match rng.random_range(0..6) {
            0 => bytes[place] = rng.random(),
            1 => bytes.truncate(place),
            2 => drop(bytes.remove(place)),
            3 => bytes.insert(place, br#"{}[]":,\u0"#[rng.random_range(0..10)]),
            4 => bytes.splice(place..place, b"[".repeat(rng.random_range(1..20_000))).for_each(drop),
            _ => bytes.extend_from_within(place..),
        }
    }
}

fn caller(rng: &mut StdRng) -> Caller {
    let (id, workspace) = (AccountId(1), WorkspaceId(1));
    let channel = Channel::ALL[rng.random_range(0..Channel::ALL.len())];
    let account = Account {
        id,
        workspace,
        channel,
        connector: "sandbox".into(),
        name: "an account".into(),
        created_at: NOW,
        enabled: true,
        settings: Settings::default(),
        condition: Condition::new(NOW),
    };
    let key = Key {
        id: KeyId(1),
        workspace,
        account: None,
        dialect: None,
        name: "a key".into(),
        prefix: "sg_".into(),
        scopes: Scope::ALL.to_vec(),
        settings: Value::Null,
        sealed: None,
        created_at: NOW,
        expires_at: None,
    };
    Caller { key: Arc::new(key), account: rng.random_bool(0.9).then(|| Arc::new(account)) }
}

/// What this thread has had of the processor; a busy machine does not count.
fn processor_time() -> Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split_whitespace().next().context("schedstat")?.parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}

fn told(endpoint: &Endpoint) -> String {
    format!("{endpoint:?}")
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("without words")
}

fn shown(call: &Call) -> String {
    let body = String::from_utf8_lossy(&call.body[..call.body.len().min(300)]).into_owned();
    format!("{:?} {:?} {body}", call.params, call.query)
}

/// What somebody may write to the pretend messenger, and what it may say of it: anything but a fault of ours.
async fn levers(report: &mut Report, size: Size) -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (words, mut rng) = (Words::of("native")?, StdRng::seed_from_u64(size.seed));
    for _ in 0..size.count / 10 {
        let lever = LEVERS[rng.random_range(0..LEVERS.len())];
        let url = format!("{}/v1/sandbox/{}/{lever}", gateway.base(), gateway.account());
        let mut body = words.made_up(&mut rng, 3);
        if lever == "receive" && rng.random_bool(0.7) {
            body = json!({"message": {"from": "79993001111", "content": words.bodies.choose(&mut rng), "wait": false}});
            words.change(&mut body, &mut rng);
        }
        let call = gateway.http.request(Method::POST, url).bearer_auth(gateway.word("/native/key")).json(&body);
        let status = call.send().await?.status();
        if status.is_server_error() && status != 503 {
            report.fault(format!("{lever} answered {status} to {body}"));
        }
    }
    report.row("sandbox: levers pulled", size.count / 10);
    Ok(())
}
