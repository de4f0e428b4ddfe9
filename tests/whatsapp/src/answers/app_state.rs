//! App state: patches of chats' settings, kept in their order and handed to the account's other devices.

use std::collections::VecDeque;

use wacore_binary::Node;
use waproto::buffa::{Message, MessageField};
use waproto::whatsapp::{SyncdPatch, SyncdVersion};

use crate::node::{Read, build, holding, now, refusal, result};
use crate::state::{DeviceId, State};

/// Patches that a collection keeps.
const KEPT: usize = 1_000;

#[derive(Default)]
pub struct Collection {
    pub version: u64,
    /// With the version that each leads to.
    patches: VecDeque<(u64, Vec<u8>)>,
}

impl State {
    pub fn app_state(&mut self, by: DeviceId, iq: &Node) -> Node {
        let Some(sync) = iq.child("sync") else { return refusal(iq, 400, "bad-request") };
        let asked: Vec<Node> = sync.each("collection").cloned().collect();
        let mut changed = Vec::new();
        let answers = asked.iter().map(|collection| self.collection(by, collection, &mut changed)).collect::<Vec<_>>();
        self.tell_other_devices(by, &changed);
        result(iq, vec![build("sync").children(answers).build()])
    }

    fn collection(&mut self, by: DeviceId, asked: &Node, changed: &mut Vec<(String, u64)>) -> Node {
        let name = asked.text("name").unwrap_or_default();
        let known = asked.text("version").and_then(|version| version.parse().ok()).unwrap_or(0);
        let kept = self.accounts[by.account].collections.entry(name.clone()).or_default();
        let answer = build("collection").attr("name", name.as_str());
        if let Some(patch) = asked.child("patch") {
            if known != kept.version {
                let conflict = build("error").attr("code", 409).attr("text", "conflict").build();
                return answer.attr("type", "error").attr("version", kept.version).children([conflict]).build();
            }
            kept.version += 1;
            if kept.patches.len() == KEPT {
                kept.patches.pop_front();
            }
            kept.patches.push_back((kept.version, numbered(&patch.content(), kept.version)));
            changed.push((name, kept.version));
            return answer.attr("type", "result").attr("version", kept.version).build();
        }
        let newer = kept.patches.iter().filter(|(version, _)| *version > known);
        let patches: Vec<Node> = newer.map(|(_, patch)| holding("patch", patch.clone())).collect();
        let answer = answer.attr("type", "result").attr("version", kept.version);
        if patches.is_empty() {
            answer.build()
        } else {
            answer.children([build("patches").children(patches).build()]).build()
        }
    }

    fn tell_other_devices(&mut self, by: DeviceId, changed: &[(String, u64)]) {
        for (name, version) in changed {
            for to in self.devices(by.account).into_iter().filter(|to| to.number > 0 && *to != by) {
                let collection = build("collection").attr("name", name.as_str()).attr("version", *version).build();
                let notification =
                    build("notification").attr("from", self.user(by.account, false)).attr("id", self.stanza_id());
                let notification = notification.attr("type", "server_sync").attr("t", now()).children([collection]);
                self.deliver(to, notification.build());
            }
        }
    }
}

/// The server, not the sender, says which version a patch leads to.
fn numbered(patch: &[u8], version: u64) -> Vec<u8> {
    let mut read = SyncdPatch::decode_from_slice(patch).unwrap_or_default();
    read.version = MessageField::some(SyncdVersion { version: Some(version) });
    read.encode_to_vec()
}
