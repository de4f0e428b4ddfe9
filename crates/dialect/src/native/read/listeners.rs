//! Listeners: webhooks and pull queues.

use serde::Deserialize;
use sluice_model::listener::Target;
use sluice_model::{AccountId, Command, Event, Refusal, command};
use utoipa::{IntoParams, ToSchema};

use super::{Read, part, web};
use crate::Call;
use crate::native::shape::{Attempt, Done, List, Listener};
use crate::native::when::When;
use crate::native::{NAME, ids, names, sign, strict};

/// List listeners
#[utoipa::path(get, path = "/v1/listeners", tag = "Listeners",
    responses((status = 200, description = "All of them", body = List<Listener>)))]
pub fn list_listeners(_: &Call) -> Read {
    Ok(Command::Listeners)
}

/// A listener to be made: `url` for a webhook, `pull` for a queue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://example.com/hook", "events": ["message.*"]}))]
pub struct NewListener {
    #[serde(default)]
    name: String,
    /// Where it is called.
    url: Option<String>,
    /// It is not called but asks: `GET /v1/queues/{listener}`.
    #[serde(default)]
    pull: bool,
    /// The one account to hear; all unless said.
    account: Option<String>,
    /// The events wanted, `message.*` for all that begin so; all unless said.
    #[serde(default)]
    events: Vec<String>,
    /// In whose words it is told; this API's own unless said.
    #[schema(value_type = Option<names::Dialect>)]
    dialect: Option<String>,
    /// The key of its signatures, `whsec_` and base64 of 24 to 64 bytes; made here unless given.
    secret: Option<String>,
}

/// Add a listener
///
/// It hears what happens from now on; `POST …/replay` brings back what happened before. Webhooks are signed as
/// [Standard Webhooks](https://www.standardwebhooks.com) says, tried at once and, until they are answered with a 2xx,
/// after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, each up to a tenth longer.
#[utoipa::path(post, path = "/v1/listeners", tag = "Listeners", request_body = NewListener,
    responses((status = 201, description = "The listener, with its secret this once", body = Listener)))]
pub fn add_listener(call: &Call) -> Read {
    let new: NewListener = strict::body(call)?;
    let target = match (new.url, new.pull) {
        (Some(url), false) => {
            web("url", &url)?;
            Target::Push { url }
        }
        (None, true) => Target::Pull,
        (None, false) => return Err(Refusal::Missing("url")),
        (Some(_), true) => return Err(Refusal::invalid("pull", "is for listeners without a url")),
    };
    let dialect = new.dialect.unwrap_or_else(|| NAME.to_owned());
    known_dialect(&dialect)?;
    check_secret(new.secret.as_deref())?;
    Ok(Command::AddListener(command::NewListener {
        account: account(call, new.account.as_deref())?,
        name: new.name,
        dialect: Some(dialect),
        target,
        events: wanted(&new.events)?,
        secret: new.secret,
        switches: None,
    }))
}

/// Show a listener
#[utoipa::path(get, path = "/v1/listeners/{listener}", tag = "Listeners",
    responses((status = 200, description = "The listener", body = Listener)))]
pub fn get_listener(call: &Call) -> Read {
    ids::listener_in(call).map(Command::Listener)
}

/// What is to be changed of a listener; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"events": ["message.received"]}))]
pub struct ChangedListener {
    name: Option<String>,
    /// Where it is called; a queue becomes a webhook by it.
    url: Option<String>,
    /// An empty list wants all.
    events: Option<Vec<String>>,
    /// Switched off, it keeps its place and goes on from there later.
    enabled: Option<bool>,
    /// `whsec_` and base64 of 24 to 64 bytes.
    secret: Option<String>,
}

/// Change a listener
///
/// It holds from the next attempt on.
#[utoipa::path(patch, path = "/v1/listeners/{listener}", tag = "Listeners", request_body = ChangedListener,
    responses((status = 200, description = "The listener as it is now", body = Listener)))]
pub fn change_listener(call: &Call) -> Read {
    let change: ChangedListener = strict::body(call)?;
    if let Some(url) = &change.url {
        web("url", url)?;
    }
    check_secret(change.secret.as_deref())?;
    let change = command::ListenerChange {
        name: change.name,
        target: change.url.map(|url| Target::Push { url }),
        events: change.events.as_deref().map(wanted).transpose()?,
        enabled: change.enabled,
        secret: change.secret,
        switches: None,
        from_now: false,
    };
    Ok(Command::ChangeListener { id: ids::listener_in(call)?, change })
}

/// Remove a listener
#[utoipa::path(delete, path = "/v1/listeners/{listener}", tag = "Listeners",
    responses((status = 200, description = "It is gone", body = Done)))]
pub fn remove_listener(call: &Call) -> Read {
    ids::listener_in(call).map(Command::RemoveListener)
}

/// What to try a listener with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    #[serde(default = "a_message")]
    #[schema(value_type = names::EventName)]
    event: String,
}

fn a_message() -> String {
    "message.received".to_owned()
}

/// Try a listener
///
/// Calls it once with a made-up event, and answers with what it answered.
#[utoipa::path(post, path = "/v1/listeners/{listener}/test", tag = "Listeners", request_body = Test,
    responses((status = 200, description = "How the call went", body = Attempt)))]
pub fn test_listener(call: &Call) -> Read {
    let Test { event } = strict::body(call)?;
    if !Event::NAMES.contains(&event.as_str()) {
        return Err(unknown_event("event", &event));
    }
    Ok(Command::TestListener { id: ids::listener_in(call)?, event })
}

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryFilter {
    /// Only attempts that left their event undelivered for good.
    #[serde(default)]
    failed: bool,
    /// How many at most; 50 unless said, 500 at most.
    limit: Option<u64>,
    /// How many to skip.
    offset: Option<u64>,
}

/// List deliveries
///
/// Every call to the listener's URL, with what it answered.
#[utoipa::path(get, path = "/v1/listeners/{listener}/deliveries", tag = "Listeners", params(DeliveryFilter),
    responses((status = 200, description = "Newest first", body = List<Attempt>)))]
pub fn list_deliveries(call: &Call) -> Read {
    let filter: DeliveryFilter = strict::query(call)?;
    let page = part(filter.limit, filter.offset)?;
    Ok(Command::Attempts { id: ids::listener_in(call)?, failed: filter.failed, page })
}

/// Send one event again
///
/// With the same id, now, whatever became of it before.
#[utoipa::path(post, path = "/v1/listeners/{listener}/deliveries/{event}/resend", tag = "Listeners",
    responses((status = 200, description = "It is on its way", body = Done)))]
pub fn resend_event(call: &Call) -> Read {
    Ok(Command::Resend { id: ids::listener_in(call)?, event: ids::event_in(call)? })
}

/// From when on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReplay {
    since: When,
}

/// Send everything again
///
/// All events since a time, in their order and with their old ids.
#[utoipa::path(post, path = "/v1/listeners/{listener}/replay", tag = "Listeners", request_body = NewReplay,
    responses((status = 200, description = "They are on their way", body = Done)))]
pub fn replay_events(call: &Call) -> Read {
    let NewReplay { since } = strict::body(call)?;
    Ok(Command::Replay { id: ids::listener_in(call)?, since: since.0 })
}

/// Names of events out of names and beginnings (`message.*`); `*` is all of them, written as none.
pub fn wanted(asked: &[String]) -> Result<Vec<String>, Refusal> {
    let mut names: Vec<String> = Vec::new();
    for name in asked {
        if name == "*" {
            return Ok(Vec::new());
        }
        let beginning = name.strip_suffix('*').filter(|beginning| beginning.ends_with('.'));
        let fits = |known: &&&str| **known == name || beginning.is_some_and(|beginning| known.starts_with(beginning));
        let found: Vec<&&str> = Event::NAMES.iter().filter(fits).collect();
        if found.is_empty() {
            return Err(unknown_event("events", name));
        }
        for known in found {
            if !names.iter().any(|name| name == known) {
                names.push((*known).to_owned());
            }
        }
    }
    Ok(names)
}

fn unknown_event(field: &str, name: &str) -> Refusal {
    let meant = strict::meant(name, &Event::NAMES);
    Refusal::invalid(field, format!("must be one of {}{meant}", Event::NAMES.join(", ")))
}

/// The account that a body names, or the key's own.
pub fn account(call: &Call, named: Option<&str>) -> Result<Option<AccountId>, Refusal> {
    match named {
        Some(text) => ids::read_account(&call.spelling, text).map(Some),
        None => Ok(call.key().and_then(|key| key.account)),
    }
}

pub fn known_dialect(name: &str) -> Result<(), Refusal> {
    if crate::named(name).is_some() {
        return Ok(());
    }
    let known: Vec<&str> = crate::ALL.iter().map(|dialect| dialect.name()).collect();
    let meant = strict::meant(name, &known);
    Err(Refusal::invalid("dialect", format!("must be one of {}{meant}", known.join(", "))))
}

fn check_secret(secret: Option<&str>) -> Result<(), Refusal> {
    match secret {
        Some(secret) if !sign::is_secret(secret) => {
            Err(Refusal::invalid("secret", "must be whsec_ and base64 of 24 to 64 bytes"))
        }
        _ => Ok(()),
    }
}
