//! Chats as clients write and read them: WhatsApp's ids with their suffix (contract §2).

use sluice_model::{Account, Address, Party, Refusal};

/// A chat id, or a bare number.
pub fn read(field: &'static str, text: &str) -> Result<Address, Refusal> {
    let text = text.trim();
    let address = match text.split_once('@') {
        Some((value, server)) => with_suffix(value.split(':').next().unwrap_or(value), server),
        None if is_old_group(text) => Some(Address::Group(text.to_owned())),
        None => Address::phone(text),
    };
    address.ok_or_else(|| Refusal::invalid(field, "is neither a phone number nor a chat id"))
}

fn with_suffix(value: &str, server: &str) -> Option<Address> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match server {
        "c.us" | "s.whatsapp.net" => Address::phone(value),
        "lid" => is_number.then(|| Address::Lid(value.to_owned())),
        "g.us" => (is_number || is_old_group(value)).then(|| Address::Group(value.to_owned())),
        _ => None,
    }
}

/// The creator's number and a unix time: `79001234567-1479621234`.
fn is_old_group(text: &str) -> bool {
    let is_number = |part: &str, least: usize| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(creator, time)| is_number(creator, 5) && is_number(time, 10))
}

/// Of two addresses known clients are shown the phone.
pub fn write(address: &Address, alias: Option<&Address>) -> String {
    let phone = [Some(address), alias].into_iter().flatten().find(|address| matches!(address, Address::Phone(_)));
    let address = phone.unwrap_or(address);
    let server = match address {
        Address::Phone(_) => "c.us",
        Address::Lid(_) => "lid",
        Address::Group(_) => "g.us",
        Address::Story => return "status@broadcast".to_owned(),
        Address::User(_) | Address::Username(_) | Address::Name(_) | Address::Channel(_) => "c.us",
    };
    format!("{}@{server}", address.value())
}

pub fn of_party(party: &Party) -> String {
    write(&party.address, party.alias.as_ref())
}

/// The account's own; empty before its first login.
pub fn own(account: &Account) -> String {
    account.condition.phone.as_ref().map(|phone| format!("{phone}@c.us")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chats_are_read_as_clients_write_them() {
        for (text, address) in [
            ("79001234567", "phone:79001234567"),
            ("+7 (900) 123-45-67", "phone:79001234567"),
            ("79001234567@c.us", "phone:79001234567"),
            ("120363025246125486@g.us", "group:120363025246125486"),
            ("17680561234-1479621234@g.us", "group:17680561234-1479621234"),
            ("17680561234-1479621234", "group:17680561234-1479621234"),
            ("123@lid", "lid:123"),
        ] {
            assert_eq!(read("chatId", text).unwrap().to_string(), address, "{text}");
        }
        for text in ["", "ann", "@c.us", "x@g.us", "79001234567@example.org"] {
            assert!(read("chatId", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_person_is_shown_by_the_phone() {
        let (lid, phone) = (Address::Lid("12".into()), Address::Phone("79001234567".into()));
        assert_eq!(write(&lid, Some(&phone)), "79001234567@c.us");
        assert_eq!(write(&lid, None), "12@lid");
    }
}
