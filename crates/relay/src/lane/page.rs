//! Reading the journal with all that its entries need to be told.

use std::sync::Arc;

use sluice_model::{Account, Entry, Position};
use sluice_store::Fault;

use super::{Ground, Key};
use crate::attempt::Frame;

/// An entry on its way to the listener.
pub struct Job {
    pub entry: Entry,
    pub frame: Arc<Frame>,
}

pub struct Page {
    pub jobs: Vec<Job>,
    /// There may be more behind it.
    pub full: bool,
}

/// The entries behind `after`, at most `limit`.
pub async fn read(ground: &Ground, after: Position, limit: usize) -> Result<Page, Fault> {
    let store = ground.tools.store();
    let entries = store.after(ground.key.account, after, limit).await?;
    let full = entries.len() == limit;
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Ok(Page { jobs: Vec::new(), full });
    };
    let Some(account) = store.account(ground.key.account).await? else {
        return Ok(Page { jobs: Vec::new(), full: false });
    };
    let secret = ground.tools.secret_of(&ground.listener)?;
    let newest = switches(ground, last.position).await?;
    let oldest =
        if first.position == last.position { newest.clone() } else { switches(ground, first.position).await? };
    let frame = |settings| frame(ground, &account, secret.as_ref(), settings);
    let mut jobs = Vec::with_capacity(entries.len());
    if oldest == newest {
        let frame = frame(newest);
        jobs.extend(entries.into_iter().map(|entry| Job { entry, frame: frame.clone() }));
    } else {
        // Somebody switched in the middle of this page.
        let mut frame_now = frame(oldest);
        for entry in entries {
            let settings = switches(ground, entry.position).await?;
            if frame_now.listener.settings != settings {
                frame_now = frame(settings);
            }
            jobs.push(Job { entry, frame: frame_now.clone() });
        }
    }
    Ok(Page { jobs, full })
}

/// One entry on its own; `None` when it or its account is gone.
pub async fn one(ground: &Ground, position: Position) -> Result<Option<Job>, Fault> {
    let store = ground.tools.store();
    let event = sluice_model::EventId::of(ground.key.account, position);
    let (Some(entry), Some(account)) = (store.entry(event).await?, store.account(ground.key.account).await?) else {
        return Ok(None);
    };
    let secret = ground.tools.secret_of(&ground.listener)?;
    let frame = frame(ground, &account, secret.as_ref(), switches(ground, position).await?);
    Ok(Some(Job { entry, frame }))
}

/// The listener's switches when the entry was written.
async fn switches(ground: &Ground, position: Position) -> Result<serde_json::Value, Fault> {
    let Key { listener, account } = ground.key;
    let settings = ground.tools.store().settings_at(listener, account, position).await?;
    Ok(settings.unwrap_or_else(|| ground.listener.settings.clone()))
}

fn frame(
    ground: &Ground,
    account: &Arc<Account>,
    secret: Option<&Arc<str>>,
    settings: serde_json::Value,
) -> Arc<Frame> {
    let mut listener = ground.listener.clone();
    if listener.settings != settings {
        Arc::make_mut(&mut listener).settings = settings;
    }
    Arc::new(Frame {
        listener,
        account: account.clone(),
        secret: secret.cloned(),
        dialect: ground.dialect,
        schedule: ground.schedule,
    })
}
