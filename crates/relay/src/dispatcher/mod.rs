//! Wakes lanes when there is something to do: a ring of the bell, an alarm, a find of the survey.

mod alarms;
mod roster;
mod survey;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sluice_model::{AccountId, Timestamp};
use sluice_store::Ring;
use tokio::sync::broadcast::{self, error::RecvError, error::TryRecvError};
use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use self::alarms::Alarms;
use self::roster::Roster;
use self::survey::{Found, count_waiting, survey};
use crate::lane::{Ended, Ground, Key, Lane, Rest, Word};
use crate::parts::Tools;

/// Between two sweeps, of the world's time.
const SWEEP: Duration = Duration::from_secs(1);

/// Lanes that a sweep looks at.
const SWEPT: usize = 128;

/// Sweeps between two counts of the deliveries that wait.
const COUNT_EVERY: usize = 10;

/// Before a lane that met a fault begins anew.
const AFTER_FAULT: Duration = Duration::from_secs(1);

pub(crate) struct Dispatcher {
    tools: Arc<Tools>,
    rings: broadcast::Receiver<Ring>,
    roster: Roster,
    lanes: HashMap<Key, Running>,
    tasks: JoinSet<Ended>,
    keys: HashMap<Id, Key>,
    alarms: Alarms,
    /// Where lanes rest, while nothing but the journal can have changed since.
    known: HashMap<Key, Rest>,
    survey: Option<mpsc::Receiver<(Key, Found)>>,
    /// All lanes are to be looked at once the present survey is over.
    survey_again: bool,
    /// The roster could not be read.
    stale: bool,
    sweeps: usize,
    stopping: bool,
}

struct Running {
    word: watch::Sender<Word>,
    /// What it was started with.
    ground: Arc<Ground>,
}

/// What the rings heard so far ask for.
#[derive(Default)]
struct Heard {
    journals: HashSet<AccountId>,
    roster: bool,
    shelves: bool,
}

impl Dispatcher {
    pub fn new(tools: Arc<Tools>) -> Self {
        Self {
            rings: tools.store().bell().listen(),
            tools,
            roster: Roster::default(),
            lanes: HashMap::new(),
            tasks: JoinSet::new(),
            keys: HashMap::new(),
            alarms: Alarms::default(),
            known: HashMap::new(),
            survey: None,
            survey_again: false,
            stale: true,
            sweeps: 0,
            stopping: false,
        }
    }

    /// Until `shutdown`; then what is under way is written down, as far as `Settings::drain` allows.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let tools = self.tools.clone();
        let clock = tools.clock();
        self.act(Heard { roster: true, shelves: true, ..Heard::default() }).await;
        let mut sweep_at = self.after(SWEEP);
        while !shutdown.is_cancelled() {
            let alarm = self.alarms.next();
            tokio::select! {
                // What has changed counts before anything new is begun.
                biased;
                () = shutdown.cancelled() => {}
                ring = self.rings.recv() => {
                    if let Some(heard) = self.hear(ring) {
                        self.act(heard).await;
                    }
                }
                Some(ended) = self.tasks.join_next_with_id() => self.ended(ended).await,
                found = next_found(&mut self.survey) => self.found(found),
                () = clock.sleep_until(alarm.unwrap_or(Timestamp::NEVER)), if alarm.is_some() => self.ring_alarms(),
                () = clock.sleep_until(sweep_at) => {
                    self.sweep().await;
                    sweep_at = self.after(SWEEP);
                }
            }
        }
        self.stop().await;
    }

    /// Takes all rings that are there, so that a storm of them is one thing to do. `None` when the bell is gone.
    fn hear(&mut self, first: Result<Ring, RecvError>) -> Option<Heard> {
        let mut heard = Heard::default();
        let mut ring = match first {
            Ok(ring) => Ok(ring),
            Err(RecvError::Lagged(count)) => Err(TryRecvError::Lagged(count)),
            Err(RecvError::Closed) => return None,
        };
        loop {
            match ring {
                Ok(Ring::Journal(account)) => {
                    heard.roster |= !self.roster.knows(account);
                    heard.journals.insert(account);
                }
                Ok(Ring::Account(account)) => heard.roster |= !self.roster.knows(account),
                Ok(Ring::Listeners) => (heard.roster, heard.shelves) = (true, true),
                Ok(Ring::Deliveries) => heard.shelves = true,
                Ok(Ring::Outbox(_)) => {}
                Err(TryRecvError::Lagged(_)) => (heard.roster, heard.shelves) = (true, true),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(heard),
            }
            ring = self.rings.try_recv();
        }
    }

    async fn act(&mut self, heard: Heard) {
        if heard.roster {
            self.read_roster().await;
        }
        if heard.shelves {
            self.known.clear();
            for running in self.lanes.values() {
                running.word.send_modify(|word| word.shelves += 1);
            }
            self.survey_again = true;
            self.begin_survey();
        }
        for account in heard.journals {
            let keys: Vec<Key> = self.roster.lanes_of(account).collect();
            for key in keys {
                self.wake(key);
            }
        }
    }

    async fn read_roster(&mut self) {
        match self.roster.read(&self.tools).await {
            Ok(roster) => {
                self.roster = roster;
                self.stale = false;
            }
            Err(fault) => {
                tracing::warn!(%fault, "the listeners cannot be read, trying again");
                self.stale = true;
            }
        }
        // A lane of a listener that was changed or removed ends; `ended` begins it anew where it should go on.
        for (key, running) in &self.lanes {
            let same = self.roster.row(*key).is_some_and(|row| row.listener == running.ground.listener);
            if !same {
                running.word.send_modify(|word| word.over = true);
            }
        }
        let roster = &self.roster;
        self.known.retain(|key, _| roster.row(*key).is_some());
    }

    /// Something was added to the lane's journal, or its time has come.
    fn wake(&mut self, key: Key) {
        match self.lanes.get(&key) {
            Some(running) => running.word.send_modify(|word| word.journal += 1),
            None => self.start(key),
        }
    }

    fn start(&mut self, key: Key) {
        let Some(row) = self.roster.row(key).cloned().filter(|_| !self.stopping) else {
            return;
        };
        let Some(dialect) = self.tools.dialect(&row.listener.dialect) else {
            return;
        };
        let ground = Arc::new(Ground {
            tools: self.tools.clone(),
            key,
            listener: row.listener,
            dialect,
            schedule: dialect.schedule(),
            share: row.share,
        });
        let (word, receiver) = watch::channel(Word::default());
        let lane = Lane { ground: ground.clone(), word: receiver, known: self.known.remove(&key) };
        let task = self.tasks.spawn(lane.run());
        self.keys.insert(task.id(), key);
        self.lanes.insert(key, Running { word, ground });
        self.alarms.clear(key);
    }

    async fn ended(&mut self, ended: Result<(Id, Ended), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(key) = self.keys.remove(&id) else { return };
        let Some(running) = self.lanes.remove(&key) else {
            return;
        };
        match ended {
            Ok((_, Ended { rest: Ok(Some(rest)), heeded })) => {
                let told = *running.word.borrow();
                if told.shelves == heeded.shelves {
                    self.known.insert(key, rest);
                }
                if let Some(due) = rest.due {
                    self.alarms.set(key, due);
                }
                if told != heeded {
                    self.start(key);
                }
            }
            Ok((_, Ended { rest: Ok(None), .. })) => self.start(key),
            Ok((_, Ended { rest: Err(fault), .. })) => {
                let name = self.tools.name_of(key.account).await;
                tracing::warn!(%fault, listener = %key.listener, account = %key.account, name, "a lane met a fault, trying again");
                self.try_later(key);
            }
            Err(error) => {
                let name = self.tools.name_of(key.account).await;
                tracing::error!(%error, listener = %key.listener, account = %key.account, name, "a lane broke, trying again");
                self.try_later(key);
            }
        }
    }

    fn try_later(&mut self, key: Key) {
        let pause = self.tools.parts.dice.jitter(AFTER_FAULT);
        self.alarms.set(key, self.after(pause));
    }

    fn ring_alarms(&mut self) {
        let now = self.tools.clock().now();
        while let Some(key) = self.alarms.ringing(now) {
            self.wake(key);
        }
    }

    fn found(&mut self, found: Option<(Key, Found)>) {
        match found {
            Some((key, Found::Work)) => {
                // What was known of it may be what is wrong.
                self.known.remove(&key);
                self.wake(key);
            }
            Some((key, Found::DueAt(at))) if !self.lanes.contains_key(&key) => self.alarms.set(key, at),
            Some(_) => {}
            None => {
                self.survey = None;
                self.begin_survey();
            }
        }
    }

    /// Looks at all lanes that rest, when that was asked for and no survey is under way.
    fn begin_survey(&mut self) {
        if self.survey.is_none() && std::mem::take(&mut self.survey_again) {
            self.look_at(self.roster.lanes().to_vec());
        }
    }

    fn look_at(&mut self, mut lanes: Vec<Key>) {
        lanes.retain(|key| !self.lanes.contains_key(key));
        if !lanes.is_empty() {
            self.survey = Some(survey(self.tools.clone(), lanes));
        }
    }

    /// A lost ring costs a second, or a few where there are thousands of lanes.
    async fn sweep(&mut self) {
        if self.stale {
            self.act(Heard { roster: true, shelves: true, ..Heard::default() }).await;
        }
        if self.survey.is_none() {
            self.look_at(self.roster.slice(self.sweeps * SWEPT, SWEPT));
        }
        if self.sweeps.is_multiple_of(COUNT_EVERY) {
            let lanes = self.alarms.lanes().chain(self.lanes.keys().copied());
            tokio::spawn(count_waiting(self.tools.clone(), Roster::listeners_of(lanes)));
        }
        self.sweeps += 1;
    }

    async fn stop(&mut self) {
        self.stopping = true;
        for running in self.lanes.values() {
            running.word.send_modify(|word| word.over = true);
        }
        let clock = self.tools.clock().clone();
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        if clock.within(self.tools.parts.settings.drain * clock.speed(), drained).await.is_none() {
            tracing::warn!(lanes = self.tasks.len(), "requests under way are cut off; they will be sent again");
        }
    }

    /// So much of the world's time from now, on our clock.
    fn after(&self, span: Duration) -> Timestamp {
        let clock = self.tools.clock();
        clock.now().plus(span * clock.speed())
    }
}

/// The next find; never, while no survey is under way.
async fn next_found(survey: &mut Option<mpsc::Receiver<(Key, Found)>>) -> Option<(Key, Found)> {
    match survey {
        Some(finds) => finds.recv().await,
        None => std::future::pending().await,
    }
}
