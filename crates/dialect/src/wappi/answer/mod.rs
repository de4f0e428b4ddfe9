//! From outcomes to bodies. Key order is part of the contract: some clients find values by what stands beside them
//! (contract §1.5, §1.7).

pub mod chats;
pub mod contacts;
pub mod groups;
pub mod login;
pub mod messages;
pub mod profile;
pub mod sent;
pub mod tasks;
pub mod webhook;

use http::StatusCode;
use serde_json::{Map, Value};
use sluice_model::{Outcome, Timestamp};

use super::{ids, profile_of, times};
use crate::{Call, Reply};

/// Puts the outcome of a row's command into words; `None` when it is of a kind that the command cannot have.
pub type Answer = fn(&Call, Outcome) -> Option<Reply>;

/// A JSON object whose keys stand in the order in which they were added.
#[derive(Default)]
pub struct Body(Map<String, Value>);

impl Body {
    /// The head of a task's result (contract §1.5, E1). `timestamp` is unix here and `time` is RFC 3339; webhooks have
    /// it the other way round.
    pub fn task(status: &str, at: Timestamp) -> Self {
        Self::default().and("status", status).and("timestamp", at.seconds()).and("time", times::rfc3339(at))
    }

    pub fn and(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    pub fn maybe(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.and(key, value),
            None => self,
        }
    }

    /// The tail of a task's result.
    pub fn of_call(self, call: &Call) -> Self {
        self.and("task_id", ids::task_of_call(&call.spelling, call.id)).and("uuid", profile_of(call))
    }

    pub fn ok(self) -> Reply {
        self.reply(StatusCode::OK)
    }

    pub fn reply(self, status: StatusCode) -> Reply {
        Reply::json(status, &self.0)
    }

    pub fn value(self) -> Value {
        Value::Object(self.0)
    }
}

impl From<Body> for Value {
    fn from(body: Body) -> Self {
        body.value()
    }
}

/// What this dialect serves, for people and for makers of clients.
pub fn description(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Reply::bytes(StatusCode::OK, "application/yaml", include_str!("../openapi.yaml")))
}

/// Done, and nothing more to say.
pub fn done(call: &Call, outcome: Outcome) -> Option<Reply> {
    settled(&outcome).then(|| Body::task("done", call.at).and("uuid", profile_of(call)).ok())
}

/// As [`done`], with the ids of a task.
pub fn task_done(call: &Call, outcome: Outcome) -> Option<Reply> {
    settled(&outcome).then(|| Body::task("done", call.at).of_call(call).ok())
}

/// Outcomes that mean no more than that the command was carried out.
fn settled(outcome: &Outcome) -> bool {
    use sluice_model::Answer as A;
    matches!(outcome, Outcome::Done | Outcome::Answer(A::Done | A::Profile { .. }) | Outcome::Message(_))
}
