//! The door to a messenger: what a connector is, and the kit that every connector passes.
//!
//! The written specification (MUST and SHOULD) is `docs/internals/connector.md`; [`kit`] tests it.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_clock::{Clock, Dice};
use sluice_model::ask::LoginWay;
use sluice_model::{Abilities, Account, Answer, Ask, Channel, Failure, LoginStep, Order};

pub mod inbox;
#[cfg(feature = "kit")]
pub mod kit;
pub mod media;
pub mod recall;
pub mod vault;

pub use inbox::{Closed, Inbound, Inbox, Incoming, SessionState};
pub use media::{File, Media};
pub use recall::{Recall, Received};
pub use vault::Vault;

/// One kind of messenger.
#[async_trait]
pub trait Connector: Send + Sync {
    /// The word in configuration, accounts and metrics: `sandbox`, `whatsapp-web`.
    fn name(&self) -> &'static str;

    /// The channels whose accounts it can serve.
    fn channels(&self) -> &'static [Channel];

    /// What it can do for accounts of this channel, as data.
    fn abilities(&self, channel: Channel) -> &'static Abilities;

    /// Whether it keeps in the vault what became of each order it was given. Then `perform` may take as long as the order
    /// lives, may be dropped at any time and be called again for the same order, by another session too, and goes on
    /// where it was; and a [`Failure::Unknown`] is its last word.
    fn remembers(&self) -> bool {
        false
    }

    /// Whether somebody is logged in, by what the vault says. Does not connect.
    async fn is_logged_in(&self, home: &Home) -> Result<bool, Failure>;

    /// Begins a login. The steps come out of [`Login::next`].
    async fn login(&self, home: Home, way: LoginWay) -> Result<Box<dyn Login>, Failure>;

    /// Opens a session for a logged-in account and returns at once: trouble on the way is told through the inbox, never
    /// by this call.
    async fn open(&self, home: Home) -> Box<dyn Session>;

    /// The first mistake in the form of a question for [`Connector::control`], which is then not put: it is the caller's, and
    /// no word of the messenger.
    fn misread(&self, _home: &Home, _lever: &serde_json::Value) -> Option<Misread> {
        None
    }

    /// A question only this kind understands, answerable with or without a session (the sandbox's levers).
    async fn control(&self, _home: &Home, _lever: serde_json::Value) -> Result<serde_json::Value, Failure> {
        Err(Failure::refused(sluice_model::failure::Why::Unsupported, "this connector has no levers"))
    }
}

/// A field that a connector cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// `message.from`; `body` for the whole.
    pub field: String,
    /// What is wrong with it, as the end of a sentence: `is required`.
    pub note: String,
}

impl Misread {
    pub fn new(field: impl Into<String>, note: impl Into<String>) -> Self {
        Self { field: field.into(), note: note.into() }
    }
}

/// An open session of one account. Dropping it ends it; [`Session::close`] ends it gracefully.
#[async_trait]
pub trait Session: Send + Sync {
    /// Carries out one order. Called at most once at a time per chat, possibly for several chats at once. The order's
    /// `remote` id, where there is one, must be the message's id at the messenger.
    async fn perform(&self, order: &Order) -> Result<Receipt, Failure>;

    /// Answers a live question.
    async fn ask(&self, ask: Ask) -> Result<Answer, Failure>;

    /// Flushes and disconnects without logging out.
    async fn close(self: Box<Self>);
}

/// The messenger's word that it took a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The messenger's own id, where it gives one.
    pub remote: Option<String>,
    /// The chat's other address, where the messenger says it.
    pub alias: Option<sluice_model::Address>,
}

/// A login under way: a state machine of typed steps.
#[async_trait]
pub trait Login: Send {
    /// The next step to show, when there is one: the first at once, then whenever it changes (a QR that ran out is
    /// followed by the next). `Done` and `Failed` are last. Cancel-safe: dropping the future loses no step.
    async fn next(&mut self) -> LoginStep;

    /// What the step asked for: a phone number, a code, a password.
    async fn input(&mut self, value: &str) -> Result<(), Failure>;
}

/// All that a connector needs for one account, and all that it may touch. Cheap to clone.
#[derive(Clone)]
pub struct Home {
    pub account: Arc<Account>,
    pub inbox: Arc<dyn Inbox>,
    pub vault: Arc<dyn Vault>,
    pub recall: Arc<dyn Recall>,
    pub media: Arc<dyn Media>,
    pub clock: Clock,
    pub dice: Dice,
    /// The account's proxy as a URL, which may hold a password; empty where it is sealed under a key that is gone. Where
    /// there is one, nothing goes out but through it.
    pub proxy: Option<Arc<str>>,
}
