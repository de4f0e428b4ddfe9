//! One call to a listener's URL.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, header};
use sluice_dialect::{Dialect, Notice, Setting};
use sluice_model::delivery::{Attempt, Schedule, State};
use sluice_model::listener::Target;
use sluice_model::{Account, AccountId, Entry, Listener, ListenerId, Position, Timestamp};
use sluice_outside::{Answer, GLIMPSE, Limits, Request, Trouble};
use sluice_telemetry::names;
use tracing::Instrument;

use crate::parts::Tools;
use crate::verdict::{LATEST, Next, Reply, after_attempt};

/// As much of an answer as is kept for a support person.
const KEPT_ANSWER: usize = GLIMPSE;

/// A file that goes into a notice is read into memory.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// Who is told, and how: what stays the same from entry to entry.
pub(crate) struct Frame {
    /// With the switches that were in force when the entry was written.
    pub listener: Arc<Listener>,
    pub account: Arc<Account>,
    pub secret: Option<Arc<str>>,
    pub dialect: &'static dyn Dialect,
    pub schedule: Schedule,
}

impl Frame {
    /// Where the listener is called about an entry; `None` when nowhere.
    pub fn place<'a>(&'a self, entry: &'a Entry) -> Option<&'a str> {
        match &self.listener.target {
            Target::Push { url } => Some(url),
            Target::PerMessage => self.dialect.callback(entry),
            Target::Pull => None,
        }
    }
}

/// An attempt that was made.
#[derive(Debug)]
pub(crate) struct Tried {
    pub attempt: Attempt,
    pub took: Duration,
    /// The receiver wants to hear no more.
    pub gone: bool,
}

/// Tells the listener of an entry, for the `number`th time. `None` when the dialect has no word for it, or it is not
/// wanted.
pub(crate) async fn attempt(tools: &Tools, frame: &Frame, entry: &Entry, number: u32) -> Option<Tried> {
    let clock = tools.clock();
    let file = file(tools, frame, entry).await;
    let began = clock.now();
    let result = match words(tools, frame, entry, file.as_ref(), began, number) {
        Ok(notice) => post(tools, frame, entry, notice?).await.map_err(|trouble| trouble.to_string()),
        Err(panicked) => Err(panicked),
    };
    let ended = clock.now();
    let reply = result.as_ref().ok().map(|answer| Reply {
        status: answer.status.as_u16(),
        retry_after: answer.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()),
    });
    let next = after_attempt(&frame.schedule, entry.at, number, ended, reply, late(tools));
    // Without an answer nobody has measured, and a fast clock's span is longer than the world's.
    let took = result.as_ref().map_or_else(|_| ended.since(began) / clock.speed(), |answer| answer.took);
    Some(Tried {
        attempt: Attempt {
            listener: frame.listener.id,
            account: entry.account,
            position: entry.position,
            number,
            at: began,
            took_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
            status: reply.map(|reply| reply.status),
            answer: result.map_or_else(|words| words, |answer| beginning(&answer.head)),
            state: next.state(),
            next_at: next.retry_at(),
        },
        took,
        gone: next == Next::Gone,
    })
}

/// By how many thousandths the next pause may be longer.
fn late(tools: &Tools) -> u32 {
    u32::try_from(tools.parts.dice.below(u64::from(LATEST) + 1)).unwrap_or(LATEST)
}

impl Tried {
    /// It is not made now, because others to the same place have just failed; it counts as one of the delivery's.
    pub fn held_back(tools: &Tools, frame: &Frame, entry: &Entry, number: u32, now: Timestamp) -> Self {
        let next = after_attempt(&frame.schedule, entry.at, number, now, None, late(tools));
        let why = "held back: this place gave no answer a moment ago";
        let tried = Self::unsendable(frame.listener.id, entry.account, entry.position, number, now, why);
        let attempt = Attempt { state: next.state(), next_at: next.retry_at(), ..tried.attempt };
        Self { attempt, ..tried }
    }

    /// Nothing can be sent (any more): the delivery ends here.
    pub fn unsendable(
        listener: ListenerId,
        account: AccountId,
        position: Position,
        number: u32,
        at: Timestamp,
        why: &str,
    ) -> Self {
        let state = State::Undelivered;
        let attempt = Attempt {
            listener,
            account,
            position,
            number,
            at,
            took_ms: 0,
            status: None,
            answer: why.to_owned(),
            state,
            next_at: None,
        };
        Self { attempt, took: Duration::ZERO, gone: false }
    }
}

async fn post(tools: &Tools, frame: &Frame, entry: &Entry, notice: Notice) -> Result<Answer, Trouble> {
    let settings = &tools.parts.settings;
    let total = frame.schedule.timeout.min(settings.total);
    let request = Request {
        method: Method::POST,
        // An empty address is refused in words that say what to do.
        url: frame.place(entry).unwrap_or_default().to_owned(),
        headers: notice.headers,
        body: Bytes::from(notice.body),
        limits: Some(Limits { headers: settings.headers.min(total), total, answer: settings.answer }),
    };
    tools.parts.post.post(request).instrument(tracing::debug_span!(names::span::RELAY_DELIVER)).await
}

/// The notice in the dialect's words. A dialect that panics over one entry must not stop the lane, so that is an
/// attempt that failed.
fn words(
    tools: &Tools,
    frame: &Frame,
    entry: &Entry,
    bytes: Option<&Bytes>,
    at: Timestamp,
    attempt: u32,
) -> Result<Option<Notice>, String> {
    let setting = Setting {
        account: &frame.account,
        listener: &frame.listener,
        secret: frame.secret.as_deref(),
        spelling: &tools.parts.spelling,
        links: &tools.parts.links,
        bytes,
        at,
        attempt,
    };
    catch_unwind(AssertUnwindSafe(|| frame.dialect.notice(entry, &setting))).map_err(|_| {
        tracing::error!(dialect = frame.dialect.name(), event = entry.event.name(), "a notice could not be written");
        "the gateway could not put this event into words; please report it".to_owned()
    })
}

/// The bytes that the notice carries; without them it tells what it can.
async fn file(tools: &Tools, frame: &Frame, entry: &Entry) -> Option<Bytes> {
    let blob = frame.dialect.needs_bytes(entry).filter(|blob| blob.size <= LARGEST_FILE)?;
    let path = match tools.parts.blobs.find(blob).await {
        Ok(path) => path?,
        Err(fault) => {
            tracing::warn!(%fault, "a file for a notice cannot be found");
            return None;
        }
    };
    match tokio::fs::read(path).await {
        Ok(bytes) => Some(Bytes::from(bytes)),
        Err(error) => {
            tracing::warn!(%error, "a file for a notice cannot be read");
            None
        }
    }
}

/// The first bytes of an answer as text.
fn beginning(head: &[u8]) -> String {
    String::from_utf8_lossy(&head[..head.len().min(KEPT_ANSWER)]).into_owned()
}
