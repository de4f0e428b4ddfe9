//! The numbers at which something else happens than at all others, in one place. For people who try the gateway out
//! they are listed in `docs/guide/sandbox.md`.
//!
//! A magic number is `79990000` and three digits, as a phone number, as that phone's LID or as a user id. Any other
//! number exists, takes a message at once, has it after [`DELIVERED_AFTER`] and reads it after [`READ_AFTER`].

use std::time::Duration;

use sluice_model::Address;

use crate::people;

pub(crate) const DELIVERED_AFTER: Duration = Duration::from_millis(200);
pub(crate) const READ_AFTER: Duration = Duration::from_millis(500);
/// After the message was sent; who answers has read it.
pub(crate) const ANSWERED_AFTER: Duration = Duration::from_millis(700);
/// Between two messages of one answer.
pub(crate) const ANSWERS_APART: Duration = Duration::from_millis(100);
/// `…503`: how long the connection stays away.
pub(crate) const DROPPED_FOR: Duration = Duration::from_secs(3);
/// `…429`: how often one message is refused, and what pause is asked for.
pub(crate) const RATE_REFUSALS: u32 = 2;
pub(crate) const RATE_PAUSE: Duration = Duration::from_secs(1);

/// What becomes of a message to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Taken(Aftermath),
    /// `…404`: not on the messenger.
    Absent,
    /// A group ending in `0404`: the account is no member of it.
    NotMember,
    /// `…429`: [`RATE_REFUSALS`] times, then taken.
    RateLimited,
    /// `…500`: for good.
    Refused,
    /// `…503`: the connection drops at the send, and the message is taken when it is sent again.
    Dropped,
    /// `…504`: whether it arrived is never known.
    Unknown,
}

/// What follows a message that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Aftermath {
    /// Delivered, then read.
    pub receipts: bool,
    pub answer: &'static [Reply],
}

/// One message of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// What was said to them.
    Echo,
    Image,
    Voice,
    Location,
    Contact,
    Poll,
    /// On the poll before it.
    Vote,
    /// To what was said to them.
    Reaction,
    /// Something to edit or delete, where they said nothing before.
    Opening,
    /// Of the last thing they said.
    Edit,
    Delete,
    Document,
    MissedCall,
}

const QUIET: Aftermath = Aftermath { receipts: true, answer: &[] };

pub(crate) fn fate(chat: &Address) -> Fate {
    if let Address::Group(group) = chat {
        return if group.ends_with("0404") { Fate::NotMember } else { Fate::Taken(QUIET) };
    }
    if *chat == Address::Story {
        return Fate::Taken(Aftermath { receipts: false, answer: &[] });
    }
    let answers = |answer| Fate::Taken(Aftermath { receipts: true, answer });
    match number(chat) {
        Some(404) => Fate::Absent,
        Some(408) => Fate::Taken(Aftermath { receipts: false, answer: &[] }),
        Some(429) => Fate::RateLimited,
        Some(500) => Fate::Refused,
        Some(503) => Fate::Dropped,
        Some(504) => Fate::Unknown,
        Some(200) => answers(&[Reply::Echo]),
        Some(201) => answers(&[Reply::Image]),
        Some(202) => answers(&[Reply::Voice]),
        Some(203) => answers(&[Reply::Location]),
        Some(204) => answers(&[Reply::Contact]),
        Some(205) => answers(&[Reply::Poll, Reply::Vote]),
        Some(206) => answers(&[Reply::Reaction]),
        Some(207) => answers(&[Reply::Edit]),
        Some(208) => answers(&[Reply::Delete]),
        Some(209) => answers(&[Reply::Document]),
        Some(210) => answers(&[Reply::MissedCall]),
        _ => Fate::Taken(QUIET),
    }
}

/// What follows once a message to this chat was taken, whatever came before.
pub(crate) fn aftermath(chat: &Address) -> Aftermath {
    match fate(chat) {
        Fate::Taken(aftermath) => aftermath,
        _ => QUIET,
    }
}

/// The last three digits of a magic number.
fn number(address: &Address) -> Option<u16> {
    let phone = match address {
        Address::Phone(digits) | Address::User(digits) => digits.clone(),
        Address::Lid(digits) => people::phone_of_lid(digits)?,
        _ => return None,
    };
    phone.strip_prefix("79990000").filter(|rest| rest.len() == 3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_magic_number_is_magic_in_every_form_and_no_other_is() {
        for text in ["phone:79990000404", "user:79990000404", &format!("lid:{}", people::lid_of_phone("79990000404"))] {
            assert_eq!(fate(&text.parse().unwrap()), Fate::Absent, "{text}");
        }
        for text in ["phone:79991230404", "phone:799900000404", "username:79990000404", "group:120363000000001404"] {
            assert_eq!(fate(&text.parse().unwrap()), Fate::Taken(QUIET), "{text}");
        }
        assert_eq!(fate(&"group:120363000000000404".parse().unwrap()), Fate::NotMember);
    }
}
