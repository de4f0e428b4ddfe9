//! A phone shares its history with a linked device.

use std::io::Write;

use anyhow::Result;
use bytes::Bytes;
use wacore::download::MediaType;
use wacore::upload::encrypt_media;
use wacore_binary::Jid;
use waproto::buffa::{Message as _, MessageField};
use waproto::whatsapp::message::{HistorySyncNotification, ProtocolMessage, protocol_message};
use waproto::whatsapp::{Conversation, HistorySync, HistorySyncMsg, Message, MessageKey, WebMessageInfo, history_sync};

use crate::state::{DeviceId, State};

/// One chat of the phone's history.
#[derive(Clone, Debug)]
pub struct Chat {
    pub with: Jid,
    pub name: String,
    pub messages: Vec<Past>,
}

/// One message of it.
#[derive(Clone, Debug)]
pub struct Past {
    pub id: String,
    /// The account's owner wrote it.
    pub own: bool,
    pub text: String,
    /// Seconds since 1970.
    pub at: u64,
}

impl State {
    /// Uploads the history to the media host, encrypted, and tells every linked device of the account where it lies.
    pub fn share_history(&mut self, account: usize, chats: &[Chat]) -> Result<()> {
        let history = HistorySync {
            sync_type: history_sync::HistorySyncType::RECENT,
            conversations: chats.iter().map(conversation).collect(),
            chunk_order: Some(1),
            progress: Some(100),
            ..Default::default()
        };
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&history.encode_to_vec())?;
        let packed = packed.finish()?;
        let sealed = encrypt_media(&packed, MediaType::History)?;
        let path = format!("/o1/{}", self.next());
        self.files.keep(path.clone(), Bytes::from(sealed.data_to_upload));
        let notification = HistorySyncNotification {
            file_sha256: Some(sealed.file_sha256.to_vec()),
            file_length: Some(packed.len() as u64),
            media_key: Some(sealed.media_key.to_vec()),
            file_enc_sha256: Some(sealed.file_enc_sha256.to_vec()),
            direct_path: Some(path),
            sync_type: Some(waproto::whatsapp::message::HistorySyncType::RECENT),
            chunk_order: Some(1),
            progress: Some(100),
            ..Default::default()
        };
        let message = Message {
            protocol_message: MessageField::some(ProtocolMessage {
                r#type: Some(protocol_message::Type::HISTORY_SYNC_NOTIFICATION),
                history_sync_notification: MessageField::some(notification),
                ..Default::default()
            }),
            ..Default::default()
        };
        let numbers: Vec<u16> = self.accounts[account].devices.keys().copied().collect();
        for number in numbers {
            let id = format!("3A{:018X}", self.next());
            self.say_to_own(DeviceId { account, number }, &id, &message)?;
        }
        Ok(())
    }
}

fn conversation(chat: &Chat) -> Conversation {
    let messages = chat.messages.iter().map(|past| {
        let info = WebMessageInfo {
            key: MessageField::some(MessageKey {
                remote_jid: Some(chat.with.to_string()),
                from_me: Some(past.own),
                id: Some(past.id.clone()),
                ..Default::default()
            }),
            message: MessageField::some(Message { conversation: Some(past.text.clone()), ..Default::default() }),
            message_timestamp: Some(past.at),
            ..Default::default()
        };
        HistorySyncMsg { message: MessageField::some(info), ..Default::default() }
    });
    Conversation {
        id: chat.with.to_string(),
        name: Some(chat.name.clone()),
        messages: messages.collect(),
        conversation_timestamp: chat.messages.iter().map(|past| past.at).max(),
        ..Default::default()
    }
}
