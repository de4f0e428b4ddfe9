//! All that the words for an event or a message depend on besides it.

use serde_json::Value;
use sluice_model::content::Target;
use sluice_model::{Account, Address, Channel, Entry, Party, Spelling, Timestamp};

use super::address::{self, Prefer};
use super::members::Members;
use super::settings::Switches;
use super::{ids, instance};
use crate::{Call, Links, Setting};

#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub account: &'a Account,
    pub switches: Switches<'a>,
    pub spelling: &'a Spelling,
    pub links: &'a Links,
    /// When it happened. Links begin then and not at the attempt, so that every retry shows the same bytes.
    pub at: Timestamp,
}

impl<'a> Frame<'a> {
    pub fn of(entry: &Entry, setting: &Setting<'a>) -> Self {
        Self {
            account: setting.account,
            switches: Switches(&setting.listener.settings),
            spelling: setting.spelling,
            links: setting.links,
            at: entry.at,
        }
    }

    /// For what is told of the account's past at `call`. The switches are not at hand there: phones are shown.
    pub fn of_call(call: &'a Call, account: &'a Account) -> Self {
        static OFF: Value = Value::Null;
        Self { account, switches: Switches(&OFF), spelling: &call.spelling, links: &call.links, at: call.at }
    }

    pub fn on(&self, switch: &str) -> bool {
        self.switches.on(switch)
    }

    pub const fn channel(&self) -> Channel {
        self.account.channel
    }

    pub fn prefer(&self) -> Prefer {
        self.switches.prefer()
    }

    pub fn chat(&self, address: &Address, alias: Option<&Address>) -> String {
        address::show(address, alias, self.channel(), self.prefer())
    }

    pub fn person(&self, party: &Party) -> String {
        self.chat(&party.address, party.alias.as_ref())
    }

    /// The account's own chat id.
    pub fn wid(&self) -> String {
        instance::wid(self.account)
    }

    /// Who wrote the message that another one is about; in a chat of two that is the account or the chat.
    pub fn author(&self, target: &Target, chat: &str) -> String {
        match &target.sender {
            _ if target.from_me => self.wid(),
            Some(sender) => self.chat(sender, None),
            None => chat.to_owned(),
        }
    }

    /// Exactly these three members: Java's reader refuses others (contract greenapi.md §0.12).
    pub fn instance_data(&self) -> Value {
        Members::default()
            .with("idInstance", ids::instance(self.account.id))
            .with("wid", self.wid())
            .with("typeInstance", instance::kind(self.channel()))
            .into()
    }
}
