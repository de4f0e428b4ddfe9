//! From calls to commands.

pub mod body;
pub mod channels;
pub mod hooks;
pub mod messages;
pub mod projects;
pub mod send;
pub mod session;
pub mod users;

use sluice_model::command::Slice;
use sluice_model::refusal::Noun;
use sluice_model::{Command, ListenerId, Refusal, Scope};

use super::{errors, hooks as projects_of, ids, table};
use crate::Call;

/// Reads any call of this dialect by the row that it belongs to.
pub fn any(call: &Call) -> Result<Command, Refusal> {
    let row = call.endpoint.and_then(|endpoint| table::row_named(endpoint.name)).ok_or(Refusal::PathUnknown)?;
    if errors::is_other_project(call) {
        return Err(Refusal::Forbidden(Scope::Read));
    }
    if let (Some(project), Ok(account)) = (ids::read_project(call.param("project")), call.account())
        && !projects_of::has(project, account)
    {
        return Err(Refusal::NotFound(Noun::Account));
    }
    (row.read)(call)
}

/// For calls whose answer is all that they are for.
pub fn nothing(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Nothing)
}

/// The project in the path, which was looked up already.
pub fn project(call: &Call) -> Result<ListenerId, Refusal> {
    ids::read_project(call.param("project")).ok_or(Refusal::NotFound(Noun::Project))
}

/// Rows of a page unless the caller says, and at most (contract §8).
const PAGE: u64 = 50;
const LONGEST_PAGE: u64 = 200;
/// No list is as long.
const FURTHEST: u64 = 1 << 30;

/// `limit` and `page`, which counts from 1.
pub fn page(call: &Call) -> Result<Slice, Refusal> {
    let limit = number(call, "limit")?.unwrap_or(PAGE).clamp(1, LONGEST_PAGE);
    let page = number(call, "page")?.unwrap_or(1).clamp(1, FURTHEST);
    Ok(Slice { offset: (page - 1) * limit, limit })
}

fn number(call: &Call, name: &'static str) -> Result<Option<u64>, Refusal> {
    let parsed = call.query(name).map(|text| text.trim().parse());
    parsed.transpose().map_err(|_| Refusal::invalid(name, "должно быть целым числом"))
}
