//! A phone writes: to a person, to a group, to its own linked devices.

use anyhow::{Context, Result};
use wacore::messages::MessageUtils;
use wacore_binary::{Jid, Node, Server};
use wacore_libsignal::protocol::{
    CiphertextMessage, IdentityKey, PreKeyBundle, PublicKey, SenderKeyName, UsePQRatchet,
    create_sender_key_distribution_message, group_encrypt, message_encrypt, process_prekey_bundle,
};
use waproto::buffa::{Message as _, MessageField};
use waproto::whatsapp::Message;
use waproto::whatsapp::message::{AppStateSyncKey, AppStateSyncKeyData, AppStateSyncKeyFingerprint, AppStateSyncKeyId};
use waproto::whatsapp::message::{
    AppStateSyncKeyShare, DeviceSentMessage, ProtocolMessage, SenderKeyDistributionMessage, protocol_message,
};

use super::{Cipher, SENT, Sent, at_once, session};
use crate::node::{Read, build, holding};
use crate::state::{DeviceId, State, push};

impl State {
    /// Sends a message from an account's phone. `to` may be a person in either spelling, a group, or `status@broadcast`.
    pub fn say(&mut self, account: usize, to: &Jid, id: &str, message: &Message) -> Result<()> {
        let sent = Sent { id: id.to_owned(), to: to.clone(), message: message.clone() };
        push(&mut self.accounts[account].handset.sent, SENT, sent);
        let stanza = match to.server {
            Server::Group | Server::Broadcast => self.words_to_group(account, to, id, message)?,
            _ => self.words_to_person(account, to, id, message)?,
        };
        self.relay(DeviceId { account, number: 0 }, &stanza);
        Ok(())
    }

    fn words_to_person(&mut self, account: usize, to: &Jid, id: &str, message: &Message) -> Result<Node> {
        let peer = self.account_of(to).with_context(|| format!("nobody has the address {to}"))?;
        let copy = Message {
            device_sent_message: MessageField::some(DeviceSentMessage {
                destination_jid: Some(to.to_string()),
                message: MessageField::some(message.clone()),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mut parts = Vec::new();
        for device in self.devices(peer).into_iter().chain(self.devices(account)) {
            if device == (DeviceId { account, number: 0 }) || parts.iter().any(|(known, _)| *known == device) {
                continue;
            }
            let words = if device.account == account && peer != account { &copy } else { message };
            parts.push((device, self.encrypt(account, device, words)?));
        }
        let parts = parts.into_iter().map(|(device, enc)| {
            build("to").attr("jid", self.jid(device, to.server == Server::Lid)).children([enc]).build()
        });
        let parts = build("participants").children(parts.collect::<Vec<_>>()).build();
        Ok(build("message").attr("to", to.clone()).attr("id", id).attr("type", kind(message)).children([parts]).build())
    }

    fn words_to_group(&mut self, account: usize, to: &Jid, id: &str, message: &Message) -> Result<Node> {
        let members: Vec<usize> = match self.groups.get(to.user.as_str()) {
            Some(group) => group.members.keys().copied().collect(),
            // A story goes to everybody there is.
            None => (0..self.accounts.len()).collect(),
        };
        let key =
            Message { sender_key_distribution_message: self.sender_key(account, to)?.into(), ..Default::default() };
        let name = self.sender_name(account, to);
        let cipher = &mut self.accounts[account].handset.cipher;
        let padded = MessageUtils::pad_message_v2(message.encode_to_vec());
        let shared = at_once(group_encrypt(&mut cipher.sender_keys, &name, &padded, &mut rand::rng()))?;
        let mut parts = Vec::new();
        for device in members.into_iter().flat_map(|member| self.devices(member)).collect::<Vec<_>>() {
            let known = self.accounts[account].handset.cipher.distributed.entry(to.to_string()).or_default();
            if device == (DeviceId { account, number: 0 }) || !known.insert(format!("{device:?}")) {
                continue;
            }
            let enc = self.encrypt(account, device, &key)?;
            parts.push(build("to").attr("jid", self.jid(device, true)).children([enc]).build());
        }
        let enc = build("enc").attr("v", 2).attr("type", "skmsg").bytes(shared.serialized().to_vec()).build();
        let stanza = build("message").attr("to", to.clone()).attr("id", id).attr("type", kind(message));
        Ok(stanza.children([build("participants").children(parts).build(), enc]).build())
    }

    /// The key that members of a group need to read the phone's messages there.
    pub fn sender_key(&mut self, account: usize, group: &Jid) -> Result<SenderKeyDistributionMessage> {
        let name = self.sender_name(account, group);
        let keys = &mut self.accounts[account].handset.cipher.sender_keys;
        let key = at_once(create_sender_key_distribution_message(&name, keys, &mut rand::rng()))?;
        Ok(SenderKeyDistributionMessage {
            group_id: Some(group.to_string()),
            axolotl_sender_key_distribution_message: Some(key.serialized().to_vec()),
        })
    }

    fn sender_name(&self, account: usize, group: &Jid) -> SenderKeyName {
        SenderKeyName::new(group.to_string(), format!("{}:0", self.accounts[account].lid))
    }

    /// A message of the phone to one of its own linked devices, about the account itself.
    pub fn say_to_own(&mut self, device: DeviceId, id: &str, message: &Message) -> Result<()> {
        let enc = self.encrypt(device.account, device, message)?;
        let stanza = build("message").attr("to", self.jid(device, false)).attr("id", id).attr("type", "text");
        let stanza = stanza.attr("category", "peer").children([enc]).build();
        self.relay(DeviceId { account: device.account, number: 0 }, &stanza);
        Ok(())
    }

    /// The first time that a linked device comes: it is given the key of the app state.
    pub fn greet(&mut self, id: DeviceId) {
        let handset = &mut self.accounts[id.account].handset;
        if !handset.greeted.insert(id.number) {
            return;
        }
        let (key_id, key) = handset.app_key;
        let data = AppStateSyncKeyData {
            key_data: Some(key.to_vec()),
            fingerprint: MessageField::some(AppStateSyncKeyFingerprint {
                raw_id: Some(handset.raw_id),
                current_index: Some(id.number.into()),
                device_indexes: vec![0, id.number.into()],
            }),
            timestamp: Some(i64::try_from(crate::node::now()).unwrap_or_default() * 1_000),
        };
        let share = AppStateSyncKeyShare {
            keys: vec![AppStateSyncKey {
                key_id: MessageField::some(AppStateSyncKeyId { key_id: Some(key_id.to_vec()) }),
                key_data: MessageField::some(data),
            }],
        };
        let message = Message {
            protocol_message: MessageField::some(ProtocolMessage {
                r#type: Some(protocol_message::Type::APP_STATE_SYNC_KEY_SHARE),
                app_state_sync_key_share: MessageField::some(share),
                ..Default::default()
            }),
            ..Default::default()
        };
        let stanza = format!("3A{:018X}", self.next());
        // A device without keys yet gets none; it asks for them itself.
        if self.say_to_own(id, &stanza, &message).is_err() {
            self.accounts[id.account].handset.greeted.remove(&id.number);
        }
    }

    /// Encrypts for one device; a session is begun where there is none.
    pub fn encrypt(&mut self, account: usize, device: DeviceId, message: &Message) -> Result<Node> {
        let address = session(&self.accounts[device.account].lid, device.number);
        if !self.accounts[account].handset.cipher.sessions.0.contains_key(address.as_str()) {
            let bundle = self.bundle_of(device);
            let cipher = &mut self.accounts[account].handset.cipher;
            cipher.begin(&address, &bundle).with_context(|| format!("no session with {device:?}"))?;
        }
        let padded = MessageUtils::pad_message_v2(message.encode_to_vec());
        let cipher = &mut self.accounts[account].handset.cipher;
        let sealed = at_once(message_encrypt(&padded, &address, &mut cipher.sessions, &mut cipher.identities))?;
        let kind = if matches!(sealed, CiphertextMessage::PreKeySignalMessage(_)) { "pkmsg" } else { "msg" };
        Ok(build("enc").attr("v", 2).attr("type", kind).bytes(sealed.serialize().to_vec()).build())
    }

    fn bundle_of(&mut self, device: DeviceId) -> Node {
        let asked = build("user").attr("jid", self.jid(device, true)).build();
        self.bundle(&asked)
    }
}

impl Cipher {
    /// Begins a session from a bundle of keys (`<user>` of an answer, or `<keys>` of a retry).
    pub fn begin(&mut self, address: &wacore_libsignal::protocol::ProtocolAddress, bundle: &Node) -> Result<()> {
        let content = |node: Option<&Node>| node.map(Read::content).context("a bundle that is not whole");
        let number = |bytes: &[u8]| bytes.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        let signed = bundle.child("skey").context("no signed key")?;
        let one_time = bundle.child("key").map(|key| -> Result<_> {
            let value = PublicKey::from_djb_public_key_bytes(&content(key.child("value"))?)?;
            Ok((number(&content(key.child("id"))?).into(), value))
        });
        let bundle = PreKeyBundle::new(
            bundle.child("registration").map(Read::content).map_or(0, |bytes| number(&bytes)),
            0.into(),
            one_time.transpose()?,
            number(&content(signed.child("id"))?).into(),
            PublicKey::from_djb_public_key_bytes(&content(signed.child("value"))?)?,
            content(signed.child("signature"))?,
            IdentityKey::new(PublicKey::from_djb_public_key_bytes(&content(bundle.child("identity"))?)?),
        )?;
        let mut random = rand::rng();
        let began = process_prekey_bundle(
            address,
            &mut self.sessions,
            &mut self.identities,
            &bundle,
            &mut random,
            UsePQRatchet::No,
        );
        at_once(began)?;
        Ok(())
    }
}

/// The `type` that a message's stanza has.
fn kind(message: &Message) -> &'static str {
    let media = [
        message.image_message.is_set(),
        message.video_message.is_set(),
        message.audio_message.is_set(),
        message.document_message.is_set(),
        message.sticker_message.is_set(),
        message.location_message.is_set(),
        message.contact_message.is_set(),
    ];
    if message.reaction_message.is_set() {
        "reaction"
    } else if message.poll_creation_message_v3.is_set() || message.poll_update_message.is_set() {
        "poll"
    } else if media.contains(&true) {
        "media"
    } else {
        "text"
    }
}

/// An element with bytes that a receipt carries.
pub fn keys_of(bundle: Vec<Node>) -> Node {
    let parts = bundle.into_iter().filter(|part| part.tag != "registration");
    build("keys").children(parts.chain([holding("device-identity", [])]).collect::<Vec<_>>()).build()
}
