//! Who is calling, and what they may do: decided before anything else of the call is looked at.

use std::sync::Arc;

use sluice_dialect::{Call, Caller, Credentials, Dialect, Endpoint, Named, Needs, Passage};
use sluice_model::refusal::Noun;
use sluice_model::{Account, AccountId, Key, Refusal, Scope, Timestamp};
use sluice_secret::TokenHash;

use crate::room::Room;
use crate::submit::Error;

/// Fills in the caller, where the endpoint is not open to everyone. The key of one who is refused is known, too, if it is
/// valid: the call is on record in its workspace.
pub(crate) async fn check(
    room: &Room,
    dialect: &dyn Dialect,
    endpoint: &Endpoint,
    call: &mut Call,
    shown: &Credentials,
) -> Result<(), Error> {
    let (scope, account_needed) = match endpoint.needs {
        Needs::Nothing => return Ok(()),
        Needs::Key(scope) => (scope, false),
        Needs::Account(scope) => (scope, true),
    };
    let key = valid_key(room, dialect, shown.token.as_deref(), call.at).await?;
    call.caller = Some(Caller { key: Arc::clone(&key), account: None });
    allow(&key, scope)?;
    let account = match dialect.account_called(call) {
        Some(name) => called_account(room, &key, &name).await?,
        None => None,
    };
    let account = match account {
        Some(account) => Some(account),
        None => named_account(room, &key, shown.account).await?,
    };
    if account_needed && account.is_none() {
        return Err(Refusal::Missing("account").into());
    }
    for passage in dialect.passages(call) {
        pass(room, dialect, call, &key, account.as_deref(), passage).await?;
    }
    call.caller = Some(Caller { key, account });
    Ok(())
}

/// Who calls what is not there: the call is on record in their workspace, if the key is valid.
pub(crate) async fn recognise(room: &Room, dialect: &dyn Dialect, call: &Call, shown: &Credentials) -> Option<Caller> {
    let key = valid_key(room, dialect, shown.token.as_deref(), call.at).await.ok()?;
    Some(Caller { key, account: None })
}

/// Refuses what is not there and what is somebody else's alike.
async fn pass(
    room: &Room,
    dialect: &dyn Dialect,
    call: &Call,
    key: &Key,
    account: Option<&Account>,
    passage: Passage,
) -> Result<(), Error> {
    match passage {
        Passage::Listener { id, fits, noun } => {
            let found = room.store.listener(id).await?.filter(|listener| {
                let ours = listener.workspace == key.workspace && listener.dialect == dialect.name();
                ours && listener.account.is_none() && fits(call, listener)
            });
            found.map(drop).ok_or_else(|| Refusal::NotFound(noun).into())
        }
        Passage::Known(who) => {
            let missing = Refusal::NotFound(Noun::Contact);
            let account = account.ok_or_else(|| missing.clone())?.id;
            let store = &room.store;
            let spoken_with = store.chat(account, &who).await?.is_some_and(|chat| !chat.deleted);
            let known = spoken_with || store.contact(account, &who).await?.is_some();
            if known { Ok(()) } else { Err(missing.into()) }
        }
        Passage::Nothing(noun) => Err(Refusal::NotFound(noun).into()),
    }
}

/// Refuses what the key may not.
fn allow(key: &Key, scope: Scope) -> Result<(), Refusal> {
    if key.may(scope) { Ok(()) } else { Err(Refusal::Forbidden(scope)) }
}

async fn valid_key(room: &Room, dialect: &dyn Dialect, token: Option<&str>, now: Timestamp) -> Result<Arc<Key>, Error> {
    let token = token.filter(|token| !token.is_empty()).ok_or(Refusal::KeyMissing)?;
    let key = room.store.key(TokenHash::of(token).as_bytes()).await?.ok_or(Refusal::KeyInvalid)?;
    let speaks = key.dialect.as_deref().is_none_or(|bound| bound == dialect.name());
    // Expired, unknown or of another API: a stranger learns nothing of which it is.
    if speaks && key.is_valid_at(now) { Ok(key) } else { Err(Refusal::KeyInvalid.into()) }
}

async fn named_account(room: &Room, key: &Key, named: Named) -> Result<Option<Arc<Account>>, Error> {
    match named {
        Named::Account(id) => reach(room, key, id).await.map(Some),
        Named::Nonsense => Err(Refusal::NotFound(Noun::Account).into()),
        Named::No => match key.account {
            Some(id) => reach(room, key, id).await.map(Some),
            None => Ok(None),
        },
    }
}

/// The account that its owner called so, if it is the only one that the key reaches.
async fn called_account(room: &Room, key: &Key, name: &str) -> Result<Option<Arc<Account>>, Error> {
    let mut accounts = room.store.accounts_of(key.workspace).await?;
    accounts.retain(|account| account.name == name && key.account.is_none_or(|own| own == account.id));
    match accounts.len() {
        0 | 1 => Ok(accounts.pop()),
        _ => Err(Refusal::NotFound(Noun::Account).into()),
    }
}

/// The account, if the key reaches it: of its workspace, and its own where it has one. What is not there and what is
/// somebody else's look alike.
pub(crate) async fn reach(room: &Room, key: &Key, id: AccountId) -> Result<Arc<Account>, Error> {
    let refused = || Error::from(Refusal::NotFound(Noun::Account));
    if key.account.is_some_and(|own| own != id) {
        return Err(refused());
    }
    let account = room.store.account(id).await?.ok_or_else(refused)?;
    if account.workspace == key.workspace { Ok(account) } else { Err(refused()) }
}
