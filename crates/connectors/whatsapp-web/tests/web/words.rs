//! Words, files and questions against people who read and write with real phones.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sluice_connector::kit::Stage;
use sluice_connector::{Inbound, Incoming, Session};
use sluice_model::ask::GroupCall;
use sluice_model::content::{Poll, Source, Target};
use sluice_model::event::CallStage;
use sluice_model::{Address, Answer, Ask, Content, Event};
use sluice_whatsapp_world::buffa::MessageField;
use sluice_whatsapp_world::proto::{self, Message, message as kinds};
use sluice_whatsapp_world::{Chat, Heard, Past, Trouble};
use whatsapp_rust::wacore::download::MediaType;
use whatsapp_rust::wacore::poll::{compute_option_hash, encrypt_poll_vote_with_secret};

use crate::pocket::{ANN, BOB, EVE, Pocket};

fn person(phone: &str) -> Address {
    Address::Phone(phone.into())
}

fn content(json: serde_json::Value) -> Content {
    serde_json::from_value(json).unwrap_or_else(|error| panic!("{error}"))
}

/// Sends; the id that it stands under.
async fn send(stage: &Stage<'_>, session: &dyn Session, chat: &Address, content: Content) -> String {
    let order = stage.order(chat, content);
    let sent = stage.settle("a send", session.perform(&order)).await;
    sent.unwrap_or_else(|failure| panic!("{:?}: {failure}", order.message.content)).remote.unwrap_or_default()
}

async fn heard(stage: &Stage<'_>, rig: &Pocket, phone: &str, remote: &str) -> Heard {
    let find = |_: &Stage<'_>| rig.world.heard(phone).into_iter().find(|heard| heard.id == remote);
    stage.until("the other side has it", find).await
}

async fn comes(stage: &Stage<'_>, remote: &str) -> Incoming {
    stage.until(remote, |stage| stage.messages().into_iter().find(|message| message.remote == remote)).await
}

async fn ask(stage: &Stage<'_>, session: &dyn Session, ask: Ask) -> Answer {
    let answer = stage.settle("an answer", session.ask(ask.clone())).await;
    answer.unwrap_or_else(|failure| panic!("{ask:?}: {failure}"))
}

#[tokio::test]
async fn files_go_both_ways_byte_by_byte() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let bytes: Vec<u8> = (0..300_000_u32).map(|place| place.to_le_bytes()[0] ^ place.to_le_bytes()[1]).collect();
    let blob = stage.media.lay(&bytes).unwrap();
    let video =
        json!({"type": "media", "kind": "video", "source": Source::Blob(blob), "mime": "video/mp4", "caption": "Look"});
    let remote = send(&stage, &*session, &person(BOB), content(video)).await;
    let came = heard(&stage, &rig, BOB, &remote).await.message;
    let video = came.video_message.as_option().unwrap();
    assert_eq!((video.caption.as_deref(), video.mimetype.as_deref()), (Some("Look"), Some("video/mp4")));
    assert!(rig.world.download(video).unwrap() == bytes, "other bytes");

    let up = rig.world.upload(&bytes, MediaType::Document).unwrap();
    let document = kinds::DocumentMessage {
        direct_path: Some(up.direct_path),
        media_key: Some(up.media_key),
        file_sha256: Some(up.sha256),
        file_enc_sha256: Some(up.enc_sha256),
        file_length: Some(up.length),
        file_name: Some("a.bin".into()),
        mimetype: Some("application/pdf".into()),
        ..Default::default()
    };
    let message = Message { document_message: MessageField::some(document), ..Default::default() };
    let remote = rig.world.say(BOB, ANN, &message).unwrap();
    let Content::Media(media) = comes(&stage, &remote).await.content else { panic!("no file") };
    let Source::Blob(blob) = &media.source else { panic!("the file is left at WhatsApp: {media:?}") };
    assert!(stage.media.bytes(blob).unwrap() == bytes, "other bytes");
    assert_eq!((media.file_name.as_deref(), &*media.mime), (Some("a.bin"), "application/pdf"));

    // The servers fail, and later do not: the message comes at once, its file when it is asked for.
    rig.world.fail_media(Some(500));
    let remote = rig.world.say(BOB, ANN, &message).unwrap();
    let Content::Media(media) = comes(&stage, &remote).await.content else { panic!("no file") };
    let Source::Remote(handle) = media.source else { panic!("a file of nowhere: {media:?}") };
    rig.world.fail_media(None);
    let fetch = Ask::FetchMedia { chat: person(BOB), remote, handle };
    let Answer::Media { blob, mime, .. } = ask(&stage, &*session, fetch).await else { panic!("no file") };
    assert!(stage.media.bytes(&blob).unwrap() == bytes && mime == "application/pdf");
}

#[tokio::test]
async fn a_group_is_written_to_and_heard_by_numbers_and_by_lids() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    for by_lid in [false, true] {
        let id = rig.world.group(ANN, "Friends", &[BOB, EVE], by_lid).unwrap();
        let (group, written) = (Address::Group(id.clone()), format!("{id}@g.us"));
        let remote = rig.world.say_text(BOB, &written, "hi all").unwrap();
        let came = comes(&stage, &remote).await;
        assert_eq!((&came.chat, came.chat_name.as_deref()), (&group, Some("Friends")));
        let sender = came.sender.unwrap();
        let lid = Address::Lid(rig.world.lid(BOB).unwrap());
        assert_eq!((sender.address, sender.alias), (person(BOB), Some(lid)), "by_lid={by_lid}");

        let ours = send(&stage, &*session, &group, Content::text("hello")).await;
        for phone in [BOB, EVE] {
            assert_eq!(heard(&stage, &rig, phone, &ours).await.message.conversation.as_deref(), Some("hello"));
        }
        let target = Target { remote: remote.clone(), from_me: false, sender: Some(person(BOB)) };
        let thumb = Content::Reaction { target, emoji: Some("👍".into()) };
        let thumb = send(&stage, &*session, &group, thumb).await;
        let came = heard(&stage, &rig, EVE, &thumb).await.message;
        let key = came.reaction_message.as_option().unwrap().key.as_option().unwrap();
        let member =
            if by_lid { format!("{}@lid", rig.world.lid(BOB).unwrap()) } else { format!("{BOB}@s.whatsapp.net") };
        assert_eq!((key.id.as_ref(), key.participant.as_ref()), (Some(&remote), Some(&member)));

        let read = Ask::MarkRead { chat: group.clone(), remotes: Vec::new() };
        assert_eq!(ask(&stage, &*session, read).await, Answer::Done);
        let is_read = || {
            rig.world.receipts(BOB).into_iter().any(|told| told.id == remote && told.kind == "read" && told.from == ANN)
        };
        stage.until("Bob sees that it was read", |_| is_read().then_some(())).await;
        let leave = Ask::Group { call: GroupCall::Info { group } };
        let Answer::Group { group } = ask(&stage, &*session, leave).await else { panic!("no group") };
        assert_eq!((group.name.as_str(), group.members.len()), ("Friends", 3));
        assert!(group.members.iter().all(|member| matches!(member.address, Address::Phone(_))), "{group:?}");
    }
}

#[tokio::test]
async fn votes_are_counted() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let poll = Poll { question: "Tea?".into(), options: vec!["Yes".into(), "No".into()], choices: 1 };
    let remote = send(&stage, &*session, &person(BOB), Content::Poll(poll)).await;
    heard(&stage, &rig, BOB, &remote).await;
    // A phone keeps the secret to itself, so it is looked up where the account keeps it.
    let kept = stage.home.vault.read(&format!("words/poll/{remote}")).await.unwrap().unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
    let secret = STANDARD.decode(kept["secret"].as_str().unwrap()).unwrap();
    for (option, chosen) in [("Yes", vec!["Yes"]), ("No", vec!["No"])] {
        let hashes = [compute_option_hash(option).to_vec()];
        let (creator, voter) = (format!("{ANN}@s.whatsapp.net"), format!("{BOB}@s.whatsapp.net"));
        let (payload, iv) = encrypt_poll_vote_with_secret(&hashes, &secret, &remote, &creator, &voter).unwrap();
        let vote = kinds::PollUpdateMessage {
            poll_creation_message_key: MessageField::some(proto::MessageKey {
                id: Some(remote.clone()),
                from_me: Some(false),
                ..Default::default()
            }),
            vote: MessageField::some(kinds::PollEncValue { enc_payload: Some(payload), enc_iv: Some(iv.to_vec()) }),
            ..Default::default()
        };
        let message = Message { poll_update_message: MessageField::some(vote), ..Default::default() };
        let voted = rig.world.say(BOB, ANN, &message).unwrap();
        let Content::Vote(vote) = comes(&stage, &voted).await.content else { panic!("no vote") };
        assert_eq!((vote.question.as_str(), &vote.target.remote, vote.target.from_me), ("Tea?", &remote, true));
        assert_eq!(vote.chosen, chosen);
        let voters: usize = vote.tally.iter().map(|tally| tally.voters.len()).sum();
        assert_eq!(voters, 1, "a newer vote replaces the older: {vote:?}");
    }
}

#[tokio::test]
async fn a_story_is_told_to_those_who_are_saved() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let save = Ask::SaveContact { who: person(BOB), name: Some("Bob B".into()) };
    assert_eq!(ask(&stage, &*session, save).await, Answer::Done);
    let story = content(json!({"type": "text", "text": "My day", "style": {"background": "#112233", "font": null}}));
    let remote = send(&stage, &*session, &Address::Story, story).await;
    let came = heard(&stage, &rig, BOB, &remote).await;
    let text = came.message.extended_text_message.as_option().unwrap();
    assert_eq!((text.text.as_deref(), text.background_argb), (Some("My day"), Some(0xFF11_2233)));
    rig.world.confirm(BOB, "status@broadcast", Some(ANN), &remote, "read").unwrap();
    stage
        .until("it is told as read", |stage| {
            let mut inbound = stage.inbox.taken().into_iter();
            inbound.find(|one| matches!(one, Inbound::Receipt(receipt) if receipt.remotes.contains(&remote)))
        })
        .await;
    let Answer::StoryViews { viewers } = ask(&stage, &*session, Ask::StoryViews { remote }).await else { panic!() };
    assert_eq!(viewers.iter().map(|(who, _)| who.clone()).collect::<Vec<_>>(), [person(BOB)]);
}

#[tokio::test]
async fn messages_disappear_where_the_chat_has_a_timer() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let timer = |seconds| Ask::Disappearing { chat: person(BOB), seconds };
    for seconds in [86_400, 0] {
        assert_eq!(ask(&stage, &*session, timer(seconds)).await, Answer::Done);
        let remote = send(&stage, &*session, &person(BOB), Content::text("for a day")).await;
        let came = heard(&stage, &rig, BOB, &remote).await.message;
        let context = came.extended_text_message.as_option().and_then(|text| text.context_info.as_option());
        assert_eq!(context.and_then(|context| context.expiration).unwrap_or_default(), seconds);
    }
}

#[tokio::test]
async fn history_calls_and_lost_messages_are_told() {
    let rig = Pocket::new().await;
    let (stage, _session) = Stage::connected(&rig).await;
    let past = |id: &str, own, text: &str| Past { id: id.into(), own, text: text.into(), at: 1_700_000_000 };
    let with = format!("{BOB}@s.whatsapp.net").parse().unwrap();
    let messages = vec![past("OLD1", false, "long ago"), past("OLD2", true, "indeed")];
    rig.world.share_history(ANN, &[Chat { with, name: "Bob of old".into(), messages }]).unwrap();
    let history = |stage: &Stage<'_>| {
        let taken = stage.inbox.taken().into_iter().filter_map(|inbound| match inbound {
            Inbound::History(messages) => Some(messages),
            _ => None,
        });
        Some(taken.flatten().collect::<Vec<_>>()).filter(|all| all.len() == 2)
    };
    let history = stage.until("the history", history).await;
    assert_eq!((history[0].content.words(), history[0].from_phone), ("long ago", false));
    assert_eq!((history[1].content.words(), history[1].from_phone), ("indeed", true));
    assert!(history.iter().all(|one| one.chat == person(BOB) && one.at.seconds() == 1_700_000_000), "{history:?}");
    assert!(stage.messages().is_empty(), "history is no news");

    for (how, stage_of_call) in [("offer", CallStage::Offered), ("terminate", CallStage::Missed)] {
        rig.world.ring(BOB, ANN, "CALL1", how, true).unwrap();
        let told = |stage: &Stage<'_>| {
            stage.inbox.taken().into_iter().find_map(|inbound| match inbound {
                Inbound::Call(call) if call.stage == stage_of_call => Some(call),
                _ => None,
            })
        };
        let call = stage.until(how, told).await;
        assert_eq!((call.remote.as_str(), call.from.phone()), ("CALL1", Some(BOB)));
    }

    rig.world.trouble(ANN, Trouble::Spoil, 1).unwrap();
    let remote = rig.world.say_text(BOB, ANN, "lost").unwrap();
    let lost = comes(&stage, &format!("{remote}-undecrypted")).await;
    assert!(matches!(lost.content, Content::Unreadable { .. }) && lost.chat == person(BOB), "{lost:?}");
}

#[tokio::test]
async fn people_are_known_by_both_addresses() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let lid = Address::Lid(rig.world.lid(BOB).unwrap());
    let who = vec![person(BOB), person("79990000099"), person(EVE), Address::Story];
    let Answer::Checked { found } = ask(&stage, &*session, Ask::Check { who: who.clone() }).await else { panic!() };
    assert_eq!(found.iter().map(|one| one.asked.clone()).collect::<Vec<_>>(), who);
    assert_eq!(found.iter().map(|one| one.exists).collect::<Vec<_>>(), [true, false, true, false]);
    assert_eq!(found[0].address.as_ref(), Some(&lid));

    let order = stage.text(&lid, "to a LID");
    let receipt = stage.settle("a send", session.perform(&order)).await.unwrap();
    assert_eq!(receipt.alias, Some(person(BOB)));
    heard(&stage, &rig, BOB, &receipt.remote.unwrap()).await;
    let to_lid = format!("{}@lid", rig.world.lid(ANN).unwrap());
    let remote = rig.world.say_text(BOB, &to_lid, "from a LID").unwrap();
    let came = comes(&stage, &remote).await;
    assert_eq!((came.chat, came.chat_alias), (person(BOB), Some(lid)));

    let many: Vec<Address> = (0..700).map(|n| person(&format!("7998{n:07}"))).collect();
    let refused = stage.settle("too many", session.ask(Ask::Check { who: many })).await.unwrap_err();
    assert!(matches!(refused.why(), sluice_model::failure::Why::RateLimited), "{refused:?}");

    let group = GroupCall::Create { name: "Two".into(), members: vec![person(BOB)] };
    let Answer::Group { group } = ask(&stage, &*session, Ask::Group { call: group }).await else { panic!() };
    let rename = GroupCall::Rename { group: group.address.clone(), name: "Pair".into() };
    ask(&stage, &*session, Ask::Group { call: rename }).await;
    rig.world.group(BOB, "Bob's", &[ANN], false).unwrap();
    let created = |stage: &Stage<'_>| {
        stage.inbox.taken().into_iter().find(|one| {
            matches!(one, Inbound::Event(event) if matches!(&**event, Event::GroupChanged { change, .. } if change == "created"))
        })
    };
    stage.until("the new group is told", created).await;
}
