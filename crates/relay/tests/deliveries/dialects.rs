//! Dialects with schedules of all kinds, and words that a test can read.

use std::time::Duration;

use http::HeaderMap;
use sluice_dialect::{Call, Credentials, Dialect, Endpoint, Named, Notice, Reply, Setting, TokenShape};
use sluice_model::content::{Blob, Source};
use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::{Content, Entry, Event, Outcome, Refusal};

pub static ALL: &[&dyn Dialect] = &[&LINE, &FREE, &POLITE, &EACH];

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// As GREEN-API does it (contract greenapi.md §5.3).
static LINE: Told = Told {
    name: "line",
    schedule: Schedule {
        queue: Queue::HeadOfLine,
        pauses: Pauses::Every { pause: minutes(1), until: minutes(24 * 60) },
        success: Success::Exactly200,
        timeout: Duration::from_secs(180),
        heeds_receiver: false,
    },
};

/// As Wappi does it (contract wappi.md §3.1).
static FREE: Told = Told {
    name: "free",
    schedule: Schedule {
        queue: Queue::Independent,
        pauses: Pauses::Listed(&[minutes(5), minutes(10), minutes(20), minutes(30)]),
        success: Success::Exactly200,
        timeout: Duration::from_secs(10),
        heeds_receiver: false,
    },
};

/// Heeds what the receiver says.
static POLITE: Told =
    Told { name: "polite", schedule: Schedule { success: Success::Any2xx, heeds_receiver: true, ..FREE.schedule } };

/// Messages say themselves where they are told of: the URL is the first of their words.
/// As Devino's callbacks do (contract devino.md §11).
static EACH: Told = Told {
    name: "each",
    schedule: Schedule { pauses: Pauses::Listed(&[Duration::from_secs(5), Duration::from_secs(10)]), ..FREE.schedule },
};

struct Told {
    name: &'static str,
    schedule: Schedule,
}

impl Dialect for Told {
    fn name(&self) -> &'static str {
        self.name
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        &[]
    }

    fn owns(&self, _path: &str) -> bool {
        false
    }

    fn credentials(&self, _call: &Call) -> Credentials {
        Credentials { token: None, account: Named::No }
    }

    fn answer(&self, _call: &Call, _outcome: Result<Outcome, Refusal>) -> Reply {
        Reply::empty(http::StatusCode::OK)
    }

    /// `{event id} {attempt} {words}`, and the secret as a header; `{"deaf": true}` wants nothing.
    fn notice(&self, entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
        if setting.listener.settings["deaf"] == true || !setting.listener.wants(entry.event.name()) {
            return None;
        }
        let words = match &entry.event {
            Event::MessageReceived { message } => message.content.words(),
            Event::DebugPublished { .. } => panic!("a dialect with a bug"),
            other => other.name(),
        };
        let file = setting.bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let mut headers = HeaderMap::new();
        if let Some(secret) = setting.secret {
            headers.insert("x-secret", secret.parse().unwrap());
        }
        Some(Notice { body: format!("{} {} {words}{file}", entry.id().get(), setting.attempt), headers })
    }

    fn needs_bytes<'e>(&self, entry: &'e Entry) -> Option<&'e Blob> {
        let Event::MessageReceived { message } = &entry.event else {
            return None;
        };
        match &message.content {
            Content::Media(media) => match &media.source {
                Source::Blob(blob) => Some(blob),
                _ => None,
            },
            _ => None,
        }
    }

    fn callback<'e>(&self, entry: &'e Entry) -> Option<&'e str> {
        let Event::MessageReceived { message } = &entry.event else {
            return None;
        };
        message.content.words().split(' ').next().filter(|word| word.starts_with("http"))
    }

    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(40)
    }
}
