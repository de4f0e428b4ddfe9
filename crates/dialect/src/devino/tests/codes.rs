//! Codes and words of statuses, and the schedule of callbacks.

use std::time::Duration;

use sluice_model::Timestamp;
use sluice_model::failure::Why;

use crate::Dialect;
use crate::devino::{Devino, codes};

/// The vendor's list (contract §8).
fn is_listed(code: u16) -> bool {
    matches!(code, 2000..=2012 | 2017 | 2300..=2305 | 2307..=2313)
}

#[test]
fn every_failure_has_a_code_of_the_vendors_list() {
    let all = [
        Why::NotOnMessenger,
        Why::NotInGroup,
        Why::InvalidRecipient,
        Why::ToOneself,
        Why::BlockedByRecipient,
        Why::RateLimited,
        Why::Spam,
        Why::Banned,
        Why::LoggedOut,
        Why::Disconnected,
        Why::Unsupported,
        Why::TooLong,
        Why::MediaUnreachable,
        Why::MediaTooLarge,
        Why::MediaUnsupported,
        Why::WindowClosed,
        Why::TemplateUnknown,
        Why::TemplateUnapproved,
        Why::TemplateMismatch,
        Why::ParameterTooLong,
        Why::Duplicate,
        Why::Billing,
        Why::NotFound,
        Why::TooLate,
        Why::Timeout,
        Why::Unknown,
    ];
    for why in all {
        assert!(is_listed(codes::of(why)), "{why:?}");
        assert!(["FAILED", "UNDELIVERED"].contains(&codes::word(why)), "{why:?}");
    }
    assert_eq!((codes::of(Why::NotOnMessenger), codes::word(Why::NotOnMessenger)), (2305, "UNDELIVERED"));
    assert_eq!((codes::of(Why::WindowClosed), codes::word(Why::WindowClosed)), (2312, "FAILED"));
}

#[test]
fn a_callback_is_tried_for_a_day() {
    let schedule = Devino.schedule();
    let start = Timestamp::from_seconds(0);
    let (mut last, mut attempts, mut pauses) = (start, 1, Vec::new());
    while let Some(next) = schedule.next(attempts, start, last) {
        pauses.push(next.since(last).as_secs());
        (last, attempts) = (next, attempts + 1);
    }
    assert_eq!(pauses[..10], [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    let (day, quarter) = (Duration::from_secs(86_400), Duration::from_secs(900));
    assert!(last.since(start) >= day && last.since(start) < day + quarter, "{last}");
}
