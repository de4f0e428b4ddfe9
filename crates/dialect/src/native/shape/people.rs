//! People, chats and contacts.

use serde::Serialize;
use sluice_model::{Address, Party, Timestamp, message};
use utoipa::ToSchema;

use super::Pen;
use crate::native::ids;
use crate::native::when::When;

/// A person or a chat: every address that is known of it, and every name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Who {
    /// `kind:value`; good for `to` and in paths.
    #[schema(example = "phone:79990000000")]
    pub address: String,
    /// The phone number's digits, wherever they are known from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "79990000000")]
    pub phone: Option<String>,
    /// WhatsApp's number-hiding id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lid: Option<String>,
    /// The name that the person gave themselves, or the chat's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name in the account's address book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_name: Option<String>,
}

impl Who {
    pub fn at(address: &Address, alias: Option<&Address>, name: Option<&str>) -> Self {
        let (mut phone, mut lid) = (None, None);
        for known in [Some(address), alias].into_iter().flatten() {
            match known {
                Address::Phone(digits) => phone = Some(digits.clone()),
                Address::Lid(digits) => lid = Some(digits.clone()),
                _ => {}
            }
        }
        Self { address: address.to_string(), phone, lid, name: name.map(str::to_owned), saved_name: None }
    }

    pub fn of(party: &Party) -> Self {
        let who = Self::at(&party.address, party.alias.as_ref(), party.name.as_deref());
        Self { saved_name: party.saved_name.clone(), ..who }
    }
}

/// A row of the chat list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chat {
    #[serde(flatten)]
    pub who: Who,
    pub unread: u32,
    pub archived: bool,
    pub last_at: Option<When>,
    /// The last message, `msg_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<String>,
}

impl Chat {
    pub fn of(chat: &message::Chat, pen: Pen<'_>) -> Self {
        Self {
            who: Who::at(&chat.address, chat.alias.as_ref(), chat.name.as_deref()),
            unread: chat.unread,
            archived: chat.archived,
            last_at: (chat.last_at > Timestamp::default()).then(|| When::of(chat.last_at)).flatten(),
            last_message: chat.last.map(|id| ids::message(pen.spelling, id)),
        }
    }
}

/// A row of the address book.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    #[serde(flatten)]
    pub who: Who,
    pub updated_at: When,
}

impl Contact {
    pub fn of(contact: &message::Contact) -> Self {
        Self { who: Who::of(&contact.party), updated_at: When(contact.updated_at) }
    }
}
