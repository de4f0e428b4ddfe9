//! What the account says, in the contract's words. Feedbot's puller asks at the same paths (contract feedbot.md §8.1), so
//! its members stand beside the others.

use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue};
use serde_json::{Map, Value, json};
use sluice_model::device::{Ack, Item, ItemKind, Look, Media, Pace, Reply as Said, Status, Taken};
use sluice_model::spelling::Kind;
use sluice_model::{Answer, LoginStep, Outcome, Refusal, Timestamp};

use super::{errors, page};
use crate::{Call, Reply};

const DESCRIPTION: &str = include_str!("openapi.yaml");

pub fn answer(call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
    let name = call.endpoint.map_or("", |endpoint| endpoint.name);
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(refusal) if name == "pairByPage" => return page::refused(&refusal),
        Err(Refusal::KeyInvalid) if name == "register" => return errors::wrong_code(),
        Err(refusal) => return errors::refuse(&refusal),
    };
    let said = match outcome {
        Outcome::Answer(Answer::Device { reply }) => *reply,
        other => return besides(call, name, other),
    };
    match (name, said) {
        (_, Said::Conflict) => {
            let words =
                "this token is used by another phone as well; the account is stopped until an operator sees to it";
            errors::say(StatusCode::CONFLICT, "token_conflict", words)
        }
        ("next", Said::Claimed { items, pace }) => ok(&next(&items, &pace)),
        ("result", Said::Acks { .. }) | ("checked", Said::Done) => ok(&json!({ "ok": 1 })),
        ("notification", Said::Seen { eids }) => ok(&json!({ "ok": 1, "id": eids.first() })),
        ("check", Said::Look { task }) => ok(&task.as_ref().map_or_else(|| json!({ "check": 0 }), look)),
        ("claim", Said::Claimed { items, pace }) => {
            let items: Vec<Value> = items.iter().map(|item| shown(call, item)).collect();
            ok(&with_pace(&pace, json!({ "items": items })))
        }
        ("renew", Said::Lease { until }) => ok(
            &json!({ "lease_until_ms": until.millis(), "lease_expires_at": until.millis(), "server_ms": call.at.millis() }),
        ),
        ("renew" | "release", Said::LeaseLost) => {
            errors::say(StatusCode::CONFLICT, "lease_lost", "the lease is over: do not click")
        }
        ("renew" | "release", Said::LeaseUnknown) => {
            errors::say(StatusCode::NOT_FOUND, "not_found", "no such lease was given")
        }
        ("results", Said::Acks { acks, pace }) => ok(&results(&acks, &pace)),
        ("heartbeat", Said::Beat { pace }) => ok(&with_pace(&pace, json!({}))),
        ("events", Said::Seen { eids }) => ok(&json!({ "acked": eids })),
        ("me", Said::Status { status }) => ok(&me(&status)),
        ("showDevice", Said::Status { status }) => ok(&state(&status)),
        ("release" | "leave" | "setDevice" | "resumeDevice", Said::Done) => ok(&json!({ "ok": true })),
        _ => misfit(),
    }
}

fn besides(call: &Call, name: &str, outcome: Outcome) -> Reply {
    match (name, outcome) {
        ("register", Outcome::KeyAdded { key, token }) => private(Reply::json(
            StatusCode::CREATED,
            &json!({
                "device_id": call.spelling.hex12(Kind::Key, key.id.get()),
                "token": token,
                "settings": { "poll_ms": 5_000, "wait_s": 25, "lease_s": 120 },
            }),
        )),
        ("rotate", Outcome::KeyAdded { key, token }) => {
            let id = call.spelling.hex12(Kind::Key, key.id.get());
            private(ok(&json!({ "device_id": id, "token": token, "old_valid_s": 600 })))
        }
        ("openapi", Outcome::Done) => Reply::bytes(StatusCode::OK, "application/yaml", DESCRIPTION),
        ("pairPage", Outcome::Done) => page::form(call),
        ("pairByPage", Outcome::KeyAdded { token, .. }) => page::paired(call, &token),
        ("pairDevice", Outcome::Answer(Answer::Login { step })) => match step {
            LoginStep::ShowCode { code, expires_at } => private(ok(&json!({
                "pairing_code": code,
                "pairing_url": format!("{}/device/v1/pair?code={code}", call.links.base()),
                "expires_ms": expires_at.millis(),
            }))),
            LoginStep::Done => errors::refuse(&Refusal::LoggedInAlready),
            _ => misfit(),
        },
        ("unpairDevice", Outcome::Answer(Answer::Done)) => ok(&json!({ "ok": true })),
        ("media", Outcome::Kept(blob)) => {
            let name = call.key().map(|key| call.links.name(key.workspace, &blob)).unwrap_or_default();
            let body = json!({ "media_id": format!("{name}.{}", blob.size), "sha256": blob.hash, "size": blob.size });
            Reply::json(StatusCode::CREATED, &body)
        }
        _ => misfit(),
    }
}

fn misfit() -> Reply {
    errors::refuse(&Refusal::Fault { code: "phone-outcome".to_owned() })
}

fn ok(body: &Value) -> Reply {
    Reply::json(StatusCode::OK, body)
}

/// Nobody on the way keeps it.
fn private(reply: Reply) -> Reply {
    reply.with(CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

fn with_pace(pace: &Pace, body: Value) -> Value {
    let mut all = Map::new();
    all.insert("server_ms".to_owned(), pace.now.millis().into());
    all.insert("server_time".to_owned(), pace.now.millis().into());
    if let Value::Object(members) = body {
        all.extend(members);
    }
    all.insert("next_poll_ms".to_owned(), pace.next_poll_ms.into());
    all.insert("pause".to_owned(), pause(pace));
    all.insert("settings_rev".to_owned(), pace.settings_rev.into());
    Value::Object(all)
}

/// `until_ms` is null where an operator must lift it.
fn pause(pace: &Pace) -> Value {
    match &pace.pause {
        None => Value::Null,
        Some(pause) => json!({ "until_ms": ended(pause.until), "reason": pause.reason }),
    }
}

fn ended(end: Timestamp) -> Value {
    if end == Timestamp::NEVER { Value::Null } else { end.millis().into() }
}

fn shown(call: &Call, item: &Item) -> Value {
    let mut shown = json!({
        "id": item.id,
        "kind": item.kind.name(),
        "lease_id": item.lease,
        "lease_until_ms": item.lease_until.millis(),
        "lease_expires_at": item.lease_until.millis(),
        "attempt": item.attempt,
        "to": item.to,
        "phone": item.to,
        "text": item.text,
        "app": "com.whatsapp",
    });
    if item.kind == ItemKind::Send {
        let media = item.media.as_ref().map_or(Value::Null, |media| file(call, media));
        shown["media"] = media.clone();
        shown["image"] = media;
        let end = item.not_after.map_or(Value::Null, |end| end.millis().into());
        shown["not_after_ms"] = end.clone();
        shown["expires_at"] = end;
    }
    shown
}

fn file(call: &Call, media: &Media) -> Value {
    json!({
        "url": call.links.file(&media.blob, &media.mime, media.name.as_deref(), call.at),
        "sha256": media.blob.hash,
        "mime": media.mime,
        "size": media.blob.size,
        "name": media.name,
    })
}

fn results(acks: &[Ack], pace: &Pace) -> Value {
    let told: Vec<Value> = acks
        .iter()
        .map(|ack| json!({ "id": ack.id, "seq": ack.seq, "result": ack.taken.name(), "state": ack.state }))
        .collect();
    let accepted: Vec<&str> =
        acks.iter().filter(|ack| ack.taken == Taken::Applied).map(|ack| ack.id.as_str()).collect();
    let why = |ack: &Ack| match ack.taken {
        Taken::UnknownId => "unknown",
        Taken::Duplicate => "final",
        _ => "stale",
    };
    let ignored: Vec<Value> = acks
        .iter()
        .filter(|ack| ack.taken != Taken::Applied)
        .map(|ack| json!({ "id": ack.id, "why": why(ack) }))
        .collect();
    json!({ "server_ms": pace.now.millis(), "acks": told, "accepted": accepted, "ignored": ignored })
}

/// The thin answer: flat, and never anything but a message to send.
fn next(items: &[Item], pace: &Pace) -> Value {
    let wait = pace.next_poll_ms.div_ceil(1_000).max(1);
    match items.first() {
        None => match &pace.pause {
            None => json!({ "send": 0, "wait": wait }),
            Some(pause) => json!({ "send": 0, "wait": wait, "pause": pause.reason }),
        },
        Some(item) => {
            let mut shown = json!({
                "send": 1,
                "id": item.id,
                "lease": item.lease,
                "phone": item.to,
                "text": item.text,
                "link": format!("https://wa.me/{}", item.to),
                "wait": 5,
            });
            if let Some(media) = &item.media {
                shown["media"] = media.mime.clone().into();
            }
            shown
        }
    }
}

fn look(task: &Look) -> Value {
    json!({ "check": 1, "id": task.id, "phone": task.to, "text": task.text, "sent_at": task.sent_at.millis() })
}

fn device(status: &Status) -> Value {
    json!({
        "uid": status.device.uid,
        "model": status.device.model,
        "os": status.device.os,
        "app": status.device.app,
        "number": status.device.number,
        "utc_offset_min": status.device.utc_offset_min,
        "paired_ms": status.device.paired_at.millis(),
    })
}

fn me(status: &Status) -> Value {
    let body = json!({
        "device": device(status),
        "settings": status.settings,
        "limits": { "text_length": 4_096, "media_size": 16_777_216, "results": 100, "events": 200, "in_flight": 1 },
    });
    with_pace(&status.pace, body)
}

/// The numbers to watch (contract §9.9).
fn state(status: &Status) -> Value {
    let body = json!({
        "device": device(status),
        "settings": status.settings,
        "last_seen_ms": status.last_seen.map(Timestamp::millis),
        "health": {
            "screen": status.health.screen,
            "locked": status.health.locked,
            "battery": status.health.battery,
            "charging": status.health.charging,
            "net": status.health.net,
            "session": status.health.session,
            "queue": status.health.queue,
            "version": status.health.version,
        },
        "clock_offset_ms": status.clock_offset_ms,
        "waiting": status.waiting,
        "oldest_ms": status.oldest.map(Timestamp::millis),
        "in_hand": status.in_hand,
        "unknown": status.unknown,
        "counts": {
            "sent": status.counts.sent,
            "late": status.counts.late,
            "possible_duplicates": status.counts.possible_duplicates,
            "duplicate_reports": status.counts.duplicate_reports,
            "leases_ended": status.counts.leases_ended,
            "sendings_ended": status.counts.sendings_ended,
            "not_registered": status.counts.not_registered,
            "failed": status.counts.failed,
        },
    });
    with_pace(&status.pace, body)
}
