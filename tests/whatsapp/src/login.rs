//! A linked device comes back.

use wacore_binary::Node;
use waproto::whatsapp::ClientPayload;

use crate::line::{Out, stream_error};
use crate::node::{SERVER, build, now};
use crate::state::{DeviceId, State, Who};
use crate::trouble::Refusal;

impl State {
    pub fn log_in(&mut self, line: u64, client: &[u8], payload: &ClientPayload) {
        let user = payload.username.unwrap_or_default().to_string();
        let number = u16::try_from(payload.device.unwrap_or_default()).unwrap_or_default();
        let account = self.users.get(&user).copied();
        let known = account.map(|account| DeviceId { account, number }).filter(|id| {
            let device = self.accounts[id.account].devices.get(&id.number);
            device.is_some_and(|device| device.noise == client)
        });
        let refused = account.and_then(|account| self.troubles.refuses(account));
        let id = match (known, refused) {
            (_, Some(refusal)) => return self.refuse(line, &refusal),
            (None, None) => return self.refuse(line, &Refusal::logged_out()),
            (Some(id), None) => id,
        };
        self.replace(id);
        if let Some(device) = self.device(id) {
            device.line = Some(line);
            device.active = false;
        }
        if let Some(line) = self.lines.get_mut(&line) {
            line.who = Who::Device(id);
        }
        let success = self.success(id);
        self.send(line, success);
    }

    /// One connection a device: the older is told that it was replaced.
    fn replace(&mut self, id: DeviceId) {
        if let Some(older) = self.device(id).and_then(|device| device.line.take()) {
            let conflict = build("conflict").attr("type", "replaced").build();
            self.send(older, stream_error(None, Some(conflict)));
            self.end(older, Out::Close);
        }
    }

    fn success(&self, id: DeviceId) -> Node {
        build("success")
            .attr("t", now())
            .attr("props", 0)
            .attr("companion_enc_static", "")
            .attr("lid", self.jid(id, true))
            .attr("creation", now())
            .attr("display_name", &self.accounts[id.account].name)
            .build()
    }

    fn refuse(&mut self, line: u64, refusal: &Refusal) {
        let mut failure = build("failure").attr("reason", refusal.reason).attr("location", "rva");
        if let Some((code, expire)) = refusal.ban {
            failure = failure.attr("code", code).attr("expire", expire);
        }
        self.send(line, failure.build());
        self.end(line, Out::Close);
    }

    /// Tells every linked device of an account that its stream is over, and closes it.
    pub fn break_stream(&mut self, account: usize, error: &Node) {
        for line in self.lines_of(account) {
            self.send(line, error.clone());
            self.end(line, Out::Close);
        }
    }

    pub fn lines_of(&self, account: usize) -> Vec<u64> {
        self.accounts[account].devices.values().filter_map(|device| device.line).collect()
    }

    /// The phone's owner removes every linked device.
    pub fn unlink(&mut self, account: usize) {
        let conflict = build("conflict").attr("type", "device_removed").build();
        self.break_stream(account, &stream_error(Some(401), Some(conflict)));
        for number in std::mem::take(&mut self.accounts[account].devices).into_keys() {
            self.announce(DeviceId { account, number }, "remove");
        }
    }

    /// Where a stanza says `from` and means the server.
    pub fn from_server(tag: &'static str) -> wacore_binary::builder::NodeBuilder {
        build(tag).attr("from", SERVER)
    }
}
