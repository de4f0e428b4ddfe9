//! What an attempt means for its order. Pure.

use sluice_clock::Dice;
use sluice_connector::Receipt;
use sluice_model::failure::{Retry, Why};
use sluice_model::message::Trouble;
use sluice_model::{Failure, Order, Timestamp};
use sluice_store::outbox::Outcome;

use crate::pace::doubling;
use crate::settings::Settings;

#[cfg(test)]
mod tests;

/// Decides by the messenger's word and nothing else: what was refused has failed, what surely did not arrive is tried
/// again, and what may have arrived is tried again only where that cannot double it (`repeats`).
///
/// A retry that falls behind the order's end is left to the store, which ends what has waited too long as expired: it is
/// never sent late. But an order that may have arrived must not be called expired, so it becomes uncertain instead.
pub fn verdict(
    result: Result<Receipt, Failure>,
    order: &Order,
    repeats: bool,
    settings: &Settings,
    now: Timestamp,
    dice: &Dice,
) -> Outcome {
    let pause = || doubling(settings.backoff_first, settings.backoff_max, order.attempt, dice);
    match result {
        Ok(Receipt { remote, alias }) => Outcome::Sent { remote, alias },
        Err(Failure::Refused { why, note }) => Outcome::Failed { trouble: Trouble { why, note } },
        Err(Failure::NotSent { why, retry, note }) => {
            let next_at = match retry {
                Retry::BackOff => now.plus(pause()),
                Retry::After(span) => now.plus(span),
                // Nothing is claimed before the session is back.
                Retry::Reconnected => now,
            };
            Outcome::Retry { next_at, trouble: Trouble { why, note } }
        }
        Err(Failure::Unknown { note }) => {
            let next_at = now.plus(pause());
            let again = repeats && order.attempt < settings.unknown_attempts && next_at < order.expires_at;
            if again {
                Outcome::Retry { next_at, trouble: Trouble { why: Why::Unknown, note } }
            } else {
                Outcome::Uncertain { note }
            }
        }
    }
}
