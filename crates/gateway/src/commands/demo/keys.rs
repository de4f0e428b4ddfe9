//! The demo's keys: derived from the demo's own master key, the same on every start over one data folder and
//! different on every machine.

use anyhow::Result;
use serde_json::Value;
use sluice_intake::seals;
use sluice_model::{AccountId, Scope, Sealed, WorkspaceId};
use sluice_secret::Sealer;
use sluice_secret::token::{self, TokenHash};
use sluice_store::keys::NewKey;

use crate::house::House;

/// Where the corners get their keys, and the first account's names.
pub struct KeyRing<'h> {
    pub house: &'h House,
    pub workspace: WorkspaceId,
    /// The first account, a sandbox WhatsApp.
    pub account: AccountId,
}

impl KeyRing<'_> {
    /// The gateway's address.
    pub fn base(&self) -> &str {
        &self.house.base
    }

    /// How the dialect's clients name the first account.
    pub fn account_name(&self, dialect: &str) -> String {
        let account_name =
            |dialect: &dyn sluice_dialect::Dialect| dialect.account_name(&self.house.spelling, self.account);
        sluice_dialect::named(dialect).map(account_name).unwrap_or_default()
    }

    /// 64 hex digits that nobody guesses, the same on every start.
    pub fn secret(&self, name: &str) -> String {
        self.house.master.derive(&format!("demo key {name}")).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The token of a key with every scope, in the shape that the dialect's clients expect. Bound to the account when
    /// one is given.
    pub async fn token(&self, account: Option<AccountId>, dialect: &str, name: &str) -> Result<String> {
        let hex = self.secret(name);
        let token = match sluice_dialect::named(dialect).map(|dialect| dialect.token_shape()) {
            Some(sluice_dialect::TokenShape::Prefixed(prefix)) => format!("{prefix}{}", &hex[..40]),
            Some(sluice_dialect::TokenShape::Hex(digits)) => hex[..digits].to_owned(),
            None => hex,
        };
        self.keep(account, dialect, &format!("demo {name}"), &token, Value::Null).await?;
        Ok(token)
    }

    /// Keeps a key of this token, unless it is kept already. `settings` are the dialect's own.
    pub async fn keep(
        &self,
        account: Option<AccountId>,
        dialect: &str,
        name: &str,
        token: &str,
        settings: Value,
    ) -> Result<()> {
        let house = self.house;
        let token_hash = *TokenHash::of(token).as_bytes();
        if house.store.key(&token_hash).await?.is_some() {
            return Ok(());
        }
        let new = NewKey {
            workspace: self.workspace,
            account,
            dialect: Some(dialect.to_owned()),
            name: name.to_owned(),
            token_hash,
            prefix: token::prefix(token),
            scopes: Scope::ALL.to_vec(),
            settings,
            // An instance's token is shown again to its partner.
            sealed: account.map(|_| Sealed(Sealer::new(&house.master).seal(seals::KEY, token.as_bytes()))),
            at: house.clock.now(),
            expires_at: None,
        };
        house.store.add_key(new).await?;
        Ok(())
    }
}
