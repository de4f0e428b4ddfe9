//! A client of the WhatsApp library, made of our parts.

use std::sync::Arc;
use std::time::Duration;

use sluice_connector::Home;
use tokio::sync::mpsc;
use whatsapp_rust::store::persistence_manager::PersistenceManager;
use whatsapp_rust::wacore::store::traits::Backend;
use whatsapp_rust::{Client, InboundDurabilityHook, anyhow};

use crate::settings::Settings;
use crate::tasks::Tasks;
use crate::wire::{Seals, Socket, Web};

/// How often changes of the device are written that nobody waits for.
const SAVE: Duration = Duration::from_secs(30);

pub struct Parts<'a> {
    pub settings: &'a Arc<Settings>,
    pub home: &'a Home,
    pub store: Arc<dyn Backend>,
    pub tasks: Tasks,
    /// Hears why WhatsApp cannot be reached, in words for a person.
    pub trouble: mpsc::UnboundedSender<String>,
    pub hook: Option<Arc<dyn InboundDurabilityHook>>,
    /// Where messages are sent.
    pub seals: Option<Arc<Seals>>,
}

/// Does not connect yet.
pub async fn build(parts: Parts<'_>) -> Result<Arc<Client>, anyhow::Error> {
    let Parts { settings, home, store, tasks, trouble, hook, seals } = parts;
    let device = PersistenceManager::new(store).await?;
    let mut builder = Client::builder()
        .with_runtime_arc(Arc::new(tasks))
        .with_persistence_manager(Arc::new(device))
        .with_transport_factory(Socket::new(settings, home, trouble.clone()).with_seals(seals.clone()))
        .with_http_client(Web::new(settings, home, trouble))
        .with_background_saver_interval(SAVE);
    if let Some(version) = settings.version {
        builder = builder.with_version_override(version);
    }
    if let Some(hook) = hook {
        builder = builder.with_inbound_durability_hook_arc(hook);
    }
    let client = builder.build().await?.into_client();
    if let Some(seals) = seals {
        seals.belong_to(&client);
    }
    Ok(client)
}
