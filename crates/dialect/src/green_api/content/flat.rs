//! Content as journals and quotes carry it: `typeMessage` and its members beside it (contract greenapi.md §2.4).

use sluice_model::Content;
use sluice_model::content::{MediaKind, Quoted, Text};

use super::{UNREADABLE, card, cards, extended, file, file_type, forwarding, interactive, location, poll};
use crate::green_api::frame::Frame;
use crate::green_api::members::Members;

/// How a text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    Plain,
    Extended,
}

/// `id` names a file that has no name of its own.
pub fn flat(frame: &Frame<'_>, content: &Content, forwarded: u32, form: TextForm, id: &str) -> Members {
    let kind = |word: &str| Members::default().with("typeMessage", word);
    let forwarding = || forwarding(forwarded);
    match content {
        Content::Text(text) if form == TextForm::Plain => kind("textMessage").with("textMessage", text.text.as_str()),
        Content::Text(text) => kind("extendedTextMessage").with("textMessage", text.text.as_str()).with(
            "extendedTextMessage",
            extended(&text.text, text.preview.as_ref()).and(style(text)).and(forwarding()),
        ),
        Content::Media(media) => kind(file_type(media.kind))
            .and(file(frame, media, id))
            .and(forwarding())
            .with("videoNote", media.kind == MediaKind::VideoNote),
        Content::Location(place) => kind("locationMessage").with("location", location(place).and(forwarding())),
        Content::Contacts { cards: all } => match all.as_slice() {
            [one] => kind("contactMessage").with("contact", card(one).and(forwarding())),
            all => kind("contactsArrayMessage").with("contacts", cards(all)),
        },
        Content::Poll(asked) => kind("pollMessage").with("pollMessageData", poll(asked)),
        Content::Vote(vote) => kind("pollUpdateMessage").with(
            "pollMessageData",
            Members::default().with("stanzaId", vote.target.remote.as_str()).with("name", vote.question.as_str()),
        ),
        Content::Reaction { target, emoji } => kind("reactionMessage")
            .with("textMessage", emoji.as_deref().unwrap_or_default())
            .with("quotedMessage", Members::default().with("stanzaId", target.remote.as_str())),
        Content::Edit { target, text } => kind("editedMessage").with(
            "editedMessageData",
            Members::default().with("textMessage", text.as_str()).with("stanzaId", target.remote.as_str()),
        ),
        Content::Delete { target, .. } => kind("deletedMessage")
            .with("deletedMessageData", Members::default().with("stanzaId", target.remote.as_str())),
        Content::Buttons(buttons) => kind("interactiveButtons").with("interactiveButtons", interactive(buttons)),
        Content::ButtonReply(reply) => kind("interactiveButtonsResponse").with("textMessage", reply.text.as_str()),
        Content::GroupInvite(invite) => kind("groupInviteMessage")
            .with("textMessage", invite.caption.as_deref().unwrap_or(invite.group_name.as_str())),
        Content::Template(template) => {
            kind("templateMessage").with("textMessage", template.rendered.as_deref().unwrap_or(template.id.as_str()))
        }
        Content::Unreadable { .. } => kind("textMessage").with("textMessage", UNREADABLE),
    }
}

/// How a text story looks (contract §2.8).
fn style(text: &Text) -> Members {
    let Some(style) = &text.style else {
        return Members::default();
    };
    Members::default()
        .with("backgroundColor", style.background.as_deref().unwrap_or_default())
        .with("font", style.font.as_deref().unwrap_or_default())
}

/// `quotedMessage`; of a message that is not known here, only whose it is.
pub fn quoted(frame: &Frame<'_>, quote: &Quoted, chat: &str) -> Members {
    let target = &quote.target;
    let whose =
        Members::default().with("stanzaId", target.remote.as_str()).with("participant", frame.author(target, chat));
    let Some(content) = &quote.content else {
        return whose;
    };
    whose
        .with("type", if target.from_me { "outgoing" } else { "incoming" })
        .and(flat(frame, content, 0, TextForm::Plain, &target.remote))
        .with("deletedMessageId", "")
        .with("editedMessageId", "")
        .with("isEdited", false)
        .with("isDeleted", false)
}
