//! Read marks, service methods and contacts (contract greenapi.md §2.7).

use sluice_model::command::{Slice, Wish};
use sluice_model::content::Target;
use sluice_model::{Address, Ask, Command, Content, Refusal};

use super::account::phone;
use super::fields::Fields;
use super::sending::{ID_LIMIT, TEXT_LIMIT};
use crate::Call;

/// Rows when the caller does not say.
const ROWS: u64 = 10_000;

const NAME_LIMIT: usize = 255;

/// Milliseconds: the vendor's bounds, and its usual time where the caller does not say.
const TYPING: std::ops::RangeInclusive<u32> = 1_000..=20_000;
const TYPING_TIME: u32 = 5_000;

pub fn read_chat(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let chat = fields.chat(call.account()?.channel)?;
    let remotes = fields.text("idMessage", ID_LIMIT)?.into_iter().collect();
    Ok(Command::Ask(Ask::MarkRead { chat, remotes }))
}

pub fn check_whatsapp(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let who = if fields.get("chatId").is_some() {
        fields.address("chatId", call.account()?.channel)?
    } else {
        Address::Phone(phone(&fields)?)
    };
    Ok(Command::Ask(Ask::Check { who: vec![who] }))
}

pub fn check_account(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let who = match fields.text("username", NAME_LIMIT)? {
        Some(name) => Address::Username(name.trim_start_matches('@').to_owned()),
        None => Address::Phone(phone(&fields)?),
    };
    Ok(Command::Ask(Ask::Check { who: vec![who] }))
}

pub fn get_avatar(call: &Call) -> Result<Command, Refusal> {
    let of = chat(call)?;
    Ok(Command::Ask(Ask::Avatar { of }))
}

/// Groups are chats here, and no contacts: `group=true` lists the chats, of which the answer shows the groups.
pub fn get_contacts(call: &Call) -> Result<Command, Refusal> {
    match call.query("group") {
        Some("true") => Ok(Command::Chats { search: None, page: Slice::first(ROWS) }),
        _ => Ok(Command::Contacts { search: None, page: count(call) }),
    }
}

pub fn get_chats(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Chats { search: None, page: count(call) })
}

pub fn get_contact_info(call: &Call) -> Result<Command, Refusal> {
    let of = chat(call)?;
    Ok(Command::Ask(Ask::Person { of }))
}

pub fn edit_message(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let (chat, target) = own_message(call, &fields)?;
    let text = fields.required("message", TEXT_LIMIT)?;
    Ok(Command::Send(vec![Wish::new(chat, Content::Edit { target, text })]))
}

pub fn delete_message(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let (chat, target) = own_message(call, &fields)?;
    let for_everyone = !fields.flag("onlySenderDelete")?.unwrap_or(false);
    Ok(Command::Send(vec![Wish::new(chat, Content::Delete { target, for_everyone })]))
}

/// What is edited and deleted is mostly the account's own; intake knows better where it knows the message.
fn own_message(call: &Call, fields: &Fields) -> Result<(Address, Target), Refusal> {
    let chat = fields.chat(call.account()?.channel)?;
    let remote = fields.required("idMessage", ID_LIMIT)?;
    Ok((chat, Target { remote, from_me: true, sender: None }))
}

pub fn archive_chat(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Archive { chat: chat(call)?, on: true }))
}

pub fn unarchive_chat(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Archive { chat: chat(call)?, on: false }))
}

pub fn set_disappearing_chat(call: &Call) -> Result<Command, Refusal> {
    const SPANS: [u32; 4] = [0, 86_400, 604_800, 7_776_000];
    let fields = Fields::of(call)?;
    let chat = fields.chat(call.account()?.channel)?;
    let seconds = fields.whole("ephemeralExpiration", 0..=u32::MAX)?.unwrap_or_default();
    if !SPANS.contains(&seconds) {
        return Err(Refusal::invalid("ephemeralExpiration", "must be one of [0, 86400, 604800, 7776000]"));
    }
    Ok(Command::Ask(Ask::Disappearing { chat, seconds }))
}

pub fn send_typing(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let chat = fields.chat(call.account()?.channel)?;
    let for_ms = fields.whole("typingTime", TYPING)?.unwrap_or(TYPING_TIME);
    let recording = fields.word("typingType", &["typing", "recording"])?.as_deref() == Some("recording");
    Ok(Command::Ask(Ask::Typing { chat, recording, for_ms }))
}

/// addContact and editContact: the messenger knows only what the name is to be.
pub fn save_contact(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let who = fields.chat(call.account()?.channel)?;
    let mut name = fields.required("firstName", NAME_LIMIT)?;
    if let Some(last) = fields.text("lastName", NAME_LIMIT)? {
        name = format!("{name} {last}");
    }
    fields.flag("saveInAddressbook")?;
    Ok(Command::Ask(Ask::SaveContact { who, name: Some(name) }))
}

pub fn delete_contact(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::SaveContact { who: chat(call)?, name: None }))
}

fn chat(call: &Call) -> Result<Address, Refusal> {
    Fields::of(call)?.chat(call.account()?.channel)
}

fn count(call: &Call) -> Slice {
    let asked = call.query("count").and_then(|text| text.trim().parse().ok());
    Slice::first(asked.unwrap_or(ROWS).clamp(1, ROWS))
}
