//! Golden cases of the small dialects: `cases/*.txt` hold requests as they come over the wire, the command that each is
//! read into, and the bytes of the answer to each outcome named; `cases/notices/*.txt` hold entries of the journal and
//! the webhook that each becomes. `UPDATE_CASES=1` writes them anew: read the diff.

pub mod noise;
pub mod world;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use sluice_model::account::State;
use sluice_model::content::Blob;
use sluice_model::listener::Target;
use sluice_model::refusal::Noun;
use sluice_model::{Channel, Entry, Event, Outcome, Position, Refusal};

use crate::form::Part;
use crate::reply::Content;
use crate::{Call, Dialect, Endpoint, Form, Named, Needs, Notice, Reply, Route, Router, Setting};

/// A dialect with what its cases are told with.
pub struct Stage {
    pub dialect: &'static dyn Dialect,
    /// Puts ids of the [`world`] in place of their names in braces.
    pub fill: fn(&str) -> String,
    /// The outcome that a case names.
    pub outcome: fn(&str) -> Result<Outcome, Refusal>,
}

/// Lines `@name value`, and what stands between them and the first `---`.
struct Case {
    head: String,
    outcomes: Vec<String>,
}

impl Case {
    fn parse(text: &str) -> Self {
        let end = text.find("\n--- ").map_or(text.len(), |at| at + 1);
        let outcomes = text.lines().filter_map(|line| line.strip_prefix("--- outcome ")).map(str::to_owned).collect();
        Self { head: text[..end].trim_end().to_owned(), outcomes }
    }

    fn setting(&self, name: &str) -> Option<&str> {
        let value =
            |line: &'_ str| line.strip_prefix('@').and_then(|line| line.split_once(' ')).map(|(n, _)| n == name);
        self.head.lines().find(|line| value(line) == Some(true)).and_then(|line| line.split_once(' ')).map(|(_, v)| v)
    }

    fn body(&self) -> String {
        self.head.lines().filter(|line| !line.starts_with(['#', '@'])).collect()
    }

    fn channel(&self) -> Channel {
        self.setting("channel").and_then(Channel::named).unwrap_or(Channel::Whatsapp)
    }
}

/// The files of a dialect's folder of cases, by name.
pub fn files(dialect: &str, folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src").join(dialect).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

impl Stage {
    /// Compares every case with what is answered now. Fails when an endpoint has none that is read into a command.
    pub fn check_calls(&self) {
        let mut covered = BTreeSet::new();
        for file in files(self.dialect.name(), "cases") {
            let text = std::fs::read_to_string(&file).unwrap();
            let mut told = Vec::new();
            for case in text.trim_end().split("\n=====\n").map(Case::parse) {
                let (name, one) = self.run(&case);
                covered.extend(name.filter(|_| one.contains("\n--- command")));
                assert!(!one.contains("-outcome\""), "an outcome that does not fit:\n{one}");
                told.push(one.trim_end().to_owned());
            }
            settle(&file, &format!("{}\n", told.join("\n=====\n")));
        }
        // The description of an API is no answer of it.
        let described = |endpoint: &&Endpoint| !endpoint.path.ends_with("/openapi.yaml");
        let all: BTreeSet<&str> = self.dialect.endpoints().iter().filter(described).map(|one| one.name).collect();
        let without: Vec<_> = all.difference(&covered).collect();
        assert!(without.is_empty(), "no case for {without:?}");
    }

    /// The endpoint's name, and the case as it is told now.
    fn run(&self, case: &Case) -> (Option<&'static str>, String) {
        let mut call = request(&(self.fill)(&case.head));
        (call.form, call.file) = form(case);
        let mut told = format!("{}\n", case.head);
        let command = self.enter(case, &mut call).and_then(|()| (call.endpoint.unwrap().read)(&call));
        let name = call.endpoint.map(|endpoint| endpoint.name);
        match command {
            Err(refusal) => write!(told, "--- refused\n{}", tell(&self.dialect.answer(&call, Err(refusal)))).unwrap(),
            Ok(command) => {
                writeln!(told, "--- command\n{command:?}").unwrap();
                assert!(!case.outcomes.is_empty(), "no outcome is named:\n{told}");
                for outcome in &case.outcomes {
                    let reply = self.dialect.answer(&call, (self.outcome)(outcome));
                    write!(told, "--- outcome {outcome}\n{}", tell(&reply)).unwrap();
                }
            }
        }
        (name, told)
    }

    /// What intake does before a dialect reads: the road, the key, the account.
    fn enter(&self, case: &Case, call: &mut Call) -> Result<(), Refusal> {
        let host = call.headers.get(HOST).map_or("", |host| host.to_str().unwrap()).to_owned();
        match Router::new(&[self.dialect]).route_at(&host, &call.method, &call.path) {
            Route::Endpoint { endpoint, params, .. } => (call.endpoint, call.params) = (Some(endpoint), params),
            Route::WrongMethod { allow, .. } => return Err(Refusal::MethodNotAllowed { allow }),
            Route::Unknown { .. } => return Err(Refusal::PathUnknown),
            Route::Nobody => panic!("{} is not of {}", call.path, self.dialect.name()),
        }
        let needs = call.endpoint.unwrap().needs;
        if needs == Needs::Nothing {
            return Ok(());
        }
        let shown = self.dialect.credentials(call);
        match shown.token.as_deref() {
            None => return Err(Refusal::KeyMissing),
            Some(world::TOKEN) => {}
            Some(_) => return Err(Refusal::KeyInvalid),
        }
        let mut account = world::account(case.channel());
        account.condition.state = case
            .setting("state")
            .map_or(State::Open, |name| State::ALL.into_iter().find(|state| state.name() == name).unwrap());
        let is_named = match (self.dialect.account_called(call), shown.account) {
            (Some(name), _) if name == account.name => true,
            (_, Named::Account(id)) => id == account.id,
            (called, Named::No) => called.is_none(),
            (_, Named::Nonsense) => false,
        };
        if !is_named {
            return Err(Refusal::NotFound(Noun::Account));
        }
        call.caller = Some(world::caller(self.dialect.name(), account));
        Ok(())
    }

    /// Compares every notice with what is told now. Fails when an event has no case.
    pub fn check_notices(&self) {
        let mut events = BTreeSet::new();
        for file in files(self.dialect.name(), "cases/notices") {
            let text = std::fs::read_to_string(&file).unwrap();
            let mut told = Vec::new();
            for case in text.trim_end().split("\n=====\n").map(Case::parse) {
                let (event, notice) = self.notice(&case);
                events.insert(event);
                let notice = notice.map_or("--- nothing".to_owned(), |notice| format!("--- notice\n{}", notice.body));
                told.push(format!("{}\n{notice}", case.head));
            }
            settle(&file, &format!("{}\n", told.join("\n=====\n")));
        }
        let without: Vec<_> = Event::NAMES.iter().filter(|name| !events.contains(*name)).collect();
        assert!(without.is_empty(), "no case for {without:?}");
    }

    fn notice(&self, case: &Case) -> (&'static str, Option<Notice>) {
        let json = case.body();
        let event: Event = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}\n{json}"));
        let name = event.name();
        let entry = Entry { account: world::ACCOUNT, position: Position(7), at: world::NOW, event };
        let switches = case.setting("switches").map_or(json!({}), |text| serde_json::from_str::<Value>(text).unwrap());
        let mut listener = world::listener(self.dialect, switches);
        if case.setting("target") == Some("per message") {
            listener.target = Target::PerMessage;
        }
        let setting = Setting {
            account: &world::account(case.channel()),
            listener: &listener,
            secret: None,
            spelling: &world::spelling(),
            links: &world::links(),
            bytes: None,
            at: world::NOW,
            attempt: 1,
        };
        (name, self.dialect.notice(&entry, &setting))
    }
}

/// The request as bytes would tell it: method, path and query, headers, an empty line, body. Lines before the body that
/// begin with `#` or `@` are none of it.
pub fn request(head: &str) -> Call {
    let (top, body) = head.split_once("\n\n").unwrap_or((head, ""));
    let mut lines = top.lines().filter(|line| !line.starts_with(['#', '@']));
    let (method, target) = lines.next().and_then(|line| line.split_once(' ')).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let decode = |piece: &str| percent_encoding::percent_decode_str(piece).decode_utf8_lossy().into_owned();
    let mut call = world::call(Method::from_bytes(method.as_bytes()).unwrap(), path);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    call.query = pairs.map(|(name, value)| (decode(name), decode(value))).collect();
    call.headers = HeaderMap::from_iter(lines.filter_map(|line| line.split_once(':')).map(|(name, value)| {
        (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value.trim()).unwrap())
    }));
    call.body = bytes::Bytes::from(body.to_owned());
    call
}

/// The form of a case: texts as `@field name text`, its file as `@file name mime`.
fn form(case: &Case) -> (Option<Form>, Option<Blob>) {
    let pairs = |name: &'static str| {
        let lines = case.head.lines().filter_map(move |line| line.strip_prefix(name)?.split_once(' '));
        lines.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let texts: Vec<_> = pairs("@field ").collect();
    let part = pairs("@file ").next().map(|(name, mime)| Part { name: Some(name), mime: Some(mime), kind: None });
    let file = part.as_ref().map(|_| world::blob());
    let is_form = file.is_some() || !texts.is_empty();
    (is_form.then_some(Form { texts, part }), file)
}

/// Compares `told` with the file, or writes it.
pub fn settle(file: &PathBuf, told: &str) {
    if std::env::var_os("UPDATE_CASES").is_some() {
        return std::fs::write(file, told).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(kept == told, "{}\n--- kept\n{kept}\n--- told now\n{told}", file.display());
}

fn tell(reply: &Reply) -> String {
    let mut told = reply.status.as_u16().to_string();
    for (name, value) in reply.headers.iter().filter(|(_, value)| *value != "application/json") {
        write!(told, " {name}: {}", value.to_str().unwrap()).unwrap();
    }
    let body = match &reply.body {
        Content::Bytes(body) => String::from_utf8(body.to_vec()).unwrap_or(format!("({} bytes)", body.len())),
        other => panic!("no body of these is {other:?}"),
    };
    if let Ok(value) = serde_json::from_str::<Value>(&body) {
        assert_eq!(value.to_string(), body, "compact, and no key twice");
    }
    format!("{told}\n{body}\n")
}
