//! Recipients as clients write them, and addresses as clients read them (contract §1.4, §4).

use sluice_model::{Account, Address, Channel, Party, Refusal};

/// From so many digits on a bare number is a phone for Telegram and MAX; below, it is the messenger's own id.
const PHONE_DIGITS: usize = 11;

/// Whom `field` names, in any form that upstream takes. A Russian number written with a leading 8 is passed as it is:
/// upstream's docs say that it is never delivered, and mending it in silence would hide the mistake.
pub fn read(channel: Channel, field: &'static str, text: &str) -> Result<Address, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::Missing(field));
    }
    let address = if channel == Channel::Whatsapp { whatsapp(text) } else { other(text) };
    address.ok_or_else(|| Refusal::invalid(field, "is neither a phone number nor a chat id"))
}

fn whatsapp(text: &str) -> Option<Address> {
    if let Some((value, server)) = text.split_once('@') {
        // A linked device writes itself as `79001234567:12@s.whatsapp.net`.
        let value = value.split(':').next().unwrap_or(value);
        let digits = || is_number(value).then(|| value.to_owned());
        return match server {
            "c.us" | "s.whatsapp.net" => Address::phone(value),
            "lid" => digits().map(Address::Lid),
            "g.us" => is_group(value).then(|| Address::Group(value.to_owned())),
            "newsletter" => digits().map(Address::Channel),
            "broadcast" if value == "status" => Some(Address::Story),
            _ => None,
        };
    }
    // A group's id without its suffix: the creator's phone and a unix time, or a long number of WhatsApp's own.
    let old_group =
        text.split_once('-').is_some_and(|(a, b)| is_number(a) && a.len() >= 10 && is_number(b) && b.len() == 10);
    if old_group || (is_number(text) && text.len() >= 18) {
        return Some(Address::Group(text.to_owned()));
    }
    Address::phone(text)
}

fn other(text: &str) -> Option<Address> {
    let name = text.strip_prefix("https://t.me/").or_else(|| text.strip_prefix("t.me/")).unwrap_or(text);
    let name = name.strip_prefix('@').unwrap_or(name);
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let legal = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        return legal.then(|| Address::Username(name.to_owned()));
    }
    // Upstream's clients put WhatsApp's suffix behind Telegram ids now and then.
    let text = text.split_once('@').map_or(text, |(value, _)| value);
    match text.strip_prefix('-') {
        Some(digits) if is_number(digits) => Some(Address::Group(text.to_owned())),
        None if is_number(text) && text.len() < PHONE_DIGITS => Some(Address::User(text.to_owned())),
        _ => Address::phone(text),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 24 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_group(text: &str) -> bool {
    text.split('-').count() <= 2 && text.split('-').all(is_number)
}

/// The address as `chatId`, `from` and `to` show it: with a suffix on WhatsApp, bare elsewhere. Of two addresses known
/// WhatsApp's clients are shown the phone, and the others' the messenger's own number.
pub fn write(channel: Channel, address: &Address, alias: Option<&Address>) -> String {
    let shown = |address: &Address| match channel {
        Channel::Whatsapp => matches!(address, Address::Phone(_)),
        _ => matches!(address, Address::User(_)),
    };
    let address = [Some(address), alias].into_iter().flatten().find(|address| shown(address)).unwrap_or(address);
    let value = address.value();
    if channel != Channel::Whatsapp {
        return value.to_owned();
    }
    let server = match address {
        Address::Phone(_) => "c.us",
        Address::Lid(_) => "lid",
        Address::Group(_) => "g.us",
        Address::Channel(_) => "newsletter",
        Address::Story => return "status@broadcast".to_owned(),
        Address::User(_) | Address::Username(_) | Address::Name(_) => return value.to_owned(),
    };
    format!("{value}@{server}")
}

pub fn of_party(channel: Channel, party: &Party) -> String {
    write(channel, &party.address, party.alias.as_ref())
}

/// The account's own address; empty before its first login.
pub fn own(account: &Account) -> String {
    let condition = &account.condition;
    match account.channel {
        Channel::Whatsapp => condition.phone.as_ref().map(|phone| format!("{phone}@c.us")),
        // Telegram and MAX know an account by their own number for it first.
        _ => condition.lid.clone().or_else(|| condition.phone.clone()),
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(channel: Channel, text: &str) -> String {
        read(channel, "recipient", text).map_or_else(|refusal| refusal.to_string(), |address| address.to_string())
    }

    #[test]
    fn every_documented_form_of_a_whatsapp_recipient_is_read() {
        for (text, address) in [
            ("79001234567", "phone:79001234567"),
            ("79001234567@c.us", "phone:79001234567"),
            ("79001234567@s.whatsapp.net", "phone:79001234567"),
            ("79001234567:3@s.whatsapp.net", "phone:79001234567"),
            ("+7 (900) 123-45-67", "phone:79001234567"),
            ("7900-123-4567", "phone:79001234567"),
            ("89001234567", "phone:89001234567"),
            ("120363025246125486@g.us", "group:120363025246125486"),
            ("120363025246125486", "group:120363025246125486"),
            ("79001234567-1581234048@g.us", "group:79001234567-1581234048"),
            ("79001234567-1581234048", "group:79001234567-1581234048"),
            ("123456789012345@lid", "lid:123456789012345"),
            ("", "'recipient' is required"),
            ("Ann", "'recipient' is neither a phone number nor a chat id"),
            ("79001234567@example.org", "'recipient' is neither a phone number nor a chat id"),
        ] {
            assert_eq!(read_as(Channel::Whatsapp, text), address, "{text}");
        }
    }

    #[test]
    fn every_documented_form_of_a_telegram_recipient_is_read() {
        for (text, address) in [
            ("+7 900 123 45 67", "phone:79001234567"),
            ("79001234567", "phone:79001234567"),
            ("@ann_smith", "username:ann_smith"),
            ("ann_smith", "username:ann_smith"),
            ("https://t.me/ann_smith", "username:ann_smith"),
            ("98727543", "user:98727543"),
            ("-70123456789012", "group:-70123456789012"),
            ("ann smith", "'recipient' is neither a phone number nor a chat id"),
        ] {
            assert_eq!(read_as(Channel::TelegramUser, text), address, "{text}");
        }
    }

    #[test]
    fn a_person_is_shown_by_what_the_messengers_clients_know() {
        let (lid, phone) = (Address::Lid("12".into()), Address::Phone("79001234567".into()));
        assert_eq!(write(Channel::Whatsapp, &lid, Some(&phone)), "79001234567@c.us");
        assert_eq!(write(Channel::Whatsapp, &lid, None), "12@lid");
        let user = Address::User("7".into());
        assert_eq!(write(Channel::TelegramUser, &user, Some(&phone)), "7");
        assert_eq!(write(Channel::Max, &phone, Some(&user)), "7");
    }
}
