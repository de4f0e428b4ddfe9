//! What one message says. Pure.

mod buttons;
mod files;
mod people;
mod unknown;

use sluice_model::Content;
use sluice_model::content::{GroupInvite, Location, Poll, Preview, StoryStyle, Text};
use sluice_model::{Address, Timestamp};
use whatsapp_rust::Jid;
use whatsapp_rust::buffa::Enumeration;
use whatsapp_rust::wacore_binary::JidExt;
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message as kinds;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;

use super::envelope;
use super::frame::Frame;

/// What there is to do with a message.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is made, never kept")]
pub enum Meaning<'a> {
    Content(Content),
    /// Sealed: the poll has to be known to read it.
    Vote(&'a kinds::PollUpdateMessage),
    /// From now on the chat's messages disappear after so many seconds; 0 stops it.
    Timer(u32),
    /// For the devices among themselves.
    Nothing,
}

pub fn read<'a>(message: &'a wa::Message, frame: &Frame<'_>) -> Meaning<'a> {
    let message = envelope::open(message);
    if let Some(update) = message.poll_update_message.as_option() {
        return if update.vote.is_set() { Meaning::Vote(update) } else { Meaning::Nothing };
    }
    if let Some(protocol) = message.protocol_message.as_option() {
        return of_protocol(protocol, frame);
    }
    if let Some(content) = of_words(message, frame)
        .or_else(|| files::read(message, frame))
        .or_else(|| of_things(message, frame))
        .or_else(|| buttons::read(message, frame))
    {
        return Meaning::Content(content);
    }
    unknown::name(message).map_or(Meaning::Nothing, |what| Meaning::Content(Content::Unreadable { what }))
}

/// Messages about messages and about the chat.
fn of_protocol<'a>(protocol: &kinds::ProtocolMessage, frame: &Frame<'_>) -> Meaning<'a> {
    let target = || frame.target(protocol.key.as_option()?);
    match protocol.r#type {
        // The first of the kinds is the one that is meant when none is named.
        Some(Type::REVOKE) | None if protocol.key.is_set() => {
            target().map_or(Meaning::Nothing, |target| Meaning::Content(Content::Delete { target, for_everyone: true }))
        }
        Some(Type::MESSAGE_EDIT) => match (target(), protocol.edited_message.as_option()) {
            (Some(target), Some(edited)) => {
                Meaning::Content(Content::Edit { target, text: words(edited).unwrap_or_default() })
            }
            _ => Meaning::Nothing,
        },
        Some(Type::EPHEMERAL_SETTING) => Meaning::Timer(protocol.ephemeral_expiration.unwrap_or_default()),
        _ => Meaning::Nothing,
    }
}

/// The words of a text, or under a file.
fn words(message: &wa::Message) -> Option<String> {
    let message = envelope::open(message);
    let caption = || {
        let captions = [
            message.image_message.as_option().and_then(|image| image.caption.as_ref()),
            message.video_message.as_option().and_then(|video| video.caption.as_ref()),
            message.document_message.as_option().and_then(|document| document.caption.as_ref()),
        ];
        captions.into_iter().flatten().next()
    };
    let extended = message.extended_text_message.as_option().and_then(|extended| extended.text.as_ref());
    message.conversation.as_ref().or(extended).or_else(caption).cloned()
}

fn of_words(message: &wa::Message, frame: &Frame<'_>) -> Option<Content> {
    if let Some(words) = &message.conversation {
        return Some(Content::text(words));
    }
    if let Some(extended) = message.extended_text_message.as_option() {
        return Some(Content::Text(Text {
            text: extended.text.clone().unwrap_or_default(),
            preview: preview(extended),
            mentions: mentions(extended.context_info.as_option(), frame),
            style: frame.chat.is_status_broadcast().then(|| style(extended)).flatten(),
            ..Text::default()
        }));
    }
    let reaction = message.reaction_message.as_option()?;
    let target = frame.target(reaction.key.as_option()?)?;
    Some(Content::Reaction { target, emoji: reaction.text.clone().filter(|emoji| !emoji.is_empty()) })
}

fn preview(extended: &kinds::ExtendedTextMessage) -> Option<Preview> {
    let url = extended.matched_text.clone().filter(|link| !link.is_empty())?;
    Some(Preview {
        title: extended.title.clone().unwrap_or_default(),
        description: extended.description.clone().filter(|words| !words.is_empty()),
        url: Some(url),
        image: None,
        large: extended.thumbnail_direct_path.is_some(),
    })
}

/// How a story looks; its font by WhatsApp's own name for it.
fn style(extended: &kinds::ExtendedTextMessage) -> Option<StoryStyle> {
    const COLOUR: u32 = 0x00FF_FFFF;
    let background = extended.background_argb.map(|colour| format!("#{:06X}", colour & COLOUR));
    let font = extended.font.map(|font| font.proto_name().to_owned());
    (background.is_some() || font.is_some()).then_some(StoryStyle { background, font })
}

fn mentions(context: Option<&wa::ContextInfo>, frame: &Frame<'_>) -> Vec<Address> {
    let named = context.into_iter().flat_map(|context| &context.mentioned_jid);
    named.filter_map(|jid| frame.pairs.address(&jid.parse::<Jid>().ok()?)).collect()
}

/// Places, people, polls and invitations.
fn of_things(message: &wa::Message, frame: &Frame<'_>) -> Option<Content> {
    let place = |latitude: Option<f64>, longitude: Option<f64>, name: Option<String>, address: Option<String>| {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        // What is no number cannot be written down.
        let degrees = |degrees: Option<f64>| degrees.filter(|d| d.is_finite()).unwrap_or_default();
        let (latitude, longitude) = (degrees(latitude), degrees(longitude));
        Content::Location(Location { latitude, longitude, name: filled(name), address: filled(address) })
    };
    if let Some(at) = message.location_message.as_option() {
        return Some(place(at.degrees_latitude, at.degrees_longitude, at.name.clone(), at.address.clone()));
    }
    if let Some(at) = message.live_location_message.as_option() {
        return Some(place(at.degrees_latitude, at.degrees_longitude, at.caption.clone(), None));
    }
    if let Some(poll) = poll(message) {
        return Some(Content::Poll(poll));
    }
    if let Some(invite) = message.group_invite_message.as_option() {
        let group = frame.pairs.address(&invite.group_jid.as_deref()?.parse().ok()?)?;
        return Some(Content::GroupInvite(GroupInvite {
            group,
            group_name: invite.group_name.clone().unwrap_or_default(),
            code: invite.invite_code.clone().unwrap_or_default(),
            expires_at: invite.invite_expiration.filter(|at| *at > 0).map(Timestamp::from_seconds),
            caption: invite.caption.clone().filter(|caption| !caption.is_empty()),
        }));
    }
    people::read(message)
}

fn poll(message: &wa::Message) -> Option<Poll> {
    let polls = [
        &message.poll_creation_message,
        &message.poll_creation_message_v2,
        &message.poll_creation_message_v3,
        &message.poll_creation_message_v5,
        &message.poll_creation_message_v6,
    ];
    let poll = polls.into_iter().find_map(|poll| poll.as_option())?;
    Some(Poll {
        question: poll.name.clone().unwrap_or_default(),
        options: poll.options.iter().filter_map(|option| option.option_name.clone()).collect(),
        choices: poll.selectable_options_count.unwrap_or_default(),
    })
}
