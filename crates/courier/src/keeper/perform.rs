//! One attempt, on a task of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sluice_clock::Clock;
use sluice_connector::{Receipt, Session};
use sluice_model::content::MediaKind;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Abilities, Ability, Ask, Content, Failure, Order, Timestamp};
use sluice_store::Store;

use crate::newcomers::{self, Newcomers};
use crate::{Settings, pace};

/// What one attempt needs.
pub struct Attempt {
    pub order: Arc<Order>,
    pub session: Arc<Box<dyn Session>>,
    pub abilities: &'static Abilities,
    pub clock: Clock,
    pub limit: Duration,
    /// Show the account as typing for so long first.
    pub typing: Duration,
    /// Who counts the people newly written to, and how many a day there may be.
    pub newcomers: Option<(Arc<Newcomers>, u32)>,
    pub store: Arc<dyn Store>,
    /// Set when the session is asked to send it: who breaks the attempt off before knows that nothing was sent.
    pub handed_over: Arc<AtomicBool>,
}

pub struct Done {
    pub result: Result<Receipt, Failure>,
    /// When the messenger was asked to take it, if it was.
    pub sent_at: Option<Timestamp>,
    pub took: Duration,
}

impl Attempt {
    pub async fn run(self) -> Done {
        let clock = &self.clock;
        if let Err(slow) = self.keep_pace().await {
            return Done { result: Err(slow), sent_at: None, took: Duration::ZERO };
        }
        self.type_first().await;
        let now = clock.now();
        // Who ends an attempt by itself knows better whether it may have been sent.
        if now >= self.order.expires_at && self.limit < ENDLESS {
            let late = Failure::not_sent(Why::TooLate, Retry::BackOff, "its time ran out before it could be sent");
            return Done { result: Err(late), sent_at: None, took: Duration::ZERO };
        }
        self.handed_over.store(true, Ordering::Relaxed);
        let result = clock.within(self.limit, self.session.perform(&self.order)).await;
        let silence = || Err(Failure::unknown("the messenger gave no answer in time"));
        Done { result: result.unwrap_or_else(silence), sent_at: Some(now), took: clock.now().since(now) }
    }

    /// A new account begins only so many chats a day.
    async fn keep_pace(&self) -> Result<(), Failure> {
        let Some((newcomers, cap)) = &self.newcomers else { return Ok(()) };
        if !newcomers::is_first_word(&*self.store, &self.order).await {
            return Ok(());
        }
        let now = self.clock.now();
        newcomers.admit(self.order.chat(), *cap, now).map_err(|free_at| {
            let note = format!(
                "this account is new and begins at most {cap} chats a day, so that the messenger does not ban it; \
                 set the account's own send interval to switch this off"
            );
            Failure::not_sent(Why::RateLimited, Retry::After(free_at.since(now)), note)
        })
    }

    async fn type_first(&self) {
        if self.typing.is_zero() || !self.abilities.has(Ability::Typing) {
            return;
        }
        let recording = matches!(&self.order.message.content, Content::Media(media) if media.kind == MediaKind::Voice);
        let for_ms = u32::try_from(self.typing.as_millis()).unwrap_or(u32::MAX);
        let ask = Ask::Typing { chat: self.order.chat().clone(), recording, for_ms };
        // The pause is the point; whether the other side sees the dots decides nothing.
        let (_shown, ()) =
            tokio::join!(self.clock.within(self.typing, self.session.ask(ask)), self.clock.sleep(self.typing));
    }
}

/// For connectors that end an attempt themselves, when the order's time is over and it is sure that it was not sent.
pub const ENDLESS: Duration = Duration::from_secs(400 * 86_400);

/// How long an attempt may take.
pub fn limit(order: &Order, settings: &Settings, clock: &Clock) -> Duration {
    let span = match order.message.content {
        Content::Media(_) => settings.media_limit,
        _ => settings.perform_limit,
    };
    pace::limit(clock, span)
}

/// How long to type before an order: as its caller asked, otherwise before texts as the account's owner did.
pub fn typing(order: &Order, account: &sluice_model::account::Settings) -> Duration {
    let of_owner = || {
        if matches!(order.message.content, Content::Text(_)) { account.typing_ms } else { 0 }
    };
    Duration::from_millis(order.typing_ms.unwrap_or_else(of_owner).into())
}
