//! Wrong passwords, by login and address: whoever was wrong too often has to wait, even with the right one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sluice_model::{Refusal, Timestamp};
use sluice_secret::TokenHash;

/// Wrong guesses within the span, before all further ones are refused until it is over.
const MOST: u32 = 10;
const SPAN: Duration = Duration::from_secs(60);

/// Pairs of login and address that are remembered before those whose span is over are looked for and forgotten.
const REMEMBERED: usize = 10_000;

/// Who guesses at which login. The login is kept as a hash: what is typed there may be a password.
type Guesser = (IpAddr, [u8; 32]);

#[derive(Default)]
pub(crate) struct Guesses {
    wrong: Mutex<HashMap<Guesser, Wrong>>,
}

/// Wrong guesses and when the first of them was made.
struct Wrong {
    count: u32,
    since: Timestamp,
}

impl Wrong {
    fn is_over(&self, now: Timestamp) -> bool {
        now.since(self.since) >= SPAN
    }
}

impl Guesses {
    /// Who is guessing, to be noted when it was wrong; a refusal when it was wrong too often.
    pub fn allow(&self, address: IpAddr, login: &str, now: Timestamp) -> Result<Guesser, Refusal> {
        let guesser = (address, *TokenHash::of(login).as_bytes());
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        match wrong.get(&guesser).filter(|wrong| wrong.count >= MOST && !wrong.is_over(now)) {
            None => Ok(guesser),
            Some(wrong) => Err(Refusal::TooMany { retry_after: wrong.since.plus(SPAN).since(now) }),
        }
    }

    pub fn note(&self, guesser: Guesser, now: Timestamp) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() >= REMEMBERED {
            wrong.retain(|_, wrong| !wrong.is_over(now));
            // Whoever makes up so many logins guesses at none of them often.
            if wrong.len() >= REMEMBERED {
                return;
            }
        }
        let known = wrong.entry(guesser).or_insert(Wrong { count: 0, since: now });
        if known.is_over(now) {
            *known = Wrong { count: 0, since: now };
        }
        known.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_guess_waits_for_the_minutes_end_and_others_do_not() {
        let (guesses, start) = (Guesses::default(), Timestamp::from_seconds(1_000));
        let [ann, bob] = [1, 2].map(|last| IpAddr::from([10, 0, 0, last]));
        for second in 0..10 {
            let now = start.plus(Duration::from_secs(second));
            guesses.note(guesses.allow(ann, "shop", now).unwrap(), now);
        }
        let now = start.plus(Duration::from_secs(15));
        let refused = guesses.allow(ann, "shop", now);
        assert_eq!(refused, Err(Refusal::TooMany { retry_after: Duration::from_secs(45) }));
        assert!(guesses.allow(ann, "other", now).is_ok() && guesses.allow(bob, "shop", now).is_ok());
        let later = start.plus(SPAN);
        guesses.note(guesses.allow(ann, "shop", later).unwrap(), later);
        assert!(guesses.allow(ann, "shop", later).is_ok());
    }
}
