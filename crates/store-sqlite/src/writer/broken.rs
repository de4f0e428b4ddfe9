//! Whether the disk can still be trusted. Once it cannot, nothing is written any more.

use sluice_store::Fault;
use tokio::sync::watch;

/// Shared by all that write.
#[derive(Clone, Debug, Default)]
pub struct Broken(watch::Sender<Option<Fault>>);

impl Broken {
    pub fn fault(&self) -> Option<Fault> {
        self.0.borrow().clone()
    }

    /// Breaks the store for good where a fault says that the disk cannot be trusted; the first such fault stays.
    pub fn note(&self, fault: &Fault) {
        self.0.send_if_modified(|noted| {
            let breaks = noted.is_none() && matches!(fault, Fault::Broken(_));
            if breaks {
                *noted = Some(fault.clone());
            }
            breaks
        });
    }

    pub fn subscribe(&self) -> watch::Receiver<Option<Fault>> {
        self.0.subscribe()
    }
}
