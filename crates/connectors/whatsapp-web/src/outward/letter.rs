//! The message itself, written purely: from a content, and what was asked for it, to WhatsApp's protobuf.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sluice_model::content::{Card, Location, Media, MediaKind, Poll, Preview, StoryStyle, Text};
use sluice_model::failure::Why;
use sluice_model::{Content, Failure};
use whatsapp_rust::buffa::MessageField;
use whatsapp_rust::proto_helpers::{MessageExt, build_reaction_message};
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message as kinds;
use whatsapp_rust::waproto::whatsapp::message::extended_text_message::FontType;

use super::preview::Picture;
use super::upload::Uploaded;

/// What a message is written of beside its content.
#[derive(Default)]
pub struct Parts {
    pub now_ms: i64,
    pub context: Option<wa::ContextInfo>,
    /// The message that a reaction, an edit or a deletion is about.
    pub key: Option<wa::MessageKey>,
    pub file: Option<Uploaded>,
    pub picture: Option<Picture>,
    /// 32 bytes that votes are sealed with.
    pub secret: Vec<u8>,
}

/// # Errors
/// `Refused{Unsupported}` for what WhatsApp has no message for.
pub fn write(content: &Content, parts: Parts) -> Result<wa::Message, Failure> {
    let Parts { now_ms, context, key, file, picture, secret } = parts;
    let key = || key.clone().ok_or_else(|| Failure::refused(Why::NotFound, "There is no such message."));
    let mut message = wa::Message::default();
    match content {
        Content::Text(text) => write_text(&mut message, text, picture),
        Content::Media(media) => {
            let file = file.ok_or_else(|| Failure::refused(Why::MediaUnreachable, "There is no such file."))?;
            write_media(&mut message, media, file);
        }
        Content::Location(place) => message.location_message = MessageField::some(location(place)),
        Content::Contacts { cards } => contacts(&mut message, cards),
        Content::Poll(asked) => {
            // One answer and many are two messages, as the app has it.
            let slot = match asked.choices {
                1 => &mut message.poll_creation_message_v3,
                _ => &mut message.poll_creation_message,
            };
            *slot = MessageField::some(poll(asked));
            let secret = wa::MessageContextInfo { message_secret: Some(secret), ..Default::default() };
            message.message_context_info = MessageField::some(secret);
        }
        Content::Reaction { emoji, .. } => {
            return Ok(build_reaction_message(key()?, emoji.as_deref().unwrap_or_default(), now_ms));
        }
        Content::Edit { text, .. } => {
            let edited = wa::Message { conversation: Some(text.clone()), ..Default::default() };
            return Ok(about(kinds::ProtocolMessage {
                key: MessageField::some(key()?),
                r#type: Some(kinds::protocol_message::Type::MESSAGE_EDIT),
                edited_message: MessageField::some(edited),
                timestamp_ms: Some(now_ms),
                ..Default::default()
            }));
        }
        Content::Delete { .. } => {
            return Ok(about(kinds::ProtocolMessage {
                key: MessageField::some(key()?),
                r#type: Some(kinds::protocol_message::Type::REVOKE),
                ..Default::default()
            }));
        }
        Content::Vote(_)
        | Content::Buttons(_)
        | Content::ButtonReply(_)
        | Content::GroupInvite(_)
        | Content::Template(_)
        | Content::Unreadable { .. } => {
            let note = format!("From here WhatsApp takes no message of the kind {}.", content.kind());
            return Err(Failure::refused(Why::Unsupported, note));
        }
    }
    if let Some(context) = context {
        message.set_context_info(context);
    }
    Ok(in_its_wrapper(message))
}

fn about(protocol: kinds::ProtocolMessage) -> wa::Message {
    wa::Message { protocol_message: MessageField::some(protocol), ..Default::default() }
}

/// A document with a caption is wrapped, as the app does it: older ones would not show the caption.
fn in_its_wrapper(message: wa::Message) -> wa::Message {
    if message.document_message.as_option().is_none_or(|document| document.caption.is_none()) {
        return message;
    }
    let wrapper = kinds::FutureProofMessage { message: MessageField::some(message) };
    wa::Message { document_with_caption_message: MessageField::some(wrapper), ..Default::default() }
}

fn write_text(message: &mut wa::Message, text: &Text, picture: Option<Picture>) {
    if text.preview.is_none() && text.style.is_none() {
        message.conversation = Some(text.text.clone());
        return;
    }
    let mut extended = kinds::ExtendedTextMessage { text: Some(text.text.clone()), ..Default::default() };
    if let Some(preview) = &text.preview {
        show_preview(&mut extended, preview, &text.text, picture);
    }
    if let Some(style) = &text.style {
        dress(&mut extended, style);
    }
    message.extended_text_message = MessageField::some(extended);
}

fn show_preview(extended: &mut kinds::ExtendedTextMessage, preview: &Preview, words: &str, picture: Option<Picture>) {
    let link = preview.url.clone().or_else(|| first_link(words).map(str::to_owned));
    extended.matched_text = link;
    extended.title = Some(preview.title.clone());
    extended.description.clone_from(&preview.description);
    extended.preview_type = Some(kinds::extended_text_message::PreviewType::NONE);
    let Some(Picture { inline, large }) = picture else {
        return;
    };
    extended.jpeg_thumbnail = inline;
    if let Some((file, (width, height))) = large {
        extended.thumbnail_direct_path = Some(file.path);
        extended.thumbnail_sha256 = Some(file.hash);
        extended.thumbnail_enc_sha256 = Some(file.sealed_hash);
        extended.media_key = Some(file.key);
        extended.media_key_timestamp = Some(file.key_at);
        extended.thumbnail_width = Some(width);
        extended.thumbnail_height = Some(height);
        extended.preview_type = Some(kinds::extended_text_message::PreviewType::IMAGE);
    }
}

/// The first link in the words, without the signs that end a sentence or stand around it.
pub fn first_link(words: &str) -> Option<&str> {
    words.split_whitespace().map(bare).find(|word| word.starts_with("https://") || word.starts_with("http://"))
}

fn bare(word: &str) -> &str {
    let mut word = word.trim_start_matches(['(', '[', '<', '«', '"', '\'']);
    loop {
        word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ']', '>', '»', '"', '\'']);
        match word.strip_suffix(')') {
            // One that was opened in the link belongs to it.
            Some(rest) if rest.matches('(').count() <= rest.matches(')').count() => word = rest,
            _ => return word,
        }
    }
}

/// White on a colour, as the app's own stories.
fn dress(extended: &mut kinds::ExtendedTextMessage, style: &StoryStyle) {
    let colour = style.background.as_deref().and_then(|text| u32::from_str_radix(text.strip_prefix('#')?, 16).ok());
    extended.background_argb = Some(0xFF00_0000 | colour.unwrap_or(0x1E_6E_4F));
    extended.text_argb = Some(0xFFFF_FFFF);
    extended.font = Some(font(style.font.as_deref().unwrap_or_default()));
}

/// By its name, old or new; the system's own for any other.
fn font(name: &str) -> FontType {
    match name.to_ascii_uppercase().as_str() {
        "SYSTEM_TEXT" | "SERIF" => FontType::SYSTEM_TEXT,
        "FB_SCRIPT" | "NORICAN_REGULAR" => FontType::FB_SCRIPT,
        "SYSTEM_BOLD" => FontType::SYSTEM_BOLD,
        "MORNINGBREEZE_REGULAR" | "BRYNDAN_WRITE" => FontType::MORNINGBREEZE_REGULAR,
        "CALISTOGA_REGULAR" => FontType::CALISTOGA_REGULAR,
        "EXO2_EXTRABOLD" | "OSWALD_HEAVY" => FontType::EXO2_EXTRABOLD,
        "COURIERPRIME_BOLD" => FontType::COURIERPRIME_BOLD,
        _ => FontType::SYSTEM,
    }
}

fn write_media(message: &mut wa::Message, media: &Media, file: Uploaded) {
    let Uploaded { stored, url, sidecar, facts } = file;
    let (mimetype, caption) = (Some(stored.mime), media.caption.clone());
    let (seconds, (width, height)) = (media.seconds.or(facts.seconds), media.size.or(facts.size).unzip());
    let jpeg_thumbnail = thumbnail(media.thumbnail.as_deref());
    let (direct_path, media_key) = (Some(stored.path), Some(stored.key));
    let (file_sha256, file_enc_sha256) = (Some(stored.hash), Some(stored.sealed_hash));
    let (file_length, media_key_timestamp) = (Some(stored.size), Some(stored.key_at));
    macro_rules! file_of {
        ($kind:ident { $($field:ident $(: $value:expr)?),* $(,)? }) => {
            kinds::$kind {
                url, direct_path, media_key, file_sha256, file_enc_sha256, file_length, media_key_timestamp, mimetype,
                $($field $(: $value)?,)*
                ..Default::default()
            }
        };
    }
    match media.kind {
        MediaKind::Image => {
            let image = file_of!(ImageMessage { caption, width, height, jpeg_thumbnail });
            message.image_message = MessageField::some(image);
        }
        MediaKind::Video | MediaKind::VideoNote => {
            let gif_playback = media.animated.then_some(true);
            let video = file_of!(VideoMessage {
                caption,
                width,
                height,
                jpeg_thumbnail,
                seconds,
                gif_playback,
                streaming_sidecar: sidecar,
            });
            let slot =
                if media.kind == MediaKind::VideoNote { &mut message.ptv_message } else { &mut message.video_message };
            *slot = MessageField::some(video);
        }
        MediaKind::Audio | MediaKind::Voice => {
            let ptt = Some(media.kind == MediaKind::Voice);
            let audio = file_of!(AudioMessage { seconds, ptt, streaming_sidecar: sidecar });
            message.audio_message = MessageField::some(audio);
        }
        MediaKind::Document => {
            let file_name = Some(stored.file_name.unwrap_or_else(|| "file".to_owned()));
            let title = file_name.clone();
            let document = file_of!(DocumentMessage { caption, file_name, title, jpeg_thumbnail });
            message.document_message = MessageField::some(document);
        }
        MediaKind::Sticker => {
            let is_animated = Some(media.animated || facts.animated);
            let sticker = file_of!(StickerMessage { width, height, is_animated });
            message.sticker_message = MessageField::some(sticker);
        }
    }
}

/// The caller's small JPEG; what is not base64 is no picture.
pub fn thumbnail(base64: Option<&str>) -> Option<Vec<u8>> {
    STANDARD.decode(base64?).ok().filter(|bytes| !bytes.is_empty())
}

pub fn location(place: &Location) -> kinds::LocationMessage {
    kinds::LocationMessage {
        degrees_latitude: Some(place.latitude),
        degrees_longitude: Some(place.longitude),
        name: place.name.clone(),
        address: place.address.clone(),
        ..Default::default()
    }
}

/// One card is a contact, several are a list of them.
pub fn contacts(message: &mut wa::Message, cards: &[Card]) {
    let contact = |card: &Card| kinds::ContactMessage {
        display_name: Some(card.display_name.clone()),
        vcard: Some(card.vcard.clone()),
        ..Default::default()
    };
    match cards {
        [card] => message.contact_message = MessageField::some(contact(card)),
        cards => {
            message.contacts_array_message = MessageField::some(kinds::ContactsArrayMessage {
                display_name: Some(format!("{} contacts", cards.len())),
                contacts: cards.iter().map(contact).collect(),
                ..Default::default()
            });
        }
    }
}

pub fn poll(poll: &Poll) -> kinds::PollCreationMessage {
    let option =
        |name: &String| kinds::poll_creation_message::Option { option_name: Some(name.clone()), ..Default::default() };
    kinds::PollCreationMessage {
        name: Some(poll.question.clone()),
        options: poll.options.iter().map(option).collect(),
        selectable_options_count: Some(poll.choices),
        ..Default::default()
    }
}
