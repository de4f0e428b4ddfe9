//! A phone reads what is sent to it, and answers as phones do.

use anyhow::{Context, Result};
use wacore::messages::MessageUtils;
use wacore_binary::{Node, Server};
use wacore_libsignal::protocol::{
    CiphertextMessage, PreKeySignalMessage, SenderKeyDistributionMessage, SenderKeyName, SignalMessage, UsePQRatchet,
    group_decrypt, message_decrypt, process_sender_key_distribution_message,
};
use waproto::buffa::Message as _;
use waproto::whatsapp::Message;

use super::speak::keys_of;
use super::{Cipher, HEARD, Heard, Told, at_once, session};
use crate::node::{Read, build, holding, now, set};
use crate::state::{DeviceId, State, push};

/// How often a message is encrypted anew for a device that cannot read it.
const AGAIN: u32 = 5;

impl State {
    /// A stanza for an account's phone.
    pub fn hear(&mut self, account: usize, stanza: &Node) {
        match stanza.tag.as_ref() {
            "message" => self.hear_message(account, stanza),
            "receipt" => self.hear_receipt(account, stanza),
            _ => {}
        }
    }

    fn hear_message(&mut self, account: usize, stanza: &Node) {
        let own = DeviceId { account, number: 0 };
        let from = stanza.jid("from").unwrap_or_default();
        let author = stanza.jid("participant").unwrap_or_else(|| from.clone());
        let Some(writer) = self.device_of(&author) else { return };
        let id = stanza.text("id").unwrap_or_default();
        let name = format!("{}:{}", self.accounts[writer.account].lid, writer.number);
        let address = session(&self.accounts[writer.account].lid, writer.number);
        let read =
            self.accounts[account].handset.cipher.read(stanza, &address, SenderKeyName::new(from.to_string(), name));
        let mut answer = build("receipt").attr("to", from.clone()).attr("id", id.as_str()).build();
        if from.server == Server::Group || from.server == Server::Broadcast {
            set(&mut answer, "participant", author);
        }
        let message = match read {
            Ok(message) => message,
            Err(_) => {
                self.accounts[account].handset.unreadable += 1;
                self.ask_again(own, stanza, answer);
                return;
            }
        };
        let Some(mut message) = message else { return };
        let own_device = writer.account == account;
        let (chat, message) = match message.device_sent_message.take() {
            Some(copy) => {
                let chat = copy.destination_jid.and_then(|jid| jid.parse().ok());
                (chat.unwrap_or_else(|| from.clone()), copy.message.into_option().unwrap_or_default())
            }
            None => (from.to_non_ad(), message),
        };
        let heard = Heard {
            id,
            from: self.accounts[writer.account].phone.clone(),
            device: writer.number,
            chat,
            own: own_device,
            message,
        };
        let handset = &mut self.accounts[account].handset;
        push(&mut handset.heard, HEARD, heard);
        let manners = handset.manners;
        if own_device {
            return;
        }
        if manners.delivers {
            self.receipt(own, &answer);
        }
        if manners.reads {
            set(&mut answer, "type", "read");
            self.receipt(own, &answer);
        }
    }

    /// Asks the writer to encrypt it anew, with fresh keys to do it with.
    fn ask_again(&mut self, own: DeviceId, stanza: &Node, mut receipt: Node) {
        let count = stanza.each("enc").find_map(|enc| enc.text("count")?.parse::<u32>().ok()).unwrap_or(0) + 1;
        if count > AGAIN {
            return;
        }
        let id = stanza.text("id").unwrap_or_default();
        let retry = build("retry").attr("count", count).attr("id", id).attr("t", now()).attr("v", 1).build();
        let handset = &mut self.accounts[own.account].handset;
        let registration = holding("registration", handset.cipher.identities.registration.to_be_bytes());
        let keys = keys_of(handset.bundle());
        set(&mut receipt, "type", "retry");
        receipt.content = Some(wacore_binary::NodeContent::Nodes(vec![retry, registration, keys]));
        self.receipt(own, &receipt);
    }

    fn hear_receipt(&mut self, account: usize, stanza: &Node) {
        let from = stanza.jid("participant").or_else(|| stanza.jid("from")).unwrap_or_default();
        let Some(sender) = self.device_of(&from) else { return };
        let kind = stanza.text("type").unwrap_or_default();
        let ids =
            stanza.child("list").into_iter().flat_map(|list| list.each("item")).filter_map(|item| item.text("id"));
        let ids: Vec<String> = ids.chain(stanza.text("id")).collect();
        for id in &ids {
            let told = Told { id: id.clone(), kind: kind.clone(), from: self.accounts[sender.account].phone.clone() };
            push(&mut self.accounts[account].handset.receipts, HEARD, told);
        }
        if kind == "retry" {
            // A device whose request makes no sense simply does not get the message again.
            let _ = self.say_again(account, sender, stanza);
        }
    }

    /// Encrypts one of the phone's messages anew for the one device that could not read it.
    fn say_again(&mut self, account: usize, to: DeviceId, receipt: &Node) -> Result<()> {
        let id = receipt.text("id").unwrap_or_default();
        let count: u32 = receipt.child("retry").and_then(|retry| retry.text("count")?.parse().ok()).unwrap_or(1);
        let address = session(&self.accounts[to.account].lid, to.number);
        let handset = &mut self.accounts[account].handset;
        let sent = handset.sent.iter().find(|sent| sent.id == id).context("it is forgotten")?;
        let (chat, mut message) = (sent.to.clone(), sent.message.clone());
        if count > AGAIN {
            return Ok(());
        }
        handset.cipher.sessions.0.remove(address.as_str());
        if let Some(keys) = receipt.child("keys") {
            handset.cipher.begin(&address, keys)?;
        }
        if chat.server == Server::Group {
            handset.cipher.distributed.remove(&chat.to_string());
            message.sender_key_distribution_message = self.sender_key(account, &chat)?.into();
        }
        let mut enc = self.encrypt(account, to, &message)?;
        set(&mut enc, "count", count);
        let device = self.jid(to, chat.is_lid());
        let mut stanza = build("message").attr("id", id).attr("type", "text").children([enc]).build();
        if chat.server == Server::Group {
            set(&mut stanza, "to", chat);
            set(&mut stanza, "participant", self.jid(to, true));
        } else {
            set(&mut stanza, "to", device);
        }
        self.relay(DeviceId { account, number: 0 }, &stanza);
        Ok(())
    }
}

impl Cipher {
    /// Decrypts every part of a message; `None` when there was nothing in it but keys.
    fn read(
        &mut self,
        stanza: &Node,
        address: &wacore_libsignal::protocol::ProtocolAddress,
        sender: SenderKeyName,
    ) -> Result<Option<Message>> {
        let mut whole: Option<Message> = None;
        for enc in stanza.each("enc") {
            let sealed = enc.content();
            let padded = match enc.text("type").as_deref() {
                Some("skmsg") => at_once(group_decrypt(&sealed, &mut self.sender_keys, &sender))?,
                Some("pkmsg") => {
                    let sealed = PreKeySignalMessage::try_from(sealed.as_slice())?;
                    self.open(&CiphertextMessage::PreKeySignalMessage(sealed), address)?
                }
                _ => {
                    let sealed = SignalMessage::try_from(sealed.as_slice())?;
                    self.open(&CiphertextMessage::SignalMessage(sealed), address)?
                }
            };
            let mut message = Message::decode_from_slice(MessageUtils::unpad_message_ref(&padded, 2)?)?;
            if let Some(key) = message.sender_key_distribution_message.take() {
                let bytes = key.axolotl_sender_key_distribution_message.unwrap_or_default();
                let key = SenderKeyDistributionMessage::try_from(bytes.as_slice())?;
                at_once(process_sender_key_distribution_message(&sender, &key, &mut self.sender_keys))?;
            }
            message.message_context_info.take();
            if message != Message::default() {
                whole = Some(message);
            }
        }
        Ok(whole)
    }

    fn open(
        &mut self,
        sealed: &CiphertextMessage,
        address: &wacore_libsignal::protocol::ProtocolAddress,
    ) -> Result<Vec<u8>> {
        let mut random = rand::rng();
        let opened = message_decrypt(
            sealed,
            address,
            &mut self.sessions,
            &mut self.identities,
            &mut self.one_time,
            &self.signed,
            &mut random,
            UsePQRatchet::No,
        );
        Ok(at_once(opened)?.plaintext)
    }
}
