//! The drain.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use sluice_connector::Inbound;
use sluice_model::event::Receipt;
use sluice_model::message::Step;
use sluice_model::{AccountId, Channel, MessageId, Order, State, account};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::house::House;
use crate::messenger::Act;

#[tokio::test]
async fn what_is_under_way_is_settled_and_nothing_more_is_claimed() {
    let (mut house, account) = House::open().await;
    let slow = Arc::new(Notify::new());
    house.messenger.will("111", [Act::Wait(slow.clone())]);
    let message = house.send(account, "111", "hello").await;
    house.until("it is under way", async || (house.messenger.seen().len() == 1).then_some(())).await;
    let stopped = house.stop();
    // The stop is asked for first, then seen: only an account that heard of it lets its session's link go.
    let late = house.send(account, "222", "late").await;
    tokio::task::yield_now().await;
    assert!(!stopped.is_finished());
    slow.notify_one();
    stopped.await.unwrap();
    assert_eq!(house.state_of(account, message).await, State::Sent);
    assert_eq!(house.state_of(account, late).await, State::Waiting);
    assert_eq!(house.messenger.closed(), [account]);
    assert_eq!(house.read(account).await.condition.state, account::State::Connecting, "nobody is told a lie meanwhile");
}

#[tokio::test]
async fn what_does_not_end_is_given_up_in_time_and_repeated_later() {
    let (mut house, account) = House::open().await;
    house.messenger.will("111", [Act::Hang]);
    let message = house.send(account, "111", "hello").await;
    house.until("it is under way", async || (house.messenger.seen().len() == 1).then_some(())).await;
    let begun = house.clock.now();
    stop_impatiently(&mut house).await;
    assert!(house.clock.now().since(begun) < Duration::from_secs(10), "the drain has its limit");
    assert_eq!(house.messenger.closed(), [account]);
    house.start();
    house.until_message(account, message, State::Sent).await;
}

#[tokio::test]
async fn however_often_it_is_stopped_an_order_keeps_its_attempts() {
    let (mut house, account) = House::open().await;
    let often = 2 * usize::try_from(house.settings.unknown_attempts).unwrap();
    house.messenger.will("111", vec![Act::Hang; often]);
    house.messenger.will("111", [Act::Silence, Act::Silence]);
    let message = house.send(account, "111", "hello").await;
    for stops in 1..=often {
        house.until("it is under way", async || (house.messenger.seen().len() == stops).then_some(())).await;
        stop_impatiently(&mut house).await;
        house.start();
    }
    house.until_message_later(account, message, State::Sent, Duration::from_millis(250)).await;
    let attempts: Vec<_> = house.messenger.seen().into_iter().skip(often).map(|seen| seen.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);
    assert_eq!(
        house.story(account, message).await,
        ["message.retried", "message.retried", "message.posted", "message.sent"]
    );
}

/// At work for an account of a messenger that does not de-duplicate.
async fn house_without_repeats() -> (House, AccountId) {
    let mut house = House::empty().await;
    let account = house.account(Channel::Sms, account::Settings::default()).await;
    house.start();
    house.until_state(account, account::State::Open).await;
    (house, account)
}

#[tokio::test]
async fn what_is_known_is_written_down_as_soon_as_the_store_takes_it() {
    let (mut house, account) = house_without_repeats().await;
    let (message, database) = taken_but_not_settled(&house, account).await;
    let stopped = house.stop();
    for _ in 0..10 {
        house.advance(Duration::from_millis(100)).await;
    }
    assert!(!stopped.is_finished());
    assert_eq!(house.state_of(account, message).await, State::Claimed);
    database.execute_batch("DROP TRIGGER trouble").unwrap();
    end(&house, stopped).await;
    assert_eq!(house.state_of(account, message).await, State::Sent);
}

#[tokio::test]
async fn a_store_that_stays_in_trouble_holds_up_no_stop() {
    let (mut house, account) = house_without_repeats().await;
    let (message, database) = taken_but_not_settled(&house, account).await;
    let begun = house.clock.now();
    stop_impatiently(&mut house).await;
    assert!(house.clock.now().since(begun) < Duration::from_secs(10), "the drain has its limit");
    database.execute_batch("DROP TRIGGER trouble").unwrap();
    house.start();
    house.until_message(account, message, State::Uncertain).await;
}

#[tokio::test]
async fn what_waited_behind_an_attempt_is_not_doubted() {
    let (mut house, account) = house_without_repeats().await;
    house.messenger.will("111", [Act::Hang]);
    let order = house.order(account, "111", "first");
    let (first, remote) = (order.id(), order.message.remote.clone().unwrap());
    house.accept(vec![order]).await;
    house.until("it is under way", async || (house.messenger.seen().len() == 1).then_some(())).await;
    let receipt = Receipt { remotes: vec![remote], step: Step::Deliver, at: house.clock.now(), trouble: None };
    house.messenger.push(account, vec![Inbound::Receipt(receipt)]).await.unwrap();
    house.until_message(account, first, State::Delivered).await;
    let second = house.send(account, "111", "second").await;
    let claimed = async || (house.state_of(account, second).await == State::Claimed).then_some(());
    house.until_quietly("the second one is in hand", claimed).await;
    stop_impatiently(&mut house).await;
    is_sent_by_the_next_run(house, account, second).await;
}

#[tokio::test]
async fn what_the_stop_found_being_typed_is_not_doubted() {
    let (mut house, account) = house_without_repeats().await;
    let order = Order { typing_ms: Some(60_000), ..house.order(account, "111", "hello") };
    let message = order.id();
    house.accept(vec![order]).await;
    house.until("it is being typed", async || (house.messenger.asked().len() == 1).then_some(())).await;
    stop_impatiently(&mut house).await;
    assert_eq!(house.messenger.seen(), []);
    house.start();
    house.until("it is being typed again", async || (house.messenger.asked().len() == 2).then_some(())).await;
    house.clock.advance(Duration::from_secs(60));
    house.until_message(account, message, State::Sent).await;
    assert_eq!(house.story(account, message).await, ["message.retried", "message.posted", "message.sent"]);
}

#[tokio::test]
async fn what_is_claimed_too_late_is_not_doubted() {
    let (mut house, account) = house_without_repeats().await;
    let mut order = house.order(account, "111", "hello");
    order.due_at = house.clock.now().plus(Duration::from_secs(10));
    let message = order.id();
    house.accept(vec![order]).await;
    // What was claimed for at once found nothing.
    for _ in 0..2 {
        house.advance(Duration::ZERO).await;
        everybody_acts().await;
    }
    // The store is slow: the next claim ends after the drain has.
    let database = house.database();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    house.clock.advance(Duration::from_secs(10));
    everybody_acts().await;
    let stopped = house.stop();
    everybody_acts().await;
    house.clock.advance(house.settings.drain);
    everybody_acts().await;
    database.execute_batch("ROLLBACK").unwrap();
    end(&house, stopped).await;
    assert_eq!(house.messenger.seen(), []);
    is_sent_by_the_next_run(house, account, message).await;
}

/// It is back on the shelf, and known not to have been sent.
async fn is_sent_by_the_next_run(mut house: House, account: AccountId, message: MessageId) {
    assert_eq!(house.state_of(account, message).await, State::Waiting);
    house.start();
    house.until_message(account, message, State::Sent).await;
    assert_eq!(house.story(account, message).await, ["message.retried", "message.posted", "message.sent"]);
}

/// A message that the messenger takes while no settle gets through, because each writes into the journal.
async fn taken_but_not_settled(house: &House, account: AccountId) -> (MessageId, Connection) {
    let slow = Arc::new(Notify::new());
    house.messenger.will("111", [Act::Wait(slow.clone())]);
    let message = house.send(account, "111", "hello").await;
    house.until("it is under way", async || (house.messenger.seen().len() == 1).then_some(())).await;
    let database = house.database();
    let trouble = "CREATE TRIGGER trouble BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'trouble'); END";
    database.execute_batch(trouble).unwrap();
    slow.notify_one();
    (message, database)
}

/// All tasks that can go on do.
async fn everybody_acts() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Lets the clock run until the house has given up what it has in hand.
async fn stop_impatiently(house: &mut House) {
    let stopped = house.stop();
    end(house, stopped).await;
}

async fn end(house: &House, stopped: JoinHandle<()>) {
    while !stopped.is_finished() {
        house.advance(Duration::from_millis(100)).await;
    }
}
