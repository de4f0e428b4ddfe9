//! Chapter 5 of the specification: what comes in.

use std::collections::HashSet;
use std::time::Duration;

use sluice_model::Content;

use super::{Rig, Stage};
use crate::Incoming;

pub async fn inbound_comes_in_order(rig: &dyn Rig) {
    let (stage, _session) = Stage::connected(rig).await;
    let [peer, other] = rig.peers();
    let mut wanted = Vec::new();
    for number in 0..20 {
        wanted.push(rig.say(&stage.home, &peer, Content::text(format!("number {number}"))).await);
        rig.say(&stage.home, &other, Content::text("in between")).await;
    }
    let messages = comes(&stage, 40).await;
    let remotes: Vec<_> = messages.iter().filter(|m| m.chat == peer).map(|m| m.remote.clone()).collect();
    assert_eq!(remotes, wanted);
    let distinct: HashSet<_> = messages.iter().map(|m| (&m.chat, &m.remote)).collect();
    assert_eq!(distinct.len(), 40, "an id came twice in one chat");
}

pub async fn inbound_says_who_wrote_it(rig: &dyn Rig) {
    let (stage, _session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    let begun = stage.home.clock.now();
    let remote = rig.say(&stage.home, &peer, Content::text("It is me")).await;
    let message = comes(&stage, 1).await.remove(0);
    assert_eq!(message.remote, remote);
    assert!(!message.remote.is_empty(), "a message without an id");
    assert_eq!((&message.chat, message.content.words()), (&peer, "It is me"));
    assert!(!message.from_phone, "the other side's words are told as our own");
    let Some(sender) = &message.sender else { panic!("a message of nobody") };
    assert!(sender.address == peer || sender.alias.as_ref() == Some(&peer), "{sender:?} is not {peer}");
    // The messenger's seconds may be rounded down.
    assert!(message.at.plus(Duration::from_secs(1)) >= begun, "a message from the time before it was written");
    assert!(message.at <= stage.home.clock.now().plus(Duration::from_secs(1)), "a message from the future");
}

pub async fn what_the_inbox_refused_comes_again(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    stage.inbox.close();
    let mut wanted = Vec::new();
    for number in 0..3 {
        wanted.push(rig.say(&stage.home, &peer, Content::text(format!("refused {number}"))).await);
    }
    stage.pass(Duration::from_secs(1)).await;
    assert!(stage.messages().is_empty());
    stage.settle("closing", session.close()).await;
    stage.inbox.open();
    let _session = stage.open().await;
    assert_eq!(come(&stage, &wanted).await, wanted, "not what was refused, in its order");
}

pub async fn what_was_said_meanwhile_comes_later(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    rig.cut(&stage.home).await;
    stage.pass(Duration::from_millis(100)).await;
    let during_cut = rig.say(&stage.home, &peer, Content::text("while the line was cut")).await;
    rig.restore(&stage.home).await;
    comes(&stage, 1).await;
    stage.settle("closing", session.close()).await;
    let while_closed = rig.say(&stage.home, &peer, Content::text("while nobody listened")).await;
    let _session = stage.open().await;
    let wanted = [during_cut, while_closed];
    assert_eq!(come(&stage, &wanted).await, wanted);
}

pub async fn a_slow_inbox_does_not_hold_up_sending(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    stage.inbox.get_stuck();
    let waiting = rig.say(&stage.home, &peer, Content::text("take your time")).await;
    stage.pass(Duration::from_millis(100)).await;
    for number in 0..10 {
        let order = stage.text(&peer, &format!("meanwhile {number}"));
        let performed = stage.settle("a send past a slow inbox", session.perform(&order)).await;
        assert!(performed.is_ok(), "{performed:?}");
    }
    stage.inbox.open();
    let wanted = [waiting];
    assert_eq!(come(&stage, &wanted).await, wanted);
}

pub async fn the_own_phone_is_told_apart(rig: &dyn Rig) {
    let (stage, _session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    let Some(remote) = rig.write_on_phone(&stage.home, &peer, Content::text("by thumb")).await else {
        return;
    };
    let message = comes(&stage, 1).await.remove(0);
    assert_eq!((message.remote, message.chat, message.from_phone), (remote, peer, true));
}

/// Waits until so many messages came in.
async fn comes(stage: &Stage<'_>, count: usize) -> Vec<Incoming> {
    let enough = |messages: &Vec<Incoming>| messages.len() >= count;
    stage.until("messages from the other side", |stage| Some(stage.messages()).filter(enough)).await
}

/// Waits until all of `wanted` came in; their ids in the order of their first coming. Repetition is harmless.
async fn come(stage: &Stage<'_>, wanted: &[String]) -> Vec<String> {
    stage
        .until("what was held back", |stage| {
            let mut seen = Vec::new();
            for message in stage.messages() {
                if wanted.contains(&message.remote) && !seen.contains(&message.remote) {
                    seen.push(message.remote);
                }
            }
            (seen.len() == wanted.len()).then_some(seen)
        })
        .await
}
