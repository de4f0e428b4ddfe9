//! Who lives in the pretend messenger. Everybody does; names, LIDs and our own identity are made up from the seed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sluice_model::{AccountId, Address, Channel, Party, Timestamp};

/// The account as the messenger knows it; kept in the vault while somebody is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub phone: Option<String>,
    pub lid: Option<String>,
    pub push_name: String,
    pub at: Timestamp,
}

/// One account's view of everybody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct People {
    pub seed: u64,
    pub account: AccountId,
    pub channel: Channel,
}

const NAMES: [&str; 16] = [
    "Ann", "Boris", "Clara", "Daniel", "Emma", "Felix", "Galina", "Hugo", "Irina", "Jonas", "Kira", "Leo", "Marta",
    "Nikita", "Olga", "Pavel",
];

impl People {
    /// Who logs in: with the phone that was typed in, or one made up for the account.
    pub fn identity(&self, phone: Option<&str>, at: Timestamp) -> Identity {
        if self.channel == Channel::TelegramBot {
            return Identity { phone: None, lid: None, push_name: format!("sandbox_{}_bot", self.account), at };
        }
        let phone = phone.map_or_else(|| self.own_phone(), digits);
        let lid = (self.channel == Channel::Whatsapp).then(|| lid_of_phone(&phone));
        Identity { push_name: format!("Sandbox {}", ending(&phone)), phone: Some(phone), lid, at }
    }

    /// A Russian mobile number, never one of the magic ones.
    pub fn own_phone(&self) -> String {
        format!("7999{}", 1_000_000 + self.chance("phone") % 9_000_000)
    }

    pub fn own_address(&self) -> Address {
        match self.channel {
            Channel::Whatsapp | Channel::Sms => Address::Phone(self.own_phone()),
            Channel::TelegramUser | Channel::TelegramBot | Channel::Max => Address::User(self.own_phone()),
        }
    }

    /// The person behind digits, in this messenger's form.
    pub fn person(&self, digits: &str) -> Address {
        match self.channel {
            Channel::Whatsapp | Channel::Sms => Address::Phone(digits.to_owned()),
            Channel::TelegramUser | Channel::TelegramBot | Channel::Max => Address::User(digits.to_owned()),
        }
    }

    /// The same person's other address: the LID of a phone and the phone of a LID.
    pub fn alias(&self, address: &Address) -> Option<Address> {
        match (self.channel, address) {
            (Channel::Whatsapp, Address::Phone(phone)) => Some(Address::Lid(lid_of_phone(phone))),
            (Channel::Whatsapp, Address::Lid(lid)) => phone_of_lid(lid).map(Address::Phone),
            (_, Address::User(number)) => Address::phone(number),
            _ => None,
        }
    }

    pub fn party(&self, address: &Address, saved_name: Option<String>) -> Party {
        Party { address: address.clone(), alias: self.alias(address), name: Some(name_of(address)), saved_name }
    }

    /// An id for a message that the messenger itself brings forth, the same whenever it is asked for by the same key:
    /// 18 upper-case hex digits after `3A`, as WhatsApp on an iPhone writes them.
    pub fn remote(&self, key: &str) -> String {
        let hash = self.hash(key);
        format!("3A{}", hex::encode_upper(&hash[..9]))
    }

    /// A number from the seed, the account and a word.
    pub fn chance(&self, word: &str) -> u64 {
        let hash = self.hash(word);
        hash[..8].iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }

    fn hash(&self, word: &str) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.seed.to_be_bytes());
        hasher.update(self.account.get().to_be_bytes());
        hasher.update(word.as_bytes());
        hasher.finalize().into()
    }
}

/// The name that a person gave themselves: `Ann 0200`.
pub(crate) fn name_of(address: &Address) -> String {
    let value = match address {
        Address::Lid(lid) => phone_of_lid(lid).unwrap_or_else(|| lid.clone()),
        Address::Username(name) | Address::Name(name) => return name.clone(),
        other => other.value().to_owned(),
    };
    if address.is_group() {
        return format!("Group {}", ending(&value));
    }
    let sum: usize = value.bytes().map(usize::from).sum();
    format!("{} {}", NAMES[sum % NAMES.len()], ending(&value))
}

/// A LID hides a number from people, not from us: `2`, then the number's fourteen places from the last to the first.
pub(crate) fn lid_of_phone(phone: &str) -> String {
    format!("2{}", format!("{phone:0>14}").chars().rev().collect::<String>())
}

pub(crate) fn phone_of_lid(lid: &str) -> Option<String> {
    let places = lid.strip_prefix('2').filter(|rest| rest.len() >= 14)?;
    let phone: String = places.chars().rev().collect();
    Some(phone.trim_start_matches('0').to_owned())
}

fn ending(value: &str) -> &str {
    value.char_indices().rev().nth(3).map_or(value, |(at, _)| &value[at..])
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHATSAPP: People = People { seed: 1, account: AccountId(7), channel: Channel::Whatsapp };

    #[test]
    fn everybody_has_a_lid_that_leads_back() {
        for phone in ["79990000404", "12025550123", "86131000000001"] {
            assert_eq!(phone_of_lid(&lid_of_phone(phone)).as_deref(), Some(phone));
        }
        assert_eq!(phone_of_lid("31"), None);
    }

    #[test]
    fn names_are_the_same_for_a_phone_and_its_lid() {
        let phone = Address::Phone("79990000200".to_owned());
        let lid = WHATSAPP.alias(&phone).unwrap();
        assert!(name_of(&phone).ends_with(" 0200"));
        assert_eq!(name_of(&phone), name_of(&lid));
    }

    #[test]
    fn our_own_number_is_no_magic_one_and_hangs_on_seed_and_account() {
        let other = People { account: AccountId(8), ..WHATSAPP };
        assert_eq!(WHATSAPP.own_phone(), People { ..WHATSAPP }.own_phone());
        assert_ne!(WHATSAPP.own_phone(), other.own_phone());
        assert_eq!(WHATSAPP.own_phone().len(), 11);
        assert!(!WHATSAPP.own_phone().starts_with("79990"));
    }
}
