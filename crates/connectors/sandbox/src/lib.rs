//! A pretend messenger inside the gateway, for trying things out and for tests: deterministic by its seed, and going
//! by the account's own clock.
//!
//! Everybody exists in it and reads what is sent to them; a few numbers behave otherwise (`magic.rs`), and levers make
//! it do whatever a test wants (`control.rs`). Both are told to users in `docs/guide/sandbox.md`.
//!
//! - `world/` is the messenger's own side: what it took and what it still has to bring, kept in a ledger so that it
//!   survives a killed gateway as a real messenger would;
//! - `session.rs` lets orders and questions into the world, and one task hands in what comes out of it;
//! - `login.rs`, `outward/` and `inward/` are what their names say.

mod abilities;
mod control;
mod inward;
mod lever;
mod login;
mod magic;
mod outward;
mod people;
mod receive;
mod session;
mod settings;
mod world;
mod worlds;

use std::sync::Arc;

use async_trait::async_trait;
use sluice_connector::{Connector, Home, Login, Misread, Session};
use sluice_model::ask::LoginWay;
use sluice_model::failure::Why;
use sluice_model::{Abilities, Ask, Channel, Failure};

pub use settings::Settings;

use self::session::Stay;
use self::worlds::Worlds;

/// The connector `sandbox`. One of it serves all accounts, and keeps their worlds while the gateway runs.
#[derive(Default)]
pub struct Sandbox {
    worlds: Arc<Worlds>,
}

impl Sandbox {
    pub fn new(settings: Settings) -> Self {
        Self { worlds: Arc::new(Worlds::new(settings)) }
    }
}

#[async_trait]
impl Connector for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn channels(&self) -> &'static [Channel] {
        abilities::CHANNELS
    }

    fn abilities(&self, channel: Channel) -> &'static Abilities {
        abilities::of(channel)
    }

    async fn is_logged_in(&self, home: &Home) -> Result<bool, Failure> {
        Ok(login::read(home).await?.is_some())
    }

    async fn login(&self, home: Home, way: LoginWay) -> Result<Box<dyn Login>, Failure> {
        let needs = Ask::Login { way: way.clone() }.needs();
        if !needs.is_some_and(|ability| self.abilities(home.account.channel).has(ability)) {
            return Err(Failure::refused(Why::Unsupported, "One cannot log in to this messenger in this way."));
        }
        let world = self.worlds.of(&home.account).await.map_err(outward::questions::not_kept)?;
        Ok(Box::new(login::Way::begin(home, &world, way).await?))
    }

    async fn open(&self, home: Home) -> Box<dyn Session> {
        Box::new(Stay::begin(home, self.worlds.clone()))
    }

    fn misread(&self, home: &Home, lever: &serde_json::Value) -> Option<Misread> {
        lever::read(lever.clone(), self.worlds.people(&home.account)).err()
    }

    /// The levers of `docs/guide/sandbox.md`: an object with the member `lever`, and the lever's own.
    async fn control(&self, home: &Home, lever: serde_json::Value) -> Result<serde_json::Value, Failure> {
        let world = self.worlds.of(&home.account).await.map_err(outward::questions::not_kept)?;
        control::pull(lever, home, &world).await
    }
}
