//! Time and chance as arguments: the only place where the house reads a clock, waits, or rolls dice.
//!
//! A [`Clock`] runs at the world's pace, N times faster (the demo, schedules watched in a test), or only when it is
//! told to (unit tests). [`Dice`] are seeded, so that jitter can be repeated.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sluice_model::Timestamp;
use tokio::sync::watch;

/// Cheap to clone; clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Pace>);

#[derive(Debug)]
enum Pace {
    Real,
    Fast { begun: tokio::time::Instant, from: Timestamp, times: u32 },
    Manual(watch::Sender<Timestamp>),
}

impl Clock {
    pub fn real() -> Self {
        Self(Arc::new(Pace::Real))
    }

    /// Starts at the world's time and runs `times` times as fast; 1 is the world's pace.
    pub fn fast(times: u32) -> Self {
        if times <= 1 {
            return Self::real();
        }
        Self(Arc::new(Pace::Fast { begun: tokio::time::Instant::now(), from: world_time(), times }))
    }

    /// Stands still until [`Clock::advance`].
    pub fn manual(start: Timestamp) -> Self {
        Self(Arc::new(Pace::Manual(watch::Sender::new(start))))
    }

    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Pace::Real => world_time(),
            Pace::Fast { begun, from, times } => from.plus(begun.elapsed() * *times),
            Pace::Manual(time) => *time.borrow(),
        }
    }

    /// How many of this clock's seconds pass in one of the world's.
    pub fn speed(&self) -> u32 {
        match &*self.0 {
            Pace::Fast { times, .. } => *times,
            Pace::Real | Pace::Manual(_) => 1,
        }
    }

    pub async fn sleep(&self, span: Duration) {
        match &*self.0 {
            Pace::Real => tokio::time::sleep(span).await,
            Pace::Fast { times, .. } => tokio::time::sleep(span / *times).await,
            Pace::Manual(time) => reached(time, self.now().plus(span)).await,
        }
    }

    pub async fn sleep_until(&self, moment: Timestamp) {
        match &*self.0 {
            Pace::Manual(time) => reached(time, moment).await,
            Pace::Real | Pace::Fast { .. } => {
                // In turns of a day at most: the end of time is further than a timer can be set.
                while self.now() < moment {
                    self.sleep(moment.since(self.now()).min(Duration::from_secs(86_400))).await;
                }
            }
        }
    }

    /// Moves a manual clock; any other goes on by itself.
    pub fn advance(&self, span: Duration) {
        if let Pace::Manual(time) = &*self.0 {
            time.send_modify(|now| *now = now.plus(span));
        }
    }

    /// What `work` gives, or `None` when `span` of this clock passes first.
    pub async fn within<F: Future>(&self, span: Duration, work: F) -> Option<F::Output> {
        tokio::select! {
            output = work => Some(output),
            () = self.sleep(span) => None,
        }
    }
}

async fn reached(time: &watch::Sender<Timestamp>, moment: Timestamp) {
    // The sender outlives this wait, so it ends by time alone.
    let _ = time.subscribe().wait_for(|now| *now >= moment).await;
}

fn world_time() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::default().plus(since)
}

/// Seeded chance. Cheap to clone; clones share one sequence.
#[derive(Clone, Debug)]
pub struct Dice(Arc<Mutex<StdRng>>);

impl Dice {
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    pub fn from_entropy() -> Self {
        Self::seeded(rand::rng().random())
    }

    /// A number in `0..limit`; 0 when `limit` is 0.
    pub fn below(&self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.0.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..limit) }
    }

    /// `span` lengthened or shortened by up to a tenth.
    pub fn jitter(&self, span: Duration) -> Duration {
        let tenth = u64::try_from(span.as_millis() / 10).unwrap_or(0);
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(millis - tenth + self.below(2 * tenth + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_its_sleepers_when_it_is_moved() {
        let clock = Clock::manual(Timestamp::from_seconds(100));
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(60)).await;
                clock.now()
            }
        });
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(59));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(1));
        assert_eq!(sleeper.await.unwrap(), Timestamp::from_seconds(160));
    }

    #[tokio::test(start_paused = true)]
    async fn a_fast_clock_shortens_waiting() {
        let clock = Clock::fast(60);
        let (begun, from) = (tokio::time::Instant::now(), clock.now());
        clock.sleep(Duration::from_secs(600)).await;
        assert_eq!(begun.elapsed().as_secs(), 10);
        assert!(clock.now().since(from) >= Duration::from_secs(600));
    }

    #[test]
    fn dice_with_one_seed_fall_alike_and_jitter_stays_within_a_tenth() {
        let (a, b) = (Dice::seeded(7), Dice::seeded(7));
        for _ in 0..100 {
            let span = a.jitter(Duration::from_secs(10));
            assert_eq!(span, b.jitter(Duration::from_secs(10)));
            assert!((Duration::from_secs(9)..=Duration::from_secs(11)).contains(&span));
        }
    }
}
