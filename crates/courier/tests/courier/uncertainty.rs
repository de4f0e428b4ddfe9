//! Attempts whose outcome nobody knows.

use std::sync::Arc;
use std::time::Duration;

use sluice_model::{AccountId, Channel, MessageId, State, account};
use sluice_store::outbox::Claim;
use tokio::sync::Notify;

use crate::house::{House, START};
use crate::messenger::Act;

async fn house_for(channel: Channel) -> (House, AccountId) {
    let mut house = House::empty().await;
    let account = house.account(channel, account::Settings::default()).await;
    house.start();
    (house, account)
}

#[tokio::test]
async fn doubt_is_not_repeated_where_that_could_double() {
    let (house, account) = house_for(Channel::Sms).await;
    house.messenger.will("504", [Act::Silence]);
    let message = house.send(account, "504", "hello").await;
    let next = house.send(account, "504", "next").await;
    house.until_message(account, message, State::Uncertain).await;
    house.until_message(account, next, State::Sent).await;
    assert_eq!(house.messenger.words("504"), ["hello", "next"]);
    assert_eq!(house.story(account, message).await, ["message.uncertain"]);
}

#[tokio::test]
async fn doubt_is_repeated_thrice_where_the_messenger_de_duplicates() {
    let (house, account) = house_for(Channel::Whatsapp).await;
    house.messenger.will("504", [Act::Silence, Act::Silence, Act::Silence]);
    let message = house.send(account, "504", "hello").await;
    house.until_message_later(account, message, State::Uncertain, Duration::from_millis(250)).await;
    let attempts: Vec<_> = house.messenger.seen().into_iter().map(|seen| seen.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);
}

#[tokio::test]
async fn an_attempt_that_does_not_end_is_given_up_by_the_clock() {
    let (house, account) = house_for(Channel::Sms).await;
    house.messenger.will("111", [Act::Hang]);
    let message = house.send(account, "111", "hello").await;
    house.until("it is under way", async || (house.messenger.seen().len() == 1).then_some(())).await;
    house.clock.advance(Duration::from_secs(59));
    assert_eq!(house.state_of(account, message).await, State::Claimed);
    house.clock.advance(Duration::from_secs(1));
    house.until_message(account, message, State::Uncertain).await;
}

/// An order that a process had in hand when it was killed.
async fn left_in_hand(house: &House, account: AccountId) -> MessageId {
    let message = house.send(account, "111", "hello").await;
    let epoch = house.store.take(account).await.unwrap();
    let claim = Claim { account, epoch, limit: 10, now: START };
    assert_eq!(house.store.claim(claim).await.unwrap().orders.len(), 1);
    message
}

#[tokio::test]
async fn what_was_in_hand_at_a_crash_is_repeated_where_the_messenger_de_duplicates() {
    let mut house = House::empty().await;
    let account = house.account(Channel::Whatsapp, account::Settings::default()).await;
    let message = left_in_hand(&house, account).await;
    house.start();
    house.until_message(account, message, State::Sent).await;
    assert_eq!(house.messenger.seen()[0].attempt, 1, "what was broken off is not counted");
}

#[tokio::test]
async fn what_was_in_hand_at_a_crash_is_uncertain_elsewhere_even_if_nobody_is_logged_in() {
    let mut house = House::empty().await;
    house.messenger.nobody_is_logged_in();
    let account = house.account(Channel::Sms, account::Settings::default()).await;
    let message = left_in_hand(&house, account).await;
    house.start();
    house.until_message(account, message, State::Uncertain).await;
    assert_eq!(house.messenger.seen(), []);
}

#[tokio::test]
async fn what_a_connector_remembers_is_gone_on_with_after_a_crash() {
    let mut house = House::empty().await;
    house.messenger.remembers_orders();
    let account = house.account(Channel::Whatsapp, account::Settings::default()).await;
    let message = left_in_hand(&house, account).await;
    house.start();
    house.until_message(account, message, State::Sent).await;
    assert_eq!(house.messenger.seen()[0].attempt, 1, "the attempt goes on");
}

#[tokio::test]
async fn a_connector_that_remembers_takes_its_time_and_its_doubt_is_final() {
    let mut house = House::empty().await;
    house.messenger.remembers_orders();
    let account = house.account(Channel::Whatsapp, account::Settings::default()).await;
    house.start();
    let go = Arc::new(Notify::new());
    house.messenger.will("111", [Act::Wait(go.clone())]);
    house.messenger.will("504", [Act::Silence]);
    let slow = house.send(account, "111", "hello").await;
    house.until("it is under way", async || (house.messenger.seen().len() == 1).then_some(())).await;
    house.clock.advance(Duration::from_secs(7_200));
    assert_eq!(house.state_of(account, slow).await, State::Claimed);
    go.notify_one();
    house.until_message(account, slow, State::Sent).await;
    let doubtful = house.send(account, "504", "hello").await;
    house.until_message(account, doubtful, State::Uncertain).await;
    assert_eq!(house.messenger.words("504"), ["hello"], "it is not tried again");
}
