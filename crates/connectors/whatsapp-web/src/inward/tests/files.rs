//! Messages with a file.

use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message as kinds;

use super::{Scene, image, settle_all, some, wrapped};

#[test]
fn files_are_read() {
    let message = wa::Message::default;
    let cases: Vec<(&str, Scene, wa::Message)> = vec![
        ("a picture in a group", Scene::group(), wa::Message { image_message: some(image()), ..message() }),
        (
            "a video that plays by itself",
            Scene::ann(),
            wa::Message {
                video_message: some(kinds::VideoMessage {
                    mimetype: Some("video/mp4".into()),
                    seconds: Some(3),
                    gif_playback: Some(true),
                    direct_path: Some("/v".into()),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "a round video",
            Scene::ann(),
            wa::Message {
                ptv_message: some(kinds::VideoMessage { direct_path: Some("/v".into()), ..Default::default() }),
                ..message()
            },
        ),
        (
            "a voice note",
            Scene::ann(),
            wa::Message {
                audio_message: some(kinds::AudioMessage {
                    mimetype: Some("audio/ogg; codecs=opus".into()),
                    seconds: Some(7),
                    ptt: Some(true),
                    direct_path: Some("/v".into()),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "music, written on the phone",
            Scene::phone(),
            wa::Message {
                audio_message: some(kinds::AudioMessage { mimetype: Some("audio/mpeg".into()), ..Default::default() }),
                ..message()
            },
        ),
        (
            "a document with words",
            Scene::ann(),
            wa::Message {
                document_with_caption_message: wrapped(wa::Message {
                    document_message: some(kinds::DocumentMessage {
                        mimetype: Some("application/pdf".into()),
                        file_name: Some("a.pdf".into()),
                        caption: Some("Read this".into()),
                        direct_path: Some("/v".into()),
                        ..Default::default()
                    }),
                    ..message()
                }),
                ..message()
            },
        ),
        (
            "a sticker that moves",
            Scene::ann(),
            wa::Message {
                lottie_sticker_message: wrapped(wa::Message {
                    sticker_message: some(kinds::StickerMessage {
                        mimetype: Some("image/webp".into()),
                        is_animated: Some(true),
                        direct_path: Some("/v".into()),
                        ..Default::default()
                    }),
                    ..message()
                }),
                ..message()
            },
        ),
    ];
    settle_all("files", &cases);
}
