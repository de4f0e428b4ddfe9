//! What the pretend messenger remembers when the gateway is killed: one line of JSON for each message, appended before
//! the gateway has its answer. A killed process loses nothing that it wrote; the disk is not waited for.
//!
//! Lines are numbered by `n`. There are three sorts:
//! - `{"n","at","id","remote","chat","kind","words"}`: a message from the gateway; with `"dup":true` one that was here
//!   before, and was not taken again;
//! - `{"n","at","held":{…}}`: a message to the gateway that it could not take yet;
//! - `{"n","at","settled":m}`: all that follows from the lines before `m` is with the gateway.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sluice_connector::Incoming;
use sluice_model::content::Quoted;
use sluice_model::{Address, Content, Party, Timestamp};

/// How far back a ledger is read; the messages in it are known again when they are repeated.
const TAIL: u64 = 16 * 1024 * 1024;

/// Append-only, one write for each line. Without a file it only counts.
#[derive(Debug)]
pub(crate) struct Ledger {
    file: Option<File>,
    next: u64,
    /// The last write went wrong and may have left half a line.
    torn: bool,
    line: Vec<u8>,
}

/// A line as it is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    pub n: u64,
    pub at: Timestamp,
    #[serde(flatten)]
    pub sent: Option<Sent>,
    pub held: Option<Box<Held>>,
    pub settled: Option<u64>,
}

/// A message from the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub id: u64,
    pub remote: String,
    pub chat: Address,
    pub kind: String,
    pub words: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dup: bool,
}

/// A message to the gateway, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Held {
    remote: String,
    from_phone: bool,
    chat: Address,
    chat_alias: Option<Address>,
    chat_name: Option<String>,
    sender: Option<Party>,
    content: Content,
    quoted: Option<Quoted>,
    forwarded: u32,
    at: Timestamp,
}

impl Ledger {
    /// Forgets at the end of the process.
    pub fn in_memory() -> Self {
        Self { file: None, next: 1, torn: false, line: Vec::new() }
    }

    /// Opens or begins a ledger. Returns the lines of its tail as well, oldest first.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<Line>)> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(path)?;
        let (lines, whole) = tail(&mut file)?;
        let next = lines.last().map_or(1, |line| line.n + 1);
        Ok((Self { file: Some(file), next, torn: !whole, line: Vec::new() }, lines))
    }

    /// The number that the next line gets.
    pub const fn next(&self) -> u64 {
        self.next
    }

    pub fn sent(&mut self, at: Timestamp, sent: &Sent) -> io::Result<u64> {
        self.append(at, sent)
    }

    pub fn held(&mut self, at: Timestamp, held: &Held) -> io::Result<u64> {
        #[derive(Serialize)]
        struct Holding<'a> {
            held: &'a Held,
        }
        self.append(at, &Holding { held })
    }

    pub fn settled(&mut self, at: Timestamp, before: u64) -> io::Result<u64> {
        #[derive(Serialize)]
        struct Settled {
            settled: u64,
        }
        self.append(at, &Settled { settled: before })
    }

    fn append<T: Serialize>(&mut self, at: Timestamp, what: &T) -> io::Result<u64> {
        #[derive(Serialize)]
        struct Numbered<'a, T> {
            n: u64,
            at: Timestamp,
            #[serde(flatten)]
            what: &'a T,
        }
        let n = self.next;
        if let Some(file) = &mut self.file {
            self.line.clear();
            if self.torn {
                self.line.push(b'\n');
            }
            serde_json::to_writer(&mut self.line, &Numbered { n, at, what })?;
            self.line.push(b'\n');
            self.torn = true;
            file.write_all(&self.line)?;
            self.torn = false;
        }
        self.next += 1;
        Ok(n)
    }
}

/// The readable lines of a file's end, and whether it ends with a whole line.
fn tail(file: &mut File) -> io::Result<(Vec<Line>, bool)> {
    let length = file.metadata()?.len();
    let start = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut reader = BufReader::new(file.take(length - start));
    let (mut lines, mut text, mut whole) = (Vec::new(), Vec::new(), true);
    while reader.read_until(b'\n', &mut text)? > 0 {
        whole = text.ends_with(b"\n");
        // The first may be cut by the tail's beginning, any by a kill or a full disk.
        if let Ok(line) = serde_json::from_slice::<Line>(&text) {
            lines.push(line);
        }
        text.clear();
    }
    Ok((lines, whole))
}

impl From<&Incoming> for Held {
    fn from(message: &Incoming) -> Self {
        let Incoming { remote, from_phone, chat, chat_alias, chat_name, sender, content, quoted, forwarded, at } =
            message.clone();
        Self { remote, from_phone, chat, chat_alias, chat_name, sender, content, quoted, forwarded, at }
    }
}

impl From<Held> for Incoming {
    fn from(held: Held) -> Self {
        let Held { remote, from_phone, chat, chat_alias, chat_name, sender, content, quoted, forwarded, at } = held;
        Self { remote, from_phone, chat, chat_alias, chat_name, sender, content, quoted, forwarded, at }
    }
}

#[cfg(test)]
mod tests;
