//! Wappi's times: Moscow's clock everywhere but in one field (contract §1.7 trap 9).

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use sluice_model::Timestamp;

/// Upstream writes every time at this offset, wherever its client is.
const MOSCOW: Offset = jiff::tz::offset(3);

/// `2024-10-21T11:27:57+03:00`; empty for a moment that no calendar has.
pub fn rfc3339(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.seconds()) {
        Ok(moment) => MOSCOW.to_datetime(moment).strftime("%Y-%m-%dT%H:%M:%S+03:00").to_string(),
        Err(_) => String::new(),
    }
}

/// `2024-10-21T08:27:57Z`.
pub fn zulu(at: Timestamp) -> String {
    match jiff::Timestamp::from_second(at.seconds()) {
        Ok(moment) => moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Err(_) => String::new(),
    }
}

/// Reads `2024-10-21T11:27:57` as Moscow's, or any RFC 3339 time as what it says.
pub fn read(text: &str) -> Option<Timestamp> {
    let moment = text.parse::<jiff::Timestamp>().or_else(|_| {
        let local = text.parse::<DateTime>()?;
        Ok::<_, jiff::Error>(local.to_zoned(TimeZone::fixed(MOSCOW))?.timestamp())
    });
    moment.ok().map(|moment| Timestamp::from_millis(moment.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_at_moscows_offset_and_read_back() {
        let at = Timestamp::from_seconds(1_729_499_277);
        assert_eq!(rfc3339(at), "2024-10-21T11:27:57+03:00");
        assert_eq!(zulu(at), "2024-10-21T08:27:57Z");
        for text in ["2024-10-21T11:27:57", "2024-10-21T11:27:57+03:00", "2024-10-21T08:27:57Z"] {
            assert_eq!(read(text), Some(at), "{text}");
        }
        assert_eq!(read("yesterday"), None);
        assert_eq!(rfc3339(Timestamp::NEVER), "");
    }
}
