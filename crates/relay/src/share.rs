//! A listener's part of the requests under way. It shrinks with every request that the receiver let hang and grows back with
//! every answer, whatever the answer is: so receivers that hang hold a few places, not the house's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a receiver that never answers keeps.
const LEAST: usize = 4;

pub struct Share {
    places: Arc<Semaphore>,
    open: AtomicUsize,
    full: usize,
}

impl Share {
    pub fn new(full: usize) -> Self {
        let full = full.max(1);
        Self { places: Arc::new(Semaphore::new(full)), open: AtomicUsize::new(full), full }
    }

    pub async fn take(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed, so this is always a permit.
        self.places.clone().acquire_owned().await.ok()
    }

    pub fn give_back(&self, permit: Option<OwnedSemaphorePermit>, answered: bool) {
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
            if let (Ok(_), Some(permit)) = (shrunk, permit) {
                permit.forget();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_hangs_keeps_few_places_and_gets_them_back_by_answering() {
        let share = Share::new(64);
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
    }
}
