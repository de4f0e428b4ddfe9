//! What goes with the protocol: who has which devices, numbers beside LIDs, tokens of trust, messages kept for a retry.

use async_trait::async_trait;
use whatsapp_rust::wacore::store::error::Result;
use whatsapp_rust::wacore::store::traits::{
    DeviceListRecord, LidPnMappingEntry, PendingInboundKey, PendingInboundRow, ProtocolStore, TcTokenEntry,
};

use super::{Change, Kind, Store, decode, encode, last_part, name, now, prefix, stamped};

impl Store {
    /// The changes that one mapping makes, with regard to those that are already on their way.
    async fn map(&self, entry: &LidPnMappingEntry, changes: &mut Vec<Change>) -> Result<()> {
        let lid = name(Kind::Lid, &[&entry.lid]);
        let on_its_way = changes.iter().rev().find(|(known, _)| *known == lid).and_then(|(_, value)| value.clone());
        let old = match on_its_way {
            Some(value) => Some(decode::<LidPnMappingEntry>(&value)?),
            None => self.read_as::<LidPnMappingEntry>(&lid).await?,
        };
        if let Some(old) = old.filter(|old| old.phone_number != entry.phone_number) {
            changes.push((name(Kind::Phone, &[&old.phone_number]), None));
        }
        changes.push((name(Kind::Phone, &[&entry.phone_number]), Some(entry.lid.clone().into_bytes())));
        changes.push((lid, Some(encode(entry)?)));
        Ok(())
    }

    async fn token(&self, jid: &str) -> Result<Option<TcTokenEntry>> {
        self.read_as(&name(Kind::Token, &[jid])).await
    }

    async fn set_token(&self, jid: &str, entry: &TcTokenEntry) -> Result<()> {
        self.put(name(Kind::Token, &[jid]), encode(entry)?).await
    }
}

#[async_trait]
impl ProtocolStore for Store {
    async fn get_sender_key_devices(&self, group_jid: &str) -> Result<Vec<(String, bool)>> {
        let kept = self.list(&prefix(Kind::SenderKeyDevice, &[group_jid])).await?;
        Ok(kept.into_iter().map(|(name, value)| (last_part(&name), value == [1])).collect())
    }

    async fn set_sender_key_status(&self, group_jid: &str, entries: &[(&str, bool)]) -> Result<()> {
        let change = |(device, has_key): &(&str, bool)| {
            (name(Kind::SenderKeyDevice, &[group_jid, device]), Some(vec![u8::from(*has_key)]))
        };
        self.write(entries.iter().map(change).collect()).await
    }

    async fn clear_sender_key_devices(&self, group_jid: &str) -> Result<()> {
        let _turn = self.turn.lock().await;
        let names = self.names(&prefix(Kind::SenderKeyDevice, &[group_jid])).await?;
        self.write(names.into_iter().map(|name| (name, None)).collect()).await
    }

    async fn delete_sender_key_device_rows(&self, device_jids: &[&str]) -> Result<()> {
        if device_jids.is_empty() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let names = self.names(&prefix(Kind::SenderKeyDevice, &[])).await?;
        let of_them = names.into_iter().filter(|name| device_jids.contains(&last_part(name).as_str()));
        self.write(of_them.map(|name| (name, None)).collect()).await
    }

    async fn clear_all_sender_key_devices(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        let names = self.names(&prefix(Kind::SenderKeyDevice, &[])).await?;
        self.write(names.into_iter().map(|name| (name, None)).collect()).await
    }

    async fn get_lid_mapping(&self, lid: &str) -> Result<Option<LidPnMappingEntry>> {
        self.read_as(&name(Kind::Lid, &[lid])).await
    }

    async fn get_pn_mapping(&self, phone: &str) -> Result<Option<LidPnMappingEntry>> {
        let Some(lid) = self.read(&name(Kind::Phone, &[phone])).await? else { return Ok(None) };
        self.get_lid_mapping(&String::from_utf8_lossy(&lid)).await
    }

    async fn put_lid_mapping(&self, entry: &LidPnMappingEntry) -> Result<()> {
        self.put_lid_mappings(std::slice::from_ref(entry)).await
    }

    async fn put_lid_mappings(&self, entries: &[LidPnMappingEntry]) -> Result<()> {
        let _turn = self.turn.lock().await;
        let mut changes = Vec::with_capacity(entries.len() * 2);
        for entry in entries {
            self.map(entry, &mut changes).await?;
        }
        self.write(changes).await
    }

    async fn get_all_lid_mappings(&self) -> Result<Vec<LidPnMappingEntry>> {
        self.list(&prefix(Kind::Lid, &[])).await?.iter().map(|(_, value)| decode(value)).collect()
    }

    async fn save_base_key(&self, address: &str, message_id: &str, base_key: &[u8]) -> Result<()> {
        self.put(name(Kind::BaseKey, &[address, message_id]), base_key.to_vec()).await
    }

    async fn has_same_base_key(&self, address: &str, message_id: &str, current_base_key: &[u8]) -> Result<bool> {
        let kept = self.read(&name(Kind::BaseKey, &[address, message_id])).await?;
        Ok(kept.is_some_and(|key| key == current_base_key))
    }

    async fn delete_base_key(&self, address: &str, message_id: &str) -> Result<()> {
        self.remove(name(Kind::BaseKey, &[address, message_id])).await
    }

    async fn update_device_list(&self, record: DeviceListRecord) -> Result<()> {
        self.update_device_lists(vec![record]).await
    }

    async fn update_device_lists(&self, records: Vec<DeviceListRecord>) -> Result<()> {
        let change = |record: &DeviceListRecord| Ok((name(Kind::Devices, &[&record.user]), Some(encode(record)?)));
        self.write(records.iter().map(change).collect::<Result<_>>()?).await
    }

    async fn get_devices(&self, user: &str) -> Result<Option<DeviceListRecord>> {
        self.read_as(&name(Kind::Devices, &[user])).await
    }

    async fn delete_devices(&self, user: &str) -> Result<()> {
        self.remove(name(Kind::Devices, &[user])).await
    }

    async fn get_group_metadata(&self, group_jid: &str) -> Result<Option<Vec<u8>>> {
        self.read(&name(Kind::Group, &[group_jid])).await
    }

    async fn put_group_metadata(&self, group_jid: &str, blob: &[u8]) -> Result<()> {
        self.put(name(Kind::Group, &[group_jid]), blob.to_vec()).await
    }

    async fn delete_group_metadata(&self, group_jid: &str) -> Result<()> {
        self.remove(name(Kind::Group, &[group_jid])).await
    }

    async fn get_tc_token(&self, jid: &str) -> Result<Option<TcTokenEntry>> {
        self.token(jid).await
    }

    async fn put_tc_token(&self, jid: &str, entry: &TcTokenEntry) -> Result<()> {
        let _turn = self.turn.lock().await;
        self.set_token(jid, entry).await
    }

    async fn delete_tc_token(&self, jid: &str) -> Result<()> {
        self.remove(name(Kind::Token, &[jid])).await
    }

    async fn get_all_tc_token_jids(&self) -> Result<Vec<String>> {
        let names = self.names(&prefix(Kind::Token, &[])).await?;
        Ok(names.iter().map(|name| last_part(name)).collect())
    }

    async fn delete_expired_tc_tokens(&self, token_cutoff: i64, sender_cutoff: i64) -> Result<u32> {
        self.prune(Kind::Token, |value| {
            // What cannot be read is of no use to anybody.
            decode::<TcTokenEntry>(value).map_or(true, |entry| {
                let token_lives = !entry.token.is_empty() && entry.token_timestamp >= token_cutoff;
                let sender_lives = entry.sender_timestamp.is_some_and(|at| at >= sender_cutoff);
                !token_lives && !sender_lives
            })
        })
        .await
    }

    async fn touch_tc_token_sender_timestamp(&self, jid: &str, sender_timestamp: i64) -> Result<()> {
        let _turn = self.turn.lock().await;
        let placeholder = TcTokenEntry { token: Vec::new(), token_timestamp: sender_timestamp, sender_timestamp: None };
        let mut entry = self.token(jid).await?.unwrap_or(placeholder);
        entry.sender_timestamp = entry.sender_timestamp.max(Some(sender_timestamp));
        self.set_token(jid, &entry).await
    }

    async fn store_received_tc_token(&self, jid: &str, token: &[u8], token_timestamp: i64) -> Result<()> {
        let _turn = self.turn.lock().await;
        let known = self.token(jid).await?;
        if known.as_ref().is_some_and(|known| !known.token.is_empty() && token_timestamp < known.token_timestamp) {
            return Ok(());
        }
        let sender_timestamp = known.and_then(|known| known.sender_timestamp);
        self.set_token(jid, &TcTokenEntry { token: token.to_vec(), token_timestamp, sender_timestamp }).await
    }

    async fn store_sent_message(&self, chat_jid: &str, message_id: &str, payload: &[u8]) -> Result<()> {
        self.keep_sent(chat_jid, message_id, payload).await
    }

    async fn take_sent_message(&self, chat_jid: &str, message_id: &str) -> Result<Option<Vec<u8>>> {
        self.take_sent(chat_jid, message_id).await
    }

    async fn delete_expired_sent_messages(&self, cutoff_timestamp: i64) -> Result<u32> {
        self.prune_older(Kind::Sent, cutoff_timestamp).await
    }

    async fn store_pending_inbound(&self, chat: &str, sender: &str, id: &str, message: &[u8]) -> Result<()> {
        self.store_pending_inbound_batch(&[PendingInboundRow { chat, sender, id, message }]).await
    }

    async fn get_pending_inbound(&self, chat: &str, sender: &str, id: &str) -> Result<Option<Vec<u8>>> {
        self.pending(chat, sender, id).await
    }

    async fn delete_pending_inbound(&self, chat: &str, sender: &str, id: &str) -> Result<()> {
        self.remove(name(Kind::Pending, &[chat, sender, id])).await
    }

    async fn delete_expired_pending_inbound(&self, cutoff_timestamp: i64) -> Result<u32> {
        self.prune_older(Kind::Pending, cutoff_timestamp).await
    }

    async fn store_pending_inbound_batch(&self, rows: &[PendingInboundRow<'_>]) -> Result<()> {
        let at = now();
        let change = |row: &PendingInboundRow<'_>| {
            (name(Kind::Pending, &[row.chat, row.sender, row.id]), Some(stamped(at, row.message)))
        };
        self.write(rows.iter().map(change).collect()).await
    }

    async fn delete_pending_inbound_batch(&self, keys: &[PendingInboundKey<'_>]) -> Result<()> {
        let change = |key: &PendingInboundKey<'_>| (name(Kind::Pending, &[key.chat, key.sender, key.id]), None);
        self.write(keys.iter().map(change).collect()).await
    }
}
