//! A message's content in Wappi's words, the same in webhooks and in lists (contract §3.3, §4).

use std::borrow::Cow;

use serde_json::{Value, json};
use sluice_model::content::{Content, Media, MediaKind, Target};
use sluice_model::failure::Why;
use sluice_model::{Channel, State};

use super::answer::Body;

/// The word in `type`. Telegram and MAX say `text` where WhatsApp says `chat`.
pub const fn kind(channel: Channel, content: &Content) -> &'static str {
    let text = if matches!(channel, Channel::Whatsapp) { "chat" } else { "text" };
    match content {
        Content::Text(_) | Content::Edit { .. } | Content::Delete { .. } => text,
        Content::GroupInvite(_) | Content::Template(_) => text,
        Content::Media(media) => match media.kind {
            MediaKind::Image => "image",
            MediaKind::Video | MediaKind::VideoNote => "video",
            MediaKind::Audio => "audio",
            MediaKind::Voice => "ptt",
            MediaKind::Document => "document",
            MediaKind::Sticker => "sticker",
        },
        Content::Location(_) => "location",
        Content::Contacts { .. } => "vcard",
        Content::Poll(_) => "poll",
        Content::Vote(_) => "poll_vote",
        Content::Reaction { .. } => "reaction",
        Content::Buttons(_) => "buttons",
        Content::ButtonReply(_) => "buttons_response",
        // Not upstream's: a client that does not know it ignores it, and nothing is passed over in silence.
        Content::Unreadable { .. } => "unknown",
    }
}

/// The word in `body`; `None` for media, whose body is the file, and for what has none.
pub fn text(content: &Content) -> Option<Cow<'_, str>> {
    Some(match content {
        Content::Media(_) | Content::Location(_) | Content::Vote(_) => return None,
        Content::Reaction { emoji: None, .. } => "reaction_remove".into(),
        Content::Contacts { cards } => {
            let cards: Vec<&str> = cards.iter().map(|card| card.vcard.as_str()).collect();
            cards.join("\n").into()
        }
        Content::GroupInvite(invite) => {
            let link = format!("https://chat.whatsapp.com/{}", invite.code);
            match &invite.caption {
                Some(caption) => format!("{caption}\n{link}").into(),
                None => link.into(),
            }
        }
        Content::Template(template) => template.rendered.as_deref().unwrap_or(&template.id).into(),
        Content::Delete { .. } | Content::Unreadable { .. } => "".into(),
        other => other.words().into(),
    })
}

pub const fn media(content: &Content) -> Option<&Media> {
    match content {
        Content::Media(media) => Some(media),
        _ => None,
    }
}

/// The message that this one is about, as it stands in `stanza_id`.
pub const fn about(content: &Content) -> Option<&Target> {
    match content {
        Content::Reaction { target, .. } => Some(target),
        Content::Vote(vote) => Some(&vote.target),
        Content::ButtonReply(reply) => Some(&reply.target),
        _ => None,
    }
}

/// The message that this one changes: an edit and a deletion go under the id of what they change.
pub const fn changes(content: &Content) -> Option<&Target> {
    match content {
        Content::Edit { target, .. } | Content::Delete { target, .. } => Some(target),
        _ => None,
    }
}

/// The members that only one kind of content has.
pub fn particulars(body: Body, channel: Channel, content: &Content) -> Body {
    match content {
        Content::Location(place) => {
            let description = place.address.clone().or_else(|| place.name.clone()).unwrap_or_default();
            let location = Body::default()
                .and("latitude", place.latitude)
                .and("longitude", place.longitude)
                .and("description", description);
            let location = if channel == Channel::Whatsapp {
                location
            } else {
                location
                    .and("degreesLatitude", place.latitude)
                    .and("degreesLongitude", place.longitude)
                    .and("name", place.name.clone().unwrap_or_default())
            };
            body.and("location", location)
        }
        Content::Contacts { cards } => match cards.first() {
            Some(card) => {
                let phone = card.phone.clone().unwrap_or_default();
                body.and("contact", json!({"display_name": card.display_name, "phone": phone}))
            }
            None => body,
        },
        Content::Poll(poll) => body.and("poll_options", poll.options.clone()).and("poll_select_count", poll.choices),
        Content::Vote(vote) => body.and("selected_poll_variant", vote.chosen.clone()),
        Content::ButtonReply(reply) => {
            body.and("button_response", reply.text.clone()).and("selectedButtonId", reply.id.clone())
        }
        _ => body,
    }
}

/// Size and length, where they are known.
pub fn media_info(media: &Media) -> Value {
    let size = match &media.source {
        sluice_model::content::Source::Blob(blob) => blob.size,
        _ => 0,
    };
    let (width, height) = media.size.unwrap_or_default();
    json!({
        "width": width,
        "height": height,
        "size": size,
        "duration": media.seconds.unwrap_or(0),
        "is_round": media.kind == MediaKind::VideoNote,
    })
}

/// The word in `delivery_status` (contract §4). Upstream documents no word for what the messenger has taken and not yet
/// delivered: it is `pending`, as what waits here is.
pub const fn status(state: State, why: Option<Why>) -> &'static str {
    match state {
        State::Waiting | State::Claimed | State::Sent => "pending",
        State::Delivered | State::Received => "delivered",
        State::Read => "read",
        State::Failed if matches!(why, Some(Why::Banned | Why::Spam)) => "temporary ban",
        State::Failed | State::Expired | State::Cancelled => "undelivered",
        State::Uncertain => "error",
    }
}
