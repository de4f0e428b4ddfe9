//! Prekeys: kept for each device, and handed out one at a time.

use wacore_binary::Node;

use crate::keys::public;
use crate::node::{Read, build, empty, holding, refusal, result};
use crate::state::{DeviceId, SignedKey, State};

/// Devices that are told to upload more have fewer than this.
const LOW: usize = 5;
/// Prekeys that are kept for a device.
const KEPT: usize = 2_000;

impl State {
    pub fn keys(&mut self, id: DeviceId, iq: &Node) -> Node {
        match (iq.text("type").as_deref(), iq.about()) {
            (Some("get"), "count") => {
                let count = self.device(id).map_or(0, |device| device.one_time.len());
                result(iq, vec![build("count").attr("value", count).build()])
            }
            (Some("get"), "digest") => self.digest(id, iq),
            (Some("get"), "key") => {
                let asked: Vec<Node> =
                    iq.child("key").map(|key| key.each("user").cloned().collect()).unwrap_or_default();
                let found = asked.iter().map(|user| self.bundle(user)).collect::<Vec<_>>();
                result(iq, vec![build("list").children(found).build()])
            }
            (Some("set"), "rotate") => {
                if let (Some(device), Some(signed)) =
                    (self.device(id), iq.child("rotate").and_then(|rotate| rotate.child("skey")))
                {
                    device.signed = signed_key(signed);
                }
                result(iq, Vec::new())
            }
            (Some("set"), _) => {
                self.upload_keys(id, iq);
                result(iq, Vec::new())
            }
            _ => refusal(iq, 400, "bad-request"),
        }
    }

    fn upload_keys(&mut self, id: DeviceId, iq: &Node) {
        let Some(device) = self.device(id) else { return };
        if let Some(registration) = iq.child("registration") {
            device.registration = registration.content();
        }
        if let Some(identity) = iq.child("identity") {
            device.identity = identity.content();
        }
        if let Some(signed) = iq.child("skey") {
            device.signed = signed_key(signed);
        }
        for key in iq.child("list").into_iter().flat_map(|list| list.each("key")) {
            let part = |tag| key.child(tag).map(Read::content).unwrap_or_default();
            device.one_time.push_back((part("id"), part("value")));
        }
        let surplus = device.one_time.len().saturating_sub(KEPT);
        device.one_time.drain(..surplus);
    }

    /// What the server holds of the device's keys; the hash is left to the client, which only compares when it is there.
    fn digest(&mut self, id: DeviceId, iq: &Node) -> Node {
        match self.device(id) {
            Some(device) if !device.one_time.is_empty() => refusal(iq, 503, "service-unavailable"),
            _ => refusal(iq, 404, "item-not-found"),
        }
    }

    /// One device's keys as a sender needs them.
    pub fn bundle(&mut self, user: &Node) -> Node {
        let jid = user.jid("jid").unwrap_or_default();
        let answer = build("user").attr("jid", jid.clone());
        let Some(id) = self.device_of(&jid) else {
            return answer.children([build("error").attr("code", 406).attr("text", "not-acceptable").build()]).build();
        };
        if id.number == 0 {
            return answer.children(self.accounts[id.account].handset.bundle()).build();
        }
        let Some(device) = self.device(id) else { return answer.build() };
        let mut children = vec![
            holding("registration", device.registration.clone()),
            holding("type", [5]),
            holding("identity", device.identity.clone()),
            signed_node(&device.signed),
        ];
        if let Some((number, value)) = device.one_time.pop_front() {
            children.push(build("key").children([holding("id", number), holding("value", value)]).build());
        }
        children.push(holding("device-identity", self.certificate(id)));
        self.ask_for_more(id);
        answer.children(children).build()
    }

    /// The self-signed identity with the account's key in it, as senders check it.
    pub fn certificate(&self, id: DeviceId) -> Vec<u8> {
        use waproto::buffa::Message;
        use waproto::whatsapp::ADVSignedDeviceIdentity;
        let account = &self.accounts[id.account];
        let kept = account.devices.get(&id.number).map(|device| device.certificate.as_slice()).unwrap_or_default();
        let mut identity = ADVSignedDeviceIdentity::decode_from_slice(kept).unwrap_or_default();
        identity.account_signature_key = Some(public(&account.handset.identity));
        identity.encode_to_vec()
    }

    /// Tells a device that its prekeys run out.
    fn ask_for_more(&mut self, id: DeviceId) {
        let left = self.device(id).map_or(0, |device| device.one_time.len());
        if left + 1 != LOW {
            return;
        }
        let notification = Self::from_server("notification").attr("id", self.stanza_id()).attr("type", "encrypt");
        let notification = notification.attr("t", crate::node::now());
        self.deliver(id, notification.children([build("count").attr("value", left).build()]).build());
    }
}

fn signed_key(node: &Node) -> SignedKey {
    let part = |tag| node.child(tag).map(Read::content).unwrap_or_default();
    SignedKey { id: part("id"), value: part("value"), signature: part("signature") }
}

pub fn signed_node(key: &SignedKey) -> Node {
    let parts = [("id", &key.id), ("value", &key.value), ("signature", &key.signature)];
    let parts = parts.map(|(tag, bytes)| if bytes.is_empty() { empty(tag) } else { holding(tag, bytes.clone()) });
    build("skey").children(parts).build()
}
