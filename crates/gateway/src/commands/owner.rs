//! The first key of a workspace.

use anyhow::Result;
use sluice_model::{Scope, Timestamp, WorkspaceId};
use sluice_secret::token::{self, TokenHash, TokenShape};
use sluice_store::Store;
use sluice_store::keys::NewKey;

/// Makes a native key that may do everything in its workspace; returns the token, which is kept as a hash only.
pub async fn key(store: &dyn Store, workspace: WorkspaceId, name: &str, at: Timestamp) -> Result<String> {
    let token = token::mint(TokenShape::Prefixed("sg_"), &mut rand::rng());
    let new = NewKey {
        workspace,
        account: None,
        dialect: None,
        name: name.to_owned(),
        token_hash: *TokenHash::of(token.expose()).as_bytes(),
        prefix: token::prefix(token.expose()),
        scopes: Scope::ALL.to_vec(),
        settings: serde_json::Value::Null,
        sealed: None,
        at,
        expires_at: None,
    };
    store.add_key(new).await?;
    Ok(token.expose().to_owned())
}
