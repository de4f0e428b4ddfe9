//! Groups: who is in them and what they are called.

use std::collections::BTreeMap;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use crate::node::{build, empty, now};
use crate::state::{DeviceId, Picture, State};

pub struct Group {
    pub subject: String,
    pub subject_at: u64,
    pub creator: usize,
    pub created: u64,
    /// Its id and its words.
    pub description: Option<(String, String)>,
    pub members: BTreeMap<usize, Role>,
    /// Only admins may write.
    pub announcement: bool,
    /// Only admins may change what the group is called.
    pub locked: bool,
    /// The last part of the invite link.
    pub code: String,
    pub picture: Option<Picture>,
    /// Members are addressed by LID, as in every group made since 2025.
    pub by_lid: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Member,
    Admin,
    Creator,
}

impl Role {
    pub const fn may_change(self) -> bool {
        !matches!(self, Self::Member)
    }
}

impl State {
    pub fn new_group(&mut self, creator: usize, subject: &str, others: &[usize], by_lid: bool) -> String {
        let id = format!("1203630{:011}", self.next());
        let members = others.iter().map(|member| (*member, Role::Member)).chain([(creator, Role::Creator)]).collect();
        let group = Group {
            subject: subject.to_owned(),
            subject_at: now(),
            creator,
            created: now(),
            description: None,
            members,
            announcement: false,
            locked: false,
            code: format!("World{}", self.next()),
            picture: None,
            by_lid,
        };
        self.groups.insert(id.clone(), group);
        let shown = self.group_node(&id);
        self.tell_group(&id, creator, build("create").attr("type", "new").children([shown]).build(), &[]);
        id
    }

    /// `<group>` as clients read it.
    pub fn group_node(&self, id: &str) -> Node {
        let Some(group) = self.groups.get(id) else { return empty("group") };
        let mode = if group.by_lid { "lid" } else { "pn" };
        let mut children: Vec<Node> =
            group.members.iter().map(|(member, role)| self.member_node(group.by_lid, *member, *role)).collect();
        if let Some((id, words)) = &group.description {
            let body = build("body").bytes(words.as_bytes()).build();
            let told = build("description").attr("id", id.as_str()).attr("t", now()).children([body]);
            children.push(told.attr("participant", self.user(group.creator, group.by_lid)).build());
        }
        children.extend(group.announcement.then(|| empty("announcement")));
        children.extend(group.locked.then(|| empty("locked")));
        build("group")
            .attr("id", id)
            .attr("subject", &group.subject)
            .attr("s_t", group.subject_at)
            .attr("s_o", self.user(group.creator, group.by_lid))
            .attr("creation", group.created)
            .attr("creator", self.user(group.creator, group.by_lid))
            .attr("creator_pn", self.user(group.creator, false))
            .attr("size", group.members.len())
            .attr("addressing_mode", mode)
            .children(children)
            .build()
    }

    fn member_node(&self, by_lid: bool, member: usize, role: Role) -> Node {
        let node = self.named("participant", by_lid, member);
        match role {
            Role::Member => node.build(),
            Role::Admin => node.attr("type", "admin").build(),
            Role::Creator => node.attr("type", "superadmin").build(),
        }
    }

    /// An element about a person, with both addresses.
    pub fn named(&self, tag: &'static str, by_lid: bool, member: usize) -> NodeBuilder {
        let node = build(tag).attr("jid", self.user(member, by_lid));
        if by_lid {
            node.attr("phone_number", self.user(member, false))
        } else {
            node.attr("lid", self.user(member, true))
        }
    }

    /// A change, told to all who are in the group and to `also`, who have just left it.
    pub fn tell_group(&mut self, id: &str, actor: usize, change: Node, also: &[usize]) {
        let Some(group) = self.groups.get(id) else { return };
        let by_lid = group.by_lid;
        let told: Vec<usize> = group.members.keys().chain(also).copied().collect();
        for account in told {
            for device in self.devices(account).into_iter().filter(|device| device.number > 0) {
                let mut notification = build("notification")
                    .attr("from", Jid::group(id))
                    .attr("id", self.stanza_id())
                    .attr("type", "w:gp2")
                    .attr("t", now())
                    .attr("addressing_mode", if by_lid { "lid" } else { "pn" })
                    .attr("participant", self.user(actor, by_lid))
                    .attr("notify", &self.accounts[actor].name);
                if by_lid {
                    notification = notification.attr("participant_pn", self.user(actor, false));
                }
                self.deliver(device, notification.children([change.clone()]).build());
            }
        }
    }

    pub fn set_group_picture(&mut self, by: DeviceId, id: &str, picture: Option<Picture>) {
        let Some(group) = self.groups.get_mut(id) else { return };
        let by_lid = group.by_lid;
        let tag = if picture.is_some() { "set" } else { "delete" };
        let mark = picture.as_ref().map_or("0", |picture| picture.id.as_str()).to_owned();
        group.picture = picture;
        let told: Vec<usize> = group.members.keys().copied().collect();
        for account in told {
            for device in self.devices(account).into_iter().filter(|device| device.number > 0 && *device != by) {
                let change = build(tag).attr("jid", Jid::group(id)).attr("id", mark.as_str());
                let change = change.attr("author", self.user(by.account, by_lid)).build();
                let notification = build("notification").attr("from", Jid::group(id)).attr("id", self.stanza_id());
                let notification = notification.attr("type", "picture").attr("t", now()).children([change]);
                self.deliver(device, notification.build());
            }
        }
    }
}
