//! A session: orders and questions go straight to the world; one task brings what comes back.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use sluice_connector::{Closed, Home, Inbound, Receipt, Session, SessionState};
use sluice_model::event::LogoutBy;
use sluice_model::failure::Why;
use sluice_model::{Abilities, Answer, Ask, Failure, Order};
use tokio::task::JoinHandle;

use crate::world::{Turn, World};
use crate::worlds::Worlds;
use crate::{abilities, inward, login, outward, world};

pub(crate) struct Stay {
    home: Home,
    abilities: &'static Abilities,
    /// Set once the task is in the world: the world and the session's number there.
    place: Arc<OnceLock<(Arc<World>, u64)>>,
    task: JoinHandle<()>,
}

impl Stay {
    /// Returns at once; the world is read and entered by the task.
    pub fn begin(home: Home, worlds: Arc<Worlds>) -> Self {
        let place = Arc::new(OnceLock::new());
        let task = tokio::spawn({
            let (home, place) = (home.clone(), place.clone());
            async move {
                // A closed inbox ends the session; whoever closed it knows.
                let _: Result<(), Closed> = stay(home, &worlds, &place).await;
            }
        });
        Self { abilities: abilities::of(home.account.channel), home, place, task }
    }

    fn place(&self) -> Result<&(Arc<World>, u64), Failure> {
        self.place.get().ok_or_else(world::not_connected)
    }
}

#[async_trait]
impl Session for Stay {
    async fn perform(&self, order: &Order) -> Result<Receipt, Failure> {
        let (world, session) = self.place()?;
        outward::check(order, &self.home, self.abilities).await?;
        assert!(!world.shall_panic(), "the lever panic was pulled");
        world.send(*session, order, self.home.clock.now())
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        if let Some(ability) = ask.needs().filter(|ability| !self.abilities.has(*ability)) {
            let note = format!("This messenger has no {}.", ability.name());
            return Err(Failure::refused(Why::Unsupported, note));
        }
        let (world, session) = self.place()?;
        if ask == Ask::Logout {
            login::forget(&self.home).await?;
            world.log_out(LogoutBy::Api, "Logged out here.", self.home.clock.now());
            return Ok(Answer::Done);
        }
        if !world.hears(*session) {
            return Err(world::not_connected());
        }
        outward::questions::answer(ask, &self.home, world).await
    }

    async fn close(mut self: Box<Self>) {
        self.task.abort();
        // It ends at its next wait, if it has not ended before.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The session's number in a world, given back when the task ends, however it ends.
struct Presence {
    world: Arc<World>,
    session: u64,
    home: Home,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.world.leave(self.session, self.home.clock.now());
    }
}

async fn stay(home: Home, worlds: &Worlds, place: &OnceLock<(Arc<World>, u64)>) -> Result<(), Closed> {
    let tell = async |state| home.inbox.push(vec![Inbound::State(state)]).await;
    let who = match login::read(&home).await {
        Ok(Some(who)) => who,
        Ok(None) => {
            let note = "Nobody is logged in.".to_owned();
            return tell(SessionState::LoggedOut { by: LogoutBy::Device, note }).await;
        }
        Err(_) => return Err(Closed),
    };
    let world = match worlds.of(&home.account).await {
        Ok(world) => world,
        Err(error) => {
            let note = format!("The sandbox's files cannot be read: {error}");
            return tell(SessionState::Ended { why: Why::Unknown, note }).await;
        }
    };
    let session = world.enter(who, home.clock.now());
    let presence = Presence { world: world.clone(), session, home };
    // The first and only one to set it.
    let _ = place.set((world, session));
    listen(&presence).await
}

/// Hands in what there is, turn by turn, until the session is over or another took its place.
async fn listen(Presence { world, session, home }: &Presence) -> Result<(), Closed> {
    while let Some(turn) = world.turn(*session, home.clock.now()) {
        if turn.is_empty() {
            if turn.last {
                return Ok(());
            }
            tokio::select! {
                () = world.rung() => {}
                () = home.clock.sleep_until(turn.wake_at) => {}
            }
            continue;
        }
        home.inbox.push(hand_over(&turn, home, world).await).await?;
        world.taken(*session, &turn, home.clock.now());
    }
    // The ring that woke this one was for the session that took over.
    world.ring();
    Ok(())
}

async fn hand_over(turn: &Turn, home: &Home, world: &World) -> Vec<Inbound> {
    let mut inbound: Vec<Inbound> = turn.states.iter().cloned().map(Inbound::State).collect();
    inbound.extend(inward::unpack(&turn.parcels, home, world).await);
    inbound
}
