//! A listener's part of the requests under way, within its workspace's part.
//!
//! The listener's begins small, shrinks with every request that the receiver let hang and grows with every answer, whatever
//! the answer is: so receivers that hang hold a few places. The workspace's is fixed: so however many of its receivers
//! hang, others' requests go out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a listener begins with: many that hang from the start must not fill their workspace's part at once.
const FIRST: usize = 16;

/// What a receiver that never answers keeps.
const LEAST: usize = 4;

pub struct Share {
    places: Arc<Semaphore>,
    open: AtomicUsize,
    full: usize,
    workspace: Arc<Semaphore>,
}

/// Room for one request; it is given back however the request ends.
pub struct Place {
    own: Option<OwnedSemaphorePermit>,
    _workspace: Option<OwnedSemaphorePermit>,
}

impl Share {
    /// At most `full` places, and never more than `workspace` has left.
    pub fn new(full: usize, workspace: Arc<Semaphore>) -> Self {
        let full = full.max(1);
        let open = FIRST.min(full);
        Self { places: Arc::new(Semaphore::new(open)), open: AtomicUsize::new(open), full, workspace }
    }

    /// Requests of the listener that may be under way now.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// The listener's own place first: whoever waits for that keeps none from the workspace's other listeners.
    pub async fn take(&self) -> Place {
        let own = pass(&self.places).await;
        Place { own, _workspace: pass(&self.workspace).await }
    }

    pub fn give_back(&self, place: Place, answered: bool) {
        if answered {
            let grown = self
                .open
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| (open < self.full).then_some(open + 1));
            if grown.is_ok() {
                self.places.add_permits(1);
            }
        } else {
            let shrunk = self.open.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| {
                (open > LEAST.min(self.full)).then_some(open - 1)
            });
            if let (Ok(_), Some(own)) = (shrunk, place.own) {
                own.forget();
            }
        }
    }
}

/// Lets pass in order of coming.
pub async fn pass(semaphore: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    // It is never closed, so this is always a permit.
    semaphore.clone().acquire_owned().await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_hangs_keeps_few_places_and_gets_them_back_by_answering() {
        let workspace = Arc::new(Semaphore::new(100));
        let share = Share::new(64, workspace.clone());
        assert_eq!(share.places.available_permits(), FIRST);
        for _ in 0..100 {
            let place = share.take().await;
            share.give_back(place, false);
        }
        assert_eq!(share.places.available_permits(), LEAST);
        for _ in 0..100 {
            let place = share.take().await;
            share.give_back(place, true);
        }
        assert_eq!(share.places.available_permits(), 64);
        assert_eq!(workspace.available_permits(), 100, "what a listener loses, its workspace keeps");
    }

    #[tokio::test]
    async fn who_stops_waiting_or_is_cut_off_leaves_all_places_free() {
        let workspace = Arc::new(Semaphore::new(1));
        let share = Share::new(4, workspace.clone());
        let place = share.take().await;
        assert!(futures_util::FutureExt::now_or_never(share.take()).is_none(), "the workspace has no more");
        assert_eq!(share.places.available_permits(), 3);
        drop(place);
        assert_eq!((share.places.available_permits(), workspace.available_permits()), (4, 1));
    }
}
