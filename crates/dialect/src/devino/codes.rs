//! `errorCode` of a status, and the status' word (contract §7.1, §8).

use sluice_model::failure::Why;

pub const NONE: u16 = 0;
/// Its time ran out.
pub const EXPIRED: u16 = 2010;
pub const UNKNOWN: u16 = 2313;

pub const fn of(why: Why) -> u16 {
    match why {
        Why::InvalidRecipient => 2000,
        Why::Billing => 2005,
        Why::Duplicate => 2009,
        Why::TooLate => EXPIRED,
        Why::TooLong => 2300,
        Why::RateLimited => 2301,
        Why::Spam | Why::Banned => 2302,
        Why::MediaUnreachable | Why::MediaTooLarge | Why::MediaUnsupported => 2303,
        // Who has blocked us is, for the sender, nobody on WhatsApp.
        Why::NotOnMessenger | Why::NotInGroup | Why::BlockedByRecipient => 2305,
        Why::ToOneself => 2307,
        Why::TemplateMismatch => 2308,
        Why::TemplateUnknown => 2309,
        Why::TemplateUnapproved => 2310,
        Why::ParameterTooLong => 2311,
        Why::WindowClosed => 2312,
        _ => UNKNOWN,
    }
}

/// `UNDELIVERED` where the recipient cannot be reached, `FAILED` where it was not sent.
pub const fn word(why: Why) -> &'static str {
    match why {
        Why::InvalidRecipient | Why::NotOnMessenger | Why::NotInGroup | Why::BlockedByRecipient | Why::Duplicate => {
            "UNDELIVERED"
        }
        _ => "FAILED",
    }
}
