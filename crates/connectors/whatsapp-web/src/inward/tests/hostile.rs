//! What nobody honest sends.

use proptest::prelude::*;
use sluice_model::Content;
use whatsapp_rust::waproto::codec::{message_decode, message_to_vec};
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message as kinds;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;

use super::{Scene, image, key, protocol, some, text, wrapped};
use crate::inward::content::{self, Meaning};
use crate::inward::envelope;

#[test]
fn envelopes_without_end_are_opened_to_a_depth() {
    let mut message = text("deep");
    for _ in 0..100 {
        message = wa::Message { ephemeral_message: wrapped(message), ..Default::default() };
    }
    assert_ne!(envelope::open(&message).conversation.as_deref(), Some("deep"));
    let scene = Scene::ann();
    assert!(matches!(content::read(&message, &scene.frame()), Meaning::Content(Content::Unreadable { .. })));
}

/// Reads a message as it is read when it comes, in every scene.
fn read_everywhere(message: &wa::Message) {
    for scene in [Scene::ann(), Scene::phone(), Scene::group(), Scene::new("status@broadcast", "1001@lid", false)] {
        let _ = envelope::people(message);
        let told = scene.tell(message);
        assert!(!told.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_the_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(message) = message_decode(&bytes) {
            read_everywhere(&message);
        }
    }

    /// Bytes of real messages, changed here and there, get further in.
    #[test]
    fn no_spoiled_message_makes_the_reading_panic(
        which in 0..4_usize,
        spoil in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let message = match which {
            0 => wa::Message { image_message: some(image()), ..Default::default() },
            1 => wa::Message { ephemeral_message: wrapped(text("Hello")), ..Default::default() },
            2 => protocol(kinds::ProtocolMessage {
                key: key("3EB2", true, Some("1001@lid")),
                r#type: Some(Type::MESSAGE_EDIT),
                edited_message: some(text("Better")),
                ..Default::default()
            }),
            _ => wa::Message {
                extended_text_message: some(kinds::ExtendedTextMessage {
                    text: Some("Yes".into()),
                    context_info: some(wa::ContextInfo {
                        stanza_id: Some("3EB1".into()),
                        participant: Some("9001@lid".into()),
                        quoted_message: some(wa::Message { image_message: some(image()), ..Default::default() }),
                        ..Default::default()
                    }),
                    ..Default::default()
                }),
                ..Default::default()
            },
        };
        let mut bytes = message_to_vec(&message);
        for (place, byte) in spoil {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(message) = message_decode(&bytes) {
            read_everywhere(&message);
        }
    }
}
