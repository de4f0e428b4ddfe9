//! Secrets of single messages: with them the votes on a poll and the edits of a message are read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use whatsapp_rust::wacore::store::error::Result;
use whatsapp_rust::wacore::store::traits::{
    MsgSecretEntry, MsgSecretStore, merge_msg_secret_expiry, merge_msg_secret_message_ts,
};

use super::{Kind, Store, name, stamp_of, stamped};

/// A row: when it ends (0 is never), the message's own time (0 is unknown), the secret.
struct Row {
    expires_at: i64,
    message_ts: i64,
    secret: Vec<u8>,
}

impl Row {
    fn read(value: &[u8]) -> Self {
        let rest = value.get(8..).unwrap_or_default();
        Self {
            expires_at: stamp_of(value),
            message_ts: stamp_of(rest),
            secret: rest.get(8..).unwrap_or_default().to_vec(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        stamped(self.expires_at, &stamped(self.message_ts, &self.secret))
    }
}

#[async_trait]
impl MsgSecretStore for Store {
    async fn put_msg_secrets(&self, entries: Vec<MsgSecretEntry>) -> Result<usize> {
        let _turn = self.turn.lock().await;
        let stored = entries.len();
        // A batch may name one message twice.
        let mut rows = BTreeMap::<String, Row>::new();
        for MsgSecretEntry { chat, sender, msg_id, secret, expires_at, message_ts } in entries {
            let name = name(Kind::Secret, &[&chat, &sender, &msg_id]);
            let known = match rows.remove(&name) {
                Some(row) => Some(row),
                None => self.read(&name).await?.map(|value| Row::read(&value)),
            };
            let mut row = Row { expires_at, message_ts, secret: secret.to_vec() };
            if let Some(known) = known {
                row.expires_at = merge_msg_secret_expiry(known.expires_at, expires_at);
                row.message_ts = merge_msg_secret_message_ts(known.message_ts, message_ts);
            }
            rows.insert(name, row);
        }
        self.write(rows.into_iter().map(|(name, row)| (name, Some(row.bytes()))).collect()).await?;
        Ok(stored)
    }

    async fn get_msg_secret(&self, chat: &str, sender: &str, msg_id: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.get_msg_secret_with_ts(chat, sender, msg_id).await?.map(|(secret, _)| secret))
    }

    async fn get_msg_secret_with_ts(&self, chat: &str, sender: &str, msg_id: &str) -> Result<Option<(Vec<u8>, i64)>> {
        let kept = self.read(&name(Kind::Secret, &[chat, sender, msg_id])).await?;
        Ok(kept.map(|value| Row::read(&value)).map(|row| (row.secret, row.message_ts)))
    }

    async fn delete_expired_msg_secrets(&self, cutoff_timestamp: i64) -> Result<u32> {
        self.prune(Kind::Secret, |value| {
            let expires_at = stamp_of(value);
            expires_at != 0 && expires_at <= cutoff_timestamp
        })
        .await
    }
}
