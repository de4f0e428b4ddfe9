//! Tells listeners what happened: from the journal, in their dialect, over HTTP.
//!
//! Each listener has a lane through each account's journal that it covers. A lane reads behind the listener's cursor,
//! lets the dialect write a notice of each entry, posts it, and reports the attempt; the dialect's schedule says what
//! follows a failure, and in what order entries go:
//!
//! ```text
//! bell, alarms, survey -> dispatcher -> lane: page -> attempt (dialect.notice, outside) -> verdict -> report
//! ```
//!
//! Architecture invariants: what the relay must remember stands in the store, so a crash may repeat an event (with the
//! same id) and never loses one; an event counts as tried only in the commit that holds its attempt; one receiver's
//! trouble holds up its own lanes and at most its share of the requests under way, one workspace's receivers together at most
//! the workspace's; a lane that waits is not a task.

mod attempt;
mod cursor;
mod dispatcher;
mod lane;
mod parts;
mod report;
mod settings;
mod share;
mod silence;
mod verdict;

use std::sync::Arc;

use sluice_model::delivery::Attempt;
use sluice_model::{Account, Entry, Listener};
use tokio_util::sync::CancellationToken;

pub use parts::{Open, Parts, Post};
pub use settings::Settings;

use crate::attempt::{Frame, Tried, attempt};
use crate::dispatcher::Dispatcher;
use crate::parts::Tools;

/// The room. Cheap to clone.
#[derive(Clone)]
pub struct Relay {
    tools: Arc<Tools>,
}

impl Relay {
    pub fn new(parts: Parts) -> Self {
        Self { tools: Arc::new(Tools::new(parts)) }
    }

    /// Delivers until `shutdown`, then lets the requests under way come to their end for [`Settings::drain`]. What is
    /// cut off then is sent again by the next run.
    pub async fn run(&self, shutdown: CancellationToken) {
        Dispatcher::new(self.tools.clone()).run(shutdown).await;
    }

    /// Tells the listener of a made-up `entry` now, whichever events it wants: it is the place that is tried. The attempt
    /// is recorded nowhere: it is the answer. When nothing could be sent it has no status, and says why.
    pub async fn test(&self, listener: &Arc<Listener>, account: &Arc<Account>, entry: &Entry) -> Attempt {
        let all_ears = Arc::new(Listener { events: Vec::new(), ..(**listener).clone() });
        let tried = match self.frame(&all_ears, account) {
            Ok(frame) => {
                attempt(&self.tools, &frame, entry, 1).await.ok_or("the listener's API has no words for such an event")
            }
            Err(why) => Err(why),
        };
        let unsendable = |why| {
            let now = self.tools.clock().now();
            Tried::unsendable(listener.id, account.id, entry.position, 1, now, why)
        };
        tried.unwrap_or_else(unsendable).attempt
    }

    fn frame(&self, listener: &Arc<Listener>, account: &Arc<Account>) -> Result<Frame, &'static str> {
        let dialect = self.tools.dialect(&listener.dialect).ok_or("the listener's dialect is not known")?;
        let secret = self.tools.secret_of(listener).map_err(|_| "the listener's secret cannot be opened")?;
        let (listener, account) = (listener.clone(), account.clone());
        Ok(Frame { listener, account, secret, dialect, schedule: dialect.schedule() })
    }
}
