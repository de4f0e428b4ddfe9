//! The two operations, by the paths that stand for upstream's hosts (contract §1).

use http::Method;
use sluice_model::{Command, Refusal, Scope};

use super::read;
use crate::{Body, Call, Endpoint, Needs};

pub const ADD: &str = "/addnewmessages";
pub const STATUS: &str = "/getmessagestatus";

pub const ADD_NAME: &str = "addNewMessages";
pub const STATUS_NAME: &str = "getMessageStatus";

const fn add(path: &'static str) -> Endpoint {
    row(ADD_NAME, Method::POST, path, Scope::Send, read::add)
}

const fn status(method: Method, path: &'static str) -> Endpoint {
    row(STATUS_NAME, method, path, Scope::Read, read::status)
}

const fn row(
    name: &'static str,
    method: Method,
    path: &'static str,
    scope: Scope,
    read: fn(&Call) -> Result<Command, Refusal>,
) -> Endpoint {
    Endpoint { name, method, path, needs: Needs::Account(scope), body: Body::Small, read }
}

pub static ENDPOINTS: &[Endpoint] = &[
    add(ADD),
    add("/feedbot/addnewmessages"),
    status(Method::GET, STATUS),
    status(Method::POST, STATUS),
    status(Method::GET, "/feedbot/getmessagestatus"),
    status(Method::POST, "/feedbot/getmessagestatus"),
];
