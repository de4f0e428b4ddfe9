//! Groups. Any group exists whose id is well formed: until it is changed it looks as it was made up from its id.

use std::io;

use sluice_model::ask::{Group, Member};
use sluice_model::{Address, Channel, Timestamp};

use super::World;
use crate::people::{self, People};

impl World {
    /// A chat's name: the group's, or the person's.
    pub fn chat_name(&self, chat: &Address) -> String {
        let named = self.fact(|facts| facts.groups.get(chat).map(|group| group.name.clone()));
        named.unwrap_or_else(|| people::name_of(chat))
    }

    /// A new group of the account and `members`.
    pub fn make_group(&self, name: &str, members: &[Address], word: &str, at: Timestamp) -> io::Result<Group> {
        let number = self.people.chance(&format!("group/{name}/{word}"));
        let id = match self.people.channel {
            Channel::Whatsapp | Channel::Sms => format!("120363{:012}", number % 1_000_000_000_000),
            Channel::TelegramUser | Channel::TelegramBot => format!("-100{:010}", number % 10_000_000_000),
            Channel::Max => format!("-{:014}", number % 100_000_000_000_000),
        };
        let group = self.people.group(Address::Group(id), name.to_owned(), members, at);
        self.change_facts(|facts| {
            facts.groups.insert(group.address.clone(), group.clone());
            group
        })
    }

    /// A group as it is now; `None` where there is none, or the account left it.
    pub fn group(&self, address: &Address) -> Option<Group> {
        let (kept, left) = self.fact(|facts| (facts.groups.get(address).cloned(), facts.left.contains(address)));
        if left {
            return None;
        }
        kept.or_else(|| self.people.made_up_group(address))
    }

    /// Changes a group; `None` where there is none.
    pub fn change_group(&self, address: &Address, change: impl FnOnce(&mut Group)) -> io::Result<Option<Group>> {
        let Some(mut group) = self.group(address) else {
            return Ok(None);
        };
        change(&mut group);
        self.change_facts(|facts| {
            facts.groups.insert(address.clone(), group.clone());
            Some(group)
        })
    }

    pub fn leave_group(&self, address: &Address) -> io::Result<()> {
        self.change_facts(|facts| drop((facts.groups.remove(address), facts.left.insert(address.clone()))))
    }
}

impl People {
    fn group(&self, address: Address, name: String, members: &[Address], at: Timestamp) -> Group {
        let own = self.own_address();
        let mut all = vec![Member { owner: true, admin: true, ..self.member(&own) }];
        all.extend(members.iter().filter(|member| **member != own).map(|member| self.member(member)));
        Group {
            invite_link: Some(self.invite_link(&address)),
            address,
            name,
            description: None,
            owner: Some(own),
            created_at: at,
            members: all,
            members_edit: false,
            members_send: true,
        }
    }

    /// A made-up link must lead nowhere.
    pub fn invite_link(&self, group: &Address) -> String {
        format!("https://sandbox.invalid/join/{}", self.remote(group.value()))
    }

    pub fn member(&self, address: &Address) -> Member {
        Member { address: address.clone(), alias: self.alias(address), admin: false, owner: false }
    }

    /// What a well-formed group's id says about it.
    fn made_up_group(&self, address: &Address) -> Option<Group> {
        let Address::Group(id) = address else { return None };
        let digits = id.bytes().filter(u8::is_ascii_digit).count();
        let well_formed = digits >= 10 && id.bytes().all(|b| b.is_ascii_digit() || b == b'-') && !id.ends_with("0404");
        let members = ["79990000001", "79990000002"].map(|digits| self.person(digits));
        // No clock: a made-up group has always been there.
        well_formed.then(|| {
            self.group(address.clone(), people::name_of(address), &members, Timestamp::from_seconds(1_577_836_800))
        })
    }
}
