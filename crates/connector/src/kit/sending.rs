//! Chapter 4 of the specification: orders on their way out.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use sluice_model::event::Receipt;
use sluice_model::failure::Why;
use sluice_model::order::Step;
use sluice_model::{Ability, Failure};

use super::{Rig, Stage};
use crate::Inbound;

pub async fn an_order_arrives_as_it_is(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    for words in ["Hello", "Привет, *мир*! 👋🏽\nשלום", " <b>&amp;</b> \"quoted\" \\n"] {
        let order = stage.text(&peer, words);
        let receipt = match stage.settle("a send", session.perform(&order)).await {
            Ok(receipt) => receipt,
            Err(failure) => panic!("{words:?}: {failure}"),
        };
        let given = order.message.remote.clone().unwrap_or_default();
        let remote = receipt.remote.unwrap_or_else(|| given.clone());
        if stage.abilities().deduplicates {
            assert_eq!(remote, given, "where ids are ours, the order's id is the message's");
        }
        let copies = stage.arrives(&remote).await;
        assert_eq!(copies.len(), 1, "{copies:?}");
        assert_eq!((copies[0].content.kind(), copies[0].content.words()), ("text", words));
        assert_eq!(copies[0].chat, peer);
    }
}

pub async fn a_repeated_order_arrives_once(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    if !stage.abilities().deduplicates {
        return;
    }
    let [peer, _] = rig.peers();
    let mut order = stage.text(&peer, "once");
    let first = stage.settle("a send", session.perform(&order)).await;
    order.attempt = 2;
    let second = stage.settle("the same again", session.perform(&order)).await;
    assert_eq!(first, second, "a repeated order is answered like the first");
    stage.settle("closing", session.close()).await;
    let session = stage.open().await;
    order.attempt = 3;
    let third = stage.settle("the same in a new session", session.perform(&order)).await;
    assert_eq!(first, third, "a repeated order is answered like the first");
    assert_eq!(stage.arrives(order.message.remote.as_deref().unwrap_or_default()).await.len(), 1);
}

pub async fn a_dropped_order_is_not_doubled(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    if !stage.abilities().deduplicates {
        return;
    }
    let [peer, _] = rig.peers();
    let order = stage.text(&peer, "dropped half way");
    let _begun = session.perform(&order).now_or_never();
    stage.pass(Duration::from_secs(1)).await;
    let again = stage.settle("the same again", session.perform(&order)).await;
    assert!(again.is_ok(), "a send dropped half way is answered with {again:?} when it is repeated");
    assert_eq!(stage.arrives(order.message.remote.as_deref().unwrap_or_default()).await.len(), 1);
}

pub async fn what_is_in_hand_outlives_its_session(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    if !stage.connector.remembers() {
        return;
    }
    let [peer, _] = rig.peers();
    let order = stage.text(&peer, "begun in one session");
    let _begun = session.perform(&order).now_or_never();
    stage.settle("closing", session.close()).await;
    let session = stage.open().await;
    let performed = stage.settle("the same attempt in the next session", session.perform(&order)).await;
    assert!(performed.is_ok(), "a send begun in another session is answered with {performed:?}");
    let again = stage.settle("the same once more", session.perform(&order)).await;
    assert_eq!(again, performed, "what is remembered is answered like the first time");
    assert_eq!(stage.arrives(order.message.remote.as_deref().unwrap_or_default()).await.len(), 1);
}

pub async fn orders_of_a_chat_arrive_in_order(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    let wanted: Vec<String> = (0..20).map(|number| format!("number {number}")).collect();
    let mut last = None;
    for words in &wanted {
        let order = stage.text(&peer, words);
        let receipt = stage.settle("a send", session.perform(&order)).await;
        assert!(receipt.is_ok(), "{words}: {receipt:?}");
        last = receipt.ok().and_then(|receipt| receipt.remote).or(order.message.remote);
    }
    stage.arrives(last.as_deref().unwrap_or_default()).await;
    let arrived = stage.arrived().await;
    let words: Vec<&str> = arrived.iter().filter(|a| a.chat == peer).map(|a| a.content.words()).collect();
    assert_eq!(words, wanted);
}

pub async fn chats_do_not_wait_for_each_other(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let orders: Vec<_> = (0..8).flat_map(|_| rig.peers()).map(|peer| stage.text(&peer, "at once")).collect();
    let performed = join_all(orders.iter().map(|order| session.perform(order)));
    let outcomes = stage.settle("sends at the same time", performed).await;
    for (order, outcome) in orders.iter().zip(&outcomes) {
        let Ok(receipt) = outcome else { panic!("one of several sends at once: {outcome:?}") };
        let remote = receipt.remote.as_deref().or(order.message.remote.as_deref()).unwrap_or_default();
        assert_eq!(stage.arrives(remote).await.len(), 1);
    }
}

pub async fn receipts_come_in_order(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    if !stage.abilities().has(Ability::Receipts) {
        return;
    }
    let [peer, _] = rig.peers();
    let begun = stage.home.clock.now();
    let order = stage.text(&peer, "tell me when you read this");
    let receipt = stage.settle("a send", session.perform(&order)).await;
    let Ok(receipt) = receipt else { panic!("a send: {receipt:?}") };
    let remote = receipt.remote.or(order.message.remote).unwrap_or_default();
    let steps = stage
        .until("Read", |stage| {
            let told = receipts(stage, &remote);
            told.iter().any(|receipt| receipt.step == Step::Read).then_some(told)
        })
        .await;
    let ranks: Vec<_> = steps.iter().map(|receipt| rank(receipt.step)).collect();
    assert!(ranks.is_sorted() && ranks.contains(&1), "receipts came as {ranks:?} (1 delivered, 2 read)");
    assert!(steps.is_sorted_by_key(|receipt| receipt.at), "a later receipt speaks of an earlier moment: {steps:?}");
    assert!(steps.iter().all(|receipt| receipt.at >= begun), "a receipt speaks of the time before the send: {steps:?}");
}

pub async fn strangers_are_refused(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let Some(stranger) = rig.stranger() else { return };
    let order = stage.text(&stranger, "is anybody there?");
    let failure = stage.settle("a send to nobody", session.perform(&order)).await;
    assert!(
        matches!(failure, Err(Failure::Refused { why: Why::NotOnMessenger, .. })),
        "{stranger} is not on the messenger, and a send is answered with {failure:?}"
    );
}

fn receipts(stage: &Stage<'_>, remote: &str) -> Vec<Receipt> {
    let of_ours = stage.inbox.taken().into_iter().filter_map(|inbound| match inbound {
        Inbound::Receipt(receipt) if receipt.remotes.iter().any(|r| r == remote) => Some(receipt),
        _ => None,
    });
    of_ours.collect()
}

fn rank(step: Step) -> u8 {
    match step {
        Step::Deliver => 1,
        Step::Read => 2,
        _ => 0,
    }
}
