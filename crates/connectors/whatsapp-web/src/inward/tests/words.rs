//! Texts, and what is around them.

use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message as kinds;

use super::{Scene, image, settle_all, some, text, wrapped};

#[test]
fn what_people_say_is_read() {
    let context = |context: wa::ContextInfo| some(context);
    let image_message = || wa::Message { image_message: some(image()), ..Default::default() };
    let cases: Vec<(&str, Scene, wa::Message)> = vec![
        ("a text", Scene::ann(), text("Hello")),
        ("a text by LID", Scene::new("1001:2@lid", "1001:2@lid", false), text("Hello")),
        ("a text of a stranger's LID", Scene::new("1003@lid", "1003@lid", false), text("Hello")),
        ("a text in a group", Scene::group(), text("Hello all")),
        (
            "a text written on the phone",
            Scene::phone(),
            wa::Message {
                device_sent_message: some(kinds::DeviceSentMessage {
                    destination_jid: Some("79990000001@s.whatsapp.net".into()),
                    message: some(text("by thumb")),
                    ..Default::default()
                }),
                ..Default::default()
            },
        ),
        ("a story", Scene::new("status@broadcast", "1001@lid", false), text("My day")),
        (
            "a story on a colour",
            Scene::new("status@broadcast", "1001@lid", false),
            wa::Message {
                extended_text_message: some(kinds::ExtendedTextMessage {
                    text: Some("My day".into()),
                    background_argb: Some(0xFF00_6633),
                    font: Some(kinds::extended_text_message::FontType::FB_SCRIPT),
                    ..Default::default()
                }),
                ..Default::default()
            },
        ),
        (
            "a link with its card, mentions, forwarded",
            Scene::group(),
            wa::Message {
                extended_text_message: some(kinds::ExtendedTextMessage {
                    text: Some("See https://example.org @79990000002".into()),
                    matched_text: Some("https://example.org".into()),
                    title: Some("Example".into()),
                    description: Some("A page".into()),
                    context_info: context(wa::ContextInfo {
                        mentioned_jid: vec!["1002@lid".into(), "nonsense".into()],
                        is_forwarded: Some(true),
                        forwarding_score: Some(4),
                        ..Default::default()
                    }),
                    ..Default::default()
                }),
                ..Default::default()
            },
        ),
        (
            "an answer to ours",
            Scene::ann(),
            wa::Message {
                extended_text_message: some(kinds::ExtendedTextMessage {
                    text: Some("Yes".into()),
                    context_info: context(wa::ContextInfo {
                        stanza_id: Some("3EB1".into()),
                        participant: Some("9001@lid".into()),
                        quoted_message: some(text("Really?")),
                        is_forwarded: Some(true),
                        ..Default::default()
                    }),
                    ..Default::default()
                }),
                ..Default::default()
            },
        ),
        (
            "an answer to a picture of another",
            Scene::group(),
            wa::Message {
                extended_text_message: some(kinds::ExtendedTextMessage {
                    text: Some("Nice".into()),
                    context_info: context(wa::ContextInfo {
                        stanza_id: Some("3EB2".into()),
                        participant: Some("1002@lid".into()),
                        quoted_message: some(image_message()),
                        ..Default::default()
                    }),
                    ..Default::default()
                }),
                ..Default::default()
            },
        ),
        (
            "one that disappears and is seen once",
            Scene::ann(),
            wa::Message {
                ephemeral_message: wrapped(wa::Message {
                    view_once_message_v2: wrapped(image_message()),
                    ..Default::default()
                }),
                ..Default::default()
            },
        ),
        (
            "an order",
            Scene::ann(),
            wa::Message { order_message: some(kinds::OrderMessage::default()), ..Default::default() },
        ),
        ("nothing that is known", Scene::ann(), wa::Message::default()),
        (
            "keys for a group",
            Scene::group(),
            wa::Message {
                sender_key_distribution_message: some(kinds::SenderKeyDistributionMessage::default()),
                message_context_info: some(wa::MessageContextInfo::default()),
                ..Default::default()
            },
        ),
    ];
    settle_all("words", &cases);
}
