//! A channel's users (contract §6).

use serde_json::json;
use sluice_model::{Address, Outcome, Refusal};

use super::{list, ok, view};
use crate::wahelp::errors;
use crate::wahelp::read::page;
use crate::wahelp::read::users::wanted_contact;
use crate::{Call, Reply};

pub fn one(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Contact(contact) = outcome else {
        return None;
    };
    // Only a username that the messenger knows by no number: nothing could be sent to it under a number.
    let no_number = || errors::refuse(call, &Refusal::invalid("username", "не имеет номера в этом мессенджере"));
    Some(view(call)?.person(&contact.party).map_or_else(no_number, ok))
}

pub fn all(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Contacts { contacts, total } = outcome else {
        return None;
    };
    let view = view(call)?;
    let rows = contacts.iter().filter_map(|contact| view.person(&contact.party));
    Some(list(rows.collect(), page(call).ok()?, total))
}

pub fn contact(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let Address::Phone(digits) = wanted_contact(call).ok()? else {
        return None;
    };
    let (id, phone): (u64, _) = (digits.parse().ok()?, format!("+{digits}"));
    Some(ok(json!({"id": id, "phone": phone, "contact": {"id": id, "phone": phone}})))
}
