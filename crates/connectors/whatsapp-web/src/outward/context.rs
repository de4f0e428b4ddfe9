//! What a message says beside its words: whom it answers and mentions, how often it was forwarded, when it disappears.

use sluice_model::content::{MediaKind, Quoted};
use sluice_model::{Content, Failure, Message};
use whatsapp_rust::Jid;
use whatsapp_rust::buffa::MessageField;
use whatsapp_rust::waproto::whatsapp as wa;

use super::letter;
use super::names::Names;
use crate::desk::addresses::person_of;

/// `timer` is the chat's: seconds, 0 where messages stay. `None` when there is nothing to say.
pub fn of(message: &Message, chat: &Jid, names: &Names, timer: u32) -> Result<Option<wa::ContextInfo>, Failure> {
    let mut context = wa::ContextInfo::default();
    if let Some(quoted) = &message.quoted {
        quote(&mut context, quoted, chat, names)?;
    }
    if let Content::Text(text) = &message.content {
        // The app finds a mention by the number in the words, so the address is left as the caller wrote it.
        let mentioned = text.mentions.iter().map(|who| person_of(who).map(|jid| jid.to_string()));
        context.mentioned_jid = mentioned.collect::<Result<_, _>>()?;
    }
    if message.forwarded > 0 {
        context.is_forwarded = Some(true);
        context.forwarding_score = Some(message.forwarded);
    }
    if timer > 0 {
        context.expiration = Some(timer);
    }
    Ok(Some(context).filter(|context| *context != wa::ContextInfo::default()))
}

fn quote(context: &mut wa::ContextInfo, quoted: &Quoted, chat: &Jid, names: &Names) -> Result<(), Failure> {
    context.stanza_id = Some(quoted.target.remote.clone());
    context.participant = names.author(chat, &quoted.target)?.map(|jid| jid.to_string());
    context.quoted_message = MessageField::some(quoted.content.as_deref().map(outline).unwrap_or_default());
    Ok(())
}

/// Enough of the message answered to for the other side to show it.
pub fn outline(content: &Content) -> wa::Message {
    let mut message = wa::Message::default();
    match content {
        Content::Media(media) => {
            let (caption, mimetype) = (media.caption.clone(), Some(media.mime.clone()).filter(|mime| !mime.is_empty()));
            let jpeg_thumbnail = letter::thumbnail(media.thumbnail.as_deref());
            match media.kind {
                MediaKind::Image => {
                    let image = wa::message::ImageMessage { caption, mimetype, jpeg_thumbnail, ..Default::default() };
                    message.image_message = MessageField::some(image);
                }
                MediaKind::Video | MediaKind::VideoNote => {
                    let seconds = media.seconds;
                    let video =
                        wa::message::VideoMessage { caption, mimetype, jpeg_thumbnail, seconds, ..Default::default() };
                    message.video_message = MessageField::some(video);
                }
                MediaKind::Audio | MediaKind::Voice => {
                    let (seconds, ptt) = (media.seconds, Some(media.kind == MediaKind::Voice));
                    let audio = wa::message::AudioMessage { mimetype, seconds, ptt, ..Default::default() };
                    message.audio_message = MessageField::some(audio);
                }
                MediaKind::Document => {
                    let file_name = media.file_name.clone();
                    let document = wa::message::DocumentMessage { caption, mimetype, file_name, ..Default::default() };
                    message.document_message = MessageField::some(document);
                }
                MediaKind::Sticker => {
                    let sticker = wa::message::StickerMessage { mimetype, ..Default::default() };
                    message.sticker_message = MessageField::some(sticker);
                }
            }
        }
        Content::Location(place) => message.location_message = MessageField::some(letter::location(place)),
        Content::Contacts { cards } => letter::contacts(&mut message, cards),
        Content::Poll(poll) => message.poll_creation_message_v3 = MessageField::some(letter::poll(poll)),
        other => message.conversation = Some(other.words().to_owned()),
    }
    message
}
