//! How a phone is, for its operator.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Health, Pace};
use crate::Timestamp;

/// Everything about the phone (contract §9.9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub device: Device,
    pub settings: Value,
    pub pace: Pace,
    pub last_seen: Option<Timestamp>,
    pub health: Health,
    /// How far the phone's clock is ahead of ours, milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// Orders that the phone could be given.
    pub waiting: u32,
    /// Since when the oldest of them waits.
    pub oldest: Option<Timestamp>,
    /// The message that it has in hand.
    pub in_hand: Option<String>,
    /// Messages that may have been sent.
    pub unknown: Vec<String>,
    pub counts: Counts,
}

/// What the phone said of itself when it was paired.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    pub uid: String,
    pub model: String,
    pub os: String,
    pub app: String,
    /// Digits.
    pub number: Option<String>,
    /// Minutes that the phone's wall clock is ahead of UTC.
    pub utc_offset_min: Option<i32>,
    pub paired_at: Timestamp,
}

/// Since the phone was paired.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub sent: u64,
    pub late: u64,
    pub possible_duplicates: u64,
    pub duplicate_reports: u64,
    pub leases_ended: u64,
    pub sendings_ended: u64,
    pub not_registered: u64,
    pub failed: u64,
}
