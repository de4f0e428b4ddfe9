//! `w:g2`: questions about groups and changes to them.

use wacore_binary::{Jid, Node};

use crate::groups::Role;
use crate::node::{Read, build, refusal, result};
use crate::state::{DeviceId, State};

impl State {
    pub fn group_question(&mut self, by: DeviceId, iq: &Node) -> Node {
        let to = iq.jid("to").unwrap_or_default();
        let id = to.user.to_string();
        if id.is_empty() {
            return self.without_group(by, iq);
        }
        let role = self.groups.get(&id).map(|group| group.members.get(&by.account).copied());
        let role = match role {
            None => return refusal(iq, 404, "item-not-found"),
            Some(None) => return refusal(iq, 403, "forbidden"),
            Some(Some(role)) => role,
        };
        let about = iq.about();
        if about == "query" {
            return result(iq, vec![self.group_node(&id)]);
        }
        if about == "invite" {
            return self.invite(iq, &id, role);
        }
        let Some(change) = iq.child(about).cloned() else { return refusal(iq, 400, "bad-request") };
        let locked = self.groups[&id].locked;
        let only_admins = match about {
            "subject" | "description" => locked,
            _ => true,
        };
        if only_admins && !role.may_change() {
            return refusal(iq, 403, "forbidden");
        }
        match about {
            "add" | "remove" | "promote" | "demote" => self.change_members(by, iq, &id, &change),
            "subject" => {
                if let Some(group) = self.groups.get_mut(&id) {
                    group.subject = change.words();
                    group.subject_at = crate::node::now();
                }
                let told = build("subject").attr("subject", change.words()).attr("s_t", crate::node::now());
                let told = told.attr("s_o", self.user(by.account, self.groups[&id].by_lid)).build();
                self.tell_group(&id, by.account, told, &[]);
                result(iq, Vec::new())
            }
            "description" => {
                let words = change.child("body").map(Read::words);
                if let Some(group) = self.groups.get_mut(&id) {
                    group.description = words.map(|words| (change.text("id").unwrap_or_default(), words));
                }
                self.tell_group(&id, by.account, change, &[]);
                result(iq, Vec::new())
            }
            _ => {
                if let Some(group) = self.groups.get_mut(&id) {
                    match about {
                        "announcement" => group.announcement = true,
                        "not_announcement" => group.announcement = false,
                        "locked" => group.locked = true,
                        "unlocked" => group.locked = false,
                        _ => return result(iq, Vec::new()),
                    }
                }
                self.tell_group(&id, by.account, change, &[]);
                result(iq, Vec::new())
            }
        }
    }

    /// Questions that are put to `@g.us` as such.
    fn without_group(&mut self, by: DeviceId, iq: &Node) -> Node {
        match iq.about() {
            "create" => {
                let Some(create) = iq.child("create") else { return refusal(iq, 400, "bad-request") };
                let others = create.each("participant").filter_map(|one| self.account_of(&one.jid("jid")?));
                let others: Vec<usize> = others.filter(|other| *other != by.account).collect();
                let id = self.new_group(by.account, &create.text("subject").unwrap_or_default(), &others, true);
                result(iq, vec![self.group_node(&id)])
            }
            "participating" => {
                let own = self.groups.iter().filter(|(_, group)| group.members.contains_key(&by.account));
                let groups: Vec<Node> = own.map(|(id, _)| self.group_node(id)).collect();
                result(iq, vec![build("groups").children(groups).build()])
            }
            "leave" => {
                let left: Vec<String> = iq
                    .child("leave")
                    .into_iter()
                    .flat_map(|leave| leave.each("group"))
                    .filter_map(|group| group.text("id").or_else(|| group.text("jid")))
                    .map(|id| id.trim_end_matches("@g.us").to_owned())
                    .collect();
                for id in &left {
                    self.leave(by, id);
                }
                let told = left.iter().map(|id| build("group").attr("id", Jid::group(id.as_str())).build());
                result(iq, vec![build("leave").children(told.collect::<Vec<_>>()).build()])
            }
            "invite" => self.use_invite(by, iq),
            _ => refusal(iq, 400, "bad-request"),
        }
    }

    fn leave(&mut self, by: DeviceId, id: &str) {
        let Some(group) = self.groups.get_mut(id) else { return };
        let by_lid = group.by_lid;
        if group.members.remove(&by.account).is_some() {
            let gone = self.named("participant", by_lid, by.account).build();
            self.tell_group(id, by.account, build("remove").children([gone]).build(), &[by.account]);
        }
    }

    fn change_members(&mut self, by: DeviceId, iq: &Node, id: &str, change: &Node) -> Node {
        let Some(group) = self.groups.get(id) else { return refusal(iq, 404, "item-not-found") };
        let (how, by_lid) = (change.tag.clone(), group.by_lid);
        let mut told = Vec::new();
        let mut changed = Vec::new();
        for jid in change.each("participant").filter_map(|one| one.jid("jid")) {
            let account = self.account_of(&jid);
            let Some(group) = self.groups.get_mut(id) else { continue };
            let done = match (how.as_ref(), account) {
                ("add", Some(account)) => group.members.insert(account, Role::Member).is_none(),
                ("remove", Some(account)) => group.members.remove(&account).is_some(),
                ("promote", Some(account)) => group.members.get_mut(&account).map(|role| *role = Role::Admin).is_some(),
                ("demote", Some(account)) => group.members.get_mut(&account).map(|role| *role = Role::Member).is_some(),
                _ => false,
            };
            let answer = match account {
                Some(account) if done => {
                    changed.push(account);
                    self.named("participant", by_lid, account)
                }
                _ => build("participant")
                    .attr("jid", jid.to_non_ad())
                    .attr("error", if how == "add" { 409 } else { 404 }),
            };
            told.push(answer.build());
        }
        if !changed.is_empty() {
            let people: Vec<Node> = changed.iter().map(|one| self.named("participant", by_lid, *one).build()).collect();
            let also = if how == "remove" { changed.as_slice() } else { &[] };
            let news = wacore_binary::builder::NodeBuilder::new_dynamic(how.to_string()).children(people).build();
            self.tell_group(id, by.account, news, also);
        }
        result(iq, vec![wacore_binary::builder::NodeBuilder::new_dynamic(how.into_owned()).children(told).build()])
    }

    fn invite(&mut self, iq: &Node, id: &str, role: Role) -> Node {
        if !role.may_change() {
            return refusal(iq, 403, "forbidden");
        }
        let number = self.next();
        let Some(group) = self.groups.get_mut(id) else { return refusal(iq, 404, "item-not-found") };
        if iq.text("type").as_deref() == Some("set") {
            group.code = format!("World{number}");
        }
        result(iq, vec![build("invite").attr("code", &group.code).build()])
    }

    /// Looks at a group by its invite (`get`), or joins it (`set`).
    fn use_invite(&mut self, by: DeviceId, iq: &Node) -> Node {
        let code = iq.child("invite").and_then(|invite| invite.text("code")).unwrap_or_default();
        let found = self.groups.iter().find(|(_, group)| group.code == code).map(|(id, _)| id.clone());
        let Some(id) = found else { return refusal(iq, 404, "item-not-found") };
        if iq.text("type").as_deref() == Some("get") {
            return result(iq, vec![self.group_node(&id)]);
        }
        if let Some(group) = self.groups.get_mut(&id) {
            let by_lid = group.by_lid;
            group.members.entry(by.account).or_insert(Role::Member);
            let joined = self.named("participant", by_lid, by.account).build();
            self.tell_group(&id, by.account, build("add").attr("reason", "invite").children([joined]).build(), &[]);
        }
        result(iq, vec![build("group").attr("jid", Jid::group(id.as_str())).build()])
    }
}
