//! The socket that messages go over.

use std::fmt::Display;
use std::sync::Arc;

use async_trait::async_trait;
use sluice_connector::Home;
use tokio::sync::mpsc;
use tokio_websockets::ClientBuilder;
use whatsapp_rust::anyhow;
use whatsapp_rust::async_channel::Receiver;
use whatsapp_rust::transport::{Transport, TransportEvent, TransportFactory, from_websocket};
use whatsapp_rust::wacore::net::{WHATSAPP_WEB_ORIGIN, WHATSAPP_WEB_WS_URL};

use super::Way;
use super::seals::{Careful, Seals};
use crate::settings::Settings;

/// Opens the socket anew for each connection.
pub struct Socket {
    way: Way,
    /// Hears why WhatsApp cannot be reached, in words for a person.
    trouble: mpsc::UnboundedSender<String>,
    seals: Option<Arc<Seals>>,
}

impl Socket {
    pub fn new(settings: &Arc<Settings>, home: &Home, trouble: mpsc::UnboundedSender<String>) -> Self {
        Self { way: Way::of(settings, home), trouble, seals: None }
    }

    /// What goes out waits for the keys of a session.
    #[must_use]
    pub fn with_seals(self, seals: Option<Arc<Seals>>) -> Self {
        Self { seals, ..self }
    }

    async fn open(&self) -> Result<Opened, String> {
        let url = self.way.settings.server.as_deref().unwrap_or(WHATSAPP_WEB_WS_URL);
        let client = self.way.client().map_err(|error| unreachable(&error))?;
        let stream = client.dial(url).await.map_err(|trouble| unreachable(&trouble))?;
        let request = ClientBuilder::from_uri(url.parse::<http::Uri>().map_err(|error| unreachable(&error))?);
        let request = request
            .add_header(http::header::ORIGIN, http::HeaderValue::from_static(WHATSAPP_WEB_ORIGIN))
            .map_err(|error| unreachable(&error))?;
        let (websocket, _) = request.connect_on(stream).await.map_err(|error| unreachable(&error))?;
        let (transport, events) = from_websocket(websocket);
        Ok(match self.seals.clone() {
            Some(seals) => (Arc::new(Careful { transport, seals }), events),
            None => (transport, events),
        })
    }
}

fn unreachable(why: &dyn Display) -> String {
    format!("WhatsApp cannot be reached: {why}.")
}

type Opened = (Arc<dyn Transport>, Receiver<TransportEvent>);

#[async_trait]
impl TransportFactory for Socket {
    async fn create_transport(&self) -> Result<Opened, anyhow::Error> {
        self.open().await.map_err(|note| {
            // Who does not listen any more needs to hear nothing.
            let _ = self.trouble.send(note.clone());
            anyhow::Error::msg(note)
        })
    }
}
