//! Order, pace and expiry.

use std::sync::Arc;
use std::time::Duration;

use sluice_connector::{Inbound, SessionState};
use sluice_model::event::Receipt;
use sluice_model::failure::{Retry, Why};
use sluice_model::message::Step;
use sluice_model::{Ask, Channel, State, account};
use tokio::sync::Notify;

use crate::house::{House, START};
use crate::messenger::{Act, chat, connected};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_chat_keeps_its_order_under_retries_and_holds_up_no_other() {
    let (house, account) = House::open().await;
    house.messenger.will("111", [Act::NotNow(Retry::BackOff), Act::Silence]);
    for words in ["one", "two", "three"] {
        house.send(account, "111", words).await;
    }
    let other = house.send(account, "222", "other").await;
    house.until_message(account, other, State::Sent).await;
    let last = house.send(account, "111", "four").await;
    house.until_message_later(account, last, State::Sent, SECOND / 4).await;
    assert_eq!(house.messenger.words("111"), ["one", "one", "one", "two", "three", "four"]);
    assert_eq!(house.messenger.overlaps(), 0);
}

#[tokio::test]
async fn many_chats_are_served_at_once_and_each_in_order() {
    let mut house = House::empty().await;
    house.settings.in_flight = 7;
    let account = house.account(Channel::Whatsapp, account::Settings::default()).await;
    let orders = (0..200).map(|n| house.order(account, &format!("{}", 100 + n % 20), &n.to_string())).collect();
    house.accept(orders).await;
    house.start();
    house.until("nothing waits", async || (house.store.count_waiting(account).await.unwrap() == 0).then_some(())).await;
    for n in 0..20 {
        let wanted: Vec<_> = (0..10).map(|round| (n + 20 * round).to_string()).collect();
        assert_eq!(house.messenger.words(&format!("{}", 100 + n)), wanted);
    }
    assert_eq!(house.messenger.overlaps(), 0);
}

#[tokio::test]
async fn what_the_messenger_refuses_has_failed() {
    let (house, account) = House::open().await;
    house.messenger.will("404", [Act::Refuse]);
    let message = house.send(account, "404", "anybody?").await;
    house.until_message(account, message, State::Failed).await;
    assert_eq!(house.story(account, message).await, ["message.failed"]);
    assert_eq!(house.messenger.seen().len(), 1);
}

#[tokio::test]
async fn an_account_with_a_gap_sends_no_faster_than_that() {
    let mut house = House::empty().await;
    let settings = account::Settings { send_gap_ms: 5000, ..Default::default() };
    let account = house.account(Channel::Whatsapp, settings).await;
    house.start();
    let mut messages = Vec::new();
    for to in ["111", "222", "333", "111"] {
        messages.push(house.send(account, to, "hello").await);
    }
    house.until_message(account, messages[0], State::Sent).await;
    house.until_message_later(account, messages[3], State::Sent, SECOND / 4).await;
    let times: Vec<_> = house.messenger.seen().into_iter().map(|seen| seen.at).collect();
    assert_eq!((times.len(), times[0]), (4, START), "the first one waits for nothing");
    for pair in times.windows(2) {
        assert!(pair[1].since(pair[0]) >= 5 * SECOND, "{times:?}");
    }
}

#[tokio::test]
async fn a_text_is_typed_before_it_is_sent() {
    let mut house = House::empty().await;
    let account = house.account(Channel::Whatsapp, account::Settings { typing_ms: 2000, ..Default::default() }).await;
    house.start();
    let message = house.send(account, "111", "hello").await;
    let typing = Ask::Typing { chat: chat("111"), recording: false, for_ms: 2000 };
    house.until("the account types", async || house.messenger.asked().contains(&typing).then_some(())).await;
    assert_eq!(house.messenger.seen(), []);
    house.until_message_later(account, message, State::Sent, SECOND / 4).await;
    assert!(house.messenger.seen()[0].at >= START.plus(2 * SECOND));
}

#[tokio::test]
async fn a_retry_that_comes_too_late_expires_and_is_never_sent() {
    let (house, account) = House::open().await;
    house.messenger.will("111", [Act::NotNow(Retry::After(20 * SECOND))]);
    let mut order = house.order(account, "111", "short");
    order.expires_at = START.plus(10 * SECOND);
    let message = order.id();
    house.accept(vec![order]).await;
    house.until_message(account, message, State::Waiting).await;
    house.until("it was tried", async || (house.messenger.seen().len() == 1).then_some(())).await;
    house.until_message_later(account, message, State::Expired, SECOND).await;
    let next = house.send(account, "111", "next").await;
    house.until_message_later(account, next, State::Sent, SECOND).await;
    assert_eq!(house.messenger.words("111"), ["short", "next"]);
    assert_eq!(house.story(account, message).await, ["message.retried", "message.expired"]);
}

#[tokio::test]
async fn orders_of_an_account_that_is_not_connected_expire_by_the_clock() {
    let mut house = House::empty().await;
    house.messenger.sessions_stay_down();
    let account = house.account(Channel::Whatsapp, account::Settings::default()).await;
    house.start();
    let mut order = house.order(account, "111", "short");
    order.expires_at = START.plus(10 * SECOND);
    let message = order.id();
    house.accept(vec![order]).await;
    house.until_message_later(account, message, State::Expired, SECOND).await;
    assert_eq!(house.messenger.seen(), []);
}

#[tokio::test]
async fn an_order_that_found_the_session_gone_waits_for_its_return() {
    let (house, account) = House::open().await;
    house.messenger.will("503", [Act::NotNow(Retry::Reconnected)]);
    let message = house.send(account, "503", "hello").await;
    let retried = async || (house.story(account, message).await == ["message.retried"]).then_some(());
    house.until("the first attempt failed", retried).await;
    let gone = SessionState::Disconnected { why: Why::Disconnected, note: "cut".to_owned() };
    house.messenger.say(account, gone).await;
    house.until_state(account, account::State::Connecting).await;
    house.messenger.say(account, connected()).await;
    house.until_message(account, message, State::Sent).await;
    let attempts: Vec<_> = house.messenger.seen().into_iter().map(|seen| (seen.attempt, seen.at)).collect();
    assert_eq!(attempts, [(1, START), (2, START)]);
}

#[tokio::test]
async fn a_receipt_that_comes_before_the_settle_is_not_lost() {
    let (house, account) = House::open().await;
    let receipt =
        |step| Inbound::Receipt(Receipt { remotes: vec!["theirs".to_owned()], step, at: START, trouble: None });
    house.messenger.will("111", [Act::Overtaken("theirs", vec![receipt(Step::Deliver), receipt(Step::Read)])]);
    let mut order = house.order(account, "111", "hello");
    order.message.remote = None;
    let message = order.id();
    house.accept(vec![order]).await;
    house.until_message(account, message, State::Read).await;
    assert_eq!(
        house.story(account, message).await,
        ["message.posted", "message.sent", "message.delivered", "message.read"]
    );
}

#[tokio::test]
async fn a_receipt_that_ends_an_attempt_early_lets_no_second_one_into_the_chat() {
    let (house, account) = House::open().await;
    let slow = Arc::new(Notify::new());
    house.messenger.will("111", [Act::Wait(slow.clone())]);
    let first = house.order(account, "111", "first");
    let (id, remote) = (first.id(), first.message.remote.clone().unwrap());
    house.accept(vec![first]).await;
    house.until("the first one is under way", async || (house.messenger.seen().len() == 1).then_some(())).await;
    let receipt = Receipt { remotes: vec![remote], step: Step::Deliver, at: START, trouble: None };
    house.messenger.push(account, vec![Inbound::Receipt(receipt)]).await.unwrap();
    house.until_message(account, id, State::Delivered).await;
    let second = house.send(account, "111", "second").await;
    let claimed = async || (house.state_of(account, second).await == State::Claimed).then_some(());
    house.until_quietly("the second one is in hand", claimed).await;
    slow.notify_one();
    house.until_message(account, second, State::Sent).await;
    assert_eq!(house.messenger.overlaps(), 0);
    assert_eq!(house.story(account, id).await, ["message.posted", "message.sent", "message.delivered"]);
}

#[tokio::test]
async fn a_chat_is_marked_read_by_a_reply_where_the_owner_wants_that() {
    let mut house = House::empty().await;
    let settings = account::Settings { mark_read_on_reply: true, ..Default::default() };
    let account = house.account(Channel::Whatsapp, settings).await;
    house.start();
    house.send(account, "111", "hello").await;
    let read = Ask::MarkRead { chat: chat("111"), remotes: Vec::new() };
    house.until("the chat is marked read", async || house.messenger.asked().contains(&read).then_some(())).await;
}

#[tokio::test]
async fn a_session_that_is_gone_without_a_word_is_not_asked_again_and_again() {
    let (house, account) = House::open().await;
    house.messenger.will("503", vec![Act::NotNow(Retry::Reconnected); 3]);
    let message = house.send(account, "503", "hello").await;
    house.until("it was tried", async || (!house.messenger.seen().is_empty()).then_some(())).await;
    for _ in 0..50 {
        house.advance(Duration::ZERO).await;
    }
    assert_eq!(house.messenger.seen().len(), 1, "no time has passed");
    house.until_message_later(account, message, State::Sent, SECOND / 4).await;
    let times: Vec<_> = house.messenger.seen().into_iter().map(|seen| seen.at).collect();
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    for (pause, least) in pauses.iter().zip([900, 1800, 3600]) {
        assert!(*pause >= Duration::from_millis(least), "{pauses:?}");
    }
}
