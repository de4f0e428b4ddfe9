//! Messages kept for a while: what was sent, in case the other side could not read it, and what came in and is not in
//! the journal yet. Each value has the second it was kept in front.

use whatsapp_rust::wacore::store::error::Result;

use super::{Kind, Store, name, now, stamp_of, stamped, unstamped};

impl Store {
    pub(super) async fn keep_sent(&self, chat: &str, id: &str, message: &[u8]) -> Result<()> {
        self.put(name(Kind::Sent, &[chat, id]), stamped(now(), message)).await
    }

    pub(super) async fn take_sent(&self, chat: &str, id: &str) -> Result<Option<Vec<u8>>> {
        let _turn = self.turn.lock().await;
        let name = name(Kind::Sent, &[chat, id]);
        let kept = self.read(&name).await?;
        if kept.is_some() {
            self.remove(name).await?;
        }
        Ok(kept.map(unstamped))
    }

    pub(super) async fn prune_older(&self, kind: Kind, cutoff: i64) -> Result<u32> {
        self.prune(kind, |value| stamp_of(value) < cutoff).await
    }

    pub(super) async fn pending(&self, chat: &str, sender: &str, id: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.read(&name(Kind::Pending, &[chat, sender, id])).await?.map(unstamped))
    }
}
