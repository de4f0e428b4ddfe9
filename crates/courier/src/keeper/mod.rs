//! One account's keeper: logs it in, opens its session, closes it, answers for it, and writes how it stands.
//!
//! Each session and each login has a mandate of its own, with an epoch of its own, so that whatever an earlier one still
//! does is refused by the store.

use std::convert::Infallible;
use std::sync::Arc;

use sluice_connector::{Connector, Home, SessionState};
use sluice_model::account::{Condition, State};
use sluice_model::failure::Why;
use sluice_model::{Abilities, Account, AccountId, Order, Timestamp};
use sluice_store::Epoch;
use sluice_store::asks::Question;
use sluice_telemetry::brief::{NAME, brief};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::counts::Counted;
use crate::early::Early;
use crate::guard::End;
use crate::inbox::Slot;
use crate::insist::insist;
use crate::mandate::{Mandate, Word};
use crate::newcomers::Newcomers;
use crate::pace::{Gap, Pauses};
use crate::recall::Recall;
use crate::vault::Vault;
use crate::{Parts, pace};

mod asks;
mod claims;
mod login;
mod perform;
mod session;
mod standing;

/// All that a keeper is given; its successor gets the same.
#[derive(Clone)]
pub struct Post {
    pub parts: Arc<Parts>,
    pub connector: Arc<dyn Connector>,
    /// As its owner set it; its condition is the keeper's own affair.
    pub account: watch::Receiver<Arc<Account>>,
    /// Rings when orders of the account can be claimed.
    pub orders: Arc<Notify>,
    pub gap: Arc<Gap>,
    pub newcomers: Arc<Newcomers>,
    pub stop: CancellationToken,
}

impl Post {
    pub fn id(&self) -> AccountId {
        self.account.borrow().id
    }

    fn abilities(&self) -> &'static Abilities {
        self.connector.abilities(self.account.borrow().channel)
    }
}

/// What listeners are told when a session, or what stands around it, panicked.
const BROKEN: &str = "the session failed and is being reopened";

pub struct Keeper {
    post: Post,
    id: AccountId,
    /// The account as the present session or the idle keeper knows it.
    account: Arc<Account>,
    condition: Condition,
    /// As the store has it.
    written: Condition,
    counted: Counted,

    mandate: Mandate,
    /// A session or a login was begun under this mandate.
    worn: bool,
    home: Home,
    early: Arc<Early>,
    told: mpsc::UnboundedReceiver<(Epoch, Word)>,

    session: Option<session::Live>,
    login: Option<login::Login>,
    questions: mpsc::Receiver<Question>,
    asking: JoinSet<()>,

    /// When to open the next session, if one is to be opened.
    open_at: Option<Timestamp>,
    pauses: Pauses,
    /// The present outage was told to the listeners.
    down_told: bool,
    /// The listeners know that somebody is logged in.
    in_told: bool,
}

impl Keeper {
    /// Keeps the account until told to stop. `fallen_until` is given when the keeper before this one broke: no session is
    /// opened before then.
    pub async fn run(post: Post, fallen_until: Option<Timestamp>) -> End {
        let mut keeper = match Self::begin(post).await {
            Ok(keeper) => keeper,
            Err(end) => return end,
        };
        let Err(end) = keeper.keep(fallen_until).await;
        keeper.leave(end).await;
        end
    }

    async fn begin(post: Post) -> Result<Self, End> {
        let id = post.id();
        let Parts { store, clock, asks, settings, .. } = &*post.parts;
        // How the account stands is read afresh: the keeper before this one may have written it.
        let read = insist(clock, &post.stop, || store.account(id)).await?;
        let account = read.ok_or(End::Stopped)?;
        let epoch = insist(clock, &post.stop, || store.take(id)).await?;
        let (teller, told) = mpsc::unbounded_channel();
        let mandate = Mandate::new(post.parts.clone(), id, epoch, teller);
        let early = Arc::default();
        let mut keeper = Self {
            id,
            condition: account.condition.clone(),
            written: account.condition.clone(),
            counted: Counted::new(post.connector.name(), account.condition.state),
            worn: false,
            home: home(&post, &account, &mandate, &early),
            mandate,
            early,
            told,
            session: None,
            login: None,
            questions: asks.answer_for(id),
            asking: JoinSet::new(),
            open_at: None,
            pauses: Pauses::new(settings.reopen_first, settings.reopen_max),
            down_told: false,
            in_told: false,
            account,
            post,
        };
        keeper.recover().await?;
        Ok(keeper)
    }

    async fn keep(&mut self, fallen_until: Option<Timestamp>) -> Result<Infallible, End> {
        self.make_good().await?;
        self.condition.login = None;
        if let (Some(until), true) = (fallen_until, self.account.enabled) {
            self.down(Why::Disconnected, BROKEN).await?;
            self.open_at = Some(until);
        } else {
            self.open_or_rest().await?;
        }
        let (clock, stop) = (self.post.parts.clock.clone(), self.post.stop.clone());
        loop {
            tokio::select! {
                () = stop.cancelled() => return Err(End::Stopped),
                changed = self.post.account.changed() => match changed {
                    Ok(()) => self.account_changed().await?,
                    Err(_) => return Err(End::Stopped),
                },
                Some((epoch, word)) = self.told.recv() => {
                    if epoch == self.mandate.epoch {
                        self.hear(word).await?;
                    }
                }
                Some(question) = self.questions.recv(), if self.has_time() => self.answer(question).await?,
                Some(_) = self.asking.join_next() => {}
                () = session::broken(&mut self.session) => self.reopen_later(Why::Disconnected, BROKEN).await?,
                step = login::next(&mut self.login) => self.login_stepped(step).await?,
                () = clock.sleep_until(self.open_at.unwrap_or(Timestamp::NEVER)) => self.open().await?,
            }
        }
    }

    /// As its owner wants it: a session, or none.
    async fn open_or_rest(&mut self) -> Result<(), End> {
        if self.account.enabled { self.open().await } else { self.rest().await }
    }

    async fn account_changed(&mut self) -> Result<(), End> {
        let new = self.post.account.borrow_and_update().clone();
        let old = std::mem::replace(&mut self.account, new);
        self.home = home(&self.post, &self.account, &self.mandate, &self.early);
        let new = &self.account;
        if old.name != new.name {
            // The lines of this session go on under the name that it began with.
            tracing::info!(now = brief(&new.name, NAME), "the account was renamed");
        }
        // These are told to a session when it is opened; everything else is looked up when it is needed.
        let reopen = old.settings.proxy != new.settings.proxy || old.settings.keep_online != new.settings.keep_online;
        if old.enabled != new.enabled || (reopen && self.session.is_some()) {
            self.close().await?;
            self.drop_login();
            self.open_or_rest().await?;
        }
        Ok(())
    }

    async fn hear(&mut self, word: Word) -> Result<(), End> {
        match word {
            Word::Stale => Err(End::Stale),
            Word::State(SessionState::LoggedOut { by, note }) => self.logged_out(by, note).await,
            Word::State(SessionState::Blocked { until, note }) => self.blocked(until, note).await,
            Word::Levered => match (&self.session, &self.login, self.open_at) {
                (None, None, None) => self.open_or_rest().await,
                _ => Ok(()),
            },
            // The last words of a session that was closed.
            _ if self.session.is_none() => Ok(()),
            Word::State(SessionState::Connected { phone, lid, push_name }) => self.up(phone, lid, push_name).await,
            Word::State(SessionState::Disconnected { why, note }) => {
                self.unlink();
                self.down(why, &note).await
            }
            Word::State(SessionState::Ended { why, note }) => self.reopen_later(why, &note).await,
            Word::Broke => self.reopen_later(Why::Disconnected, BROKEN).await,
            Word::Read { chat, remotes } => {
                self.mark_read(chat, remotes);
                Ok(())
            }
        }
    }

    /// Takes a new mandate, unless nothing was begun under the present one.
    async fn renew(&mut self) -> Result<(), End> {
        if !std::mem::take(&mut self.worn) {
            return Ok(());
        }
        let Parts { store, clock, .. } = &*self.post.parts;
        let id = self.id;
        let epoch = insist(clock, &self.post.stop, || store.take(id)).await?;
        self.mandate.closed.cancel();
        self.mandate = Mandate::new(self.post.parts.clone(), id, epoch, self.mandate.teller.clone());
        self.early = Arc::default();
        self.home = home(&self.post, &self.account, &self.mandate, &self.early);
        self.recover().await
    }

    /// Orders that an earlier epoch left in hand: nobody knows what became of them.
    ///
    /// Where the connector remembers them, the next session goes on with them, see [`Keeper::adopt`].
    async fn recover(&mut self) -> Result<(), End> {
        if self.post.connector.remembers() {
            return Ok(());
        }
        self.recover_all().await
    }

    async fn recover_all(&mut self) -> Result<(), End> {
        let Parts { store, clock, .. } = &*self.post.parts;
        let (id, epoch) = (self.id, self.mandate.epoch);
        let repeat = self.post.abilities().deduplicates && !self.post.connector.remembers();
        let found = insist(clock, &self.post.stop, || store.recover(id, epoch, repeat, clock.now())).await?;
        if found > 0 {
            tracing::info!(orders = found, repeat, "orders of unknown outcome were left in hand");
        }
        Ok(())
    }

    /// Orders that an earlier session had in hand and that the connector remembers.
    async fn adopt(&mut self) -> Result<Vec<Order>, End> {
        if !self.post.connector.remembers() {
            return Ok(Vec::new());
        }
        let Parts { store, clock, .. } = &*self.post.parts;
        let (id, epoch) = (self.id, self.mandate.epoch);
        let adopted = insist(clock, &self.post.stop, || store.adopt(id, epoch)).await?;
        if !adopted.is_empty() {
            tracing::info!(orders = adopted.len(), "orders left in hand are gone on with");
        }
        Ok(adopted)
    }

    async fn leave(&mut self, end: End) {
        let patience = match end {
            End::Stopped => self.patience(),
            // What another speaks for is none of ours: not even an answer is worth waiting for.
            End::Stale => std::time::Duration::ZERO,
        };
        self.end_session(patience).await;
        self.mandate.closed.cancel();
        if end == End::Stopped && self.condition.state == State::Open {
            // Nobody who reads the store while the gateway is down shall be told that the account is connected.
            self.enter(State::Connecting, None);
            let _ = self.stand(None).await;
        }
    }

    fn patience(&self) -> std::time::Duration {
        pace::world(&self.post.parts.clock, self.post.parts.settings.drain)
    }
}

fn home(post: &Post, account: &Arc<Account>, mandate: &Mandate, early: &Arc<Early>) -> Home {
    let parts = &post.parts;
    let inbox = Slot { mandate: mandate.clone(), account: post.account.clone(), early: early.clone() };
    Home {
        account: account.clone(),
        inbox: Arc::new(inbox),
        vault: Arc::new(Vault(mandate.clone())),
        recall: Arc::new(Recall(mandate.clone())),
        media: parts.media.clone(),
        clock: parts.clock.clone(),
        dice: parts.dice.clone(),
        proxy: account.settings.proxy.as_ref().map(|sealed| parts.proxy(sealed)),
    }
}
