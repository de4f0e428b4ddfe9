//! API keys: who else may call.

use std::sync::Arc;

use serde_json::Value;
use sluice_model::command::NewKey;
use sluice_model::refusal::Noun;
use sluice_model::{AccountId, Key, KeyId, Outcome, Refusal, Scope};
use sluice_store::keys;

use super::own::merged;
use super::{Errand, Result};

impl Errand<'_> {
    pub(super) async fn keys(&self) -> Result {
        Ok(Outcome::Keys(self.keys_in_reach().await?))
    }

    async fn keys_in_reach(&self) -> Result<Vec<Arc<Key>>> {
        let own = self.key()?.account;
        let mut keys = self.room.store.keys_of(self.workspace()?).await?;
        keys.retain(|key| own.is_none() || key.account == own);
        Ok(keys)
    }

    pub(super) async fn add_key(&self, new: NewKey) -> Result {
        self.of_workspace()?;
        if new.scopes.is_empty() {
            return Err(Refusal::Missing("scopes").into());
        }
        if let Some(id) = new.account {
            self.account_in_reach(id).await?;
        }
        let unknown = || Refusal::invalid("dialect", "is not one that this gateway speaks");
        let dialect = match &new.dialect {
            Some(name) => self.room.dialect(name).ok_or_else(unknown)?,
            None => self.dialect,
        };
        if new.expires_at.is_some_and(|end| end <= self.call.at) {
            return Err(Refusal::invalid("expires_at", "is in the past").into());
        }
        let blank = self.blank_key(new.account, new.dialect)?;
        let new = keys::NewKey { name: new.name, scopes: new.scopes, expires_at: new.expires_at, ..blank };
        let (key, token) = self.add_token(dialect, new).await?;
        Ok(Outcome::KeyAdded { key, token })
    }

    pub(super) async fn revoke_key(&self, id: KeyId) -> Result {
        let missing = Refusal::NotFound(Noun::Key);
        let workspace = self.workspace()?;
        if !self.keys_in_reach().await?.iter().any(|key| key.id == id) {
            return Err(missing.into());
        }
        let revoked = self.room.store.revoke(workspace, id).await?;
        // What was given out for a login ends with it.
        for key in self.given_out(workspace, id).await? {
            self.room.store.revoke(workspace, key.id).await?;
        }
        if revoked { Ok(Outcome::Done) } else { Err(missing.into()) }
    }

    pub(super) async fn set_key_settings(&self, settings: Value) -> Result {
        let key = self.key()?;
        let settings = merged(key.settings.clone(), settings);
        let found = self.room.store.set_key_settings(key.workspace, key.id, settings).await?;
        if found { Ok(Outcome::Done) } else { Err(Refusal::KeyInvalid.into()) }
    }

    /// The account's new key in this dialect; then the old ones end.
    pub(super) async fn replace_key(&self) -> Result {
        let account = self.call.account()?;
        let dialect = self.dialect.name();
        let calling = self.key()?;
        let mut old = self.keys_in_reach().await?;
        old.retain(|key| {
            let of_dialect = key.dialect.as_deref() == Some(dialect);
            key.account == Some(account.id) && (of_dialect || key.id == calling.id)
        });
        let new = match old.first() {
            Some(model) => keys::NewKey {
                name: model.name.clone(),
                scopes: model.scopes.clone(),
                settings: model.settings.clone(),
                ..self.blank_key(Some(account.id), model.dialect.clone())?
            },
            None => self.account_key(account.id, &account.name)?,
        };
        let (key, token) = self.add_token(self.dialect, new).await?;
        for key in old {
            self.room.store.revoke(key.workspace, key.id).await?;
        }
        Ok(Outcome::KeyAdded { key, token })
    }

    /// A key good for all that this dialect lets one account do.
    pub(super) fn account_key(&self, account: AccountId, name: &str) -> Result<keys::NewKey> {
        let blank = self.blank_key(Some(account), Some(self.dialect.name().to_owned()))?;
        Ok(keys::NewKey { name: name.to_owned(), scopes: Scope::ALL.to_vec(), ..blank })
    }

    /// What is left out follows from the token, see [`Errand::add_token`].
    fn blank_key(&self, account: Option<AccountId>, dialect: Option<String>) -> Result<keys::NewKey> {
        Ok(keys::NewKey {
            workspace: self.workspace()?,
            account,
            dialect,
            name: String::new(),
            token_hash: [0; 32],
            prefix: String::new(),
            scopes: Vec::new(),
            settings: Value::Object(serde_json::Map::new()),
            sealed: None,
            at: self.call.at,
            expires_at: None,
        })
    }
}
