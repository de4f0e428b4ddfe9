//! The golden cases of `cases/`, and the outcomes that they name.

use std::sync::Arc;

use sluice_model::account::State;
use sluice_model::content::MediaKind;
use sluice_model::device::{
    Ack, Counts, Device, Health, Item, ItemKind, Login, Look, Media, Pace, Pause, Reply, Status, Taken,
};
use sluice_model::failure::{Retry, Why};
use sluice_model::{Answer, Channel, Failure, LoginStep, Outcome, Refusal, Timestamp};

use crate::golden::{Stage, world};
use crate::phone::Phone;

const STAGE: Stage = Stage { dialect: &Phone, fill, outcome };

#[test]
fn calls_are_read_and_answered_as_the_cases_say() {
    STAGE.check_calls();
}

fn fill(text: &str) -> String {
    let account = world::spelling().hex12(sluice_model::spelling::Kind::Account, world::ACCOUNT.get());
    let media = format!("{}.2048", world::links().name(sluice_model::WorkspaceId(1), &world::blob()));
    text.replace("{token}", world::TOKEN).replace("{account}", &account).replace("{media}", &media)
}

fn said(reply: Reply) -> Result<Outcome, Refusal> {
    Ok(Outcome::Answer(Answer::Device { reply: Box::new(reply) }))
}

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_millis(world::NOW.millis() + seconds * 1_000)
}

fn pace(pause: Option<Pause>) -> Pace {
    Pace { now: world::NOW, next_poll_ms: 5_000, pause, settings_rev: 2 }
}

fn item(kind: ItemKind, media: Option<Media>) -> Item {
    Item {
        id: "3EB0AABBCCDDEEFF0011".to_owned(),
        kind,
        lease: "00aa11bb22cc33dd".to_owned(),
        lease_until: later(120),
        attempt: 1,
        to: "79115554444".to_owned(),
        text: "Hello & welcome".to_owned(),
        media,
        not_after: Some(later(3_600)),
    }
}

fn ack(seq: u64, taken: Taken, state: &str) -> Ack {
    Ack { id: format!("m{seq}"), seq: Some(seq), taken, state: state.to_owned() }
}

fn picture() -> Media {
    Media {
        kind: MediaKind::Image,
        blob: world::blob(),
        mime: "image/png".to_owned(),
        name: Some("price.png".to_owned()),
    }
}

fn status() -> Status {
    Status {
        device: Device { model: "Pixel 7".to_owned(), paired_at: later(-86_400), ..Device::default() },
        settings: serde_json::json!({ "poll_ms": 5_000 }),
        pace: pace(None),
        last_seen: Some(later(-3)),
        health: Health { battery: Some(81), session: Some(Login::Ok), ..Health::default() },
        clock_offset_ms: Some(-1_500),
        waiting: 4,
        oldest: Some(later(-60)),
        in_hand: Some("3EB0AABBCCDDEEFF0011".to_owned()),
        unknown: vec!["3EB0AABBCCDDEEFF0012".to_owned()],
        counts: Counts { sent: 12, late: 1, ..Counts::default() },
    }
}

fn outcome(name: &str) -> Result<Outcome, Refusal> {
    let claimed = |items, pause| said(Reply::Claimed { items, pace: pace(pause) });
    let key = || Arc::clone(&world::caller("phone", world::account(Channel::Whatsapp)).key);
    match name {
        "nothing" => claimed(Vec::new(), None),
        "paused" => claimed(Vec::new(), Some(Pause { until: later(300), reason: "breaker".to_owned() })),
        "stopped" => claimed(Vec::new(), Some(Pause { until: Timestamp::NEVER, reason: "device_fault".to_owned() })),
        "a message" => claimed(vec![item(ItemKind::Send, None)], None),
        "a picture" => claimed(vec![item(ItemKind::Send, Some(picture()))], None),
        "a look" => claimed(vec![item(ItemKind::Verify, None)], None),
        "a cancel" => claimed(vec![item(ItemKind::Cancel, None)], None),
        "conflict" => said(Reply::Conflict),
        "lease" => said(Reply::Lease { until: later(120) }),
        "lost" => said(Reply::LeaseLost),
        "unknown lease" => said(Reply::LeaseUnknown),
        "done" => said(Reply::Done),
        "acks" => said(Reply::Acks {
            acks: vec![
                ack(1, Taken::Applied, "sent"),
                ack(2, Taken::Duplicate, "sent"),
                ack(3, Taken::Stale, "queued"),
                ack(4, Taken::UnknownId, "unknown"),
            ],
            pace: pace(None),
        }),
        "beat" => said(Reply::Beat { pace: pace(None) }),
        "seen" => said(Reply::Seen { eids: vec!["e1".to_owned(), "e2".to_owned()] }),
        "no look" => said(Reply::Look { task: None }),
        "look" => said(Reply::Look {
            task: Some(Look {
                id: "3EB0AABBCCDDEEFF0011".to_owned(),
                to: "79115554444".to_owned(),
                text: "Hello".to_owned(),
                sent_at: later(-90),
            }),
        }),
        "status" => said(Reply::Status { status: Box::new(status()) }),
        "page" => Ok(Outcome::Done),
        "paired" => Ok(Outcome::KeyAdded { key: key(), token: "ab".repeat(32) }),
        "code" => Ok(Outcome::Answer(Answer::Login {
            step: LoginStep::ShowCode { code: "ABCD2345".to_owned(), expires_at: later(300) },
        })),
        "paired already" => Err(Refusal::LoggedInAlready),
        "unpaired" => Ok(Outcome::Answer(Answer::Done)),
        "kept" => Ok(Outcome::Kept(world::blob())),
        "wrong code" => Err(Refusal::KeyInvalid),
        "nobody paired" => Err(Refusal::NotConnected(State::LoginNeeded)),
        "away" => Err(Refusal::Failed(Failure::not_sent(Why::Disconnected, Retry::Reconnected, "away"))),
        "bad setting" => Err(Refusal::Failed(Failure::refused(Why::Unsupported, "settings: unknown field `gap`"))),
        other => panic!("no outcome {other}"),
    }
}
