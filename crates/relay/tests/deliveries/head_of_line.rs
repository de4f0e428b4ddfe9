//! One after the other.

use serde_json::json;
use sluice_model::delivery::State;
use sluice_model::{EventId, Position};

use crate::stage::Stage;

#[tokio::test]
async fn the_head_blocks_its_own_line_only() {
    let mut stage = Stage::new().await;
    let line = stage.listener_of(None, "line", &[]).await;
    let other = stage.add_account().await;
    stage.start();
    let first = stage.text("1", "first").await;
    stage.call().await.answer(500);
    stage.delivery(line, first, State::Waiting).await;
    stage.text("2", "second").await;
    stage.text_to(other, "3", "elsewhere").await;
    let call = stage.call().await;
    assert_eq!(call.words, "elsewhere");
    call.answer(200);
    stage.silence().await;

    stage.advance(60);
    let call = stage.call().await;
    assert_eq!((call.words.as_str(), call.attempt), ("first", 2));
    stage.silence().await;
    call.answer(200);
    let call = stage.call().await;
    assert_eq!((call.words.as_str(), call.attempt), ("second", 1));
    call.answer(200);
}

#[tokio::test]
async fn the_next_is_sent_only_when_the_last_is_on_record() {
    let mut stage = Stage::new().await;
    let line = stage.listener("line").await;
    let mut positions = Vec::new();
    for number in 0..5 {
        positions.push(stage.text("1", &number.to_string()).await);
    }
    stage.start();
    for (number, position) in positions.into_iter().enumerate() {
        let call = stage.call().await;
        assert_eq!(call.words, number.to_string());
        let cursor = stage.store.cursor(line, stage.account).await.unwrap();
        assert_eq!(cursor.next(), position, "what is ahead is confirmed");
        call.answer(200);
    }
}

#[tokio::test]
async fn switches_count_as_they_stood_when_it_happened() {
    let mut stage = Stage::new().await;
    let line = stage.listener("line").await;
    stage.start();
    stage.text("1", "head").await;
    let head = stage.call().await;
    stage.switch(line, json!({"deaf": true})).await;
    stage.text("1", "unwanted").await;
    stage.switch(line, json!({})).await;
    let wanted = stage.text("1", "wanted").await;
    stage.switch(line, json!({"deaf": true})).await;
    head.answer(200);
    let call = stage.call().await;
    assert_eq!(call.words, "wanted");
    call.answer(200);
    stage.cursor(line, wanted).await;
    stage.text("1", "unwanted, too").await;
    stage.silence().await;
}

#[tokio::test]
async fn one_that_is_sent_again_does_not_hold_up_the_line() {
    let mut stage = Stage::new().await;
    let line = stage.listener("line").await;
    stage.start();
    let first = stage.text("1", "first").await;
    stage.call().await.answer(200);
    stage.cursor(line, first).await;
    stage.store.resend(line, EventId::of(stage.account, first), stage.clock.now()).await.unwrap();
    let again = stage.call().await;
    assert_eq!((again.words.as_str(), again.event.position()), ("first", first));
    again.answer(500);
    stage.delivery(line, first, State::Waiting).await;
    let second = stage.text("1", "second").await;
    let call = stage.call().await;
    assert_eq!(call.words, "second");
    call.answer(200);
    stage.cursor(line, second).await;
    stage.advance(60);
    let call = stage.call().await;
    assert_eq!(call.words, "first");
    call.answer(200);
    stage.delivery(line, first, State::Delivered).await;
}

#[tokio::test]
async fn a_rewind_replays_even_when_it_comes_in_the_middle_of_a_request() {
    for dialect in ["line", "free"] {
        let mut stage = Stage::new().await;
        let listener = stage.listener(dialect).await;
        stage.start();
        let first = stage.text("1", "first").await;
        stage.call().await.answer(200);
        stage.cursor(listener, first).await;
        let second = stage.text("1", "second").await;
        let call = stage.call().await;
        stage.rewind(listener, Position::START).await;
        call.answer(200);
        for words in ["first", "second"] {
            let call = stage.call().await;
            assert_eq!(call.words, words, "{dialect}");
            call.answer(200);
        }
        stage.cursor(listener, second).await;
        stage.silence().await;
    }
}
