//! From calls to what they say to the account.

pub mod body;
pub mod operator;
pub mod thin;

use std::time::Duration;

use sluice_model::content::Blob;
use sluice_model::device::{Call as Word, Claim, From, Happening, Manner, Media, Noticed, Report, Who};
use sluice_model::{Address, Command, Refusal, Timestamp};

use self::body::{ClaimBody, EventBody, EventsBody, HeartbeatBody, LeaseBody, RegisterBody, ReleaseBody, ResultsBody};
use super::notification;
use crate::Call;

/// The longest wait for something to do (contract §9.2).
const WAIT_S: u32 = 25;
/// Results and events of one post (contract §9.4, §9.6).
const RESULTS: usize = 100;
const EVENTS: usize = 200;
/// How long the old token is good after a new one was made (contract §9.1).
const OVERLAP: Duration = Duration::from_secs(600);
/// Ids of the phone's making are cut here.
pub const ID_LENGTH: usize = 200;

fn ask(word: Word) -> Command {
    Command::Device { call: Box::new(word), wait: Duration::ZERO }
}

/// A device speaks with a key of its own account in this dialect; any other key is no device.
fn of_device(call: &Call) -> Result<(), Refusal> {
    let of_device =
        |key: &std::sync::Arc<sluice_model::Key>| key.account.is_some() && key.dialect.as_deref() == Some("phone");
    if call.key().is_some_and(of_device) { Ok(()) } else { Err(Refusal::KeyInvalid) }
}

pub fn register(call: &Call) -> Result<Command, Refusal> {
    let code = call.header("authorization").and_then(|value| {
        let (scheme, rest) = value.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("code").then(|| rest.trim().to_owned())
    });
    let body: RegisterBody = body::read(call)?;
    let code = code.filter(|code| !code.is_empty()).ok_or(Refusal::KeyMissing)?;
    Ok(Command::Pair { code, device: Box::new(body.device()) })
}

/// For pages, whose answer is all that they are for.
pub fn nothing(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Nothing)
}

pub fn pair_by_page(call: &Call) -> Result<Command, Refusal> {
    let said = thin::Said::of(call)?;
    let field = |name: &str| said.get(name).unwrap_or_default();
    let code: String = field("code").chars().filter(char::is_ascii_alphanumeric).collect();
    if code.is_empty() {
        return Err(Refusal::Missing("code"));
    }
    let number = Address::phone(field("number").trim_start_matches('+')).map(|number| number.value().to_owned());
    let device = RegisterBody { model: "script".to_owned(), number, ..RegisterBody::default() };
    Ok(Command::Pair { code, device: Box::new(device.device()) })
}

pub fn rotate(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    Ok(Command::RotateKey { keep: OVERLAP })
}

pub fn status(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    Ok(ask(Word::Status))
}

pub fn leave(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    Ok(ask(Word::Leave))
}

pub fn claim(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let body: ClaimBody = body::read(call)?;
    if body.max.is_some_and(|max| !(1..=20).contains(&max)) {
        return Err(Refusal::invalid("max", "is from 1 to 20"));
    }
    let who = Who { install: body.install_id, boot: body.boot_id };
    let claim = Claim {
        who,
        began: call.at,
        wait_ms: 0,
        lease_s: body.lease_s,
        have: body.have.into_iter().map(body::HaveBody::have).collect(),
        health: body.health.health(body.client_version),
        // Feedbot's own words: such a program sends whatever it is given (contract feedbot.md §8.1).
        manner: if body.protocol.is_some() { Manner::Puller } else { Manner::Full },
    };
    let wait = Duration::from_secs(body.wait_s.unwrap_or(0).min(WAIT_S).into());
    Ok(Command::Device { call: Box::new(Word::Claim(claim)), wait })
}

pub fn heartbeat(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let body: HeartbeatBody = body::read(call)?;
    let (who, health) = body.parts();
    Ok(ask(Word::Heartbeat { who, health }))
}

pub fn renew(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let body: LeaseBody = body::read(call)?;
    Ok(ask(Word::Renew { lease: call.param("lease").to_owned(), lease_s: body.lease_s }))
}

pub fn release(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let body: ReleaseBody = body::read(call)?;
    Ok(ask(Word::Release { lease: call.param("lease").to_owned(), reason: body.reason }))
}

pub fn results(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let body: ResultsBody = body::read(call)?;
    if body.results.is_empty() {
        return Err(Refusal::Missing("results"));
    }
    if body.results.len() > RESULTS {
        return Err(Refusal::TooLong { field: "results", limit: RESULTS });
    }
    let results: Vec<Report> = body.results.into_iter().map(body::ResultBody::report).collect::<Result<_, _>>()?;
    let who = Who { install: body.install_id, boot: body.boot_id };
    Ok(ask(Word::Results { who, results }))
}

pub fn events(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let body: EventsBody = body::read(call)?;
    if body.events.len() > EVENTS {
        return Err(Refusal::TooLong { field: "events", limit: EVENTS });
    }
    let events = body.events.into_iter().map(|event| happening(call, event)).collect::<Result<_, _>>()?;
    Ok(ask(Word::Events { events }))
}

pub fn media(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    if let (Some(given), Some(file)) = (call.header("x-content-sha256"), &call.file)
        && !given.trim().eq_ignore_ascii_case(&file.hash)
    {
        return Err(Refusal::invalid("X-Content-SHA256", "is not of these bytes"));
    }
    Ok(Command::KeepFile)
}

fn happening(call: &Call, event: EventBody) -> Result<Happening, Refusal> {
    if event.eid.is_empty() || event.eid.len() > ID_LENGTH {
        return Err(Refusal::invalid("eid", format!("is 1 to {ID_LENGTH} characters")));
    }
    let at = moment(call, event.post_ms);
    let what = match event.kind.as_str() {
        "notification" => notification::read(&event.shown(), at),
        "message" => Noticed::Message {
            from: event.from(),
            text: event.text.clone().unwrap_or_default(),
            media: event.media_id.as_deref().map(|id| received(call, id, &event)).transpose()?,
            from_phone: event.from_me,
        },
        "receipt" => Noticed::Receipt {
            id: event.id.clone().ok_or(Refusal::Missing("id"))?,
            read: match event.state.as_deref() {
                Some("delivered") => false,
                Some("read") => true,
                _ => return Err(Refusal::invalid("state", "is delivered or read")),
            },
        },
        "call" => {
            Noticed::Call { from: event.from(), video: event.video, missed: event.state.as_deref() != Some("ringing") }
        }
        _ => return Err(Refusal::invalid("type", "is notification, message, receipt or call")),
    };
    Ok(Happening { eid: event.eid, at, what })
}

/// The phone's own time, unless it is ahead of ours: the phone's clock may be wrong by hours (contract §7 row 5).
fn moment(call: &Call, post_ms: Option<i64>) -> Timestamp {
    let said = post_ms.filter(|millis| *millis > 0).map(Timestamp::from_millis);
    said.filter(|at| *at <= call.at).unwrap_or(call.at)
}

/// A file that was uploaded before.
fn received(call: &Call, id: &str, event: &EventBody) -> Result<Media, Refusal> {
    let unknown = || Refusal::invalid("media_id", "is not one that this gateway gave");
    let (name, size) = id.split_once('.').ok_or_else(unknown)?;
    let workspace = call.key().map(|key| key.workspace).ok_or_else(unknown)?;
    let hash = call.links.named(workspace, name).ok_or_else(unknown)?;
    let size = size.parse().map_err(|_| unknown())?;
    let mime = event.mime.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
    Ok(Media {
        kind: sluice_model::content::MediaKind::of_mime(&mime),
        blob: Blob { hash, size },
        mime,
        name: event.file_name.clone(),
    })
}

/// Who wrote, in a thin script's or an app's words.
pub fn from(name: Option<String>, number: Option<String>) -> From {
    let number = number.and_then(|number| Address::phone(number.trim_start_matches('+')));
    From {
        number: number.map(|number| number.value().to_owned()),
        name: name.filter(|name| !name.is_empty()),
        group: None,
    }
}
