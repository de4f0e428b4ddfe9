//! Server-sent events: entries or login steps as they come, until the reader leaves, lags or the gateway closes.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use serde_json::json;
use sluice_dialect::{Call, Dialect, SentEvent, Setting, StreamItem};
use sluice_model::account::LoginStep;
use sluice_model::listener::Target;
use sluice_model::{AccountId, Command, EventId, Listener, ListenerId, Position, Refusal};
use tokio::sync::mpsc;

use crate::room::Room;
use crate::submit::{Errand, Error, LOOK, any, step_to_show};
use crate::tell::Teller;

/// Proxies and readers take a silent connection for a dead one.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A reader that takes nothing for so long has lagged behind; it may come again with the last id it saw.
const PATIENCE: Duration = Duration::from_secs(10);

/// Pieces on their way to the reader.
const AHEAD: usize = 64;

/// Entries read at a time.
const BATCH: usize = 64;

/// What is to be streamed.
pub(crate) enum Plan {
    Entries {
        after: Option<EventId>,
        events: Vec<String>,
    },
    /// For so long at most.
    Login {
        wait: Option<Duration>,
    },
}

impl Plan {
    pub fn of(command: &Command) -> Option<Self> {
        match command {
            Command::Follow { after, events } => Some(Self::Entries { after: *after, events: events.clone() }),
            Command::FollowLogin => Some(Self::Login { wait: None }),
            Command::BeginLogin { wait, .. } => Some(Self::Login { wait: Some(*wait) }),
            _ => None,
        }
    }
}

/// The writing end.
pub(crate) struct Feed {
    pieces: mpsc::Sender<Bytes>,
    form: Form,
}

/// What the pieces are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Text of server-sent events.
    Events,
    /// Messages; an empty one only keeps the connection warm.
    Messages,
}

/// Why a stream ends.
enum End {
    /// All was told, the reader left or lagged, or the gateway closes.
    Over,
    Trouble(Error),
}

impl<E: Into<Error>> From<E> for End {
    fn from(error: E) -> Self {
        Self::Trouble(error.into())
    }
}

/// A body, and the end by which it is written.
pub(crate) fn body() -> (Feed, Body) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async {
        let piece: Bytes = receiver.recv().await?;
        Some((Ok::<_, Infallible>(piece), receiver))
    });
    (Feed { pieces: sender, form: Form::Events }, Body::from_stream(pieces))
}

/// The end by which messages are written, and the end at which they come out.
pub(crate) fn messages() -> (Feed, mpsc::Receiver<Bytes>) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    (Feed { pieces: sender, form: Form::Messages }, receiver)
}

/// Writes the stream to its end.
pub(crate) async fn run(room: &Room, call: &Call, dialect: &'static dyn Dialect, plan: Plan, feed: Feed) {
    let errand = Errand { room, call, dialect };
    let mut stream = Stream { errand, feed: &feed, heartbeat: tokio::time::interval(HEARTBEAT) };
    let told = async {
        match plan {
            Plan::Entries { after, events } => stream.entries(after, events).await,
            Plan::Login { wait: None } => stream.login().await,
            Plan::Login { wait: Some(wait) } => match tokio::time::timeout(wait, stream.login()).await {
                Ok(told) => told,
                Err(_) => stream.login_over().await,
            },
        }
    };
    let ended = tokio::select! {
        ended = told => ended,
        () = room.closing.cancelled() => Ok(()),
        () = feed.pieces.closed() => Ok(()),
    };
    match ended {
        Ok(()) | Err(End::Over) | Err(End::Trouble(Error::Refused(_))) => {}
        Err(End::Trouble(Error::Broken(fault))) => tracing::error!(%fault, ?call, "a stream ended"),
    }
}

struct Stream<'a> {
    errand: Errand<'a>,
    feed: &'a Feed,
    /// Its first beat is at once: it tells the reader that the stream is open.
    heartbeat: tokio::time::Interval,
}

impl Stream<'_> {
    async fn entries(&mut self, after: Option<EventId>, events: Vec<String>) -> Result<(), End> {
        let (room, dialect) = (self.errand.room, self.errand.dialect);
        let teller = Teller::of_stream(room, dialect, self.listener(events)?);
        let mut places: HashMap<AccountId, Position> = HashMap::new();
        for account in self.errand.accounts_in_reach().await? {
            places.insert(account.id, self.beginning(account.id, after).await?);
        }
        loop {
            let accounts = self.errand.accounts_in_reach().await?;
            let bells: Vec<_> = accounts.iter().map(|account| room.store.bell().journal(account.id)).collect();
            // Taken before the look, or a ring between look and wait is missed.
            let rung = any(&bells);
            for account in &accounts {
                // An account made while the stream runs is told from its beginning.
                let place = places.entry(account.id).or_insert(Position::START);
                loop {
                    let entries = room.store.after(account.id, *place, BATCH).await?;
                    for entry in &entries {
                        *place = entry.position;
                        let put = |setting: &Setting<'_>| {
                            dialect.stream_item(self.errand.call, StreamItem::Entry(entry, setting))
                        };
                        if let Some(event) = teller.shape(account, entry, None, put).await? {
                            self.send(&event).await?;
                        }
                    }
                    if entries.len() < BATCH {
                        break;
                    }
                }
            }
            self.wait(rung).await?;
        }
    }

    /// Right behind the entry last seen; of other accounts, where their journals were at its time; without one, from
    /// now on.
    async fn beginning(&self, account: AccountId, after: Option<EventId>) -> Result<Position, End> {
        let store = &self.errand.room.store;
        let Some(after) = after else { return Ok(store.last(account).await?) };
        if after.account() == account {
            return Ok(after.position());
        }
        match store.entry(after).await? {
            Some(seen) => Ok(store.before(account, seen.at).await?),
            None => Ok(store.last(account).await?),
        }
    }

    async fn login(&mut self) -> Result<(), End> {
        let id = self.errand.call.account()?.id;
        let bell = self.errand.room.store.bell().account(id);
        let mut shown: Option<LoginStep> = None;
        loop {
            // Taken before the look, or a ring between look and wait is missed.
            let rung = bell.notified();
            let Some(account) = self.errand.room.store.account(id).await? else { return Err(End::Over) };
            let step = match step_to_show(&account, self.errand.room.clock.now()) {
                _ if account.condition.state.is_logged_in() => Some(&LoginStep::Done),
                step => step,
            };
            if let Some(step) = step.filter(|step| shown.as_ref() != Some(*step)) {
                let event = self.errand.dialect.stream_item(self.errand.call, StreamItem::Login(step, &account));
                if let Some(event) = event {
                    self.send(&event).await?;
                }
                if matches!(step, LoginStep::Done | LoginStep::Failed { .. }) {
                    return Ok(());
                }
                shown = Some(step.clone());
            }
            self.wait(rung).await?;
        }
    }

    async fn login_over(&self) -> Result<(), End> {
        match self.errand.dialect.stream_item(self.errand.call, StreamItem::LoginOver) {
            Some(event) => self.send(&event).await,
            None => Ok(()),
        }
    }

    /// Until the bell rings or it is time for another look; keeps the connection warm meanwhile.
    async fn wait(&mut self, rung: impl Future<Output = ()>) -> Result<(), End> {
        tokio::select! {
            () = rung => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = self.heartbeat.tick() => {
                let beat: &[u8] = if self.feed.form == Form::Events { b":\n\n" } else { b"" };
                self.put(Bytes::from_static(beat)).await?;
            }
        }
        Ok(())
    }

    async fn send(&self, event: &SentEvent) -> Result<(), End> {
        let piece = match self.feed.form {
            Form::Events => written(event),
            Form::Messages => Bytes::from(event.data.clone()),
        };
        self.put(piece).await
    }

    async fn put(&self, piece: Bytes) -> Result<(), End> {
        match tokio::time::timeout(PATIENCE, self.feed.pieces.send(piece)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Over),
        }
    }

    /// What the stream would be if the store kept it.
    fn listener(&self, events: Vec<String>) -> Result<Listener, Refusal> {
        let call = self.errand.call;
        Ok(Listener {
            id: ListenerId(0),
            workspace: self.errand.key()?.workspace,
            account: call.account().ok().map(|account| account.id),
            dialect: self.errand.dialect.name().to_owned(),
            name: "stream".to_owned(),
            target: Target::Pull,
            events,
            settings: self.errand.dialect.first_switches().unwrap_or_else(|| json!({})),
            secret: None,
            enabled: true,
            off: None,
            created_at: call.at,
        })
    }
}

/// As WHATWG HTML, section 9.2.5, has it.
fn written(event: &SentEvent) -> Bytes {
    let mut text = String::with_capacity(event.data.len() + 64);
    if let Some(id) = &event.id {
        text.extend(["id: ", id, "\n"]);
    }
    text.extend(["event: ", &event.event, "\n"]);
    for line in event.data.split('\n') {
        text.extend(["data: ", line, "\n"]);
    }
    text.push('\n');
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_as_browsers_read_it() {
        let event = SentEvent { id: Some("evt_1".into()), event: "message.received".into(), data: "{}".into() };
        assert_eq!(written(&event), "id: evt_1\nevent: message.received\ndata: {}\n\n");
        let event = SentEvent { id: None, event: "login".into(), data: "a\nb".into() };
        assert_eq!(written(&event), "event: login\ndata: a\ndata: b\n\n");
    }
}
