//! Hearing what happens by asking: streams and queues.

use serde::Deserialize;
use serde_json::Value;
use sluice_model::command::Queue;
use sluice_model::{Command, Refusal};
use utoipa::{IntoParams, ToSchema};

use super::listeners::wanted;
use super::{Read, part, patience};
use crate::Call;
use crate::native::shape::{Count, Done, Event};
use crate::native::{ids, strict};

/// Where a stream begins, and what it tells.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Following {
    /// The last event seen, `evt_…`; the header `Last-Event-ID` says the same and wins. Without either the stream
    /// begins now.
    after: Option<String>,
    /// Names with commas between them, `message.*` for all that begin so; all events unless said.
    #[param(example = "message.received,account.*")]
    events: Option<String>,
}

/// Follow an account's events
///
/// Server-sent events as they come. `id` is the event's id, `event` its type, `data` the event. After a break, go on
/// with `Last-Event-ID`, as browsers do by themselves: nothing is left out.
#[utoipa::path(get, path = "/v1/accounts/{account}/events", tag = "Events", params(Following),
    responses((status = 200, description = "The events", content_type = "text/event-stream", body = Event)))]
pub fn follow_events(call: &Call) -> Read {
    let following: Following = strict::query(call)?;
    let last = call.header("last-event-id").map(str::to_owned).filter(|id| !id.is_empty()).or(following.after);
    let after = last.map(|id| ids::read_event(&call.spelling, &id)).transpose()?;
    let names = following.events.unwrap_or_default();
    let names: Vec<String> =
        names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Ok(Command::Follow { after, events: wanted(&names)? })
}

/// Publish an event of your own
///
/// For trying out what hears: the body comes back as the `data` of a `debug.published` event, to this API's listeners,
/// streams and queues alone.
#[utoipa::path(post, path = "/v1/accounts/{account}/events", tag = "Events", request_body = Object,
    responses((status = 200, description = "It is in the journal", body = Done)))]
pub fn publish_event(call: &Call) -> Read {
    match call.json()? {
        body @ Value::Object(_) => Ok(Command::Publish { body }),
        _ => Err(Refusal::invalid("body", "must be an object")),
    }
}

/// Show an event
#[utoipa::path(get, path = "/v1/events/{event}", tag = "Events",
    responses((status = 200, description = "The event, while it is kept", body = Event)))]
pub fn get_event(call: &Call) -> Read {
    ids::event_in(call).map(Command::Event)
}

/// How much, and how long to wait for it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Receiving {
    /// Seconds to wait when there is nothing yet; 60 at most.
    wait: Option<u32>,
    /// How many at most; 50 unless said, 500 at most.
    limit: Option<u64>,
}

/// What waits in a queue.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer that is put together from notices as they are")]
pub struct Received {
    /// Oldest first.
    items: Vec<Event>,
    /// What to acknowledge when all of these were handled: the last event of each account.
    upto: Vec<String>,
}

/// Take from a queue
///
/// The oldest events that are not acknowledged yet, the same again until they are. A queue is a listener that was made
/// with `pull`.
#[utoipa::path(get, path = "/v1/queues/{listener}", tag = "Events", params(Receiving),
    responses((status = 200, description = "The events; none when none came in time", body = Received)))]
pub fn receive_events(call: &Call) -> Read {
    let receiving: Receiving = strict::query(call)?;
    let part = part(receiving.limit, None)?;
    Ok(Command::Receive {
        queue: Queue::Listener(ids::listener_in(call)?),
        wait: patience(receiving.wait)?,
        limit: usize::try_from(part.limit).unwrap_or(usize::MAX),
    })
}

/// What was handled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"upto": "evt_0f1e2d3c4b5a6978"}))]
pub struct Acknowledgement {
    upto: Upto,
}

/// An event, or one of each account: each stands for all of its account before it.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, expecting = "must be an event's id, or a list of them")]
pub enum Upto {
    One(String),
    Many(Vec<String>),
}

/// Acknowledge events
///
/// They are not given out by this queue any more. Send `upto` as it was received.
#[utoipa::path(post, path = "/v1/queues/{listener}/ack", tag = "Events", request_body = Acknowledgement,
    responses((status = 200, description = "Acknowledged, or it was before", body = Done)))]
pub fn acknowledge_events(call: &Call) -> Read {
    let Acknowledgement { upto } = strict::body(call)?;
    let events = match upto {
        Upto::One(event) => vec![event],
        Upto::Many(events) => events,
    };
    let upto = events.iter().map(|event| ids::read_event(&call.spelling, event)).collect::<Result<_, _>>()?;
    Ok(Command::ConfirmEvents { listener: ids::listener_in(call)?, upto })
}

/// Count what waits in a queue
#[utoipa::path(get, path = "/v1/queues/{listener}/count", tag = "Events",
    responses((status = 200, description = "How many events wait", body = Count)))]
pub fn count_events(call: &Call) -> Read {
    Ok(Command::CountWaitingEntries { queue: Queue::Listener(ids::listener_in(call)?) })
}

/// Empty a queue
///
/// As if everything in it had been acknowledged. A replay of the listener brings it back.
#[utoipa::path(delete, path = "/v1/queues/{listener}", tag = "Events",
    responses((status = 200, description = "It is empty", body = Done)))]
pub fn clear_events(call: &Call) -> Read {
    Ok(Command::ClearEntries { queue: Queue::Listener(ids::listener_in(call)?) })
}
