//! The tasks of one session: they go by the account's clock, end with the session, and none of them can fall without
//! the session hearing of it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use sluice_clock::Clock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use whatsapp_rust::Runtime;
use whatsapp_rust::wacore::runtime::AbortHandle;

/// A span of the world in the clock's measure: WhatsApp is out in the world, however fast the house lives.
pub fn world(clock: &Clock, span: Duration) -> Duration {
    span.saturating_mul(clock.speed())
}

/// Cheap to clone; clones speak of the same tasks.
#[derive(Clone)]
pub struct Tasks {
    clock: Clock,
    over: CancellationToken,
    fallen: Arc<Notify>,
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Tasks {
    pub fn new(clock: Clock) -> Self {
        Self { clock, over: CancellationToken::new(), fallen: Arc::default() }
    }

    /// Ends all of them at their next wait, and those that are still to come at their first.
    pub fn end(&self) {
        self.over.cancel();
    }

    /// Returns when one of them panicked.
    pub async fn fallen(&self) {
        self.fallen.notified().await;
    }

    fn start(&self, work: Work) -> tokio::task::JoinHandle<()> {
        let (over, fallen) = (self.over.clone(), self.fallen.clone());
        let guarded = async move {
            let watched = AssertUnwindSafe(over.run_until_cancelled(work)).catch_unwind();
            if watched.await.is_err() {
                fallen.notify_one();
            }
        };
        tokio::spawn(guarded.in_current_span())
    }
}

#[async_trait]
impl Runtime for Tasks {
    fn spawn(&self, work: Work) -> AbortHandle {
        let task = self.start(work);
        AbortHandle::new(move || task.abort())
    }

    fn spawn_detached(&self, work: Work) {
        self.start(work);
    }

    fn sleep(&self, span: Duration) -> Work {
        let clock = self.clock.clone();
        Box::pin(async move { clock.sleep(world(&clock, span)).await })
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) -> Work {
        let fallen = self.fallen.clone();
        Box::pin(async move {
            if tokio::task::spawn_blocking(work).await.is_err_and(|error| error.is_panic()) {
                fallen.notify_one();
            }
        })
    }

    /// The threads are several: nobody has to step aside.
    fn yield_now(&self) -> Option<Work> {
        None
    }
}

#[cfg(test)]
mod tests {
    use sluice_model::Timestamp;

    use super::*;

    #[tokio::test]
    async fn a_task_that_falls_is_heard_of_and_hurts_no_other() {
        let tasks = Tasks::new(Clock::real());
        let (sender, other) = tokio::sync::oneshot::channel();
        tasks.spawn_detached(Box::pin(async { panic!("on purpose") }));
        tasks.fallen().await;
        tasks.spawn_detached(Box::pin(async { sender.send(1).unwrap() }));
        assert_eq!(other.await, Ok(1));
    }

    #[tokio::test]
    async fn tasks_end_with_their_session() {
        let clock = Clock::manual(Timestamp::default());
        let tasks = Tasks::new(clock);
        let (sender, waiting) = tokio::sync::oneshot::channel::<()>();
        let sleep = tasks.sleep(Duration::from_secs(1));
        tasks.spawn_detached(Box::pin(async move {
            sleep.await;
            drop(sender);
        }));
        tasks.end();
        assert!(waiting.await.is_err(), "the task was dropped with all that it held");
    }
}
