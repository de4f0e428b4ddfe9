//! The line between the account and the messenger: up, cut for a while, or closed by a ban.

use sluice_model::Timestamp;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Line {
    /// Set while the line is cut.
    pub down_until: Option<Timestamp>,
    /// Set while the account is banned.
    pub banned_until: Option<Timestamp>,
}

impl Line {
    pub const fn is_up(&self) -> bool {
        self.down_until.is_none() && self.banned_until.is_none()
    }

    /// Ends what has ended by now; whether the line came up by it.
    pub fn heal(&mut self, now: Timestamp) -> bool {
        let was_up = self.is_up();
        for end in [&mut self.down_until, &mut self.banned_until] {
            if end.is_some_and(|end| end <= now) {
                *end = None;
            }
        }
        !was_up && self.is_up()
    }

    /// When to look again.
    pub fn heals_at(&self) -> Option<Timestamp> {
        [self.down_until, self.banned_until].into_iter().flatten().min()
    }
}
