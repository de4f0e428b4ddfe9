//! Opening a session, and closing it.

use std::sync::Arc;
use std::time::Duration;

use sluice_connector::Session;
use sluice_model::account::State;
use sluice_model::failure::Why;
use tokio::sync::{oneshot, watch};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::Keeper;
use super::claims::Claims;
use crate::guard::End;
use crate::pace;

/// What questions under way get to end before the session is closed, and what the session gets for its farewell; of the
/// world's time.
const FAREWELL: Duration = Duration::from_secs(1);

/// An open session with the task that claims and settles for it.
pub struct Live {
    pub session: Arc<Box<dyn Session>>,
    link: watch::Sender<Link>,
    /// Tells the claims to end, with the patience for what is in hand.
    hang_up: oneshot::Sender<Duration>,
    claims: AbortOnDropHandle<()>,
}

/// The session's way to the messenger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub up: bool,
    /// Counts the times it came up.
    pub times: u64,
}

/// Returns when the claims ended without having been told to.
pub async fn broken(session: &mut Option<Live>) {
    match session {
        Some(live) => {
            let _ = (&mut live.claims).await;
        }
        None => std::future::pending().await,
    }
}

impl Keeper {
    /// Opens a session if somebody is logged in.
    pub(super) async fn open(&mut self) -> Result<(), End> {
        self.open_at = None;
        let clock = self.post.parts.clock.clone();
        let limit = pace::limit(&clock, self.post.parts.settings.ask_limit);
        match clock.within(limit, self.post.connector.is_logged_in(&self.home)).await {
            Some(Ok(true)) => {}
            Some(Ok(false)) => return self.login_needed().await,
            Some(Err(failure)) => return self.reopen_later(failure.why(), failure.note()).await,
            None => {
                return self.reopen_later(Why::Timeout, "the connector gave no sign of life").await;
            }
        }
        self.renew().await?;
        self.worn = true;
        // Of a block only the messenger itself can say that it ended.
        if self.condition.state != State::Blocked {
            let reason = self.condition.reason.take();
            self.enter(State::Connecting, reason);
        }
        self.stand(None).await?;
        let adopted = self.adopt().await?;
        let session = Arc::new(self.post.connector.open(self.home.clone()).await);
        let (link, linked) = watch::channel(Link::default());
        let (hang_up, hung_up) = oneshot::channel();
        let mut claims = Claims::new(
            self.post.clone(),
            session.clone(),
            self.mandate.clone(),
            linked,
            self.early.clone(),
            self.condition.logged_in_at,
        );
        claims.begin(adopted);
        let claims = AbortOnDropHandle::new(tokio::spawn(claims.run(hung_up).in_current_span()));
        self.session = Some(Live { session, link, hang_up, claims });
        tracing::debug!("a session was opened");
        Ok(())
    }

    pub(super) fn link(&self) {
        if let Some(live) = &self.session {
            live.link.send_modify(|link| *link = Link { up: true, times: link.times + 1 });
        }
    }

    pub(super) fn unlink(&self) {
        if let Some(live) = &self.session {
            live.link.send_modify(|link| link.up = false);
        }
    }

    /// Closes the session, if there is one, and is ready for what comes after it.
    pub(super) async fn close(&mut self) -> Result<(), End> {
        self.end_session(self.patience()).await;
        self.renew().await
    }

    /// Closes the session, if there is one: orders in hand get `patience` to end and questions a moment (one of them may
    /// be the logout that led here), then the session takes its leave, and last its inbox is closed.
    pub(super) async fn end_session(&mut self, patience: Duration) {
        self.unlink();
        let Some(live) = self.session.take() else { return };
        let clock = &self.post.parts.clock;
        let farewell = pace::world(clock, FAREWELL);
        // Claims that are gone have nothing in hand.
        // What the connector remembers need not end: the next session goes on with it.
        let patience = if self.post.connector.remembers() { Duration::ZERO } else { patience };
        let _ = live.hang_up.send(patience);
        let answered = clock.within(farewell, async { while self.asking.join_next().await.is_some() {} });
        if answered.await.is_none() {
            self.asking.shutdown().await;
        }
        if !live.claims.is_finished() {
            let _ = live.claims.await;
        }
        if let Some(session) = Arc::into_inner(live.session)
            && clock.within(farewell, session.close()).await.is_none()
        {
            tracing::debug!("the session did not close in time and was dropped");
        }
        self.mandate.closed.cancel();
        tracing::debug!("the session was closed");
    }
}
