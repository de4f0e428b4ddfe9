//! Messages with a file. The bytes are still at WhatsApp: the source says how to get them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sluice_model::Content;
use sluice_model::content::{Media, MediaKind};
use whatsapp_rust::waproto::whatsapp as wa;

use crate::desk::Stored;
use crate::desk::stored::Kind;
use crate::inward::frame::Frame;

/// A picture this large is no thumbnail.
const THUMBNAIL: usize = 32 * 1024;

pub fn read(message: &wa::Message, frame: &Frame<'_>) -> Option<Content> {
    // Every kind of file has the same words for where it lies, in a type of its own.
    macro_rules! media {
        ($kind:expr, $file:ident, $name:expr) => {{
            let file_name: Option<String> = $name;
            let mime = mime($file.mimetype.as_deref());
            let stored = Stored {
                kind: Kind::of($kind),
                path: $file.direct_path.clone().unwrap_or_default(),
                key: $file.media_key.clone().unwrap_or_default(),
                hash: $file.file_sha256.clone().unwrap_or_default(),
                sealed_hash: $file.file_enc_sha256.clone().unwrap_or_default(),
                size: $file.file_length.unwrap_or_default(),
                key_at: $file.media_key_timestamp.unwrap_or_default(),
                mime: mime.clone(),
                file_name: file_name.clone(),
                message: Some(frame.came()),
            };
            Media {
                kind: $kind,
                source: stored.source(),
                mime,
                file_name,
                caption: None,
                seconds: None,
                size: None,
                thumbnail: None,
                animated: false,
            }
        }};
    }
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let media = if let Some(image) = message.image_message.as_option() {
        Media {
            caption: filled(&image.caption),
            size: pixels(image.width, image.height),
            thumbnail: thumbnail(image.jpeg_thumbnail.as_deref()),
            ..media!(MediaKind::Image, image, None)
        }
    } else if let Some(video) = message.video_message.as_option() {
        Media {
            caption: filled(&video.caption),
            seconds: video.seconds,
            size: pixels(video.width, video.height),
            thumbnail: thumbnail(video.jpeg_thumbnail.as_deref()),
            animated: video.gif_playback.unwrap_or_default(),
            ..media!(MediaKind::Video, video, None)
        }
    } else if let Some(video) = message.ptv_message.as_option() {
        Media {
            seconds: video.seconds,
            size: pixels(video.width, video.height),
            thumbnail: thumbnail(video.jpeg_thumbnail.as_deref()),
            ..media!(MediaKind::VideoNote, video, None)
        }
    } else if let Some(audio) = message.audio_message.as_option() {
        let kind = if audio.ptt == Some(true) { MediaKind::Voice } else { MediaKind::Audio };
        Media { seconds: audio.seconds, ..media!(kind, audio, None) }
    } else if let Some(document) = message.document_message.as_option() {
        let file_name = filled(&document.file_name).or_else(|| filled(&document.title));
        Media {
            caption: filled(&document.caption),
            thumbnail: thumbnail(document.jpeg_thumbnail.as_deref()),
            ..media!(MediaKind::Document, document, file_name)
        }
    } else {
        let sticker = message.sticker_message.as_option()?;
        Media {
            size: pixels(sticker.width, sticker.height),
            animated: sticker.is_animated.unwrap_or_default() || sticker.is_lottie.unwrap_or_default(),
            ..media!(MediaKind::Sticker, sticker, None)
        }
    };
    Some(Content::Media(media))
}

/// `type/subtype` without what follows it.
fn mime(said: Option<&str>) -> String {
    said.and_then(|mime| mime.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
}

fn pixels(width: Option<u32>, height: Option<u32>) -> Option<(u32, u32)> {
    width.zip(height).filter(|(width, height)| *width > 0 && *height > 0)
}

fn thumbnail(jpeg: Option<&[u8]>) -> Option<String> {
    jpeg.filter(|jpeg| (1..=THUMBNAIL).contains(&jpeg.len())).map(|jpeg| STANDARD.encode(jpeg))
}
