//! Messenger accounts: made, shown, changed, removed.

use std::sync::Arc;

use sluice_model::command::{AccountChange, NewAccount};
use sluice_model::listener::Target;
use sluice_model::outcome::AccountView;
use sluice_model::refusal::Noun;
use sluice_model::{Account, AccountId, Channel, Outcome, Refusal, Scope, Timestamp};
use sluice_store::accounts::{self, Change};
use sluice_store::archive::Wanted;
use sluice_store::shelf::Page;

use super::{Errand, Result, web};
use crate::ConnectorCatalog;
use crate::parts::seals;

/// The journal's events that say how an account stands.
const HISTORY: [&str; 4] = ["account.connected", "account.disconnected", "account.logged_out", "account.blocked"];

/// The journal's events that are calls.
const CALLS: [&str; 1] = ["call.received"];

impl Errand<'_> {
    pub(super) async fn account(&self) -> Result {
        let view = self.view(self.call.account()?).await?;
        Ok(Outcome::Account(Box::new(view)))
    }

    pub(super) async fn accounts(&self) -> Result {
        let key = self.key()?;
        let accounts = match key.account {
            Some(own) => vec![self.account_in_reach(own).await?],
            None => self.room.store.accounts_of(key.workspace).await?,
        };
        let keys = if key.may(Scope::Manage) { self.room.store.keys_of(key.workspace).await? } else { Vec::new() };
        let resting = self.room.store.resting().await?;
        let mut views = Vec::with_capacity(accounts.len());
        for account in &accounts {
            let mut view = self.view_of(account, resting).await?;
            let its = |key: &&Arc<_>| is_token_of(key, account, self.dialect.name());
            let sealed = keys.iter().find(its).and_then(|key| key.sealed.as_ref());
            view.token = sealed.and_then(|sealed| self.room.open(seals::KEY, sealed));
            views.push(view);
        }
        Ok(Outcome::Accounts(views))
    }

    pub(super) async fn add_account(&self, new: NewAccount) -> Result {
        let workspace = self.of_workspace()?;
        let catalog = &self.room.connectors;
        let connector = match &new.connector {
            Some(name) => name.as_str(),
            None => catalog.default_for(new.channel).ok_or_else(|| unserved("channel", new.channel.name()))?,
        };
        serves(catalog, connector, new.channel)?;
        if let Some(url) = &new.webhook_url {
            web::check_webhook("webhook_url", url)?;
        }
        let account = accounts::NewAccount {
            workspace,
            channel: new.channel,
            connector: connector.to_owned(),
            name: new.name,
            settings: new.settings,
            at: self.call.at,
        };
        let account = self.room.store.add_account(account).await?;
        if self.dialect.first_switches().is_some() {
            let target = new.webhook_url.map_or(Target::Pull, |url| Target::Push { url });
            self.make_own(&account, target, new.switches).await?;
        }
        let mut view = self.view(&account).await?;
        if new.with_key {
            let (_, token) = self.add_token(self.dialect, self.account_key(account.id, &account.name)?).await?;
            view.token = Some(token);
        }
        Ok(Outcome::Account(Box::new(view)))
    }

    pub(super) async fn remove_account(&self) -> Result {
        self.of_workspace()?;
        let account = self.call.account()?;
        self.remove(account).await
    }

    pub(super) async fn remove_account_named(&self, id: AccountId) -> Result {
        self.of_workspace()?;
        let account = self.account_in_reach(id).await?;
        self.remove(&account).await
    }

    async fn remove(&self, account: &Account) -> Result {
        let removed = self.room.store.remove_account(account.id, self.call.at).await?;
        if removed { Ok(Outcome::Done) } else { Err(Refusal::NotFound(Noun::Account).into()) }
    }

    pub(super) async fn change_account(&self, change: AccountChange) -> Result {
        let account = self.apply(self.call.account()?, change).await?;
        Ok(Outcome::Account(Box::new(self.view(&account).await?)))
    }

    /// Writes the change; what it leaves out stays.
    pub(super) async fn apply(&self, account: &Arc<Account>, change: AccountChange) -> Result<Arc<Account>> {
        if change == AccountChange::default() {
            return Ok(Arc::clone(account));
        }
        let mut settings = account.settings.clone();
        replace(&mut settings.send_gap_ms, change.send_gap_ms);
        replace(&mut settings.mark_read, change.mark_read);
        replace(&mut settings.mark_read_on_reply, change.mark_read_on_reply);
        replace(&mut settings.keep_online, change.keep_online);
        replace(&mut settings.typing_ms, change.typing_ms);
        settings.link_preview = change.link_preview.or(settings.link_preview);
        if let Some(proxy) = change.proxy {
            if let Some(url) = &proxy {
                web::check_proxy(url)?;
            }
            settings.proxy = proxy.map(|url| self.room.seal(seals::PROXY, &url));
        }
        let settings = (settings != account.settings).then_some(settings);
        let change = Change { name: change.name, enabled: change.enabled, settings };
        let changed = self.room.store.change_account(account.id, change).await?;
        changed.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
    }

    pub(super) async fn history(&self, limit: usize) -> Result {
        let account = self.call.account()?.id;
        Ok(Outcome::History(self.room.store.recent(account, &HISTORY, limit).await?))
    }

    pub(super) async fn calls(&self, since: Timestamp, limit: usize) -> Result {
        let account = self.call.account()?.id;
        let mut entries = self.room.store.recent(account, &CALLS, limit).await?;
        entries.retain(|entry| entry.at >= since);
        Ok(Outcome::History(entries))
    }

    pub(super) async fn view(&self, account: &Arc<Account>) -> Result<AccountView> {
        self.view_of(account, self.room.store.resting().await?).await
    }

    async fn view_of(&self, account: &Arc<Account>, resting: Option<Timestamp>) -> Result<AccountView> {
        let store = &self.room.store;
        let newest = store.messages(account.id, Wanted::default(), Page::first(1)).await?;
        Ok(AccountView {
            account: Arc::clone(account),
            listener: store.listener_of(account.id, self.dialect.name()).await?,
            messages: store.count_messages(account.id, Wanted::default()).await?,
            last_message: newest.first().map(|kept| kept.message.at),
            waiting: store.count_waiting(account.id).await?,
            resting,
            token: None,
            caution: self.room.connectors.of(account).and_then(|abilities| abilities.caution),
        })
    }
}

fn is_token_of(key: &sluice_model::Key, account: &Account, dialect: &str) -> bool {
    key.account == Some(account.id) && key.dialect.as_deref() == Some(dialect) && key.sealed.is_some()
}

/// Refuses a connector that there is not, and one that is for other channels.
fn serves(catalog: &ConnectorCatalog, connector: &str, channel: Channel) -> std::result::Result<(), Refusal> {
    if catalog.abilities(connector, channel).is_some() {
        return Ok(());
    }
    let channels: Vec<&str> = catalog.channels(connector).map(Channel::name).collect();
    if channels.is_empty() {
        return Err(unserved("connector", connector));
    }
    Err(Refusal::invalid("connector", format!("'{connector}' serves {}, not {}", channels.join(", "), channel.name())))
}

fn unserved(field: &'static str, value: &str) -> Refusal {
    Refusal::invalid(field, format!("'{value}' is not served by this gateway"))
}

fn replace<T>(kept: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *kept = new;
    }
}

#[cfg(test)]
mod tests {
    use sluice_model::Abilities;

    use super::*;

    #[test]
    fn a_connector_for_another_channel_is_told_from_one_that_there_is_not() {
        static NOTHING: Abilities = Abilities::NONE;
        let catalog = ConnectorCatalog::default()
            .with("web", Channel::Whatsapp, &NOTHING)
            .with("sandbox", Channel::Whatsapp, &NOTHING)
            .with("sandbox", Channel::TelegramUser, &NOTHING);
        let told = |connector, channel| serves(&catalog, connector, channel).map_err(|refusal| refusal.to_string());
        assert_eq!(told("sandbox", Channel::TelegramUser), Ok(()));
        assert_eq!(
            told("web", Channel::TelegramUser),
            Err("'connector' 'web' serves whatsapp, not telegram_user".to_owned())
        );
        assert_eq!(
            told("sandbox", Channel::TelegramBot),
            Err("'connector' 'sandbox' serves whatsapp, telegram_user, not telegram_bot".to_owned())
        );
        assert_eq!(told("wbe", Channel::Whatsapp), Err("'connector' 'wbe' is not served by this gateway".to_owned()));
    }
}
