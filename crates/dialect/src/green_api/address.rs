//! `chatId` in GREEN-API's forms (contract greenapi.md §6) and addresses of the model.

use sluice_model::{Address, Channel};

/// Which of a person's two WhatsApp addresses is shown (`enableLidMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefer {
    Phone,
    Lid,
}

/// Telegram and MAX write bare numbers, groups as negative ones; everything else has WhatsApp's suffixes.
pub const fn is_bare(channel: Channel) -> bool {
    matches!(channel, Channel::TelegramUser | Channel::TelegramBot | Channel::Max)
}

/// How an address is shown. `alias` is the other address of the same person or chat.
pub fn show(address: &Address, alias: Option<&Address>, channel: Channel, prefer: Prefer) -> String {
    let shown = [Some(address), alias].into_iter().flatten().find(|known| match prefer {
        Prefer::Phone => matches!(known, Address::Phone(_)),
        Prefer::Lid => matches!(known, Address::Lid(_)),
    });
    // A messenger of bare numbers is written to by that number, whatever else is known of the person.
    let shown = if is_bare(channel) { address } else { shown.unwrap_or(address) };
    match shown {
        Address::Phone(digits) => format!("{digits}@c.us"),
        Address::Lid(digits) => format!("{digits}@lid"),
        Address::User(number) => number.clone(),
        Address::Username(name) => format!("@{name}"),
        Address::Group(id) | Address::Channel(id) if is_bare(channel) => id.clone(),
        Address::Group(id) => format!("{id}@g.us"),
        Address::Channel(id) => format!("{id}@newsletter"),
        Address::Name(name) => format!("{name}@name"),
        Address::Story => "status@broadcast".to_owned(),
    }
}

/// Reads what a caller wrote; `None` when it is no chat. A bare number means a phone on WhatsApp and a user on
/// Telegram and MAX.
pub fn read(text: &str, channel: Channel) -> Option<Address> {
    let text = text.trim();
    if let Some(name) = text.strip_suffix("@name").filter(|name| !name.is_empty()) {
        return Some(Address::Name(name.to_owned()));
    }
    if let Some(name) = text.strip_prefix('@') {
        return is_word(name).then(|| Address::Username(name.to_owned()));
    }
    match text.split_once('@') {
        Some((digits, "c.us" | "s.whatsapp.net")) => Address::phone(digits),
        Some((digits, "lid")) => is_number(digits).then(|| Address::Lid(digits.to_owned())),
        Some((id, "g.us")) => is_group(id).then(|| Address::Group(id.to_owned())),
        Some((id, "newsletter")) => is_number(id).then(|| Address::Channel(id.to_owned())),
        Some(_) => None,
        None if is_bare(channel) => match text.strip_prefix('-') {
            Some(digits) => is_number(digits).then(|| Address::Group(text.to_owned())),
            None => is_number(text).then(|| Address::User(text.to_owned())),
        },
        // Old group ids hold a hyphen between two long numbers; a phone with hyphens has short pieces.
        None if is_old_group(text) => Some(Address::Group(text.to_owned())),
        None => Address::phone(text),
    }
}

fn is_number(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_group(text: &str) -> bool {
    is_number(text) || text.split_once('-').is_some_and(|(owner, made)| is_number(owner) && is_number(made))
}

fn is_old_group(text: &str) -> bool {
    text.split_once('-').is_some_and(|(owner, made)| owner.len() >= 9 && made.len() >= 9 && is_group(text))
}

fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_reads_back() {
        let whatsapp = ["phone:79990000000", "lid:787", "group:120363", "group:79001234567-1581234048", "channel:12"];
        let bare = ["user:10000000", "group:-7001", "username:ann_b"];
        let named = ["name:Ann @ work"];
        let cases = [(Channel::Whatsapp, &whatsapp[..]), (Channel::Max, &bare[..]), (Channel::Whatsapp, &named[..])];
        for (channel, addresses) in cases {
            for text in addresses {
                let address: Address = text.parse().unwrap();
                let shown = show(&address, None, channel, Prefer::Phone);
                assert_eq!(read(&shown, channel), Some(address), "{shown}");
            }
        }
    }

    #[test]
    fn the_forms_that_clients_write_are_tolerated_and_others_are_not() {
        let phone = Some(Address::Phone("79990000000".into()));
        for text in ["79990000000@c.us", "79990000000", "+7 (999) 000-00-00", "79990000000@s.whatsapp.net"] {
            assert_eq!(read(text, Channel::Whatsapp), phone, "{text}");
        }
        let group = Some(Address::Group("79001234567-1581234048".into()));
        assert_eq!(read("79001234567-1581234048", Channel::Whatsapp), group);
        for text in ["", "@", "@c.us", "ann@c.us", "79990000000@gus", "status@broadcast", "12a@lid", "@name"] {
            let read = read(text, Channel::Whatsapp);
            assert!(read.is_none() || text == "@name" && read == Some(Address::Username("name".into())), "{text}");
        }
    }

    #[test]
    fn the_phone_is_shown_unless_lids_are_asked_for() {
        let (lid, phone) = (Address::Lid("787".into()), Address::Phone("79990000000".into()));
        let shown = |prefer| show(&lid, Some(&phone), Channel::Whatsapp, prefer);
        assert_eq!((shown(Prefer::Phone), shown(Prefer::Lid)), ("79990000000@c.us".into(), "787@lid".into()));
    }
}
