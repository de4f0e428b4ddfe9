//! The drain.

use std::sync::Arc;
use std::time::Duration;

use sluice_model::{State, account};
use tokio::sync::Notify;

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

/// Lets the clock run until the house has given up what it has in hand.
async fn stop_impatiently(house: &mut House) {
    let stopped = house.stop();
    while !stopped.is_finished() {
        house.advance(Duration::from_millis(100)).await;
    }
}
