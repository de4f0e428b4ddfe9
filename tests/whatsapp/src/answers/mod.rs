//! Questions of linked devices (`iq`) and what the server answers.

pub mod app_state;
mod groups;
mod keys;
mod people;
mod usync;

pub use keys::signed_node;

use wacore_binary::Node;

use crate::line::{Out, stream_error};
use crate::node::{Read, build, empty, refusal, result};
use crate::state::{DeviceId, State};
use crate::trouble::Trouble;

impl State {
    pub fn answer(&mut self, id: DeviceId, iq: &Node) {
        if !matches!(iq.text("type").as_deref(), Some("get" | "set")) {
            return;
        }
        if self.troubles.strikes(id.account, Trouble::Silence) {
            return;
        }
        let namespace = iq.text("xmlns").unwrap_or_default();
        let answer = match namespace.as_str() {
            "encrypt" => self.keys(id, iq),
            "usync" => self.usync(id, iq),
            "w:g2" => self.group_question(id, iq),
            "w:sync:app:state" => self.app_state(id, iq),
            "w:m" => result(iq, vec![self.media_hosts()]),
            "w:profile:picture" => self.picture(id, iq),
            "blocklist" => self.blocklist(id, iq),
            "privacy" => self.privacy(iq),
            "status" => self.set_about(id, iq),
            "md" => return self.remove_device(id, iq),
            "abt" => {
                result(iq, vec![build("props").attr("protocol", 1).attr("hash", "0").attr("refresh", 86_400).build()])
            }
            "w" => result(iq, vec![build("props").attr("hash", "0").build()]),
            "passive" => {
                self.reply(id, result(iq, Vec::new()));
                if iq.child("active").is_some() {
                    self.greet(id);
                    self.drain(id);
                }
                return;
            }
            "w:mex" => refusal(iq, 400, "bad-request"),
            // Pings, telemetry, dirty bits, disappearing modes: a plain yes.
            _ => result(iq, Vec::new()),
        };
        self.reply(id, answer);
    }

    fn media_hosts(&self) -> Node {
        let host = build("host")
            .attr("hostname", &self.host)
            .attr("type", "primary")
            .attr("maxContentLengthBytes", 104_857_600);
        let host = host.children([empty("upload"), empty("download")]).build();
        build("media_conn")
            .attr("auth", "world")
            .attr("ttl", 3_600)
            .attr("auth_ttl", 3_600)
            .attr("max_buckets", 12)
            .children([host])
            .build()
    }

    /// The device logs itself out.
    fn remove_device(&mut self, id: DeviceId, iq: &Node) {
        let line = self.device(id).and_then(|device| device.line);
        self.reply(id, result(iq, Vec::new()));
        if iq.child("remove-companion-device").is_none() {
            return;
        }
        self.accounts[id.account].devices.remove(&id.number);
        self.announce(id, "remove");
        if let Some(line) = line {
            let conflict = build("conflict").attr("type", "device_removed").build();
            self.send(line, stream_error(Some(401), Some(conflict)));
            self.end(line, Out::Close);
        }
    }
}
