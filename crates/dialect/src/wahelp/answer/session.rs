//! Tokens (contract §3). A refresh is answered in both shapes that clients read.

use serde_json::json;
use sluice_model::Outcome;

use super::ok;
use crate::{Call, Reply};

pub fn login(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::SignedIn { token, life } = outcome else {
        return None;
    };
    Some(ok(json!({"token_type": "bearer", "access_token": token, "expires_in": life.as_secs()})))
}

pub fn refreshed(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::SignedIn { token, life } = outcome else {
        return None;
    };
    let inner = json!({"token": token, "expires_in": life.as_secs()});
    Some(ok(json!({
        "token_type": "bearer", "access_token": token, "expires_in": life.as_secs(), "token": inner,
    })))
}

/// Whose token it is.
pub fn me(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let key = call.key()?;
    Some(ok(json!({"id": key.id.get(), "login": key.name, "name": key.name})))
}
