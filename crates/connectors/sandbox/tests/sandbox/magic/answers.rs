//! The numbers that answer.

use std::time::Duration;

use sluice_connector::kit::{Rig, Stage};
use sluice_connector::{Inbound, Incoming};
use sluice_model::content::{MediaKind, Source};
use sluice_model::event::CallStage;
use sluice_model::{Address, Channel, Content};

use super::{MS, hello, phone};
use crate::phone::Pocket;

/// Sends "Hello" and returns all that was said in answer.
async fn answers_of(ending: &str) -> (Vec<Incoming>, String) {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let (sent, remote) = hello(&stage, &*session, &phone(ending)).await;
    assert_eq!(sent, Ok(()));
    stage.pass(MS(699)).await;
    assert!(stage.messages().is_empty(), "answered before it could be read");
    stage.pass(MS(301)).await;
    stage.pass(Duration::from_secs(60)).await;
    let messages = stage.messages();
    for message in &messages {
        assert_eq!((&message.chat, message.from_phone), (&phone(ending), false));
        assert!(message.remote.starts_with("3A") && message.remote.len() == 20, "{}", message.remote);
        let sender = message.sender.as_ref().unwrap();
        assert!(sender.name.as_ref().unwrap().ends_with(&format!(" 0{ending}")));
        assert!(matches!(sender.alias, Some(Address::Lid(_))));
    }
    (messages, remote)
}

async fn answer_of(ending: &str) -> (Content, String) {
    let (mut messages, remote) = answers_of(ending).await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    (messages.remove(0).content, remote)
}

#[tokio::test]
async fn n200_answers_with_the_same_text_after_it_was_read() {
    let (content, _) = answer_of("200").await;
    assert_eq!(content, Content::text("Hello"));
}

#[tokio::test]
async fn files_come_from_n201_n202_and_n209() {
    for (ending, kind, mime) in [
        ("201", MediaKind::Image, "image/png"),
        ("202", MediaKind::Voice, "audio/ogg"),
        ("209", MediaKind::Document, "application/pdf"),
    ] {
        let (content, _) = answer_of(ending).await;
        let Content::Media(media) = content else { panic!("{content:?}") };
        assert_eq!((media.kind, media.mime.as_str()), (kind, mime));
        assert!(matches!(media.source, Source::Blob(blob) if blob.size > 50), "the file is in the gateway's keeping");
    }
}

#[tokio::test]
async fn n203_and_n204_answer_with_a_place_and_a_person() {
    let (place, _) = answer_of("203").await;
    assert!(matches!(&place, Content::Location(at) if at.latitude > 55.0 && at.longitude > 37.0), "{place:?}");
    let (person, _) = answer_of("204").await;
    assert!(
        matches!(&person, Content::Contacts { cards } if cards[0].vcard.contains("waid=79990000001")),
        "{person:?}"
    );
}

#[tokio::test]
async fn n205_answers_with_a_poll_and_a_vote_in_it() {
    let (messages, _) = answers_of("205").await;
    let [poll, vote] = &messages[..] else { panic!("{messages:?}") };
    let (Content::Poll(asked), Content::Vote(cast)) = (&poll.content, &vote.content) else { panic!("{messages:?}") };
    assert_eq!(cast.target.remote, poll.remote);
    assert!(asked.options.contains(&cast.chosen[0]));
    assert_eq!(cast.tally[0].voters, [phone("205")]);
    assert_eq!(vote.at.since(poll.at), MS(100));
}

#[tokio::test]
async fn n206_answers_with_a_reaction() {
    let (content, remote) = answer_of("206").await;
    let Content::Reaction { target, emoji } = content else { panic!("{content:?}") };
    assert_eq!((target.remote, target.from_me, emoji.as_deref()), (remote, true, Some("👍")));
}

#[tokio::test]
async fn n207_edits_and_n208_deletes_what_they_said_first() {
    let (messages, _) = answers_of("207").await;
    let [said, edit] = &messages[..] else { panic!("{messages:?}") };
    let Content::Edit { target, text } = &edit.content else { panic!("{edit:?}") };
    assert_eq!((&target.remote, target.from_me), (&said.remote, false));
    assert!(text.ends_with("Hello"));

    let (messages, _) = answers_of("208").await;
    let [said, delete] = &messages[..] else { panic!("{messages:?}") };
    let Content::Delete { target, for_everyone } = &delete.content else { panic!("{delete:?}") };
    assert_eq!((&target.remote, *for_everyone), (&said.remote, true));
}

#[tokio::test]
async fn n207_edits_its_last_message_where_it_said_something() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let said = pocket.say(&stage.home, &phone("207"), Content::text("Good day")).await;
    assert_eq!(hello(&stage, &*session, &phone("207")).await.0, Ok(()));
    stage.pass(Duration::from_secs(1)).await;
    let messages = stage.messages();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(matches!(&messages[1].content, Content::Edit { target, .. } if target.remote == said));
}

#[tokio::test]
async fn n210_calls_and_hangs_up() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    assert_eq!(hello(&stage, &*session, &phone("210")).await.0, Ok(()));
    stage.pass(MS(700)).await;
    let call = stage.inbox.taken().into_iter().find_map(|inbound| match inbound {
        Inbound::Call(call) => Some(call),
        _ => None,
    });
    let call = call.unwrap();
    assert_eq!((call.from.address, call.stage), (phone("210"), CallStage::Missed));
}

#[tokio::test]
async fn an_edit_is_not_answered() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let (_, remote) = hello(&stage, &*session, &phone("200")).await;
    let target = sluice_model::content::Target { remote, from_me: true, sender: None };
    let edit = stage.order(&phone("200"), Content::Edit { target, text: "Hello!".to_owned() });
    assert!(session.perform(&edit).await.is_ok());
    stage.pass(Duration::from_secs(2)).await;
    assert_eq!(stage.messages().len(), 1);
}
