//! What accounts show and hide: pictures, the line about themselves, block lists, privacy.

use bytes::Bytes;
use wacore_binary::Node;

use crate::node::{Read, build, now, refusal, result};
use crate::state::{DeviceId, Picture, State};

impl State {
    /// `w:profile:picture`, of people and of groups.
    pub fn picture(&mut self, by: DeviceId, iq: &Node) -> Node {
        let target = iq.jid("target");
        let bytes = iq.child("picture").map(Read::content).unwrap_or_default();
        let setting = iq.text("type").as_deref() == Some("set");
        let group =
            target.as_ref().filter(|jid| self.groups.contains_key(jid.user.as_str())).map(|jid| jid.user.to_string());
        let account = match &target {
            None => Some(by.account),
            Some(target) => self.account_of(target),
        };
        if setting {
            let picture = (!bytes.is_empty()).then(|| self.keep_picture(bytes.into()));
            let told = picture.iter().map(|picture| build("picture").attr("id", &picture.id).build()).collect();
            match (group, account) {
                (Some(group), _) => self.set_group_picture(by, &group, picture),
                (None, Some(account)) if account == by.account => self.accounts[account].picture = picture,
                _ => return refusal(iq, 403, "forbidden"),
            }
            return result(iq, told);
        }
        let picture = match (&group, account) {
            (Some(group), _) => self.groups[group].picture.clone(),
            (None, Some(account)) => self.accounts[account].picture.clone(),
            (None, None) => None,
        };
        match picture {
            Some(picture) => {
                let shown =
                    build("picture").attr("id", &picture.id).attr("type", "image").attr("direct_path", &picture.path);
                result(iq, vec![shown.attr("url", format!("https://{}{}", self.host, picture.path)).build()])
            }
            None => refusal(iq, 404, "item-not-found"),
        }
    }

    pub fn keep_picture(&mut self, bytes: Bytes) -> Picture {
        let id = self.next().to_string();
        let path = format!("/pps/{id}");
        self.files.keep(path.clone(), bytes);
        Picture { id, path }
    }

    pub fn set_about(&mut self, by: DeviceId, iq: &Node) -> Node {
        if let Some(status) = iq.child("status") {
            self.accounts[by.account].about = status.words();
        }
        result(iq, Vec::new())
    }

    pub fn blocklist(&mut self, by: DeviceId, iq: &Node) -> Node {
        let items = iq.each("item").filter_map(|item| Some((item.jid("jid")?, item.text("action")? == "block")));
        for (jid, block) in items.collect::<Vec<_>>() {
            let blocked = &mut self.accounts[by.account].blocked;
            blocked.retain(|known| *known != jid);
            if block {
                blocked.push(jid);
            }
        }
        let listed = self.accounts[by.account].blocked.iter().map(|jid| build("item").attr("jid", jid.clone()).build());
        result(iq, vec![build("list").attr("dhash", "0").children(listed.collect::<Vec<_>>()).build()])
    }

    pub fn privacy(&mut self, iq: &Node) -> Node {
        let Some(asked) = iq.child("tokens") else {
            let names = ["last", "online", "profile", "status", "groupadd", "readreceipts", "calladd", "messages"];
            let categories = names.map(|name| build("category").attr("name", name).attr("value", "all").build());
            return result(iq, vec![build("privacy").children(categories).build()]);
        };
        let given = asked.each("token").filter_map(|token| {
            let token = build("token").attr("jid", token.jid("jid")?).attr("t", now()).attr("type", "trusted_contact");
            Some(token.bytes(*b"trusted").build())
        });
        result(iq, vec![build("tokens").children(given.collect::<Vec<_>>()).build()])
    }
}
