//! What happens to a listener while it is told.

use std::pin::pin;

use sluice_model::delivery::State;
use sluice_model::event::Event;
use sluice_model::{Entry, Position};
use sluice_relay::Settings;
use sluice_store::Ring;
use sluice_store::listeners::Change;

use crate::stage::{START, Stage, url};

#[tokio::test]
async fn one_that_is_gone_is_switched_off() {
    let mut stage = Stage::new().await;
    let polite = stage.listener("polite").await;
    stage.start();
    let position = stage.text("1", "hello").await;
    stage.call().await.answer(410);
    stage.until(async || (!stage.store.listener(polite).await.unwrap().unwrap().enabled).then_some(())).await;
    stage.delivery(polite, position, State::Undelivered).await;
    let off = stage.store.listener(polite).await.unwrap().unwrap().off.clone().unwrap();
    assert!(off.reason.contains("410") && off.since >= START, "{off:?}");
    stage.text("1", "not told").await;
    stage.silence().await;

    stage.change(polite, Change { enabled: Some(true), ..Change::default() }).await;
    let call = stage.call().await;
    assert_eq!(call.words, "not told", "nothing is lost while it is off");
    call.answer(200);
}

#[tokio::test]
async fn one_that_is_removed_while_it_waits_is_called_no_more() {
    for dialect in ["line", "free"] {
        let mut stage = Stage::new().await;
        let (removed, kept) = (stage.listener(dialect).await, stage.listener("polite").await);
        stage.start();
        let position = stage.text("1", "hello").await;
        for _ in 0..2 {
            stage.call().await.answer(500);
        }
        stage.delivery(removed, position, State::Waiting).await;
        stage.delivery(kept, position, State::Waiting).await;
        stage.remove(removed).await;
        stage.silence().await;
        stage.advance(300);
        let call = stage.call().await;
        assert_eq!(call.path(), "polite");
        call.answer(200);
        stage.silence().await;
    }
}

#[tokio::test]
async fn a_new_address_counts_from_the_next_attempt() {
    for (dialect, pause) in [("line", 60), ("free", 300)] {
        let mut stage = Stage::new().await;
        let listener = stage.listener(dialect).await;
        stage.start();
        let position = stage.text("1", "hello").await;
        stage.call().await.answer(404);
        stage.delivery(listener, position, State::Waiting).await;
        stage.change(listener, Change { target: Some(url("new")), ..Change::default() }).await;
        stage.advance(pause);
        let call = stage.call().await;
        assert_eq!((call.path(), call.attempt), ("new", 2));
        call.answer(200);
    }
}

#[tokio::test]
async fn one_that_is_switched_off_in_the_middle_of_a_request_hears_no_more() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    stage.start();
    let first = stage.text("1", "first").await;
    stage.text("1", "second").await;
    let call = stage.call().await;
    stage.change(free, Change { enabled: Some(false), ..Change::default() }).await;
    stage.silence().await;
    call.answer(200);
    stage.cursor(free, first).await;
    stage.silence().await;
}

#[tokio::test]
async fn accounts_and_listeners_that_come_later_are_served() {
    let mut stage = Stage::new().await;
    stage.listener_of(None, "free", &[]).await;
    stage.start();
    stage.text("1", "old").await;
    stage.call().await.answer(200);
    let young = stage.add_account().await;
    stage.text_to(young, "1", "young").await;
    let call = stage.call().await;
    assert_eq!(call.words, "young");
    call.answer(200);
}

#[tokio::test]
async fn a_backlog_of_many_accounts_is_found_at_the_start() {
    let mut stage = Stage::new().await;
    stage.listener_of(None, "line", &[]).await;
    for _ in 0..150 {
        let account = stage.add_account().await;
        stage.text_to(account, "1", "waiting").await;
    }
    stage.start();
    for _ in 0..150 {
        stage.call().await.answer(200);
    }
    stage.silence().await;
}

#[tokio::test]
async fn a_stop_lets_what_is_under_way_come_to_its_end() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    stage.start();
    let first = stage.text("1", "first").await;
    stage.text("1", "second").await;
    let call = stage.call().await;
    let answer = async {
        tokio::task::yield_now().await;
        call.answer(200);
    };
    tokio::join!(async { stage.stop().await }, answer);
    assert_eq!(stage.store.cursor(free, stage.account).await.unwrap(), first);
    stage.silence().await;
}

#[tokio::test]
async fn a_test_is_sent_at_once_and_leaves_no_trace() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    let (relay, listener) = (stage.relay(), stage.store.listener(free).await.unwrap().unwrap());
    let account = stage.store.account(stage.account).await.unwrap().unwrap();
    let event = Event::AccountConnected { phone: None, first: true };
    let entry = Entry { account: account.id, position: Position(1), at: START, event };
    let test = tokio::spawn(async move { relay.test(&listener, &account, &entry).await });
    let call = stage.call().await;
    assert_eq!((call.words.as_str(), call.attempt), ("account.connected", 1));
    assert_eq!(call.request.headers["x-secret"], "secret");
    call.answer(418);
    let attempt = test.await.unwrap();
    assert_eq!((attempt.status, attempt.took_ms), (Some(418), 7));
    assert!(stage.attempts_by(free).await.is_empty());
    assert_eq!(stage.store.last(stage.account).await.unwrap(), Position::START);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever_and_what_was_cut_off_is_sent_again() {
    let mut stage = Stage::new().await;
    stage.listener("free").await;
    stage.start();
    stage.text("1", "stalled").await;
    let stalled = stage.call().await;
    let clock = stage.clock.clone();
    tokio::join!(stage.stop(), async {
        tokio::task::yield_now().await;
        clock.advance(Settings::default().drain);
    });
    stage.start();
    let again = stage.call().await;
    assert_eq!((again.event, again.attempt), (stalled.event, 1));
    again.answer(200);
}

#[tokio::test]
async fn a_storm_that_drowns_the_bell_loses_nothing() {
    let mut stage = Stage::new().await;
    stage.listener("free").await;
    stage.start();
    stage.silence().await;
    let mut bell = stage.store.bell().listen();
    let (store, account) = (stage.store.clone(), stage.account);
    {
        // The first poll hands it to the store, which writes it on a thread of its own.
        let text = pin!(stage.text("1", "drowned"));
        assert!(futures_util::poll!(text).is_pending());
    }
    // Nothing else runs on this thread until the ring is far behind.
    while bell.try_recv() != Ok(Ring::Journal(account)) {
        std::thread::yield_now();
    }
    for _ in 0..10_000 {
        store.bell().ring(Ring::Outbox(account));
    }
    let call = stage.call().await;
    assert_eq!(call.words, "drowned");
    call.answer(200);
}
