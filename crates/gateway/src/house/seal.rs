//! The one sealer, behind each room's own small door.

use std::sync::Arc;

use sluice_secret::Sealer;

/// Seals and opens for every room; a room names its context, so that what one sealed another cannot open by mistake.
#[derive(Clone)]
pub struct Seal(Arc<Sealer>);

impl Seal {
    pub fn new(sealer: Sealer) -> Self {
        Self(Arc::new(sealer))
    }

    fn opened(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        match self.0.open(context, sealed) {
            Ok(plain) => Some(plain),
            Err(error) => {
                tracing::error!(context, %error, "a sealed secret cannot be opened: was the master key changed?");
                None
            }
        }
    }
}

impl sluice_intake::Seal for Seal {
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.0.seal(context, plain)
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.opened(context, sealed)
    }
}

impl sluice_courier::Seal for Seal {
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.0.seal(context, plain)
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.opened(context, sealed)
    }
}

impl sluice_relay::Open for Seal {
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.opened(context, sealed)
    }
}
