//! Tasks and the queue (contract §2.13). A task is a message sent through the API.

use sluice_model::command::{Query, Slice, Which};
use sluice_model::{Command, Refusal};

use super::{page, required};
use crate::Call;
use crate::wappi::ids;

const WAITING: u64 = 1000;

pub fn one(call: &Call) -> Result<Command, Refusal> {
    match ids::read_task(&call.spelling, required(call, "task_id")?) {
        Some(id) => Ok(Command::Message(Which::Id(id))),
        None => Err(Refusal::invalid("task_id", "is not known")),
    }
}

pub fn all(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Messages(Query { by_api: true, ..Query::all(page(call, 200, super::messages::MOST)?) }))
}

pub fn queue(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Queue(Slice::first(WAITING)))
}

pub fn purge(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Cancel(None))
}
