//! A dialect as small as can be: accounts by their number, the key in `X-Key` or in the path, outcomes as Rust writes
//! them.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_dialect::{
    Body, Call, Credentials, Dialect, Endpoint, Named, Needs, Notice, Reply, SentEvent, Setting, StreamItem, TokenShape,
};
use sluice_model::command::{NewAccount, NewKey, NewListener, Queue, Slice, Which, Wish};
use sluice_model::delivery::{self, Pauses, Schedule, Success};
use sluice_model::listener::Target;
use sluice_model::{
    AccountId, Address, Ask, Channel, Command, Content, Entry, Event, EventId, ListenerId, MessageId, Outcome,
    Position, Refusal, RequestId, Scope,
};

pub struct Tiny;

pub static DIALECTS: &[&dyn Dialect] = &[&Tiny];

macro_rules! table {
    ($($name:ident $method:ident $path:literal $needs:ident$(($scope:ident))? $body:ident => $read:expr;)+) => {
        static ENDPOINTS: &[Endpoint] = &[$(Endpoint {
            name: stringify!($name),
            method: Method::$method,
            path: $path,
            needs: Needs::$needs$((Scope::$scope))?,
            body: Body::$body,
            read: $read,
        }),+];
    };
}

table! {
    open GET "/t/open" Nothing None => |_| Ok(Command::Nothing);
    unkeyed GET "/t/unkeyed" Nothing None => |_| Ok(Command::Keys);
    accounts GET "/t/accounts" Key(Read) None => |_| Ok(Command::Accounts);
    add_account POST "/t/accounts" Key(Manage) None => |_| Ok(Command::AddAccount(new_account()));
    keys GET "/t/keys" Key(Manage) None => |_| Ok(Command::Keys);
    add_key POST "/t/keys" Key(Manage) Small => |call| Ok(Command::AddKey(new_key(call)?));
    listeners GET "/t/listeners" Key(Manage) None => |_| Ok(Command::Listeners);
    add_listener POST "/t/listeners" Key(Manage) Small => |call| Ok(Command::AddListener(new_listener(call)?));
    test POST "/t/listeners/{id}/test" Key(Manage) None => |call| {
        let event = "message.received".to_owned();
        Ok(Command::TestListener { id: ListenerId(number(call, "id")), event })
    };
    listener GET "/t/listeners/{id}" Key(Manage) None => |call| Ok(Command::Listener(ListenerId(number(call, "id"))));
    requests GET "/t/requests" Key(Manage) None => |_| Ok(Command::Requests { refused: false, page: Slice::first(50) });
    request GET "/t/requests/{id}" Key(Manage) None => |call| Ok(Command::Request(RequestId(id(call))));
    event GET "/t/events/{id}" Key(Read) None => |call| {
        Ok(Command::Event(EventId::new(id(call).get()).ok_or(Refusal::PathUnknown)?))
    };
    upload POST "/t/files" Key(Send) File => |_| Ok(Command::KeepFile);
    file GET "/t/files/{hash}" Key(Read) None => |call| Ok(Command::File { hash: call.param("hash").to_owned() });
    large POST "/t/large" Key(Send) Large => |_| Ok(Command::Nothing);
    account GET "/t/in{account}" Account(Read) None => |_| Ok(Command::Account);
    send POST "/t/in{account}/messages" Account(Send) Small => |call| Ok(Command::Send(wishes(call)?));
    send_and_wait POST "/t/in{account}/calls" Account(Send) Small => |call| {
        let wish = wishes(call)?.into_iter().next().ok_or(Refusal::Missing("text"))?;
        Ok(Command::SendAndWait { wish: Box::new(wish), wait: wait(call) })
    };
    message GET "/t/in{account}/messages/{id}" Account(Read) None => |call| {
        Ok(Command::Message(Which::Id(MessageId(id(call)))))
    };
    trace GET "/t/in{account}/messages/{id}/trace" Account(Read) None => |call| {
        Ok(Command::Trace(Which::Id(MessageId(id(call)))))
    };
    receive GET "/t/in{account}/events" Account(Listen) None => |call| {
        Ok(Command::Receive { queue: Queue::Own, wait: wait(call), limit: 1 })
    };
    confirm DELETE "/t/in{account}/events/{id}" Account(Listen) None => |call| {
        Ok(Command::Confirm { queue: Queue::Own, upto: Position(number(call, "id")) })
    };
    follow GET "/t/in{account}/stream" Account(Listen) None => |call| {
        let after = call.query("after").and_then(|id| EventId::new(id.parse().ok()?));
        Ok(Command::Follow { after, events: Vec::new() })
    };
    login GET "/t/in{account}/login" Account(Manage) None => |call| Ok(Command::LoginStep { wait: wait(call) });
    check GET "/t/in{account}/check" Account(Read) None => |_| {
        Ok(Command::Ask(Ask::Check { who: vec![Address::Phone("79990000000".into())] }))
    };
    avatar GET "/t/in{account}/avatar" Account(Read) None => |_| {
        Ok(Command::Ask(Ask::Avatar { of: Address::Phone("79990000000".into()) }))
    };
    publish POST "/t/in{account}/publish" Account(Send) Small => |call| Ok(Command::Publish { body: call.json()? });
    say POST "/t/in{account}/say/{token}" Account(Send) Small => |call| Ok(Command::Send(wishes(call)?));
}

fn id(call: &Call) -> sluice_model::Id {
    sluice_model::Id::new(call.param("id").parse().unwrap_or(0)).unwrap()
}

fn number(call: &Call, name: &str) -> u32 {
    call.param(name).parse().unwrap_or(0)
}

fn wait(call: &Call) -> Duration {
    Duration::from_millis(call.query("wait").and_then(|wait| wait.parse().ok()).unwrap_or(0))
}

/// `{"to": digits, "text": words}`, or many of them.
fn wishes(call: &Call) -> Result<Vec<Wish>, Refusal> {
    let body: Value = call.json()?;
    let many = body.as_array().cloned().unwrap_or_else(|| vec![body]);
    let wish = |one: &Value| {
        let (to, text) = (one["to"].as_str().unwrap_or("79990000000"), one["text"].as_str());
        let text = text.ok_or(Refusal::Missing("text"))?;
        Ok(Wish::new(Address::Phone(to.to_owned()), Content::text(text)))
    };
    many.iter().map(wish).collect()
}

fn new_account() -> NewAccount {
    NewAccount {
        name: "new".into(),
        channel: Channel::Whatsapp,
        connector: None,
        settings: sluice_model::account::Settings::default(),
        with_key: true,
        webhook_url: None,
        switches: None,
    }
}

fn new_key(call: &Call) -> Result<NewKey, Refusal> {
    let body: Value = call.json()?;
    let account = body["account"].as_u64().and_then(|id| u32::try_from(id).ok()).map(AccountId);
    Ok(NewKey { name: "k".into(), account, dialect: None, scopes: vec![Scope::Read], expires_at: None })
}

fn new_listener(call: &Call) -> Result<NewListener, Refusal> {
    let body: Value = call.json()?;
    let account = body["account"].as_u64().and_then(|id| u32::try_from(id).ok()).map(AccountId);
    let url = body["url"].as_str().unwrap_or_default().to_owned();
    let secret = body["secret"].as_str().map(str::to_owned);
    let target = Target::Push { url };
    Ok(NewListener { account, name: "l".into(), dialect: None, target, events: Vec::new(), secret, switches: None })
}

impl Dialect for Tiny {
    fn name(&self) -> &'static str {
        "tiny"
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        path.starts_with("/t/")
    }

    fn cors(&self) -> bool {
        true
    }

    fn credentials(&self, call: &Call) -> Credentials {
        let shown = Some(call.param("token")).filter(|token| !token.is_empty()).or(call.header("x-key"));
        let account = match call.param("account") {
            "" => Named::No,
            text => text.parse().map_or(Named::Nonsense, |id| Named::Account(AccountId(id))),
        };
        Credentials { token: shown.map(str::to_owned), account }
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        match outcome {
            Ok(Outcome::EntriesFollow) => Reply::stream(),
            Ok(Outcome::File { blob, mime, .. }) => Reply::file(blob, &mime),
            Ok(Outcome::KeyAdded { token, .. }) => Reply::json(StatusCode::OK, &json!({ "token": token })),
            Ok(Outcome::Account(view)) => {
                let shown = json!({ "account": view.account.id, "token": view.token });
                Reply::json(StatusCode::OK, &shown)
            }
            Ok(Outcome::Entries(told)) => {
                Reply::bytes(StatusCode::OK, "text/plain", told.first().map_or(String::new(), |told| told.body.clone()))
            }
            Ok(outcome) => Reply::bytes(StatusCode::OK, "text/plain", format!("{:?} {outcome:?}", call.at)),
            Err(refusal) => {
                let body = json!({ "code": refusal.code(), "error": refusal.to_string() });
                Reply::json(status(&refusal), &body)
            }
        }
    }

    fn stream_item(&self, _call: &Call, item: StreamItem<'_>) -> Option<SentEvent> {
        let StreamItem::Entry(entry, _) = item else { return None };
        let id = Some(entry.id().get().to_string());
        Some(SentEvent { id, event: entry.event.name().to_owned(), data: words(entry)? })
    }

    /// Told of what was published, unless it says `skip`.
    fn notice(&self, entry: &Entry, _setting: &Setting<'_>) -> Option<Notice> {
        let words = words(entry).filter(|words| !words.contains("skip"))?;
        let body = format!("{} {words}", entry.position);
        Some(Notice { body, headers: http::HeaderMap::new() })
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            queue: delivery::Queue::Independent,
            pauses: Pauses::Listed(&[]),
            success: Success::Any2xx,
            timeout: Duration::from_secs(5),
            heeds_receiver: false,
        }
    }

    fn first_switches(&self) -> Option<Value> {
        Some(json!({}))
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(40)
    }
}

fn words(entry: &Entry) -> Option<String> {
    match &entry.event {
        Event::DebugPublished { body, .. } => Some(body.to_string()),
        _ => None,
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::KeyMissing | Refusal::KeyInvalid => StatusCode::UNAUTHORIZED,
        Refusal::Forbidden(_) => StatusCode::FORBIDDEN,
        Refusal::NotFound(_) | Refusal::PathUnknown => StatusCode::NOT_FOUND,
        Refusal::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Refusal::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Conflict(_) | Refusal::KeyReused => StatusCode::CONFLICT,
        Refusal::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Fault { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
