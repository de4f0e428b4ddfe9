//! An address of ours as WhatsApp writes it, and back.

use sluice_model::failure::Why;
use sluice_model::{Address, Failure};
use whatsapp_rust::wacore_binary::JidExt;
use whatsapp_rust::{Jid, Server};

/// Where a message to `address` goes.
///
/// # Errors
/// `Refused{InvalidRecipient}` for what is no person, group or story of WhatsApp.
pub fn jid_of(address: &Address) -> Result<Jid, Failure> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match address {
        Address::Phone(phone) if digits(phone) => Ok(Jid::pn(phone.as_str())),
        Address::Lid(lid) if digits(lid) => Ok(Jid::lid(lid.as_str())),
        Address::Group(group) if group.split('-').all(digits) => Ok(Jid::group(group.as_str())),
        Address::Story => Ok(Jid::status_broadcast()),
        other => Err(Failure::refused(Why::InvalidRecipient, format!("{other} is no address of WhatsApp."))),
    }
}

/// As [`jid_of`], and nobody but a person.
pub fn person_of(address: &Address) -> Result<Jid, Failure> {
    match address {
        Address::Phone(_) | Address::Lid(_) => jid_of(address),
        other => Err(Failure::refused(Why::InvalidRecipient, format!("{other} is no person on WhatsApp."))),
    }
}

/// As [`jid_of`], and nothing but a group.
pub fn group_of(address: &Address) -> Result<Jid, Failure> {
    match address {
        Address::Group(_) => jid_of(address),
        other => Err(Failure::refused(Why::InvalidRecipient, format!("{other} is no group of WhatsApp."))),
    }
}

/// Whose or what `jid` is, whichever of their devices it names; `None` for what nobody can be written to.
pub fn address_of(jid: &Jid) -> Option<Address> {
    let user = jid.user_base();
    if user.is_empty() {
        return None;
    }
    let user = || user.to_owned();
    match jid.server {
        // The address book of the house reads a phone number as digits and nothing else.
        Server::Pn | Server::Hosted | Server::Legacy => {
            Some(user()).filter(|user| user.bytes().all(|b| b.is_ascii_digit())).map(Address::Phone)
        }
        Server::Lid | Server::HostedLid => Some(Address::Lid(user())),
        Server::Group => Some(Address::Group(user())),
        Server::Newsletter => Some(Address::Channel(user())),
        Server::Broadcast => jid.is_status_broadcast().then_some(Address::Story),
        Server::Bot | Server::Messenger | Server::Interop => Some(Address::User(user())),
        Server::Call => None,
    }
}

/// One of the people, known by a number or by a LID.
pub fn is_person(jid: &Jid) -> bool {
    jid.server.is_pn_family() || jid.server.is_lid_family()
}
