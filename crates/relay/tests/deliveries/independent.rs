//! Side by side.

use sluice_model::content::{Blob, Media, MediaKind, Source};
use sluice_model::delivery::State;
use sluice_model::{Content, EventId, Position};

use crate::stage::Stage;

#[tokio::test]
async fn a_chat_keeps_its_order_and_waits_for_no_other() {
    let mut stage = Stage::new().await;
    stage.listener("free").await;
    for (chat, words) in [("1", "a1"), ("1", "a2"), ("2", "b1"), ("2", "b2"), ("1", "a3")] {
        stage.text(chat, words).await;
    }
    stage.start();
    let (a1, b1) = (stage.call().await, stage.call().await);
    assert_eq!((a1.words.as_str(), b1.words.as_str()), ("a1", "b1"));
    stage.silence().await;
    b1.answer(200);
    let b2 = stage.call().await;
    assert_eq!(b2.words, "b2");
    b2.answer(200);
    stage.silence().await;
    a1.answer(500);
    let a2 = stage.call().await;
    assert_eq!(a2.words, "a2", "a failure does not hold up its chat");
    a2.answer(200);
    let a3 = stage.call().await;
    assert_eq!(a3.words, "a3");
    a3.answer(200);
}

#[tokio::test]
async fn the_cursor_passes_nothing_that_was_not_tried() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    stage.start();
    let slow = stage.text("1", "slow").await;
    let mut last = slow;
    for chat in 2..10 {
        last = stage.text(&chat.to_string(), "quick").await;
    }
    let held = stage.call().await;
    assert_eq!(held.words, "slow");
    for _ in 2..10 {
        stage.call().await.answer(200);
    }
    stage.attempts(last, 1).await;
    assert_eq!(stage.store.cursor(free, stage.account).await.unwrap(), Position::START);
    held.answer(500);
    stage.cursor(free, last).await;
    stage.delivery(free, slow, State::Waiting).await;
}

#[tokio::test]
async fn one_receiver_holds_no_more_than_its_share() {
    let mut stage = Stage::new().await;
    stage.settings.concurrency = 3;
    stage.listener_of(Some(stage.account), "free", &["message.received"]).await;
    stage.start();
    for chat in 0..10 {
        stage.text(&chat.to_string(), "stalled").await;
    }
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(stage.call().await);
    }
    stage.silence().await;
    let other = stage.add_account().await;
    stage.listener_of(Some(other), "polite", &[]).await;
    stage.text_to(other, "1", "healthy").await;
    let call = stage.call().await;
    assert_eq!((call.path(), call.words.as_str()), ("polite", "healthy"));
    call.answer(200);
    for call in held {
        call.answer(200);
        stage.call().await.answer(200);
    }
}

#[tokio::test]
async fn what_is_not_wanted_is_passed_over_without_an_attempt() {
    let mut stage = Stage::new().await;
    let free = stage.listener_of(Some(stage.account), "free", &["account.connected"]).await;
    stage.start();
    let mut last = Position::START;
    for chat in 0..10 {
        last = stage.text(&chat.to_string(), "unwanted").await;
    }
    stage.cursor(free, last).await;
    assert!(stage.attempts_by(free).await.is_empty());
    stage.silence().await;
}

#[tokio::test]
async fn any_event_can_be_sent_again() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    stage.start();
    let position = stage.text("1", "hello").await;
    let first = stage.call().await;
    let event = first.event;
    first.answer(200);
    stage.cursor(free, position).await;
    stage.store.resend(free, EventId::of(stage.account, position), stage.clock.now()).await.unwrap();
    let again = stage.call().await;
    assert_eq!((again.event, again.words.as_str()), (event, "hello"));
    again.answer(200);
    stage.delivery(free, position, State::Delivered).await;
    assert_eq!(stage.attempts(position, 2).await.len(), 2);
}

#[tokio::test]
async fn a_replay_tells_everything_since_then_again() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    stage.start();
    let mut positions = Vec::new();
    for words in ["a", "b", "c"] {
        positions.push(stage.text("1", words).await);
        stage.call().await.answer(200);
    }
    stage.cursor(free, positions[2]).await;
    stage.rewind(free, positions[0]).await;
    for words in ["b", "c"] {
        let call = stage.call().await;
        assert_eq!(call.words, words);
        call.answer(200);
    }
    stage.cursor(free, positions[2]).await;
    stage.silence().await;
}

#[tokio::test]
async fn a_notice_can_carry_a_file() {
    let mut stage = Stage::new().await;
    stage.listener("free").await;
    std::fs::write(stage.folder().join("abc"), "bytes").unwrap();
    stage.start();
    let media = |hash: &str| {
        let source = Source::Blob(Blob { hash: hash.to_owned(), size: 5 });
        Content::Media(Media::new(MediaKind::Image, source, "image/png"))
    };
    for (hash, words) in [("abc", "bytes"), ("lost", "")] {
        stage.message(stage.account, "1", media(hash)).await;
        let call = stage.call().await;
        assert_eq!(call.words, words);
        call.answer(200);
    }
}

#[tokio::test]
async fn a_long_backlog_is_told_whole_and_in_order() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    let mut last = Position::START;
    for number in 0..1200 {
        last = stage.text(&(number % 7).to_string(), &number.to_string()).await;
    }
    stage.start();
    let mut seen = [-1; 7];
    for _ in 0..1200 {
        let call = stage.call().await;
        let number: i32 = call.words.parse().unwrap();
        let chat = usize::try_from(number % 7).unwrap();
        assert!(seen[chat] < number, "{number} after {}", seen[chat]);
        seen[chat] = number;
        call.answer(200);
    }
    stage.cursor(free, last).await;
    stage.silence().await;
}
