//! The levers of a sandbox account.

use serde_json::{Map, Value};
use sluice_model::{Ask, Command, Refusal};

use super::Read;
use crate::Call;

/// Pull a lever
///
/// Of an account of the connector `sandbox`: lets the pretended messenger do something. The body's members are the
/// lever's own.
#[utoipa::path(post, path = "/v1/sandbox/{account}/{lever}", tag = "Sandbox", request_body = Object,
    responses((status = 200, description = "What came of it", body = Object)))]
pub fn pull_lever(call: &Call) -> Read {
    let mut lever = Map::new();
    lever.insert("lever".to_owned(), Value::from(call.param("lever")));
    match call.json()? {
        Value::Object(members) => lever.extend(members.into_iter().filter(|(name, _)| name != "lever")),
        _ => return Err(Refusal::invalid("body", "must be an object")),
    }
    Ok(Command::Ask(Ask::Control { lever: Value::Object(lever) }))
}
