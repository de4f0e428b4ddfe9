//! What listeners, streams and queues are told.

use std::time::Duration;

use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::{Entry, LoginStep};

use super::shape::{Event, Login, Pen};
use super::sign;
use crate::{Notice, SentEvent, Setting};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// As the Standard Webhooks specification recommends: at once, then after these pauses, lengthened at random; three days in
/// all at least.
pub const SCHEDULE: Schedule = Schedule {
    queue: Queue::Independent,
    pauses: Pauses::Spread(&[
        SECOND.saturating_mul(5),
        MINUTE.saturating_mul(5),
        MINUTE.saturating_mul(30),
        HOUR.saturating_mul(2),
        HOUR.saturating_mul(5),
        HOUR.saturating_mul(10),
        HOUR.saturating_mul(14),
        HOUR.saturating_mul(20),
        HOUR.saturating_mul(24),
    ]),
    success: Success::Any2xx,
    timeout: Duration::from_secs(15),
    heeds_receiver: true,
};

/// A webhook's body and headers; `None` when the listener does not want the event, or it is another dialect's own.
pub fn webhook(entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
    let body = body(entry, setting)?;
    let id = setting.spelling.event(entry.id());
    let headers = sign::headers(&id, setting.at, &body, setting.secret);
    Some(Notice { body, headers })
}

/// The same body as a server-sent event; its id is what `Last-Event-ID` takes.
pub fn sent(entry: &Entry, setting: &Setting<'_>) -> Option<SentEvent> {
    let id = Some(setting.spelling.event(entry.id()));
    Some(SentEvent { id, event: entry.event.name().to_owned(), data: body(entry, setting)? })
}

/// A login's step as a server-sent event.
pub fn step(step: &LoginStep) -> Option<SentEvent> {
    let step = Login::of(Some(step));
    let data = serde_json::to_string(&step).ok()?;
    Some(SentEvent { id: None, event: step.word().to_owned(), data })
}

fn body(entry: &Entry, setting: &Setting<'_>) -> Option<String> {
    if let sluice_model::Event::DebugPublished { dialect, .. } = &entry.event
        && dialect != super::NAME
    {
        return None;
    }
    if !setting.listener.wants(entry.event.name()) {
        return None;
    }
    let pen = Pen {
        spelling: setting.spelling,
        links: setting.links,
        workspace: Some(setting.account.workspace),
        now: setting.at,
    };
    serde_json::to_string(&Event::of(entry, pen)).ok()
}
