//! Cards of people.

use sluice_model::Content;
use sluice_model::content::Card;
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message::ContactMessage;

pub fn read(message: &wa::Message) -> Option<Content> {
    let cards = match message.contact_message.as_option() {
        Some(contact) => vec![card(contact)],
        None => message.contacts_array_message.as_option()?.contacts.iter().map(card).collect(),
    };
    Some(Content::Contacts { cards })
}

fn card(contact: &ContactMessage) -> Card {
    let vcard = contact.vcard.clone().unwrap_or_default();
    Card { display_name: contact.display_name.clone().unwrap_or_default(), phone: phone(&vcard), vcard }
}

/// The number of the first telephone line: the one that WhatsApp knows it by, otherwise the one written there.
fn phone(vcard: &str) -> Option<String> {
    // `item1.TEL;waid=79990000001:+7 999 000-00-01`
    let is_telephone = |line: &&str| {
        let name = line.split([':', ';']).next().unwrap_or_default();
        name.rsplit('.').next().unwrap_or_default().eq_ignore_ascii_case("TEL")
    };
    let line = vcard.lines().find(is_telephone)?;
    let (parameters, number) = line.split_once(':')?;
    let known = parameters.split(';').find_map(|parameter| parameter.strip_prefix("waid="));
    let digits: String = known.unwrap_or(number).chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}
