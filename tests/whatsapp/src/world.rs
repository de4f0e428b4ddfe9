//! The world in the hands of a test.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wacore::download::MediaType;
use wacore::upload::encrypt_media;
use wacore_binary::Jid;

use crate::handset::{Chat, Handset, Heard, Manners, Told};
use crate::keys::{Keys, public};
use crate::line::{Out, stream_error};
use crate::node::{build, empty};
use crate::proto::Message;
use crate::state::{Account, Passed, Signal, State};
use crate::trouble::Trouble;
use crate::{Inner, pairing, serve};

/// A WhatsApp of one's own; it ends when the last clone is dropped.
#[derive(Clone)]
pub struct World {
    inner: Arc<Inner>,
    address: SocketAddr,
    _serving: Arc<Serving>,
}

struct Serving(JoinHandle<()>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A file on the media host, as a message refers to it.
#[derive(Clone, Debug)]
pub struct Upload {
    pub direct_path: String,
    pub url: String,
    pub media_key: Vec<u8>,
    pub sha256: Vec<u8>,
    pub enc_sha256: Vec<u8>,
    pub length: u64,
}

impl World {
    /// On a free port of loopback.
    pub async fn start() -> Result<Self> {
        Self::listen("127.0.0.1:0").await
    }

    pub async fn listen(address: &str) -> Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let state = State { host: address.to_string(), ..State::default() };
        let inner = Arc::new(Inner { keys: Keys::new()?, state: state.into(), changes: watch::Sender::new(0) });
        let serving = tokio::spawn(serve(inner.clone(), listener));
        Ok(Self { inner, address, _serving: Arc::new(Serving(serving)) })
    }

    /// `ws://127.0.0.1:PORT/ws/chat`
    pub fn url(&self) -> String {
        format!("ws://{}/ws/chat", self.address)
    }

    /// `http://127.0.0.1:PORT`: what `https://127.0.0.1:PORT` of media answers has to be read as.
    pub fn media_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The root key in place of WhatsApp's own, 32 bytes.
    pub fn root_key(&self) -> Vec<u8> {
        public(&self.inner.keys.root)
    }

    /// Somebody gets a phone with this number (digits only) and name; nothing happens when they have it already.
    pub fn person(&self, phone: &str, name: &str) -> Result<()> {
        let handset = Handset::new()?;
        self.inner.change(|state| {
            if state.users.contains_key(phone) {
                return;
            }
            let account = state.accounts.len();
            let lid = format!("{}", 100_000_000_000_000_u64 + 7 * account as u64);
            state.users.insert(phone.to_owned(), account);
            state.users.insert(lid.clone(), account);
            state.accounts.push(Account::new(phone, lid, name, handset));
        });
        Ok(())
    }

    /// The person's LID, digits only.
    pub fn lid(&self, phone: &str) -> Result<String> {
        self.look(phone, |state, account| state.accounts[account].lid.clone())
    }

    /// The person's phone scans a QR code; `Ok` means that it has signed.
    pub fn scan(&self, qr: &str, phone: &str) -> Result<()> {
        self.touch(phone, |state, account| state.scan(qr, account))?
    }

    /// Whether a device waits for a code of this person's phone.
    pub fn awaits_code(&self, phone: &str) -> bool {
        self.look(phone, |state, account| !state.waiting_for_code(account).is_empty()).unwrap_or(false)
    }

    /// The code is typed into the person's phone. Whether it was right shows at the device: a wrong one leads to nothing.
    pub async fn enter_code(&self, phone: &str, code: &str) -> Result<()> {
        let waiting = self.look(phone, |state, account| state.waiting_for_code(account))?;
        if waiting.is_empty() {
            bail!("no device waits for a code of {phone}");
        }
        for (line, companion) in waiting {
            let code = code.to_owned();
            let (companion, own, wrapped) =
                tokio::task::spawn_blocking(move || pairing::exchange(&code, &companion)).await??;
            self.inner.change(|state| state.primary_hello(line, companion, own, &wrapped))?;
        }
        Ok(())
    }

    /// Whether a linked device of the account is connected and has asked for its messages.
    pub fn is_online(&self, phone: &str) -> bool {
        self.online(phone) > 0
    }

    /// How many are.
    pub fn online(&self, phone: &str) -> usize {
        let count = |state: &State, account: usize| {
            state.accounts[account].devices.values().filter(|device| device.active).count()
        };
        self.look(phone, count).unwrap_or(0)
    }

    /// How many devices are linked.
    pub fn linked(&self, phone: &str) -> usize {
        self.look(phone, |state, account| state.accounts[account].devices.len()).unwrap_or(0)
    }

    /// All linked devices of everybody that are connected.
    pub fn all_online(&self) -> usize {
        let state = self.inner.lock();
        state.accounts.iter().flat_map(|account| account.devices.values()).filter(|device| device.active).count()
    }

    /// Stanzas that the account's linked devices have not acknowledged.
    pub fn waiting(&self, phone: &str) -> usize {
        let count = |state: &State, account: usize| {
            state.accounts[account].devices.values().map(|device| device.queue.len()).sum()
        };
        self.look(phone, count).unwrap_or(0)
    }

    /// The person writes with their phone. `to` is a number, an address or a group; returns the message's id.
    pub fn say(&self, phone: &str, to: &str, message: &Message) -> Result<String> {
        let to = address(to)?;
        self.touch(phone, |state, account| {
            let id = format!("3A{:018X}", state.next());
            state.say(account, &to, &id, message).map(|()| id)
        })?
    }

    pub fn say_text(&self, phone: &str, to: &str, text: &str) -> Result<String> {
        self.say(phone, to, &Message { conversation: Some(text.to_owned()), ..Message::default() })
    }

    /// What the person's phone has read, oldest first, own messages of linked devices among it.
    pub fn heard(&self, phone: &str) -> Vec<Heard> {
        self.look(phone, |state, account| state.accounts[account].handset.heard.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// Receipts that the person's phone got.
    pub fn receipts(&self, phone: &str) -> Vec<Told> {
        self.look(phone, |state, account| state.accounts[account].handset.receipts.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// Messages that the person's phone could not decrypt.
    pub fn unreadable(&self, phone: &str) -> u32 {
        self.look(phone, |state, account| state.accounts[account].handset.unreadable).unwrap_or_default()
    }

    /// Messages that the server took from devices of this account.
    pub fn passed(&self, phone: &str) -> Vec<Passed> {
        self.inner.lock().passed.iter().filter(|passed| passed.from == phone).cloned().collect()
    }

    /// Who typed, and signals of calls from devices.
    pub fn typed(&self) -> Vec<Signal> {
        self.inner.lock().typed.iter().cloned().collect()
    }

    pub fn called(&self) -> Vec<Signal> {
        self.inner.lock().called.iter().cloned().collect()
    }

    pub fn manners(&self, phone: &str, manners: Manners) -> Result<()> {
        self.touch(phone, |state, account| state.accounts[account].handset.manners = manners)
    }

    /// The person looks at (`read`) or listens to (`played`) a message, or their phone comes on (empty: delivered).
    pub fn confirm(&self, phone: &str, chat: &str, author: Option<&str>, id: &str, kind: &str) -> Result<()> {
        let (chat, author) = (address(chat)?, author.map(address).transpose()?);
        self.touch(phone, |state, account| {
            let mut receipt = build("receipt").attr("to", chat).attr("id", id);
            if let Some(author) = author {
                receipt = receipt.attr("participant", author);
            }
            if !kind.is_empty() {
                receipt = receipt.attr("type", kind);
            }
            state.receipt(crate::state::DeviceId { account, number: 0 }, &receipt.build());
        })
    }

    /// The person types (`composing`) or stops (`paused`).
    pub fn type_to(&self, phone: &str, to: &str, what: &'static str) -> Result<()> {
        let to = address(to)?;
        self.touch(phone, |state, account| {
            let chatstate = build("chatstate").attr("to", to).children([empty(what)]).build();
            state.chatstate(crate::state::DeviceId { account, number: 0 }, &chatstate);
        })
    }

    /// The person's phone is in use, or put away.
    pub fn show(&self, phone: &str, available: bool) -> Result<()> {
        self.touch(phone, |state, account| {
            state.accounts[account].available = available;
            let watchers = state.accounts[account].watchers.clone();
            state.tell_presence(account, &watchers);
        })
    }

    /// One person calls another (`offer`) or gives up (`terminate`).
    pub fn ring(&self, caller: &str, callee: &str, call: &str, how: &'static str, video: bool) -> Result<()> {
        let callee = self.look(callee, |_, account| account)?;
        self.touch(caller, |state, caller| state.ring(caller, callee, call, how, video))
    }

    /// A group made with the person's phone; its id without the server.
    pub fn group(&self, creator: &str, subject: &str, others: &[&str], by_lid: bool) -> Result<String> {
        let others = others.iter().map(|phone| self.look(phone, |_, account| account)).collect::<Result<Vec<_>>>()?;
        self.touch(creator, |state, creator| state.new_group(creator, subject, &others, by_lid))
    }

    /// The phone shares its history with the linked devices.
    pub fn share_history(&self, phone: &str, chats: &[Chat]) -> Result<()> {
        self.touch(phone, |state, account| state.share_history(account, chats))?
    }

    /// The person's picture, a JPEG.
    pub fn set_picture(&self, phone: &str, jpeg: impl Into<Bytes>) -> Result<()> {
        self.touch(phone, |state, account| state.accounts[account].picture = Some(state.keep_picture(jpeg.into())))
    }

    /// Lays a file on the media host, encrypted as a sender would.
    pub fn upload(&self, bytes: &[u8], kind: MediaType) -> Result<Upload> {
        let sealed = encrypt_media(bytes, kind)?;
        Ok(self.inner.change(|state| {
            let direct_path = format!("/o1/{}", state.next());
            state.files.keep(direct_path.clone(), sealed.data_to_upload.into());
            Upload {
                url: format!("https://{}{direct_path}", state.host),
                direct_path,
                media_key: sealed.media_key.to_vec(),
                sha256: sealed.file_sha256.to_vec(),
                enc_sha256: sealed.file_enc_sha256.to_vec(),
                length: bytes.len() as u64,
            }
        }))
    }

    /// The bytes of a file that a message refers to, decrypted.
    pub fn download(&self, file: &dyn wacore::download::Downloadable) -> Result<Vec<u8>> {
        let path = file.direct_path().context("the message names no file")?;
        let path = path.split('?').next().unwrap_or(path);
        let sealed = self.inner.lock().files.get(path).with_context(|| format!("no file at {path}"))?;
        let key = file.media_key().context("the message has no key")?;
        let mut bytes = Vec::new();
        let opened = wacore::download::DownloadUtils::decrypt_stream(sealed.as_ref(), key, file.app_info());
        bytes.extend(opened?);
        Ok(bytes)
    }

    /// Uploads and downloads are answered with this status from now on.
    pub fn fail_media(&self, status: Option<u16>) {
        self.inner.change(|state| state.files.failing = status);
    }

    pub fn files(&self) -> usize {
        self.inner.lock().files.count()
    }

    /// Something goes wrong for the account, as many times.
    pub fn trouble(&self, phone: &str, trouble: Trouble, times: u32) -> Result<()> {
        self.touch(phone, |state, account| state.troubles.add(account, trouble, times))
    }

    pub fn calm(&self, phone: &str) -> Result<()> {
        self.touch(phone, |state, account| state.troubles.clear(account))
    }

    /// Receipts for the account are held back until `release`.
    pub fn hold_receipts(&self, phone: &str) -> Result<()> {
        self.touch(phone, |state, account| state.troubles.holding.push(account))
    }

    pub fn release(&self, phone: &str) -> Result<()> {
        self.touch(phone, State::release)
    }

    /// The server has a new key for as many handshakes, so that IK falls back to XX.
    pub fn forget_key(&self, times: u32) {
        self.inner.change(|state| state.troubles.forget_key = times);
    }

    /// `<stream:error code=…/>` to the account's linked devices, and their sockets are closed.
    pub fn stream_error(&self, phone: &str, code: u16) -> Result<()> {
        self.touch(phone, |state, account| state.break_stream(account, &stream_error(Some(code), None)))
    }

    /// As if the same device had connected elsewhere.
    pub fn replace(&self, phone: &str) -> Result<()> {
        let conflict = build("conflict").attr("type", "replaced").build();
        self.touch(phone, |state, account| state.break_stream(account, &stream_error(None, Some(conflict))))
    }

    /// The sockets of the account's linked devices are cut.
    pub fn cut(&self, phone: &str) -> Result<()> {
        self.touch(phone, |state, account| {
            for line in state.lines_of(account) {
                state.end(line, Out::Cut);
            }
        })
    }

    /// The phone's owner logs all linked devices out.
    pub fn unlink(&self, phone: &str) -> Result<()> {
        self.touch(phone, State::unlink)
    }

    /// Waits until the world is as wanted.
    pub async fn until<T>(&self, limit: Duration, what: &str, mut wanted: impl FnMut(&Self) -> Option<T>) -> Result<T> {
        let mut changes = self.inner.changes.subscribe();
        let waiting = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = wanted(self) {
                    return found;
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let found = tokio::time::timeout(limit, waiting).await;
        found.with_context(|| format!("{what}: not within {limit:?}"))
    }

    fn look<T>(&self, phone: &str, work: impl FnOnce(&State, usize) -> T) -> Result<T> {
        let state = self.inner.lock();
        let account = *state.users.get(phone).with_context(|| format!("nobody has the number {phone}"))?;
        Ok(work(&state, account))
    }

    fn touch<T>(&self, phone: &str, work: impl FnOnce(&mut State, usize) -> T) -> Result<T> {
        let account = self.look(phone, |_, account| account)?;
        Ok(self.inner.change(|state| work(state, account)))
    }
}

/// A number, or an address with its server.
fn address(text: &str) -> Result<Jid> {
    if text.contains('@') { text.parse().with_context(|| format!("{text} is no address")) } else { Ok(Jid::pn(text)) }
}
