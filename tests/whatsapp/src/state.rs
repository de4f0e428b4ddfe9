//! Everything that the world remembers. All of it is in memory, and every list has a bound.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use tokio::sync::mpsc;
use wacore_binary::{Jid, Node};
use waproto::whatsapp::ClientPayload;

use crate::answers::app_state::Collection;
use crate::groups::Group;
use crate::handset::Handset;
use crate::line::Out;
use crate::media::Files;
use crate::node::{Read, set};
use crate::pairing::Registration;
use crate::trouble::Troubles;

/// Stanzas that are kept for a device that does not come for them; the oldest go first.
const QUEUE: usize = 20_000;
/// Messages that the world remembers having passed on.
const PASSED: usize = 20_000;
/// Passing signals (typing, calls) that the world remembers.
pub const SIGNALS: usize = 1_000;

#[derive(Default)]
pub struct State {
    pub accounts: Vec<Account>,
    /// By phone number and by LID, digits only.
    pub users: HashMap<String, usize>,
    pub lines: HashMap<u64, Line>,
    pub groups: BTreeMap<String, Group>,
    pub files: Files,
    pub troubles: Troubles,
    pub passed: VecDeque<Passed>,
    /// Who typed (`composing`, `paused`) and in which chat.
    pub typed: VecDeque<Signal>,
    /// Signals of calls that devices sent (`reject`).
    pub called: VecDeque<Signal>,
    /// Where media are served, `127.0.0.1:port`.
    pub host: String,
    pub serial: u64,
}

/// A person: a phone, and whatever is linked to it.
pub struct Account {
    pub phone: String,
    pub lid: String,
    pub name: String,
    pub about: String,
    pub picture: Option<Picture>,
    pub handset: Handset,
    /// Linked devices, by number from 1.
    pub devices: BTreeMap<u16, Device>,
    pub last_device: u16,
    pub blocked: Vec<Jid>,
    pub collections: BTreeMap<String, Collection>,
    /// Online, by the word of its devices.
    pub available: bool,
    /// Accounts that know this account's devices, and hear when those change.
    pub followers: BTreeSet<usize>,
    /// Who asked to hear of this account's presence.
    pub watchers: Vec<DeviceId>,
    /// Everybody whose devices a story of this account ever named.
    pub audience: Vec<DeviceId>,
}

#[derive(Clone, Debug)]
pub struct Picture {
    pub id: String,
    pub path: String,
}

/// A linked device.
#[derive(Default)]
pub struct Device {
    pub noise: Vec<u8>,
    pub identity: Vec<u8>,
    /// Four bytes.
    pub registration: Vec<u8>,
    pub signed: SignedKey,
    pub one_time: VecDeque<(Vec<u8>, Vec<u8>)>,
    /// What it made of the phone's signature at pairing; served with its keys.
    pub certificate: Vec<u8>,
    pub queue: VecDeque<Queued>,
    pub line: Option<u64>,
    /// It has asked for what waits for it, so new stanzas go out at once.
    pub active: bool,
}

/// A signed prekey as it is served: id (3 bytes), public key and signature.
#[derive(Clone, Default)]
pub struct SignedKey {
    pub id: Vec<u8>,
    pub value: Vec<u8>,
    pub signature: Vec<u8>,
}

/// A stanza that its device has not acknowledged yet.
pub struct Queued {
    pub class: String,
    pub id: String,
    pub stanza: Node,
}

/// One of an account's devices; number 0 is the phone itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId {
    pub account: usize,
    pub number: u16,
}

pub struct Line {
    pub out: mpsc::Sender<Out>,
    pub who: Who,
}

pub enum Who {
    /// It waits to be linked.
    Stranger(Box<Registration>),
    Device(DeviceId),
    /// It was refused and is about to be closed.
    Nobody,
}

/// A message that the server took from a device.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The sender's number.
    pub from: String,
    /// The device it was sent with.
    pub device: u16,
    /// The chat, as the client addressed it.
    pub to: String,
    pub id: String,
}

impl Account {
    pub fn new(phone: &str, lid: String, name: &str, handset: Handset) -> Self {
        Self {
            phone: phone.to_owned(),
            lid,
            name: name.to_owned(),
            about: "Hey there! I am using WhatsApp.".to_owned(),
            picture: None,
            handset,
            devices: BTreeMap::new(),
            last_device: 0,
            blocked: Vec::new(),
            collections: BTreeMap::new(),
            available: false,
            followers: BTreeSet::new(),
            watchers: Vec::new(),
            audience: Vec::new(),
        }
    }
}

/// Something that passed by.
#[derive(Clone, Debug)]
pub struct Signal {
    /// The sender's number.
    pub from: String,
    pub to: String,
    pub what: String,
}

/// Adds to a list that forgets its oldest entries.
pub fn push<T>(list: &mut VecDeque<T>, bound: usize, item: T) {
    if list.len() == bound {
        list.pop_front();
    }
    list.push_back(item);
}

impl State {
    /// The account of a user's address, in either spelling.
    pub fn account_of(&self, jid: &Jid) -> Option<usize> {
        self.users.get(jid.user.as_str()).copied()
    }

    pub fn device_of(&self, jid: &Jid) -> Option<DeviceId> {
        let id = DeviceId { account: self.account_of(jid)?, number: jid.device };
        self.exists(id).then_some(id)
    }

    pub fn exists(&self, id: DeviceId) -> bool {
        id.number == 0 || self.accounts[id.account].devices.contains_key(&id.number)
    }

    /// Every device of an account, the phone first.
    pub fn devices(&self, account: usize) -> Vec<DeviceId> {
        let linked = self.accounts[account].devices.keys().copied();
        std::iter::once(0).chain(linked).map(|number| DeviceId { account, number }).collect()
    }

    /// A device's address in the wanted spelling.
    pub fn jid(&self, id: DeviceId, lid: bool) -> Jid {
        let account = &self.accounts[id.account];
        if lid { Jid::lid_device(&*account.lid, id.number) } else { Jid::pn_device(&*account.phone, id.number) }
    }

    /// A person's address in the wanted spelling.
    pub fn user(&self, account: usize, lid: bool) -> Jid {
        self.jid(DeviceId { account, number: 0 }, lid)
    }

    pub fn device(&mut self, id: DeviceId) -> Option<&mut Device> {
        self.accounts.get_mut(id.account)?.devices.get_mut(&id.number)
    }

    pub fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// An id for a stanza of the server's own.
    pub fn stanza_id(&mut self) -> String {
        format!("{}-{}", self.next(), self.host.rsplit(':').next().unwrap_or_default())
    }

    /// A client has shaken hands; returns the number of its line.
    pub fn connected(&mut self, out: mpsc::Sender<Out>, client: &[u8], payload: &ClientPayload) -> u64 {
        let line = self.next();
        self.lines.insert(line, Line { out, who: Who::Nobody });
        match payload.device_pairing_data.as_option() {
            Some(data) => self.offer_pairing(line, client, data),
            None => self.log_in(line, client, payload),
        }
        line
    }

    pub fn disconnected(&mut self, line: u64) {
        let Some(Line { who: Who::Device(id), .. }) = self.lines.remove(&line) else { return };
        if let Some(device) = self.device(id).filter(|device| device.line == Some(line)) {
            device.line = None;
            device.active = false;
        }
    }

    /// A stanza came in.
    pub fn take(&mut self, line: u64, stanza: &Node) {
        let id = match &self.lines.get(&line).map(|line| &line.who) {
            Some(Who::Device(id)) => *id,
            Some(Who::Stranger(_)) => return self.take_from_stranger(line, stanza),
            _ => return,
        };
        match stanza.tag.as_ref() {
            "iq" => self.answer(id, stanza),
            "message" => self.relay(id, stanza),
            "receipt" => self.receipt(id, stanza),
            "ack" => self.acknowledged(id, stanza),
            "presence" => self.presence(id, stanza),
            "chatstate" => self.chatstate(id, stanza),
            "call" => self.call(id, stanza),
            // `ib` carries telemetry and requests for batches, which come without asking.
            _ => {}
        }
    }

    /// Sends on a line, or cuts it when its client does not keep up.
    pub fn send(&mut self, line: u64, stanza: Node) {
        let sent = self.lines.get(&line).map(|line| line.out.try_send(Out::Stanza(Box::new(stanza))));
        if let Some(Err(_)) = sent {
            self.disconnected(line);
        }
    }

    pub fn end(&mut self, line: u64, how: Out) {
        if let Some(line) = self.lines.get(&line) {
            // A line that is full or gone ends anyway.
            let _ = line.out.try_send(how);
        }
    }

    /// Answers a device, if it is still there.
    pub fn reply(&mut self, id: DeviceId, stanza: Node) {
        if let Some(line) = self.device(id).and_then(|device| device.line) {
            self.send(line, stanza);
        }
    }

    /// Keeps a stanza for a device until it is acknowledged, and sends it if the device is there.
    pub fn deliver(&mut self, to: DeviceId, stanza: Node) {
        if to.number == 0 {
            return self.hear(to.account, &stanza);
        }
        let Some(device) = self.device(to) else { return };
        let (class, id) = (stanza.tag.clone().into_owned(), stanza.text("id").unwrap_or_default());
        push(&mut device.queue, QUEUE, Queued { class, id, stanza: stanza.clone() });
        if let Some(line) = device.line.filter(|_| device.active) {
            self.send(line, stanza);
        }
    }

    /// Sends everything that waits for a device, marked as such, and the end mark.
    pub fn drain(&mut self, id: DeviceId) {
        let Some(device) = self.device(id) else { return };
        device.active = true;
        let Some(line) = device.line else { return };
        let waiting: Vec<Node> = device.queue.iter().map(|queued| queued.stanza.clone()).collect();
        let count = waiting.len();
        if count > 0 {
            self.send(line, Self::offline("offline_preview", count));
        }
        for mut stanza in waiting {
            set(&mut stanza, "offline", 0);
            self.send(line, stanza);
        }
        self.send(line, Self::offline("offline", count));
    }

    fn offline(tag: &'static str, count: usize) -> Node {
        let mark = crate::node::build(tag).attr("count", count).build();
        crate::node::build("ib").attr("from", crate::node::SERVER).children([mark]).build()
    }

    /// The device has what it was sent under this id, however often it was: it is not sent again.
    pub fn settle(&mut self, by: DeviceId, class: &str, id: &str) {
        if let Some(device) = self.device(by) {
            device.queue.retain(|queued| queued.class != class || queued.id != id);
        }
    }

    /// Whether the server plays one with a new key for this handshake.
    pub fn forgets_key(&mut self) -> bool {
        let forgets = self.troubles.forget_key > 0;
        self.troubles.forget_key = self.troubles.forget_key.saturating_sub(1);
        forgets
    }

    pub fn remember(&mut self, from: DeviceId, to: String, id: String) {
        let passed = Passed { from: self.accounts[from.account].phone.clone(), device: from.number, to, id };
        push(&mut self.passed, PASSED, passed);
    }
}
