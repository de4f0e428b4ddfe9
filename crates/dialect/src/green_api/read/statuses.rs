//! Statuses, also called stories (contract greenapi.md §2.8).

use sluice_model::command::Wish;
use sluice_model::content::{StoryStyle, Target, Text};
use sluice_model::{Address, Ask, Command, Content, Refusal};

use super::fields::Fields;
use super::files::linked;
use super::sending::ID_LIMIT;
use crate::Call;

/// Characters.
const TEXT_LIMIT: usize = 500;

const FONTS: [&str; 5] = ["SERIF", "SANS_SERIF", "NORICAN_REGULAR", "BRYNDAN_WRITE", "OSWALD_HEAVY"];

pub fn send_text_status(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let text = fields.required("message", TEXT_LIMIT)?;
    let style = StoryStyle { background: background(&fields)?, font: fields.word("font", &FONTS)? };
    let style = (style.background.is_some() || style.font.is_some()).then_some(style);
    post(&fields, Content::Text(Text { text, style, ..Text::default() }))
}

pub fn send_voice_status(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    background(&fields)?;
    post(&fields, linked(&fields)?)
}

pub fn send_media_status(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    post(&fields, linked(&fields)?)
}

pub fn delete_status(call: &Call) -> Result<Command, Refusal> {
    let remote = Fields::of(call)?.required("idMessage", ID_LIMIT)?;
    let target = Target { remote, from_me: true, sender: None };
    Ok(Command::Send(vec![Wish::new(Address::Story, Content::Delete { target, for_everyone: true })]))
}

pub fn get_status_statistic(call: &Call) -> Result<Command, Refusal> {
    let remote = call.query("idMessage").ok_or(Refusal::Missing("idMessage"))?;
    Ok(Command::Ask(Ask::StoryViews { remote: remote.to_owned() }))
}

/// A status is for all contacts: one for some of them would be shown to the others too, so it is refused.
fn post(fields: &Fields, content: Content) -> Result<Command, Refusal> {
    if fields.get("participants").and_then(serde_json::Value::as_array).is_some_and(|some| !some.is_empty()) {
        return Err(Refusal::invalid("participants", "must be empty: a status can only be for all contacts"));
    }
    Ok(Command::Send(vec![Wish::new(Address::Story, content)]))
}

/// `#RRGGBB`, not white: the text itself is.
fn background(fields: &Fields) -> Result<Option<String>, Refusal> {
    let Some(color) = fields.text("backgroundColor", 7)? else {
        return Ok(None);
    };
    let digits = color.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Refusal::invalid("backgroundColor", "must be a color of the form #RRGGBB"));
    }
    if digits.eq_ignore_ascii_case("ffffff") {
        return Err(Refusal::invalid("backgroundColor", "must not be white"));
    }
    Ok(Some(color))
}
