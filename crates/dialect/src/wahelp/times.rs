//! Moscow's clock without a zone, as Wahelp writes every time (contract §9.2, trap 7).

use jiff::tz::Offset;
use sluice_model::Timestamp;

const MOSCOW: Offset = jiff::tz::offset(3);

/// `2026-01-31 12:00:00`; empty for a moment that no calendar has.
pub fn moscow(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.seconds()) {
        Ok(moment) => MOSCOW.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_moscows_and_does_not_say_so() {
        assert_eq!(moscow(Timestamp::from_seconds(1_729_499_277)), "2024-10-21 11:27:57");
        assert_eq!(moscow(Timestamp::NEVER), "");
    }
}
