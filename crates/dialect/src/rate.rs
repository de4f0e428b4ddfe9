//! How often an account may call a method.

use std::num::NonZeroU32;
use std::time::Duration;

/// A bucket that holds `burst` calls and gets one back `every` so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub every: Duration,
    pub burst: NonZeroU32,
}

impl Rate {
    /// Calls that come back in a second, rounded up.
    pub fn per_second(self) -> u32 {
        let calls = 1_000_000_u128.div_ceil(self.every.as_micros().max(1));
        u32::try_from(calls).unwrap_or(u32::MAX)
    }
}
