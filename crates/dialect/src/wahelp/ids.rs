//! How Wahelp spells the house's ids. Numbers are below 2^53, so that they survive JSON in every language.

use sluice_model::spelling::Kind;
use sluice_model::{AccountId, Address, Channel, Id, ListenerId, MessageId, Spelling};

/// A channel's other name, in paths (contract §5).
pub fn channel_uuid(spelling: &Spelling, account: AccountId) -> String {
    spelling.uuid(Kind::Account, u64::from(account.get())).to_string()
}

/// Either of a channel's names.
pub fn read_channel(spelling: &Spelling, text: &str) -> Option<AccountId> {
    let hidden = || spelling.read_uuid(Kind::Account, text).and_then(|number| u32::try_from(number).ok());
    small(text).or_else(hidden).map(AccountId)
}

/// A project's number is that of the listener that stands for it.
pub fn read_project(text: &str) -> Option<ListenerId> {
    small(text).map(ListenerId)
}

pub fn webhook(spelling: &Spelling, listener: ListenerId) -> String {
    spelling.uuid(Kind::Listener, u64::from(listener.get())).to_string()
}

pub fn read_webhook(spelling: &Spelling, text: &str) -> Option<ListenerId> {
    spelling.read_uuid(Kind::Listener, text).and_then(|number| u32::try_from(number).ok()).map(ListenerId)
}

pub fn read_message(text: &str) -> Option<MessageId> {
    number(text).and_then(Id::new).map(MessageId)
}

/// A user's number begins with what the rest of it is: so many of each fit below 2^53.
const EACH: u64 = 1_000_000_000_000_000;
const PHONE: u64 = 0;
const LID: u64 = 1;
const USER: u64 = 2;
/// WhatsApp's groups, behind [`GROUPS`].
const GROUP: u64 = 3;
/// Telegram's and MAX's groups and channels, which are negative there.
const NEGATIVE: u64 = 4;

/// The digits that WhatsApp's groups begin with, and how many follow.
const GROUPS: &str = "120363";
const GROUP_DIGITS: usize = 12;

/// The shortest number that is a phone's.
const LEAST_PHONE: u64 = 10_000;

/// The number of a person or a group, by the address that lasts longest: on WhatsApp the phone number, elsewhere the
/// messenger's own. `None` where no address fits a number (an old group of WhatsApp, a bare username).
pub fn user<'a>(channel: Channel, addresses: impl IntoIterator<Item = &'a Address> + Clone) -> Option<u64> {
    let of =
        |wanted: fn(&Address) -> bool| addresses.clone().into_iter().filter(move |one| wanted(one)).find_map(spell);
    let phone = || of(|address| matches!(address, Address::Phone(_)));
    let other = || of(|address| !matches!(address, Address::Phone(_)));
    match channel {
        Channel::Whatsapp | Channel::Sms => phone().or_else(other),
        Channel::TelegramUser | Channel::TelegramBot | Channel::Max => other().or_else(phone),
    }
}

fn spell(address: &Address) -> Option<u64> {
    let below =
        |kind: u64, digits: &str| number(digits).filter(|number| *number < EACH).map(|number| kind * EACH + number);
    match address {
        Address::Phone(digits) => below(PHONE, digits).filter(|number| *number >= LEAST_PHONE),
        Address::Lid(digits) => below(LID, digits),
        Address::User(digits) => below(USER, digits),
        Address::Group(text) | Address::Channel(text) => match (text.strip_prefix('-'), text.strip_prefix(GROUPS)) {
            (Some(digits), _) => below(NEGATIVE, digits),
            (None, Some(rest)) if rest.len() == GROUP_DIGITS => rest.parse().ok().map(|rest: u64| GROUP * EACH + rest),
            _ => None,
        },
        Address::Username(_) | Address::Name(_) | Address::Story => None,
    }
}

pub fn read_user(text: &str) -> Option<Address> {
    let number = number(text).filter(|number| *number < Id::LIMIT)?;
    let rest = number % EACH;
    let digits = rest.to_string();
    match number / EACH {
        PHONE if rest >= LEAST_PHONE => Some(Address::Phone(digits)),
        LID => Some(Address::Lid(digits)),
        USER => Some(Address::User(digits)),
        GROUP if digits.len() <= GROUP_DIGITS => Some(Address::Group(format!("{GROUPS}{rest:0GROUP_DIGITS$}"))),
        NEGATIVE => Some(Address::Group(format!("-{digits}"))),
        _ => None,
    }
}

/// A number as it is written by itself: no sign, no zero in front.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

fn small(text: &str) -> Option<u32> {
    number(text).and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_a_number_below_2_to_the_53_and_leads_back() {
        let phone = Address::Phone("79991112233".into());
        let lid = Address::Lid("123456789012345".into());
        let person = Address::User("4242".into());
        assert_eq!(user(Channel::Whatsapp, [&lid, &phone]), Some(79_991_112_233));
        assert_eq!(user(Channel::TelegramUser, [&phone, &person]), Some(2_000_000_000_004_242));
        for (channel, address) in [
            (Channel::Whatsapp, phone),
            (Channel::Whatsapp, lid),
            (Channel::Max, person),
            (Channel::Whatsapp, Address::Group("120363025246125486".into())),
            (Channel::Whatsapp, Address::Group("120363000000000007".into())),
            (Channel::TelegramUser, Address::Group("-1001234567890".into())),
        ] {
            let number = user(channel, [&address]).unwrap();
            assert!(number < Id::LIMIT, "{address}");
            assert_eq!(read_user(&number.to_string()), Some(address));
        }
        for none in ["", "0", "301", "-5", "+79991112233", "079991112233", "x", "9007199254740992", "3999999999999999"]
        {
            assert_eq!(read_user(none), None, "{none}");
        }
        for address in
            [Address::Username("ann".into()), Address::Group("79001234567-1581234048".into()), Address::Story]
        {
            assert_eq!(user(Channel::Whatsapp, [&address]), None, "{address}");
        }
    }

    #[test]
    fn a_channel_has_two_names() {
        let spelling = Spelling::new(&[7; 32]);
        let uuid = channel_uuid(&spelling, AccountId(201));
        assert_eq!(read_channel(&spelling, &uuid), Some(AccountId(201)));
        assert_eq!(read_channel(&spelling, &uuid.to_uppercase()), Some(AccountId(201)));
        assert_eq!(read_channel(&spelling, "201"), Some(AccountId(201)));
        let webhook = webhook(&spelling, ListenerId(201));
        for other in ["", "x", "0201", "-1", "4294967296", "3fa85f64-5717-4562-b3fc-2c963f66afa6", &webhook] {
            assert_eq!(read_channel(&spelling, other), None, "{other}");
        }
    }
}
