//! The levers: whatever a test wants the pretend messenger to do.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_connector::{Home, Inbound, SessionState};
use sluice_model::event::{self, CallStage, LogoutBy};
use sluice_model::failure::Why;
use sluice_model::message::Trouble;
use sluice_model::order::Step;
use sluice_model::{Event, Failure, Timestamp};

use crate::lever::{self, By, Lever, Told};
use crate::receive::{self, read_address};
use crate::world::World;
use crate::{login, outward};

const CUT_FOR: Duration = Duration::from_secs(3);
const SHOWN: usize = 100;

pub(crate) async fn pull(lever: Value, home: &Home, world: &World) -> Result<Value, Failure> {
    let now = home.clock.now();
    match lever::read(lever, world.people).map_err(lever::refused)? {
        Lever::Scan { phone } => scan(phone, home, world).await,
        Lever::Logout { by } => {
            let (by, note) = match by {
                Some(By::Ban) => (LogoutBy::Ban, "The messenger banned the account and logged it out."),
                _ => (LogoutBy::Device, "Logged out on the phone."),
            };
            login::forget(home).await?;
            if !world.log_out(by, note, now) {
                let told = SessionState::LoggedOut { by, note: note.to_owned() };
                // Where nobody takes it, the next session finds the vault empty and says so itself.
                let _ = home.inbox.push(vec![Inbound::State(told)]).await;
            }
            Ok(json!({ "logged_in": false }))
        }
        Lever::Ban { until } => {
            world.ban(Some(until.unwrap_or(Timestamp::NEVER)), now).map_err(outward::questions::not_kept)?;
            Ok(json!({ "banned": true }))
        }
        Lever::Unban {} => {
            world.ban(None, now).map_err(outward::questions::not_kept)?;
            Ok(json!({ "banned": false }))
        }
        Lever::Cut { for_ms } => {
            let until = now.plus(for_ms.map_or(CUT_FOR, Duration::from_millis));
            world.cut(until, now);
            Ok(json!({ "down_until": until }))
        }
        Lever::Restore {} => {
            world.restore();
            Ok(json!({}))
        }
        Lever::Receive { message } => receive::receive(*message, home, world).await,
        Lever::Receipt { remotes, step, note } => {
            let trouble =
                Trouble { why: Why::Unknown, note: note.unwrap_or_else(|| "The sandbox was asked to.".into()) };
            let (step, trouble) = match step {
                Told::Sent => (Step::Send, None),
                Told::Delivered => (Step::Deliver, None),
                Told::Read => (Step::Read, None),
                Told::Failed => (Step::Fail, Some(trouble)),
            };
            bring(Inbound::Receipt(event::Receipt { remotes, step, at: now, trouble }), world).await
        }
        Lever::Call { from, stage, video } => {
            let from = world.party(&read_address(&from, world.people)?);
            let remote = receive::fresh_remote(home, world);
            let stage = stage.unwrap_or(CallStage::Offered);
            let call = event::Call { remote: remote.clone(), from, video, stage };
            let rings = stage == CallStage::Offered;
            let taken = if rings { world.ring_phone(call) } else { world.bring(Inbound::Call(call)) };
            Ok(json!({ "held": taken.await.is_err(), "remote": remote }))
        }
        Lever::Presence { from, state, chat, last_seen } => {
            let who = world.party(&read_address(&from, world.people)?);
            let chat = chat.map(|chat| read_address(&chat, world.people)).transpose()?;
            let names = [Some(&who.address), who.alias.as_ref()];
            if !world.fact(|facts| names.into_iter().flatten().any(|name| facts.watched.contains(name))) {
                return Ok(json!({ "told": false }));
            }
            let chat = chat.unwrap_or_else(|| who.address.clone());
            let presence = event::Presence { who, chat, state, last_seen };
            let mut told = bring(Inbound::Event(Box::new(Event::PresenceChanged { presence })), world).await?;
            told["told"] = json!(true);
            Ok(told)
        }
        Lever::Event { event } => bring(Inbound::Event(event), world).await,
        Lever::Seen { chat, limit } => {
            let chat = chat.map(|chat| read_address(&chat, world.people)).transpose()?;
            Ok(world.seen(chat.as_ref(), limit.unwrap_or(SHOWN)))
        }
        Lever::Groups {} => Ok(outward::questions::groups(world)),
        Lever::Panic {} => {
            world.panic_at_next_send();
            Ok(json!({}))
        }
    }
}

async fn scan(phone: Option<String>, home: &Home, world: &World) -> Result<Value, Failure> {
    let pending = world.login_to_scan();
    let who = match (login::read(home).await?, &pending) {
        (Some(who), None) => who,
        (_, pending) => {
            let phone = phone.or_else(|| pending.clone().flatten());
            let who = world.people.identity(phone.as_deref(), home.clock.now());
            login::write(home, &who).await?;
            world.scanned();
            who
        }
    };
    Ok(json!({ "logged_in": true, "phone": who.phone, "was_pending": pending.is_some() }))
}

/// Brings something in; the answer says whether it is with the gateway already.
async fn bring(inbound: Inbound, world: &World) -> Result<Value, Failure> {
    let taken = world.bring(inbound).await;
    Ok(json!({ "held": taken.is_err() }))
}
