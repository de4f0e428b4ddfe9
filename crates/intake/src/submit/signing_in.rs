//! Keys for a while, for the APIs whose clients show a login and a password and are given a token that ends (Wahelp).
//!
//! A login is a key of the dialect: its name is the login, its token the password, which nobody guesses because it was
//! made here. What is given out for it are keys of the same workspace, account and scopes; they end with it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sluice_model::command::Password;
use sluice_model::{Key, KeyId, Outcome, Refusal, WorkspaceId};
use sluice_secret::TokenHash;
use sluice_store::keys::NewKey;

use super::{Errand, Result};

/// The member of a key's settings that names the login that it was given out for.
const OF_LOGIN: &str = "of_login";

/// Keys given out for one login that are good at the same time; one more ends the oldest. Clients that sign in before
/// every call would pile them up.
const MOST: usize = 100;

impl Errand<'_> {
    pub(super) async fn sign_in(&self, login: &str, password: &Password, life: Duration) -> Result {
        let found = self.room.store.key(TokenHash::of(&password.0).as_bytes()).await?;
        let found = found.filter(|key| {
            // By their hashes, so that the time it takes says nothing about how much of the name is right.
            let named = TokenHash::of(&key.name) == TokenHash::of(login);
            let speaks = key.dialect.as_deref() == Some(self.dialect.name());
            named && speaks && of_login(key).is_none() && key.is_valid_at(self.call.at)
        });
        let login = found.ok_or(Refusal::KeyInvalid)?;
        self.give_out(&login, life).await
    }

    pub(super) async fn renew_sign_in(&self, life: Duration) -> Result {
        let calling = self.key()?;
        let Some(id) = of_login(calling) else { return self.give_out(calling, life).await };
        let keys = self.room.store.keys_of(calling.workspace).await?;
        let login = keys.iter().find(|key| key.id == id).filter(|login| login.is_valid_at(self.call.at));
        self.give_out(login.ok_or(Refusal::KeyInvalid)?, life).await
    }

    async fn give_out(&self, login: &Key, life: Duration) -> Result {
        let mut given = self.given_out(login.workspace, login.id).await?;
        // By their ids, which is the order of their making.
        given.sort_by_key(|key| (key.is_valid_at(self.call.at), key.id));
        let good = given.iter().filter(|key| key.is_valid_at(self.call.at)).count();
        let over = given.len() - good + (good + 1).saturating_sub(MOST);
        for key in given.iter().take(over) {
            self.room.store.revoke(key.workspace, key.id).await?;
        }
        let end = self.call.at.plus(life);
        let new = NewKey {
            workspace: login.workspace,
            account: login.account,
            dialect: login.dialect.clone(),
            name: login.name.clone(),
            token_hash: [0; 32],
            prefix: String::new(),
            scopes: login.scopes.clone(),
            settings: json!({ OF_LOGIN: login.id.get() }),
            sealed: None,
            at: self.call.at,
            expires_at: Some(login.expires_at.map_or(end, |ends| ends.min(end))),
        };
        let (_, token) = self.add_token(self.dialect, new).await?;
        Ok(Outcome::SignedIn { token, life })
    }

    /// Keys given out for a login, ended ones too.
    pub(super) async fn given_out(&self, workspace: WorkspaceId, login: KeyId) -> Result<Vec<Arc<Key>>> {
        let mut keys = self.room.store.keys_of(workspace).await?;
        keys.retain(|key| of_login(key) == Some(login));
        Ok(keys)
    }
}

/// The login that this key was given out for; `None` for one that stands by itself.
pub(super) fn of_login(key: &Key) -> Option<KeyId> {
    let id = key.settings.get(OF_LOGIN)?.as_u64()?;
    u32::try_from(id).ok().map(KeyId)
}
