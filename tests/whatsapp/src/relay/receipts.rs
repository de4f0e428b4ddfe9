//! Receipts and acknowledgements.

use wacore_binary::{Jid, Node, Server};

use crate::node::{Read, build, now, set};
use crate::state::{DeviceId, State};

/// Receipts that are meant for the server or for the account's own devices.
const PRIVATE: [&str; 6] = ["sender", "peer_msg", "hist_sync", "read-self", "played-self", "server-error"];

impl State {
    /// A device has got, read or could not read a message: that settles the message, and its sender is told.
    pub fn receipt(&mut self, by: DeviceId, receipt: &Node) {
        let first = receipt.text("id").unwrap_or_default();
        let items: Option<Vec<String>> =
            receipt.child("list").map(|list| list.each("item").filter_map(|item| item.text("id")).collect());
        for id in items.unwrap_or_default().iter().chain([&first]) {
            self.settle(by, "message", id);
        }
        let (Some(to), kind) = (receipt.jid("to"), receipt.text("type").unwrap_or_default()) else { return };
        self.reply(by, receipt_ack(receipt, &to));
        if PRIVATE.contains(&kind.as_str()) {
            return;
        }
        let shared = matches!(to.server, Server::Group | Server::Broadcast);
        let Some(author) = (if shared { receipt.jid("participant") } else { Some(to.clone()) }) else { return };
        let Some(account) = self.account_of(&author) else { return };
        let mut told = build("receipt").attr("id", first).attr("t", now()).build();
        told.content.clone_from(&receipt.content);
        if !kind.is_empty() {
            set(&mut told, "type", kind.as_str());
        }
        if shared {
            // Who saw a story is told by LID, with the number beside it.
            let by_lid = self.groups.get(to.user.as_str()).is_none_or(|group| group.by_lid);
            set(&mut told, "from", to.clone());
            set(&mut told, "participant", self.jid(by, by_lid));
            if by_lid {
                set(&mut told, "participant_pn", self.user(by.account, false));
            }
        } else {
            set(&mut told, "from", self.jid(by, to.server == Server::Lid));
        }
        let hearers =
            if kind == "retry" { self.device_of(&author).into_iter().collect() } else { self.devices(account) };
        for hearer in hearers.into_iter().filter(|hearer| *hearer != by) {
            if !self.troubles.hold(hearer, &told) {
                self.deliver(hearer, told.clone());
            }
        }
    }

    /// Lets go of the receipts that were held back for an account.
    pub fn release(&mut self, account: usize) {
        self.troubles.holding.retain(|held| *held != account);
        let (mine, others) =
            std::mem::take(&mut self.troubles.held).into_iter().partition(|(to, _)| to.account == account);
        self.troubles.held = others;
        let mine: Vec<(DeviceId, Node)> = mine;
        for (to, receipt) in mine {
            self.deliver(to, receipt);
        }
    }

    pub fn acknowledged(&mut self, by: DeviceId, ack: &Node) {
        let class = ack.text("class").unwrap_or_default();
        self.settle(by, &class, &ack.text("id").unwrap_or_default());
    }
}

fn receipt_ack(receipt: &Node, to: &Jid) -> Node {
    let mut ack = build("ack").attr("class", "receipt").attr("id", receipt.text("id").unwrap_or_default());
    ack = ack.attr("from", to.clone());
    let mut ack = ack.build();
    for attribute in ["type", "participant"] {
        if let Some(value) = receipt.text(attribute) {
            set(&mut ack, attribute, value);
        }
    }
    ack
}
