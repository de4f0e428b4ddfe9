//! How an account's phone is used. The defaults are the contract's (phone.md §9.7); an account overrides what it likes.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_model::Failure;
use sluice_model::failure::Why;

use crate::pacing::Pacing;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub pacing: Pacing,
    /// Between two polls of a phone that has nothing to do, milliseconds.
    pub poll_ms: u32,
    /// Not heard of for so long, a phone is away, seconds.
    pub away_s: u32,
    /// How long a phone may keep a message by itself, seconds; it may ask for another span.
    pub lease_s: u32,
    /// What becomes of a message that may have been sent.
    pub on_unknown: OnUnknown,
    /// How long such a message is held for a look into its chat, seconds.
    pub hold_s: u32,
    /// A script that does not say when it begins to send may be given a message of unknown outcome once more.
    pub blind_retry: bool,
    /// Ask phones that take them for looks at how far a message came.
    pub check_receipts: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// Look into the chat; told as uncertain when the hold is over.
    Hold,
    /// Given out again, and marked as a possible duplicate.
    Resend,
    /// Told as uncertain at once.
    Fail,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pacing: Pacing::default(),
            poll_ms: 5_000,
            away_s: 90,
            lease_s: 120,
            on_unknown: OnUnknown::Hold,
            hold_s: 3_600,
            blind_retry: false,
            check_receipts: false,
        }
    }
}

impl Settings {
    /// These with the account's own members in place of those of the same name, inside `pacing` too.
    ///
    /// # Errors
    /// What is not understood is refused with the reader's words.
    pub fn with(&self, own: &Value) -> Result<Self, Failure> {
        let unreadable = |error: serde_json::Error| Failure::refused(Why::Unsupported, format!("settings: {error}"));
        if !own.is_object() {
            return Err(Failure::refused(Why::Unsupported, "settings: not an object"));
        }
        let mut all = serde_json::to_value(self).map_err(unreadable)?;
        merge(&mut all, own);
        let settings: Self = serde_json::from_value(all).map_err(unreadable)?;
        settings.check().map_err(|note| Failure::refused(Why::Unsupported, format!("settings: {note}")))?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), &'static str> {
        self.pacing.check()?;
        if !(200..=3_600_000).contains(&self.poll_ms) {
            return Err("poll_ms is from 200 to 3600000");
        }
        if !(30..=86_400).contains(&self.away_s) {
            return Err("away_s is from 30 to 86400");
        }
        if !LEASE_S.contains(&self.lease_s) {
            return Err("lease_s is from 30 to 600");
        }
        if self.hold_s > 604_800 {
            return Err("hold_s is at most 604800");
        }
        Ok(())
    }

    pub(crate) fn away(&self) -> Duration {
        Duration::from_secs(self.away_s.into())
    }

    pub(crate) fn hold(&self) -> Duration {
        Duration::from_secs(self.hold_s.into())
    }

    /// What a phone gets that asks for `seconds`.
    pub(crate) fn lease(&self, seconds: Option<u32>) -> Duration {
        let seconds = seconds.unwrap_or(self.lease_s).clamp(*LEASE_S.start(), *LEASE_S.end());
        Duration::from_secs(seconds.into())
    }
}

/// Contract §9.2.
const LEASE_S: std::ops::RangeInclusive<u32> = 30..=600;

/// Puts the members of `new` into `kept`, objects into objects.
pub(crate) fn merge(kept: &mut Value, new: &Value) {
    match (kept, new) {
        (Value::Object(kept), Value::Object(new)) => {
            for (name, value) in new {
                merge(kept.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (kept, new) => *kept = new.clone(),
    }
}
