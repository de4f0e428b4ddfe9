//! API keys.

use serde::Deserialize;
use sluice_model::{Command, Refusal, Scope, command};
use utoipa::ToSchema;

use super::Read;
use super::listeners::{account, known_dialect};
use crate::Call;
use crate::native::shape::{Done, Key, List};
use crate::native::when::When;
use crate::native::{ids, names, strict};

/// List keys
#[utoipa::path(get, path = "/v1/keys", tag = "Keys",
    responses((status = 200, description = "All of them, without their tokens", body = List<Key>)))]
pub fn list_keys(_: &Call) -> Read {
    Ok(Command::Keys)
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "CRM", "scopes": ["send", "read"]}))]
pub struct NewKey {
    name: String,
    /// What it may do: `send`, `read`, `listen`; `manage` includes them all.
    #[schema(value_type = Vec<names::Scope>)]
    scopes: Vec<Scope>,
    /// The one account that it is good for; all unless said.
    account: Option<String>,
    /// The one API that it is good for; all unless said.
    #[schema(value_type = Option<names::Dialect>)]
    dialect: Option<String>,
    expires_at: Option<When>,
}

/// Make a key
#[utoipa::path(post, path = "/v1/keys", tag = "Keys", request_body = NewKey,
    responses((status = 201, description = "The key, with its token this once", body = Key)))]
pub fn add_key(call: &Call) -> Read {
    let new: NewKey = strict::body(call)?;
    if new.scopes.is_empty() {
        return Err(Refusal::invalid("scopes", "must be at least one"));
    }
    if new.expires_at.is_some_and(|end| end.0 <= call.at) {
        return Err(Refusal::invalid("expires_at", "must lie ahead"));
    }
    if let Some(dialect) = &new.dialect {
        known_dialect(dialect)?;
    }
    Ok(Command::AddKey(command::NewKey {
        name: new.name,
        account: account(call, new.account.as_deref())?,
        dialect: new.dialect,
        scopes: new.scopes,
        expires_at: new.expires_at.map(|end| end.0),
    }))
}

/// Revoke a key
///
/// It is good for nothing from the moment of the answer.
#[utoipa::path(delete, path = "/v1/keys/{key}", tag = "Keys",
    responses((status = 200, description = "It is revoked", body = Done)))]
pub fn revoke_key(call: &Call) -> Read {
    ids::key_in(call).map(Command::RevokeKey)
}
