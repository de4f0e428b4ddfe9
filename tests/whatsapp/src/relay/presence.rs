//! What is told at once or not at all: presence, typing, calls.

use wacore_binary::{Jid, Node};

use crate::node::{Read, build, now, set};
use crate::state::{DeviceId, SIGNALS, Signal, State, push};

impl State {
    pub fn presence(&mut self, by: DeviceId, presence: &Node) {
        if let Some(name) = presence.text("name").filter(|name| !name.is_empty()) {
            self.accounts[by.account].name = name;
        }
        match presence.text("type").as_deref() {
            Some("subscribe") => {
                let Some(watched) = presence.jid("to").and_then(|to| self.account_of(&to)) else { return };
                if !self.accounts[watched].watchers.contains(&by) {
                    self.accounts[watched].watchers.push(by);
                }
                self.tell_presence(watched, &[by]);
            }
            Some(kind @ ("available" | "unavailable")) => {
                self.accounts[by.account].available = kind == "available";
                let watchers = self.accounts[by.account].watchers.clone();
                self.tell_presence(by.account, &watchers);
            }
            _ => {}
        }
    }

    pub fn tell_presence(&mut self, of: usize, to: &[DeviceId]) {
        let mut told = build("presence").attr("from", self.user(of, false)).build();
        if !self.accounts[of].available {
            set(&mut told, "type", "unavailable");
            set(&mut told, "last", now());
        }
        for watcher in to {
            self.tell_now(*watcher, told.clone());
        }
    }

    pub fn chatstate(&mut self, by: DeviceId, chatstate: &Node) {
        let Some(to) = chatstate.jid("to") else { return };
        let mut told = build("chatstate").build();
        told.content.clone_from(&chatstate.content);
        let signal = Signal {
            from: self.accounts[by.account].phone.clone(),
            to: to.to_string(),
            what: chatstate.about().to_owned(),
        };
        push(&mut self.typed, SIGNALS, signal);
        let members = match self.groups.get(to.user.as_str()) {
            Some(group) => {
                set(&mut told, "from", to);
                set(&mut told, "participant", self.user(by.account, group.by_lid));
                group.members.keys().copied().collect()
            }
            None => {
                set(&mut told, "from", self.user(by.account, to.is_lid()));
                self.account_of(&to).into_iter().collect::<Vec<_>>()
            }
        };
        for device in members.into_iter().flat_map(|member| self.devices(member)).collect::<Vec<_>>() {
            if device.account != by.account {
                self.tell_now(device, told.clone());
            }
        }
    }

    /// A call's signal from a device: a rejection, mostly.
    pub fn call(&mut self, by: DeviceId, call: &Node) {
        let Some(to) = call.jid("to") else { return };
        let (id, kind) = (call.text("id").unwrap_or_default(), call.about().to_owned());
        let ack = build("ack")
            .attr("class", "call")
            .attr("id", id.as_str())
            .attr("from", to.clone())
            .attr("type", kind.as_str());
        self.reply(by, ack.build());
        push(
            &mut self.called,
            SIGNALS,
            Signal { from: self.accounts[by.account].phone.clone(), to: to.to_string(), what: kind },
        );
        let mut told = build("call").attr("from", self.jid(by, to.is_lid())).attr("id", id).attr("t", now()).build();
        told.content.clone_from(&call.content);
        for device in self.account_of(&to).map(|account| self.devices(account)).unwrap_or_default() {
            self.deliver(device, told.clone());
        }
    }

    /// An account's phone rings another account, or stops (`how`: `offer`, `terminate`).
    pub fn ring(&mut self, caller: usize, callee: usize, call_id: &str, how: &'static str, video: bool) {
        let from: Jid = self.user(caller, true);
        let mut signal = build(how)
            .attr("call-id", call_id)
            .attr("call-creator", from.clone())
            .attr("caller_pn", self.user(caller, false));
        if how == "terminate" {
            signal = signal.attr("reason", "timeout");
        }
        let mut media = vec![build("audio").attr("enc", "opus").attr("rate", 16_000).build()];
        media.extend(video.then(|| build("video").attr("enc", "vp8").build()));
        let signal = if how == "offer" { signal.children(media).build() } else { signal.build() };
        for device in self.devices(callee).into_iter().filter(|device| device.number > 0) {
            let call = build("call").attr("from", from.clone()).attr("id", self.stanza_id()).attr("t", now());
            let call =
                call.attr("notify", &self.accounts[caller].name).attr("platform", "android").attr("version", "2.24.1");
            self.deliver(device, call.children([signal.clone()]).build());
        }
    }

    /// Sends without keeping: nobody is told later that somebody typed.
    fn tell_now(&mut self, to: DeviceId, stanza: Node) {
        let line = self.device(to).filter(|device| device.active).and_then(|device| device.line);
        if let Some(line) = line {
            self.send(line, stanza);
        }
    }
}
