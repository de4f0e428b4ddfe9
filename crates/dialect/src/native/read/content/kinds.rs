//! Everything that can be sent and is not a file.

use serde::Deserialize;
use sluice_model::command::Says;
use sluice_model::content::{
    Action, Button, Buttons, Card, Content, Location, Poll, Preview, StoryStyle, Template, Text,
};
use sluice_model::{Address, Refusal, Spelling};
use utoipa::ToSchema;

use super::{NewSource, Said};
use crate::Call;
use crate::native::address::Addressee;
use crate::native::ids;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    text: String,
    /// Whether the first link (`https://…`) is shown with a card. The gateway fetches the page for it; no unless said.
    link_preview: Option<bool>,
    /// The card to show, instead of what the page says of itself.
    preview: Option<NewPreview>,
    #[serde(default)]
    mentions: Vec<Addressee>,
    /// `#RRGGBB`, for a story.
    background: Option<String>,
    /// For a story.
    font: Option<String>,
}

/// A link's card.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPreview {
    title: String,
    description: Option<String>,
    url: Option<String>,
    image: Option<NewSource>,
    #[serde(default)]
    large: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLocation {
    /// Degrees.
    #[schema(minimum = -90, maximum = 90)]
    latitude: f64,
    /// Degrees.
    #[schema(minimum = -180, maximum = 180)]
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContacts {
    #[schema(min_items = 1)]
    contacts: Vec<NewCard>,
}

/// A contact card: a name and a phone number, or a vCard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCard {
    name: String,
    phone: Option<String>,
    /// vCard 3.0
    vcard: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPoll {
    question: String,
    /// At least two.
    #[schema(min_items = 2)]
    options: Vec<String>,
    /// How many one person may choose; 0 for any number.
    #[serde(default = "one")]
    #[schema(default = 1)]
    choices: u32,
}

const fn one() -> u32 {
    1
}

/// A reaction to a message. Its chat is known, so `to` is not needed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReaction {
    /// `msg_…`, or the id at the messenger.
    message: String,
    /// Null takes the reaction back.
    emoji: Option<String>,
}

/// A new text for a message of this account. Its chat is known, so `to` is not needed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEdit {
    /// `msg_…`, or the id at the messenger.
    message: String,
    /// The new text.
    text: String,
}

/// Takes a sent message back, for everyone. Its chat is known, so `to` is not needed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDelete {
    /// `msg_…`, or the id at the messenger.
    message: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewButtons {
    header: Option<String>,
    body: String,
    footer: Option<String>,
    #[schema(min_items = 1)]
    buttons: Vec<NewButton>,
}

/// One of `url`, `copy`, `call` says what it does; without any of them it answers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewButton {
    /// Comes back when it is pressed; its place (`1`, `2`, …) unless said.
    id: Option<String>,
    text: String,
    url: Option<String>,
    copy: Option<String>,
    call: Option<String>,
}

/// A template that the messenger has approved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    id: String,
    /// `en`, `pt_BR`
    language: String,
    /// In the order of the template's places.
    #[serde(default)]
    params: Vec<String>,
}

/// Plain words.
pub fn text(text: String) -> Result<Content, Refusal> {
    words(&text, "text")?;
    Ok(Content::text(text))
}

fn words(text: &str, field: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err(Refusal::invalid(field, "must not be empty")) } else { Ok(()) }
}

impl NewText {
    pub fn content(self, call: &Call) -> Result<Content, Refusal> {
        words(&self.text, "content.text")?;
        let styled = self.background.is_some() || self.font.is_some();
        Ok(Content::Text(Text {
            text: self.text,
            preview: self.preview.map(|preview| preview.preview(call)).transpose()?,
            link_preview: self.link_preview,
            mentions: self.mentions.into_iter().map(|mention| mention.0).collect(),
            style: styled.then_some(StoryStyle { background: self.background, font: self.font }),
        }))
    }
}

impl NewPreview {
    fn preview(self, call: &Call) -> Result<Preview, Refusal> {
        let image = self.image.map(|image| image.source("content.preview.image", call)).transpose()?;
        Ok(Preview {
            title: self.title,
            description: self.description,
            url: self.url,
            image: image.map(|(source, _)| source),
            large: self.large,
        })
    }
}

impl NewLocation {
    pub fn content(self) -> Result<Content, Refusal> {
        if !(-90.0..=90.0).contains(&self.latitude) {
            return Err(Refusal::invalid("content.latitude", "must be -90 to 90 degrees"));
        }
        if !(-180.0..=180.0).contains(&self.longitude) {
            return Err(Refusal::invalid("content.longitude", "must be -180 to 180 degrees"));
        }
        Ok(Content::Location(Location {
            latitude: self.latitude,
            longitude: self.longitude,
            name: self.name,
            address: self.address,
        }))
    }
}

impl NewContacts {
    pub fn content(self) -> Result<Content, Refusal> {
        if self.contacts.is_empty() {
            return Err(Refusal::invalid("content.contacts", "must have at least one card"));
        }
        let cards = self.contacts.into_iter().map(NewCard::card).collect::<Result<_, _>>()?;
        Ok(Content::Contacts { cards })
    }
}

impl NewCard {
    fn card(self) -> Result<Card, Refusal> {
        let phone = match self.phone.as_deref().map(Address::phone) {
            Some(Some(Address::Phone(digits))) => Some(digits),
            Some(_) => {
                let note = "must be an international number, such as 79990000000";
                return Err(Refusal::invalid("content.contacts.phone", note));
            }
            None => None,
        };
        match (self.vcard, phone) {
            (Some(vcard), phone) => Ok(Card { display_name: self.name, phone, vcard }),
            (None, Some(phone)) => Ok(Card::new(&self.name, &phone)),
            (None, None) => Err(Refusal::invalid("content.contacts.phone", "is required, or 'vcard'")),
        }
    }
}

impl NewPoll {
    pub fn content(self) -> Result<Content, Refusal> {
        words(&self.question, "content.question")?;
        if self.options.len() < 2 {
            return Err(Refusal::invalid("content.options", "must be at least two"));
        }
        Ok(Content::Poll(Poll { question: self.question, options: self.options, choices: self.choices }))
    }
}

impl NewReaction {
    pub fn said(self, spelling: &Spelling) -> Result<Said, Refusal> {
        let emoji = self.emoji.filter(|emoji| !emoji.is_empty());
        Ok(Said::About(ids::read_message(spelling, &self.message)?, Says::React(emoji)))
    }
}

impl NewEdit {
    pub fn said(self, spelling: &Spelling) -> Result<Said, Refusal> {
        words(&self.text, "content.text")?;
        Ok(Said::About(ids::read_message(spelling, &self.message)?, Says::Edit(self.text)))
    }
}

impl NewDelete {
    pub fn said(self, spelling: &Spelling) -> Result<Said, Refusal> {
        Ok(Said::About(ids::read_message(spelling, &self.message)?, Says::Delete))
    }
}

impl NewButtons {
    pub fn content(self) -> Result<Content, Refusal> {
        words(&self.body, "content.body")?;
        if self.buttons.is_empty() {
            return Err(Refusal::invalid("content.buttons", "must be at least one"));
        }
        let buttons = self.buttons.into_iter().enumerate().map(|(place, button)| button.button(place + 1));
        Ok(Content::Buttons(Buttons {
            header: self.header,
            body: self.body,
            footer: self.footer,
            buttons: buttons.collect::<Result<_, _>>()?,
        }))
    }
}

impl NewButton {
    fn button(self, place: usize) -> Result<Button, Refusal> {
        let action = match (self.url, self.copy, self.call) {
            (None, None, None) => Action::Reply,
            (Some(url), None, None) => Action::Url(url),
            (None, Some(text), None) => Action::Copy(text),
            (None, None, Some(phone)) => Action::Call(phone),
            _ => {
                return Err(Refusal::invalid("content.buttons", "take one of url, copy, call each"));
            }
        };
        Ok(Button { id: self.id.unwrap_or_else(|| place.to_string()), text: self.text, action })
    }
}

impl NewTemplate {
    pub fn content(self) -> Content {
        Content::Template(Template { id: self.id, language: self.language, params: self.params, rendered: None })
    }
}
