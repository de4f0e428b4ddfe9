//! The same calls on our store and on the library's own reference give the same answers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use sluice_connector::kit::MemoryVault;
use whatsapp_rust::bytes::Bytes;
use whatsapp_rust::wacore::appstate::hash::HashState;
use whatsapp_rust::wacore::appstate::processor::AppStateMutationMAC;
use whatsapp_rust::wacore::store::in_memory::InMemoryBackend;
use whatsapp_rust::wacore::store::traits::*;
use whatsapp_rust::wacore::store::{Device, error};

use super::*;

/// A vault that counts its writes.
#[derive(Default)]
struct Counting {
    vault: MemoryVault,
    writes: AtomicUsize,
    last: Mutex<usize>,
}

#[async_trait]
impl Vault for Counting {
    async fn read(&self, name: &str) -> std::result::Result<Option<Vec<u8>>, Closed> {
        self.vault.read(name).await
    }

    async fn list(&self, prefix: &str) -> std::result::Result<Vec<(String, Vec<u8>)>, Closed> {
        self.vault.list(prefix).await
    }

    async fn write(&self, changes: Vec<Change>) -> std::result::Result<(), Closed> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        *self.last.lock().unwrap() = changes.len();
        self.vault.write(changes).await
    }
}

/// What an answer looks like, in an order of its own.
trait Shown {
    fn shown(&self) -> String;
}

impl<T: std::fmt::Debug> Shown for T {
    fn shown(&self) -> String {
        format!("{self:?}")
    }
}

fn sorted<T: std::fmt::Debug>(rows: Result<Vec<T>>) -> Vec<String> {
    let mut shown: Vec<String> = rows.unwrap().iter().map(|row| format!("{row:?}")).collect();
    shown.sort();
    shown
}

/// Evaluates the call on both and compares; gives our answer.
macro_rules! same {
    ($both:ident, $b:ident => $call:expr) => {{
        let ours = {
            let $b = &$both.0;
            $call
        };
        let theirs = {
            let $b = &$both.1;
            $call
        };
        assert_eq!(ours.shown(), theirs.shown(), "{}", stringify!($call));
        ours
    }};
}

fn both() -> (Store, InMemoryBackend) {
    (Store::new(Arc::new(MemoryVault::default())), InMemoryBackend::new())
}

fn arc(text: &str) -> Arc<str> {
    Arc::from(text)
}

const ANN: &str = "15550000001:3@s.whatsapp.net";
const BOB: &str = "100000012345678@lid";

#[tokio::test]
async fn keys_and_sessions() -> error::Result<()> {
    let both = both();
    same!(both, b => b.load_identity(ANN).await?);
    same!(both, b => b.put_identity(ANN, [7; 32]).await?);
    same!(both, b => b.put_identities_batch(&[(arc(ANN), [8; 32]), (arc(BOB), [9; 32])]).await?);
    same!(both, b => b.load_identity(ANN).await?);
    same!(both, b => b.delete_identity(ANN).await?);
    same!(both, b => b.load_identity(ANN).await?);
    same!(both, b => b.put_session(ANN, b"one").await?);
    same!(both, b => b.put_sessions_batch(&[(arc(ANN), Bytes::from_static(b"two")), (arc(BOB), Bytes::new())]).await?);
    for address in [ANN, BOB, "nobody"] {
        same!(both, b => b.get_session(address).await?);
        same!(both, b => b.has_session(address).await?);
    }
    for user in ["15550000001", "1555000000", "100000012345678", "00", "150"] {
        same!(both, b => b.has_signal_state_for_user(user).await?);
    }
    same!(both, b => b.delete_session(ANN).await?);
    same!(both, b => b.has_session(ANN).await?);
    same!(both, b => b.get_max_prekey_id().await?);
    same!(both, b => b.store_prekey(3, b"three", false).await?);
    let keys: Vec<(u32, Bytes)> = (9..300).map(|id| (id, Bytes::from(id.to_string()))).collect();
    same!(both, b => b.store_prekeys_batch(&keys, true).await?);
    same!(both, b => b.get_max_prekey_id().await?);
    same!(both, b => b.load_prekey(10).await?);
    same!(both, b => b.remove_prekey(10).await?);
    same!(both, b => b.mark_prekeys_uploaded(&[10, 11]).await?);
    same!(both, b => b.load_prekeys_batch(&[9, 10, 11, 999]).await?);
    same!(both, b => b.store_signed_prekey(1, b"signed").await?);
    same!(both, b => b.store_signed_prekey(2, b"signed too").await?);
    same!(both, b => b.load_signed_prekey(2).await?);
    same!(both, b => sorted(b.load_all_signed_prekeys().await));
    same!(both, b => b.remove_signed_prekey(2).await?);
    same!(both, b => sorted(b.load_all_signed_prekeys().await));
    same!(both, b => b.put_sender_key("group|1", b"key").await?);
    same!(both, b => b.put_sender_keys_batch(&[(arc("group|1"), Bytes::from_static(b"other"))]).await?);
    same!(both, b => b.get_sender_key("group|1").await?);
    same!(both, b => b.delete_sender_key("group|1").await?);
    same!(both, b => b.get_sender_key("group|1").await?);
    Ok(())
}

#[tokio::test]
async fn the_shared_state() -> error::Result<()> {
    let both = both();
    let key = |n: u8| AppStateSyncKey { key_data: vec![n; 32], fingerprint: vec![n], timestamp: n.into() };
    same!(both, b => b.get_latest_sync_key_id().await?);
    same!(both, b => b.set_sync_key(&[0, 255], key(1)).await?);
    same!(both, b => b.set_sync_key(&[9], key(2)).await?);
    same!(both, b => b.get_latest_sync_key_id().await?);
    same!(both, b => b.get_sync_key(&[0, 255]).await?);
    same!(both, b => b.get_sync_key(&[1]).await?);
    same!(both, b => b.get_version("regular").await?);
    same!(both, b => b.set_version("regular", HashState { version: 7, hash: [3; 128], ..HashState::default() }).await?);
    same!(both, b => b.get_version("regular").await?);
    let mac = |n: u8| AppStateMutationMAC { index_mac: vec![n; 32], value_mac: vec![n, n] };
    same!(both, b => b.put_mutation_macs("regular", 7, &[mac(1), mac(2), mac(3)]).await?);
    same!(both, b => b.put_mutation_macs("regular_high", 7, &[mac(1)]).await?);
    same!(both, b => b.get_mutation_mac("regular", &[2; 32]).await?);
    same!(both, b => b.get_mutation_macs("regular", &[[1; 32], [9; 32]]).await?);
    same!(both, b => b.delete_mutation_macs("regular", &[vec![2; 32]]).await?);
    same!(both, b => b.get_mutation_mac("regular", &[2; 32]).await?);
    same!(both, b => b.clear_mutation_macs("regular").await?);
    same!(both, b => b.get_mutation_mac("regular", &[1; 32]).await?);
    same!(both, b => b.get_mutation_mac("regular_high", &[1; 32]).await?);
    Ok(())
}

#[tokio::test]
async fn groups_devices_and_base_keys() -> error::Result<()> {
    let both = both();
    let (one, other) = ("1@g.us", "12@g.us");
    same!(both, b => b.set_sender_key_status(one, &[(ANN, true), (BOB, false)]).await?);
    same!(both, b => b.set_sender_key_status(other, &[(ANN, true)]).await?);
    same!(both, b => b.set_sender_key_status(one, &[(BOB, true)]).await?);
    same!(both, b => sorted(b.get_sender_key_devices(one).await));
    same!(both, b => b.delete_sender_key_device_rows(&[ANN]).await?);
    same!(both, b => sorted(b.get_sender_key_devices(one).await));
    same!(both, b => sorted(b.get_sender_key_devices(other).await));
    same!(both, b => b.clear_sender_key_devices(one).await?);
    same!(both, b => sorted(b.get_sender_key_devices(one).await));
    same!(both, b => b.set_sender_key_status(other, &[(ANN, true)]).await?);
    same!(both, b => b.clear_all_sender_key_devices().await?);
    same!(both, b => sorted(b.get_sender_key_devices(other).await));
    same!(both, b => b.save_base_key(ANN, "id", b"key").await?);
    same!(both, b => b.has_same_base_key(ANN, "id", b"key").await?);
    same!(both, b => b.has_same_base_key(ANN, "id", b"other").await?);
    same!(both, b => b.delete_base_key(ANN, "id").await?);
    same!(both, b => b.has_same_base_key(ANN, "id", b"key").await?);
    let record = |user: &str, devices: u32| DeviceListRecord {
        user: user.to_owned(),
        devices: (0..devices).map(|id| DeviceInfo::new(id, Some(id))).collect(),
        timestamp: 1,
        phash: Some("2:abc".to_owned()),
        raw_id: Some(5),
    };
    same!(both, b => b.update_device_list(record("1", 2)).await?);
    same!(both, b => b.update_device_lists(vec![record("1", 3), record("2", 1)]).await?);
    same!(both, b => b.get_devices("1").await?);
    same!(both, b => b.delete_devices("1").await?);
    same!(both, b => b.get_devices("1").await?);
    same!(both, b => b.put_group_metadata(one, b"blob").await?);
    same!(both, b => b.get_group_metadata(one).await?);
    same!(both, b => b.delete_group_metadata(one).await?);
    same!(both, b => b.get_group_metadata(one).await?);
    Ok(())
}

#[tokio::test]
async fn numbers_beside_lids() -> error::Result<()> {
    let both = both();
    let pair = |lid: &str, phone: &str| LidPnMappingEntry {
        lid: lid.to_owned(),
        phone_number: phone.to_owned(),
        created_at: 1,
        updated_at: 2,
        learning_source: "usync".to_owned(),
    };
    same!(both, b => b.put_lid_mapping(&pair("A", "1")).await?);
    // The number moves to another LID, and the LID to another number, in one batch and over batches.
    same!(both, b => b.put_lid_mappings(&[pair("B", "1"), pair("A", "2"), pair("A", "3"), pair("C", "2")]).await?);
    same!(both, b => b.put_lid_mapping(&pair("C", "9")).await?);
    for lid in ["A", "B", "C", "D"] {
        same!(both, b => b.get_lid_mapping(lid).await?);
    }
    for phone in ["1", "2", "3", "9"] {
        same!(both, b => b.get_pn_mapping(phone).await?);
    }
    same!(both, b => sorted(b.get_all_lid_mappings().await));
    Ok(())
}

#[tokio::test]
async fn tokens_of_trust() -> error::Result<()> {
    let both = both();
    let token = |token: &[u8], at, sender| TcTokenEntry {
        token: token.to_vec(),
        token_timestamp: at,
        sender_timestamp: sender,
    };
    same!(both, b => b.touch_tc_token_sender_timestamp("a", 10).await?);
    same!(both, b => b.touch_tc_token_sender_timestamp("a", 5).await?);
    same!(both, b => b.store_received_tc_token("a", b"new", 7).await?);
    same!(both, b => b.get_tc_token("a").await?);
    same!(both, b => b.store_received_tc_token("a", b"older", 6).await?);
    same!(both, b => b.store_received_tc_token("b", b"first", 6).await?);
    same!(both, b => b.put_tc_token("c", &token(b"", 1, None)).await?);
    same!(both, b => b.put_tc_token("d", &token(b"x", 1, Some(100))).await?);
    same!(both, b => sorted(b.get_all_tc_token_jids().await));
    same!(both, b => b.delete_expired_tc_tokens(7, 50).await?);
    for jid in ["a", "b", "c", "d"] {
        same!(both, b => b.get_tc_token(jid).await?);
    }
    same!(both, b => b.delete_tc_token("a").await?);
    same!(both, b => sorted(b.get_all_tc_token_jids().await));
    Ok(())
}

#[tokio::test]
async fn messages_kept_for_a_while() -> error::Result<()> {
    let both = both();
    let rows = [
        PendingInboundRow { chat: "c", sender: "s", id: "1", message: b"one" },
        PendingInboundRow { chat: "c", sender: "s", id: "2", message: b"two" },
        PendingInboundRow { chat: "c|s", sender: "", id: "2", message: b"with the parts' own sign" },
    ];
    same!(both, b => b.store_pending_inbound_batch(&rows).await?);
    same!(both, b => b.store_pending_inbound("c", "s", "1", b"newer").await?);
    same!(both, b => b.get_pending_inbound("c", "s", "1").await?);
    same!(both, b => b.get_pending_inbound("c|s", "", "2").await?);
    same!(both, b => b.get_pending_inbound("c", "|s", "2").await?);
    same!(both, b => b.delete_pending_inbound("c", "s", "1").await?);
    same!(both, b => b.delete_pending_inbound_batch(&[PendingInboundKey { chat: "c", sender: "s", id: "2" }]).await?);
    same!(both, b => b.get_pending_inbound("c", "s", "2").await?);
    same!(both, b => b.delete_expired_pending_inbound(now() - 100).await?);
    same!(both, b => b.delete_expired_pending_inbound(now() + 100).await?);
    same!(both, b => b.get_pending_inbound("c|s", "", "2").await?);
    same!(both, b => b.store_sent_message("c", "1", b"sent").await?);
    same!(both, b => b.store_sent_message("c", "2", b"sent").await?);
    same!(both, b => b.take_sent_message("c", "1").await?);
    same!(both, b => b.take_sent_message("c", "1").await?);
    same!(both, b => b.delete_expired_sent_messages(now() - 100).await?);
    same!(both, b => b.delete_expired_sent_messages(now() + 100).await?);
    same!(both, b => b.take_sent_message("c", "2").await?);
    Ok(())
}

#[tokio::test]
async fn secrets_of_messages() -> error::Result<()> {
    let both = both();
    let entry = |id: &str, secret: u8, expires_at, message_ts| MsgSecretEntry {
        chat: arc("c"),
        sender: arc("s"),
        msg_id: arc(id),
        secret: [secret; 32],
        expires_at,
        message_ts,
    };
    same!(both, b => b.put_msg_secret("c", "s", "0", &[1; 32]).await?);
    same!(both, b => b.put_msg_secrets(vec![entry("1", 1, 50, 5), entry("2", 1, 0, 0), entry("1", 2, 40, 9)]).await?);
    same!(both, b => b.put_msg_secrets(vec![entry("1", 3, 30, 0), entry("2", 4, 10, 3)]).await?);
    for cutoff in [29, 49, 50, i64::MAX] {
        for id in ["0", "1", "2", "3"] {
            same!(both, b => b.get_msg_secret_with_ts("c", "s", id).await?);
        }
        same!(both, b => b.get_msg_secret("c", "s", "1").await?);
        same!(both, b => b.delete_expired_msg_secrets(cutoff).await?);
    }
    Ok(())
}

#[tokio::test]
async fn the_device_survives_as_it_is() -> error::Result<()> {
    let vault = Arc::new(MemoryVault::default());
    let store = Store::new(vault.clone());
    assert!(!store.exists().await? && store.load().await?.is_none());
    store.create().await?;
    assert!(store.exists().await? && !is_paired(&*vault).await.unwrap());
    let mut device = Device::new();
    device.pn = "15550000001:3@s.whatsapp.net".parse().ok();
    device.push_name = "Ann".to_owned();
    device.next_pre_key_id = 813;
    store.save(&device).await?;
    store.create().await?;
    assert!(is_paired(&*vault).await.unwrap());
    let loaded = store.load().await?.unwrap();
    assert_eq!(encode(&loaded)?, encode(&device)?);
    Ok(())
}

#[tokio::test]
async fn a_batch_is_one_write_and_an_empty_one_is_none() -> error::Result<()> {
    let vault = Arc::new(Counting::default());
    let store = Store::new(vault.clone());
    let written = || (vault.writes.swap(0, Ordering::SeqCst), *vault.last.lock().unwrap());
    let keys: Vec<(u32, Bytes)> = (1..=812).map(|id| (id, Bytes::from_static(b"key"))).collect();
    store.store_prekeys_batch(&keys, false).await?;
    assert_eq!(written(), (1, 812));
    store.put_sessions_batch(&[(arc("a"), Bytes::new()), (arc("b"), Bytes::new())]).await?;
    assert_eq!(written(), (1, 2));
    store.set_sync_key(&[1], AppStateSyncKey::default()).await?;
    assert_eq!(written(), (1, 2));
    store.put_sessions_batch(&[]).await?;
    store.delete_sender_key_device_rows(&["nobody"]).await?;
    assert_eq!(written().0, 0);
    Ok(())
}

#[tokio::test]
async fn what_is_forgotten_stays_forgotten() -> error::Result<()> {
    let vault = Arc::new(MemoryVault::default());
    let store = Store::new(vault.clone());
    store.create().await?;
    vault.write(vec![("words/poll/1".to_owned(), Some(vec![1]))]).await.unwrap();
    store.forget().await.unwrap();
    assert!(store.put_session(ANN, b"late").await.is_err(), "a client on its way out writes nothing");
    assert_eq!(vault.list("").await, Ok(Vec::new()));
    Ok(())
}
