//! `usync`: who is on WhatsApp, with which devices, and what they show.

use wacore_binary::{Jid, Node};
use waproto::buffa::Message;
use waproto::whatsapp::{ADVKeyIndexList, ADVSignedKeyIndexList};

use crate::keys::public;
use crate::node::{Read, build, empty, holding, now, refusal, result};
use crate::state::{DeviceId, State};

/// What the phone's signature of a list of devices begins with.
const LIST_PREFIX: [u8; 2] = [6, 2];

impl State {
    pub fn usync(&mut self, by: DeviceId, iq: &Node) -> Node {
        let Some(asked) = iq.child("usync") else { return refusal(iq, 400, "bad-request") };
        let protocols: Vec<String> = asked
            .child("query")
            .and_then(Node::children)
            .unwrap_or_default()
            .iter()
            .map(|protocol| protocol.tag.to_string())
            .collect();
        let users: Vec<Node> = asked.child("list").map(|list| list.each("user").cloned().collect()).unwrap_or_default();
        let found: Vec<Node> = users.iter().map(|user| self.usync_user(by, user, &protocols)).collect();
        let states =
            protocols.iter().map(|protocol| wacore_binary::builder::NodeBuilder::new_dynamic(protocol.clone()).build());
        let mut answer = build("usync").attr("index", 0).attr("last", "true");
        for attribute in ["sid", "mode", "context"] {
            answer = answer.attr(attribute, asked.text(attribute).unwrap_or_default());
        }
        let parts = [build("result").children(states).build(), build("list").children(found).build()];
        result(iq, vec![answer.children(parts).build()])
    }

    fn usync_user(&mut self, by: DeviceId, user: &Node, protocols: &[String]) -> Node {
        let typed = user.child("contact").map(Read::words).filter(|text| !text.is_empty());
        let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let asked = user.jid("jid").or_else(|| typed.as_ref().map(|text| Jid::pn(digits(text)))).unwrap_or_default();
        let account = self.account_of(&asked);
        if let Some(account) = account {
            self.accounts[account].followers.insert(by.account);
        }
        let mut answers: Vec<Node> = protocols
            .iter()
            .filter_map(|protocol| match (protocol.as_str(), account) {
                ("contact", _) => {
                    let known = build("contact").attr("type", if account.is_some() { "in" } else { "out" });
                    Some(match &typed {
                        Some(text) => known.string_content(text.as_str()).build(),
                        None => known.build(),
                    })
                }
                ("lid", Some(account)) => Some(build("lid").attr("val", self.user(account, true)).build()),
                ("devices", Some(account)) => Some(self.device_list(account)),
                ("status", Some(account)) => {
                    Some(build("status").attr("t", now()).string_content(self.accounts[account].about.as_str()).build())
                }
                ("picture", Some(account)) => {
                    let picture = self.accounts[account].picture.as_ref()?;
                    Some(build("picture").attr("id", &picture.id).build())
                }
                _ => None,
            })
            .collect();
        if answers.is_empty() {
            answers.push(empty("unknown"));
        }
        build("user").attr("jid", asked.to_non_ad()).children(answers).build()
    }

    fn device_list(&self, account: usize) -> Node {
        let devices = self.devices(account).into_iter().map(|device| {
            let listed = build("device").attr("id", device.number);
            if device.number == 0 { listed.build() } else { listed.attr("key-index", device.number).build() }
        });
        build("devices")
            .children([build("device-list").children(devices).build(), self.key_index_list(account)])
            .build()
    }

    /// The devices that the phone vouches for; others are ignored by senders.
    fn key_index_list(&self, account: usize) -> Node {
        let account = &self.accounts[account];
        let details = ADVKeyIndexList {
            raw_id: Some(account.handset.raw_id),
            timestamp: Some(now()),
            current_index: Some(account.last_device.into()),
            valid_indexes: std::iter::once(0).chain(account.devices.keys().map(|number| u32::from(*number))).collect(),
            ..Default::default()
        };
        let details = details.encode_to_vec();
        let signature = account.handset.sign(&[&LIST_PREFIX, &details]);
        let list = ADVSignedKeyIndexList {
            details: Some(details),
            account_signature: Some(signature),
            account_signature_key: Some(public(&account.handset.identity)),
        };
        let mut node = holding("key-index-list", list.encode_to_vec());
        crate::node::set(&mut node, "ts", now());
        node
    }

    /// Tells those who know an account's devices that one was linked (`add`) or unlinked (`remove`).
    pub fn announce(&mut self, changed: DeviceId, how: &'static str) {
        let list = self.key_index_list(changed.account);
        let device = build("device").attr("jid", self.jid(changed, false)).attr("key-index", changed.number);
        let device = device.attr("lid", self.jid(changed, true)).build();
        let operation = build(how).attr("device_hash", "2:world").children([device, list]).build();
        for follower in self.accounts[changed.account].followers.clone() {
            for to in self.devices(follower).into_iter().filter(|to| to.number > 0 && *to != changed) {
                let notification = build("notification")
                    .attr("from", self.user(changed.account, false))
                    .attr("lid", self.user(changed.account, true))
                    .attr("id", self.stanza_id())
                    .attr("type", "devices")
                    .attr("t", now())
                    .children([operation.clone()]);
                self.deliver(to, notification.build());
            }
        }
    }
}
