//! Messages about messages, and what is sent read back.

use sluice_model::Content;
use sluice_model::content::{Card, Target};
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message as kinds;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;

use super::{Scene, image, key, protocol, settle_all, some, text, wrapped};
use crate::inward::content::{self, Meaning};
use crate::outward::letter::{Parts, write};

#[test]
fn messages_about_messages_are_read() {
    let reaction = |key, emoji: &str| wa::Message {
        reaction_message: some(kinds::ReactionMessage { key, text: Some(emoji.into()), ..Default::default() }),
        ..Default::default()
    };
    let edit = |key, edited: wa::Message| {
        protocol(kinds::ProtocolMessage {
            key,
            r#type: Some(Type::MESSAGE_EDIT),
            edited_message: some(edited),
            ..Default::default()
        })
    };
    let revoke = |key| protocol(kinds::ProtocolMessage { key, r#type: Some(Type::REVOKE), ..Default::default() });
    let cases: Vec<(&str, Scene, wa::Message)> = vec![
        ("a thumb for ours", Scene::ann(), reaction(key("3EB1", false, None), "👍")),
        ("a thumb for her own", Scene::ann(), reaction(key("3EB2", true, None), "👍")),
        ("a thumb taken back in a group", Scene::group(), reaction(key("3EB3", false, Some("1002@lid")), "")),
        ("a thumb for ours in a group", Scene::group(), reaction(key("3EB3", false, Some("9001@lid")), "👍")),
        ("our phone's thumb for hers", Scene::phone(), reaction(key("3EB2", false, None), "👍")),
        ("our phone's thumb for our own", Scene::phone(), reaction(key("3EB1", true, None), "👍")),
        ("her edit", Scene::ann(), edit(key("3EB2", true, None), text("Better"))),
        (
            "her edit in its envelope",
            Scene::ann(),
            wa::Message {
                edited_message: wrapped(edit(
                    key("3EB2", true, None),
                    wa::Message { image_message: some(image()), ..Default::default() },
                )),
                ..Default::default()
            },
        ),
        ("her deletion", Scene::ann(), revoke(key("3EB2", true, None))),
        ("an admin's deletion of another's", Scene::group(), revoke(key("3EB3", false, Some("1002@lid")))),
        ("our phone's deletion", Scene::phone(), revoke(key("3EB1", true, None))),
        (
            "a timer",
            Scene::ann(),
            protocol(kinds::ProtocolMessage {
                r#type: Some(Type::EPHEMERAL_SETTING),
                ephemeral_expiration: Some(86_400),
                ..Default::default()
            }),
        ),
        (
            "what devices tell one another",
            Scene::phone(),
            protocol(kinds::ProtocolMessage { r#type: Some(Type::APP_STATE_SYNC_KEY_SHARE), ..Default::default() }),
        ),
        ("a reaction to nothing", Scene::ann(), reaction(key("", false, None), "👍")),
    ];
    settle_all("about", &cases);
}

#[test]
fn what_is_sent_is_read_back() {
    let contents: Vec<Content> = [
        r#"{"type":"text","text":"Hello"}"#,
        r#"{"type":"location","latitude":1.5,"longitude":2.5,"name":"Here","address":"There"}"#,
        r#"{"type":"poll","question":"Tea?","options":["Yes","No"],"choices":1}"#,
        r#"{"type":"poll","question":"Tea?","options":["Yes","No"],"choices":0}"#,
    ]
    .into_iter()
    .map(|json| serde_json::from_str(json).unwrap())
    .chain([Content::Contacts { cards: vec![Card::new("Ann", "79990000001")] }])
    .collect();
    let scene = Scene::phone();
    for content in contents {
        let letter = write(&content, Parts::default()).unwrap();
        assert_eq!(content::read(&letter, &scene.frame()), Meaning::Content(content));
    }
    let about = |content: &Content, from_me| {
        let key = wa::MessageKey { id: Some("3EB1".into()), from_me: Some(from_me), ..Default::default() };
        write(content, Parts { key: Some(key), ..Parts::default() }).unwrap()
    };
    let target = Target { remote: "3EB1".into(), from_me: true, sender: None };
    for content in [
        Content::Reaction { target: target.clone(), emoji: None },
        Content::Edit { target: target.clone(), text: "Better".into() },
        Content::Delete { target, for_everyone: true },
    ] {
        assert_eq!(content::read(&about(&content, true), &scene.frame()), Meaning::Content(content));
    }
}
