//! Listeners, and the calls that were made to them.

use serde::Serialize;
use sluice_model::EventId;
use sluice_model::delivery;
use sluice_model::listener::Target;
use sluice_model::outcome::ListenerView;
use utoipa::ToSchema;

use super::Pen;
use crate::native::ids;
use crate::native::names;
use crate::native::when::When;

/// Somebody who is told what happens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listener {
    #[schema(example = "lst_0f1e2d3c4b5a")]
    pub id: String,
    pub name: String,
    /// Where it is called. Not there for a queue, which is asked, and where each message says where it wants to be told of
    /// (Devino's `callbackUrl`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// It is a queue: `GET /v1/queues/{listener}`.
    pub pull: bool,
    /// In whose words it is told; `native` is this API.
    #[schema(value_type = names::Dialect)]
    pub dialect: String,
    /// The one account that it hears; not there when it hears all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The events it wants; empty means all.
    #[schema(value_type = Vec<names::EventName>)]
    pub events: Vec<String>,
    pub enabled: bool,
    /// Why the gateway switched it off. Not there when it is on, or was switched off by one of you.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off: Option<Off>,
    /// Deliveries that wait for another attempt. Not there for a queue, which is never called: `GET
    /// /v1/queues/{listener}/count` counts what waits in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    pub created_at: When,
    /// The key of its signatures, `whsec_…`. Shown once, when it is made or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// The gateway switched a listener off; `PATCH /v1/listeners/{listener}` with `{"enabled": true}` switches it on again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Off {
    pub since: When,
    /// In words for a person.
    #[schema(example = "the receiver answered 410: it wants to hear no more")]
    pub reason: String,
}

impl Off {
    fn of(off: &sluice_model::listener::Off) -> Self {
        Self { since: When(off.since), reason: off.reason.clone() }
    }
}

impl Listener {
    pub fn of(view: &ListenerView, pen: Pen<'_>) -> Self {
        let listener = &view.listener;
        Self {
            id: ids::listener(pen.spelling, listener.id),
            name: listener.name.clone(),
            url: match &listener.target {
                Target::Push { url } => Some(url.clone()),
                Target::Pull | Target::PerMessage => None,
            },
            pull: listener.target == Target::Pull,
            dialect: listener.dialect.clone(),
            account: listener.account.map(|id| ids::account(pen.spelling, id)),
            events: listener.events.clone(),
            enabled: listener.enabled,
            off: listener.off.as_ref().map(Off::of),
            waiting: (listener.target != Target::Pull).then_some(view.waiting),
            created_at: When(listener.created_at),
            // A queue is not signed.
            secret: view.secret.clone().filter(|_| matches!(listener.target, Target::Push { .. })),
        }
    }
}

/// One call to a listener's URL.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attempt {
    /// `lst_…`
    pub listener: String,
    /// `evt_…`
    pub event: String,
    /// `acc_…`
    pub account: String,
    /// Counted from 1.
    pub number: u32,
    pub at: When,
    /// Milliseconds until the answer or the trouble.
    pub took_ms: u32,
    /// The HTTP status; not there when there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The first bytes of the answer, or the words of the trouble.
    pub answer: String,
    /// What this attempt left the delivery in.
    #[schema(value_type = names::DeliveryState)]
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<When>,
}

impl Attempt {
    pub fn of(attempt: &delivery::Attempt, pen: Pen<'_>) -> Self {
        Self {
            listener: ids::listener(pen.spelling, attempt.listener),
            event: pen.spelling.event(EventId::of(attempt.account, attempt.position)),
            account: ids::account(pen.spelling, attempt.account),
            number: attempt.number,
            at: When(attempt.at),
            took_ms: attempt.took_ms,
            status: attempt.status,
            answer: attempt.answer.clone(),
            state: attempt.state.name(),
            next_at: attempt.next_at.and_then(When::of),
        }
    }
}
