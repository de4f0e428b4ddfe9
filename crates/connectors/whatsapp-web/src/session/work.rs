//! The session's own task: connects, reads what comes, and tells the house how the account stands.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sluice_connector::{Closed, Home, Inbound, SessionState};
use sluice_model::Failure;
use sluice_model::Timestamp;
use sluice_model::event::{LogoutBy, Receipt};
use sluice_model::failure::Why;
use sluice_model::message::{Step, Trouble};
use tokio::sync::mpsc;
use whatsapp_rust::types::events::{Event, ServerAck};
use whatsapp_rust::{Client, Runtime};

use super::ear::{Ear, Heard, WAITING};
use super::hook::Hook;
use super::place::{Live, Place};
use super::states::{Fate, fate};
use crate::desk::Desk;
use crate::settings::Settings;
use crate::store::{self, Store};
use crate::tasks::world;
use crate::wire::Pages;
use crate::{asks, client, inward, trouble};

/// What the reading of one event may take, questions to the server included: those that follow wait for it.
const READING: Duration = Duration::from_secs(120);

/// What the task hears by.
struct Ears {
    sender: mpsc::Sender<Heard>,
    events: mpsc::Receiver<Heard>,
    trouble: mpsc::UnboundedReceiver<String>,
}

/// Works until the session is over.
///
/// # Errors
/// The account is no longer this session's.
pub async fn work(home: &Home, settings: Arc<Settings>, place: &Arc<Place>) -> Result<(), Closed> {
    if !store::is_paired(&*home.vault).await? {
        let note = "Nobody is logged in.".to_owned();
        place.fall(Why::LoggedOut, &note);
        return tell(home, SessionState::LoggedOut { by: LogoutBy::Device, note }).await;
    }
    let (sender, events) = mpsc::channel(WAITING);
    let (troubled, trouble) = mpsc::unbounded_channel();
    let store = Arc::new(Store::new(home.vault.clone()));
    let hook = Hook { home: home.clone(), place: Arc::downgrade(place) };
    let built = client::build(client::Parts {
        settings: &settings,
        home,
        store: store.clone(),
        tasks: place.tasks.clone(),
        trouble: troubled,
        hook: Some(Arc::new(hook)),
        seals: Some(place.seals.clone()),
    });
    let Ok(client) = Box::pin(built).await else {
        // The vault answers no more, or holds what cannot be read.
        let note = "The login of this account cannot be read; log out and log in again.".to_owned();
        return tell(home, SessionState::Ended { why: Why::Unknown, note }).await;
    };
    let ear = Ear { place: Arc::downgrade(place), events: sender.clone() };
    client.subscribe_handler(Arc::new(ear)).detach();
    let desk = Desk::new(client.clone(), home.clone(), Pages::of(&settings, home));
    let live = place.settle(Live { client, desk, store });
    let mut ears = Ears { sender, events, trouble };
    tokio::select! {
        done = attend(home, place, live, &mut ears) => done,
        () = place.left() => Err(Closed),
        () = place.tasks.fallen() => {
            place.quit_client(live);
            let note = "The session failed and is being opened again.".to_owned();
            tell(home, SessionState::Ended { why: Why::Disconnected, note }).await
        }
    }
}

/// Keeps the client running as long as that makes sense.
async fn attend(home: &Home, place: &Place, live: &Live, ears: &mut Ears) -> Result<(), Closed> {
    loop {
        run(place, &live.client, ears.sender.clone());
        let Some(until) = listen(home, place, live, ears).await? else {
            return Ok(());
        };
        home.clock.sleep_until(until).await;
        live.client.enable_auto_reconnect.store(true, Ordering::Relaxed);
    }
}

/// Lets the client connect, and connect again whenever it is cut off.
fn run(place: &Place, client: &Arc<Client>, stopped: mpsc::Sender<Heard>) {
    let client = client.clone();
    place.tasks.spawn_detached(Box::pin(async move {
        client.run().await;
        // The task that listens may be gone.
        let _ = stopped.send(Heard::Stopped).await;
    }));
}

/// Reads what is heard until the client has stopped; returns when to start it again, if it is to be started.
async fn listen(home: &Home, place: &Place, live: &Live, ears: &mut Ears) -> Result<Option<Timestamp>, Closed> {
    let mut rest = None;
    loop {
        let heard = tokio::select! {
            Some(note) = ears.trouble.recv() => {
                place.fall(Why::Disconnected, &note);
                tell(home, SessionState::Disconnected { why: Why::Disconnected, note }).await?;
                continue;
            }
            heard = ears.events.recv() => heard,
        };
        let event = match heard {
            Some(Heard::Event(event)) => event,
            Some(Heard::Stopped) if rest.is_some() => return Ok(rest),
            Some(Heard::Stopped) | None if place.is_logging_out() => return Ok(None),
            Some(Heard::Stopped) | None => {
                let note = "The connection to WhatsApp has ended and is being opened again.".to_owned();
                place.fall(Why::Disconnected, &note);
                tell(home, SessionState::Ended { why: Why::Disconnected, note }).await?;
                return Ok(None);
            }
        };
        match fate(&event, home.clock.now()) {
            Some(_) if place.is_logging_out() => {}
            Some(Fate::GoesOn(state)) => tell_down(home, place, state).await?,
            Some(Fate::Rests { state, until }) => {
                tell_down(home, place, state).await?;
                rest = Some(until);
            }
            Some(Fate::Over { state, forget, outdated }) => {
                end(place, live, forget, outdated).await?;
                tell_down(home, place, state).await?;
                return Ok(None);
            }
            None => read(home, place, live, &event).await?,
        }
    }
}

/// The last things that a client does.
async fn end(place: &Place, live: &Live, forget: bool, outdated: bool) -> Result<(), Closed> {
    if outdated {
        // The next session asks for the newest version before it connects.
        let persistence = live.client.persistence_manager();
        persistence.modify_device(|device| device.app_version_last_fetched_ms = 0).await;
        if let Err(error) = persistence.flush().await {
            tracing::debug!(%error, "the device was not written");
        }
    }
    place.quit_client(live);
    if forget {
        live.store.forget().await?;
    }
    Ok(())
}

async fn read(home: &Home, place: &Place, live: &Live, event: &Event) -> Result<(), Closed> {
    match event {
        Event::Connected(_) => {
            // What was sent before is not confirmed on this connection.
            place.acks.lose();
            place.rise();
            show(home, place, &live.client);
            tell(home, connected(&live.client)).await?;
            asks::resume(&live.desk).await
        }
        Event::ServerAck(ack) => match late(ack, home.clock.now()) {
            Some(receipt) => home.inbox.push(vec![Inbound::Receipt(receipt)]).await,
            None => Ok(()),
        },
        event => {
            if matches!(event, Event::SelfPushNameUpdated(_)) {
                show(home, place, &live.client);
            }
            let reading = Box::pin(inward::read(&live.desk, event));
            let Some(inbound) = home.clock.within(world(&home.clock, READING), reading).await else {
                tracing::warn!("what WhatsApp told was not read in time");
                return Ok(());
            };
            if inbound.is_empty() { Ok(()) } else { home.inbox.push(inbound).await }
        }
    }
}

/// Says whether the owner is online. A linked device that is keeps the phone from ringing, so it is not, unless the
/// owner wants it; the client says that it is with each connection and each change of the name.
fn show(home: &Home, place: &Place, client: &Arc<Client>) {
    let (client, online) = (client.clone(), home.account.settings.keep_online);
    place.tasks.spawn_detached(Box::pin(async move {
        let presence = client.presence();
        let shown = if online { presence.set_available().await } else { presence.set_unavailable().await };
        if let Err(error) = shown {
            tracing::debug!(%error, "the presence was not taken");
        }
    }));
}

fn connected(client: &Client) -> SessionState {
    let digits = |jid: whatsapp_rust::Jid| jid.user.to_string();
    SessionState::Connected {
        phone: client.pn().map(digits),
        lid: client.lid().map(digits),
        push_name: Some(client.push_name()).filter(|name| !name.is_empty()),
    }
}

/// The server's word about a message that nobody waits for any more.
fn late(ack: &ServerAck, now: Timestamp) -> Option<Receipt> {
    let at = ack.timestamp.map_or(now, |at| Timestamp::from_millis(at.timestamp_millis()));
    let (step, trouble) = match ack.error.as_deref().map(trouble::of_refusal) {
        None => (Step::Send, None),
        Some(Failure::Refused { why, note }) => (Step::Fail, Some(Trouble { why, note })),
        // It is tried again by itself.
        Some(_) => return None,
    };
    Some(Receipt { remotes: vec![ack.id.clone()], step, at, trouble })
}

async fn tell_down(home: &Home, place: &Place, state: SessionState) -> Result<(), Closed> {
    let (why, note) = match &state {
        SessionState::Disconnected { why, note } | SessionState::Ended { why, note } => (*why, note),
        SessionState::LoggedOut { note, .. } => (Why::LoggedOut, note),
        SessionState::Blocked { note, .. } => (Why::Banned, note),
        SessionState::Connected { .. } => return tell(home, state).await,
    };
    place.fall(why, note);
    tell(home, state).await
}

async fn tell(home: &Home, state: SessionState) -> Result<(), Closed> {
    home.inbox.push(vec![Inbound::State(state)]).await
}
