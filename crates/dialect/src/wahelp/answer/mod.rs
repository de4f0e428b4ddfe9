//! From outcomes to bodies: `{"success":true,"data":…}` (contract §2).

pub mod channels;
pub mod hooks;
pub mod messages;
pub mod projects;
pub mod session;
pub mod users;

use http::StatusCode;
use serde_json::{Value, json};
use sluice_model::Outcome;
use sluice_model::command::Slice;

use super::shown::View;
use crate::{Call, Reply};

/// Puts the outcome of a row's command into words; `None` when it is of a kind that the command cannot have.
pub type Answer = fn(&Call, Outcome) -> Option<Reply>;

pub fn ok(data: Value) -> Reply {
    Reply::json(StatusCode::OK, &json!({"success": true, "data": data}))
}

/// A page of a list that has so many rows, as far as that is known.
pub fn list(rows: Vec<Value>, page: Slice, total: u64) -> Reply {
    let meta = json!({"page": page.offset / page.limit + 1, "limit": page.limit, "total": total});
    Reply::json(StatusCode::OK, &json!({"success": true, "data": rows, "meta": meta}))
}

/// Done, and nothing more to say.
pub fn done(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(ok(Value::Null))
}

/// What this dialect serves, for people and for makers of clients.
pub fn description(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Reply::bytes(StatusCode::OK, "application/yaml", include_str!("../openapi.yaml")))
}

/// Messages and people of the call's channel.
fn view(call: &Call) -> Option<View<'_>> {
    let account = call.account().ok()?;
    Some(View { account, spelling: &call.spelling, links: &call.links, at: call.at })
}
