//! Every endpoint.

use http::Method;
use sluice_model::{Command, Refusal, Scope};

use super::batch;
use crate::{Body, Call, Endpoint, Needs};

pub const SEND: &str = "whatsapp/messages";
pub const BALANCE: &str = "billing-api/companies/current/account";
pub const DESCRIPTION: &str = "whatsapp/openapi.yaml";

pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        name: SEND,
        method: Method::POST,
        path: "/whatsapp/messages",
        needs: Needs::Key(Scope::Send),
        body: Body::Small,
        read: batch::read,
    },
    Endpoint {
        name: BALANCE,
        method: Method::GET,
        path: "/billing-api/companies/current/account",
        // Clients ask before they send, with the same key.
        needs: Needs::Key(Scope::Send),
        body: Body::None,
        read: nothing,
    },
    Endpoint {
        name: DESCRIPTION,
        method: Method::GET,
        path: "/whatsapp/openapi.yaml",
        needs: Needs::Nothing,
        body: Body::None,
        read: nothing,
    },
];

fn nothing(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Nothing)
}
