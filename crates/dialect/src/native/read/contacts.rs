//! Contacts, and what the messenger says of people; the account's own profile.

use serde::Deserialize;
use sluice_model::refusal::Noun;
use sluice_model::{Ask, Command, Refusal};
use utoipa::ToSchema;

use super::chats::{Search, Switch};
use super::content::NewSource;
use super::{Read, addressed, part};
use crate::Call;
use crate::native::address::Addressee;
use crate::native::shape::{Avatar, Checked, Contact, Done, List, Person, Picture};
use crate::native::strict;

/// How many people one call may ask for.
const CHECKS: usize = 100;

/// List contacts
#[utoipa::path(get, path = "/v1/accounts/{account}/contacts", tag = "Contacts", params(Search),
    responses((status = 200, description = "By name", body = List<Contact>)))]
pub fn list_contacts(call: &Call) -> Read {
    let search: Search = strict::query(call)?;
    Ok(Command::Contacts { page: part(search.limit, search.offset)?, search: search.search })
}

/// People to be looked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    phones: Vec<Addressee>,
}

/// Ask who is on the messenger
///
/// Messengers take many such questions for a sign of spam: ask for those you write to.
#[utoipa::path(post, path = "/v1/accounts/{account}/contacts/check", tag = "Contacts", request_body = Check,
    responses((status = 200, description = "In the order of the question", body = List<Checked>)))]
pub fn check_contacts(call: &Call) -> Read {
    let check: Check = strict::body(call)?;
    if !(1..=CHECKS).contains(&check.phones.len()) {
        return Err(Refusal::invalid("phones", format!("must be 1 to {CHECKS}")));
    }
    Ok(Command::Ask(Ask::Check { who: check.phones.into_iter().map(|phone| phone.0).collect() }))
}

/// Show a contact
#[utoipa::path(get, path = "/v1/accounts/{account}/contacts/{contact}", tag = "Contacts",
    responses((status = 200, description = "As it is known here", body = Contact)))]
pub fn get_contact(call: &Call) -> Read {
    addressed(call, "contact", Noun::Contact).map(Command::Contact)
}

/// What to keep of a contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ann"}))]
pub struct SavedContact {
    /// Null takes it out of the address book.
    name: Option<String>,
}

/// Save a contact
///
/// In the account's address book.
#[utoipa::path(put, path = "/v1/accounts/{account}/contacts/{contact}", tag = "Contacts",
    request_body = SavedContact, responses((status = 200, description = "It is saved", body = Done)))]
pub fn save_contact(call: &Call) -> Read {
    let SavedContact { name } = strict::body(call)?;
    Ok(Command::Ask(Ask::SaveContact { who: addressed(call, "contact", Noun::Contact)?, name }))
}

/// Ask the messenger about a person
#[utoipa::path(get, path = "/v1/accounts/{account}/contacts/{contact}/profile", tag = "Contacts",
    responses((status = 200, description = "As the messenger shows it now", body = Person)))]
pub fn get_profile(call: &Call) -> Read {
    addressed(call, "contact", Noun::Contact).map(|of| Command::Ask(Ask::Person { of }))
}

/// Ask the messenger for a picture
///
/// Of a person or a group.
#[utoipa::path(get, path = "/v1/accounts/{account}/contacts/{contact}/avatar", tag = "Contacts",
    responses((status = 200, description = "Where the picture is", body = Avatar)))]
pub fn get_avatar(call: &Call) -> Read {
    addressed(call, "contact", Noun::Contact).map(|of| Command::Ask(Ask::Avatar { of }))
}

/// Block a person
#[utoipa::path(post, path = "/v1/accounts/{account}/contacts/{contact}/block", tag = "Contacts",
    request_body = Switch, responses((status = 200, description = "Blocked, or no longer", body = Done)))]
pub fn block_contact(call: &Call) -> Read {
    let Switch { on } = strict::body(call)?;
    Ok(Command::Ask(Ask::Block { who: addressed(call, "contact", Noun::Contact)?, on }))
}

/// Hear whether a person is there
///
/// From now on `presence.changed` tells when they come, go, type in a chat with the account or record a voice note, until
/// it is switched off again. Nothing is told of people whom nobody asked for. It is kept over restarts. A messenger may
/// tell nothing to an account that is itself shown as offline, and nothing of people who hide it.
#[utoipa::path(post, path = "/v1/accounts/{account}/contacts/{contact}/presence", tag = "Contacts",
    request_body = Switch, responses((status = 200, description = "It is told, or no longer", body = Done)))]
pub fn watch_presence(call: &Call) -> Read {
    let Switch { on } = strict::body(call)?;
    Ok(Command::Ask(Ask::Presence { of: addressed(call, "contact", Noun::Contact)?, on }))
}

/// What others see of the account; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"about": "At work"}))]
pub struct NewProfile {
    /// An empty one clears it.
    about: Option<String>,
    picture: Option<NewSource>,
}

/// Change the account's own profile
#[utoipa::path(put, path = "/v1/accounts/{account}/profile", tag = "Contacts", request_body = NewProfile,
    responses((status = 200, description = "It is changed", body = Picture)))]
pub fn set_profile(call: &Call) -> Read {
    let profile: NewProfile = strict::body(call)?;
    if profile.about.is_none() && profile.picture.is_none() {
        return Err(Refusal::Missing("about"));
    }
    let picture = profile.picture.map(|picture| picture.source("picture", call)).transpose()?;
    Ok(Command::Ask(Ask::Profile { about: profile.about, picture: picture.map(|(source, _)| source) }))
}
