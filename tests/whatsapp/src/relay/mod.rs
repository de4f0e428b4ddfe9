//! Messages on their way: each device gets the part that was encrypted for it. The server reads none of them.

mod presence;
mod receipts;

use wacore_binary::{Jid, Node, NodeContent, Server};

use crate::line::Out;
use crate::node::{Read, build, now, set};
use crate::state::{DeviceId, State};
use crate::trouble::Trouble;

/// Attributes and children that go through as they are.
const ATTRIBUTES: [&str; 3] = ["type", "edit", "category"];
const CHILDREN: [&str; 3] = ["device-identity", "meta", "reporting"];

impl State {
    /// Takes a message from a device, acknowledges it and passes it on.
    pub fn relay(&mut self, from: DeviceId, message: &Node) {
        let to = message.jid("to").unwrap_or_default();
        let line = self.device(from).and_then(|device| device.line);
        if self.troubles.strikes(from.account, Trouble::CutBeforeRelay) {
            return line.into_iter().for_each(|line| self.end(line, Out::Cut));
        }
        let nack = self.troubles.next(from.account, |trouble| match trouble {
            Trouble::Nack(code) => Some(code),
            _ => None,
        });
        if let Some(code) = nack.or_else(|| self.forbids(from, &to)) {
            return self.reply(from, Self::message_ack(message, Some(code)));
        }
        self.remember(from, to.to_string(), message.text("id").unwrap_or_default());
        let lost = self.troubles.strikes(from.account, Trouble::LoseAck);
        if !lost && !self.troubles.strikes(from.account, Trouble::CutAfterRelay) {
            self.reply(from, Self::message_ack(message, None));
        } else if !lost {
            line.into_iter().for_each(|line| self.end(line, Out::Cut));
        }
        match to.server {
            Server::Group => self.pass_to_group(from, &to, message),
            Server::Broadcast => self.pass_to_audience(from, &to, message),
            _ => self.pass_to_people(from, &to, message),
        }
    }

    fn message_ack(message: &Node, error: Option<u16>) -> Node {
        let mut ack = build("ack")
            .attr("class", "message")
            .attr("id", message.text("id").unwrap_or_default())
            .attr("t", now())
            .build();
        for attribute in ["participant", "type"] {
            if let Some(value) = message.text(attribute) {
                set(&mut ack, attribute, value);
            }
        }
        if let Some(to) = message.jid("to") {
            set(&mut ack, "from", to);
        }
        if let Some(error) = error {
            set(&mut ack, "error", error);
        }
        ack
    }

    /// Why the server would not take a message at all.
    fn forbids(&self, from: DeviceId, to: &Jid) -> Option<u16> {
        match to.server {
            Server::Group => match self.groups.get(to.user.as_str()) {
                None => Some(404),
                Some(group) => match group.members.get(&from.account) {
                    None => Some(403),
                    Some(role) => (group.announcement && !role.may_change()).then_some(403),
                },
            },
            Server::Pn | Server::Lid => self.account_of(to).is_none().then_some(404),
            _ => None,
        }
    }

    fn pass_to_people(&mut self, from: DeviceId, to: &Jid, message: &Node) {
        let by_lid = to.server == Server::Lid;
        let whole = self.passing_on(from, message);
        let parts: Vec<(DeviceId, Vec<Node>)> = match message.child("participants") {
            Some(participants) => self.parts(participants),
            None => {
                let enc: Vec<Node> = message.each("enc").cloned().collect();
                self.device_of(to).map(|device| (device, enc)).into_iter().collect()
            }
        };
        for (device, enc) in parts.into_iter().filter(|(device, _)| *device != from) {
            let mut copy = with_enc(&whole, enc);
            set(&mut copy, "from", self.jid(from, by_lid));
            if device.account != from.account {
                let alias = if by_lid { "sender_pn" } else { "sender_lid" };
                set(&mut copy, alias, self.user(from.account, !by_lid));
            } else if message.text("category").as_deref() != Some("peer") {
                // The account's own devices are told whose chat it belongs to.
                let chat = message.jid("recipient").unwrap_or_else(|| to.to_non_ad());
                if let Some(peer) = self.account_of(&chat) {
                    let alias = if by_lid { "recipient_pn" } else { "recipient_lid" };
                    set(&mut copy, alias, self.user(peer, !by_lid));
                }
                set(&mut copy, "recipient", chat);
            }
            self.pass(device, copy);
        }
    }

    fn pass_to_group(&mut self, from: DeviceId, to: &Jid, message: &Node) {
        let Some(group) = self.groups.get(to.user.as_str()) else { return };
        let (by_lid, members) = (group.by_lid, group.members.keys().copied().collect::<Vec<_>>());
        let whole = self.in_group(from, to, by_lid, message);
        let only = message.jid("participant").and_then(|jid| self.device_of(&jid));
        let own = message.child("participants").map(|participants| self.parts(participants)).unwrap_or_default();
        let shared: Vec<Node> = message.each("enc").cloned().collect();
        let all: Vec<DeviceId> = members.into_iter().flat_map(|member| self.devices(member)).collect();
        for device in all.into_iter().filter(|device| *device != from && only.is_none_or(|only| only == *device)) {
            let mut enc: Vec<Node> =
                own.iter().filter(|(of, _)| *of == device).flat_map(|(_, enc)| enc.iter().cloned()).collect();
            enc.extend(shared.iter().cloned());
            self.pass(device, with_enc(&whole, enc));
        }
    }

    /// A story: it goes to everybody whose devices the sender ever gave its key to.
    fn pass_to_audience(&mut self, from: DeviceId, to: &Jid, message: &Node) {
        let whole = self.in_group(from, to, false, message);
        let own = message.child("participants").map(|participants| self.parts(participants)).unwrap_or_default();
        let shared: Vec<Node> = message.each("enc").cloned().collect();
        for (device, _) in &own {
            if !self.accounts[from.account].audience.contains(device) {
                self.accounts[from.account].audience.push(*device);
            }
        }
        for device in self.accounts[from.account].audience.clone() {
            if device == from || !self.exists(device) {
                continue;
            }
            let mut enc: Vec<Node> =
                own.iter().filter(|(of, _)| *of == device).flat_map(|(_, enc)| enc.iter().cloned()).collect();
            enc.extend(shared.iter().cloned());
            self.pass(device, with_enc(&whole, enc));
        }
    }

    /// The part of each device out of `<participants>`.
    fn parts(&self, participants: &Node) -> Vec<(DeviceId, Vec<Node>)> {
        let parts = participants.each("to").filter_map(|to| {
            let device = self.device_of(&to.jid("jid")?)?;
            Some((device, to.each("enc").cloned().collect()))
        });
        parts.collect()
    }

    /// What all receivers of a message get alike.
    fn passing_on(&self, from: DeviceId, message: &Node) -> Node {
        let mut copy = build("message").attr("id", message.text("id").unwrap_or_default()).attr("t", now());
        copy = copy.attr("notify", &self.accounts[from.account].name);
        let mut copy =
            copy.children(CHILDREN.iter().filter_map(|tag| message.child(tag)).cloned().collect::<Vec<_>>()).build();
        for attribute in ATTRIBUTES {
            if let Some(value) = message.text(attribute) {
                set(&mut copy, attribute, value);
            }
        }
        copy
    }

    fn in_group(&self, from: DeviceId, to: &Jid, by_lid: bool, message: &Node) -> Node {
        let mut whole = self.passing_on(from, message);
        set(&mut whole, "from", to.clone());
        set(&mut whole, "participant", self.jid(from, by_lid));
        set(&mut whole, "addressing_mode", if by_lid { "lid" } else { "pn" });
        let alias = if by_lid { "participant_pn" } else { "participant_lid" };
        set(&mut whole, alias, self.user(from.account, !by_lid));
        whole
    }

    /// Delivers a message with the troubles that its receiver is to have.
    fn pass(&mut self, to: DeviceId, mut message: Node) {
        if to.number > 0 && self.troubles.strikes(to.account, Trouble::Spoil) {
            spoil(&mut message);
        }
        if to.number > 0 && self.troubles.strikes(to.account, Trouble::Twice) {
            self.deliver(to, message.clone());
        }
        self.deliver(to, message);
    }
}

fn with_enc(whole: &Node, mut enc: Vec<Node>) -> Node {
    let mut copy = whole.clone();
    enc.extend(copy.children().unwrap_or_default().iter().cloned());
    copy.content = Some(NodeContent::Nodes(enc));
    copy
}

/// Changes a byte of each ciphertext that its authentication covers. The last ones of a first message name its keys: who has
/// a session already does not look at them.
fn spoil(message: &mut Node) {
    const BEFORE_THE_END: usize = 12;
    let Some(NodeContent::Nodes(children)) = &mut message.content else { return };
    for child in children.iter_mut().filter(|child| child.tag == "enc") {
        if let Some(NodeContent::Bytes(bytes)) = &mut child.content {
            let place = bytes.len().saturating_sub(BEFORE_THE_END);
            bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1);
        }
    }
}
