//! What a session's callers, its task and the client's callbacks share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sluice_model::Failure;
use sluice_model::failure::{Retry, Why};
use tokio_util::sync::CancellationToken;
use whatsapp_rust::Client;

use super::acks::Acks;
use crate::desk::Desk;
use crate::store::Store;
use crate::tasks::Tasks;
use crate::wire::Seals;

pub struct Place {
    pub tasks: Tasks,
    pub acks: Acks,
    pub seals: Arc<Seals>,
    live: OnceLock<Live>,
    /// Why nothing can be sent, when nothing can.
    down: Mutex<Option<(Why, String)>>,
    /// Nothing more is handed in.
    left: CancellationToken,
    /// The logout that comes is our own doing.
    logging_out: AtomicBool,
}

/// The client of a session; it outlives its connections.
pub struct Live {
    pub client: Arc<Client>,
    pub desk: Desk,
    pub store: Arc<Store>,
}

impl Place {
    pub fn new(tasks: Tasks, seals: Seals) -> Self {
        let down = (Why::Disconnected, "The account is on its way to WhatsApp.".to_owned());
        Self {
            tasks,
            acks: Acks::default(),
            seals: Arc::new(seals),
            live: OnceLock::new(),
            down: Mutex::new(Some(down)),
            left: CancellationToken::new(),
            logging_out: AtomicBool::new(false),
        }
    }

    pub fn settle(&self, live: Live) -> &Live {
        self.live.get_or_init(|| live)
    }

    pub fn live(&self) -> Option<&Live> {
        self.live.get()
    }

    /// The client, if something can be sent with it.
    pub fn connected(&self) -> Result<&Live, Failure> {
        if let Some((why, note)) = &*self.lock() {
            return Err(Failure::not_sent(*why, Retry::Reconnected, note.clone()));
        }
        self.live.get().ok_or_else(crate::trouble::disconnected)
    }

    pub fn rise(&self) {
        *self.lock() = None;
    }

    /// Nothing can be sent any more, and what was sent a moment ago is not confirmed any more.
    pub fn fall(&self, why: Why, note: &str) {
        *self.lock() = Some((why, note.to_owned()));
        self.acks.lose();
    }

    pub fn log_out_here(&self) {
        self.logging_out.store(true, Ordering::SeqCst);
    }

    pub fn is_logging_out(&self) -> bool {
        self.logging_out.load(Ordering::SeqCst)
    }

    /// Returns when nothing may be handed in any more.
    pub async fn left(&self) {
        self.left.cancelled().await;
    }

    /// Takes leave of WhatsApp: what is not acknowledged by now comes again.
    pub async fn leave(&self) {
        self.left.cancel();
        self.fall(Why::Disconnected, "This session is over.");
        if let Some(live) = self.live.get() {
            live.client.disconnect().await;
        }
        self.tasks.end();
    }

    /// Stops the client; what it still writes is not taken.
    pub fn quit_client(&self, live: &Live) {
        live.client.signal_shutdown_sync();
        self.tasks.end();
    }

    /// Ends without a farewell.
    pub fn quit(&self) {
        self.left.cancel();
        self.fall(Why::Disconnected, "This session is over.");
        self.tasks.end();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Why, String)>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
