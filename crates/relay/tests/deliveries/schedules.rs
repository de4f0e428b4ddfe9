//! When it is tried again, and when it is given up.

use http::{HeaderMap, HeaderValue, header};
use sluice_model::Position;
use sluice_model::delivery::State;
use sluice_model::event::Event;

use crate::stage::{START, Stage};

#[tokio::test]
async fn a_listed_schedule_is_kept_to_the_second_and_ends() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    stage.start();
    let position = stage.text("1", "hello").await;
    let mut event = None;
    for (number, pause) in (1..).zip([0, 300, 600, 1200, 1800]) {
        if pause > 0 {
            stage.advance(pause - 1);
            stage.silence().await;
            stage.advance(1);
        }
        let call = stage.call().await;
        assert_eq!(call.attempt, number);
        assert_eq!(*event.get_or_insert(call.event), call.event, "the id stays the same");
        call.answer(500);
        stage.attempts(position, usize::try_from(number).unwrap()).await;
    }
    let attempts = stage.attempts(position, 5).await;
    let seconds: Vec<u64> = attempts.iter().map(|attempt| attempt.at.since(START).as_secs()).collect();
    assert_eq!(seconds, [0, 300, 900, 2100, 3900]);
    let states: Vec<State> = attempts.iter().map(|attempt| attempt.state).collect();
    assert_eq!(states[..4], [State::Waiting; 4]);
    assert_eq!(stage.delivery(free, position, State::Undelivered).await.attempts, 5);
    stage.advance(100_000);
    stage.silence().await;
}

#[tokio::test]
async fn every_minute_for_a_day_and_then_the_next() {
    let mut stage = Stage::new().await;
    let line = stage.listener("line").await;
    stage.start();
    let (first, second) = (stage.text("1", "first").await, stage.text("1", "second").await);
    for number in 1..=3 {
        let call = stage.call().await;
        assert_eq!((call.attempt, call.words.as_str()), (number, "first"));
        assert_eq!(call.at.since(START).as_secs(), 60 * u64::from(number - 1));
        call.break_off();
        stage.attempts(first, usize::try_from(number).unwrap()).await;
        stage.advance(60);
    }
    stage.call().await.answer(201);
    stage.attempts(first, 4).await;
    stage.advance(24 * 3600);
    let last = stage.call().await;
    assert_eq!((last.attempt, last.words.as_str()), (5, "first"));
    last.answer(500);
    let next = stage.call().await;
    assert_eq!((next.attempt, next.words.as_str()), (1, "second"));
    next.answer(200);
    stage.delivery(line, first, State::Undelivered).await;
    stage.cursor(line, second).await;
}

#[tokio::test]
async fn a_restart_goes_on_with_the_schedule() {
    for (dialect, pause) in [("line", 60), ("free", 300)] {
        let mut stage = Stage::new().await;
        let listener = stage.listener(dialect).await;
        stage.start();
        let position = stage.text("1", "hello").await;
        stage.call().await.answer(500);
        stage.delivery(listener, position, State::Waiting).await;
        stage.stop().await;

        stage.start();
        stage.advance(pause - 1);
        stage.silence().await;
        stage.advance(1);
        let call = stage.call().await;
        assert_eq!((call.attempt, call.words.as_str()), (2, "hello"), "{dialect}");
        call.answer(200);
        assert_eq!(stage.delivery(listener, position, State::Delivered).await.attempts, 2);
    }
}

#[tokio::test]
async fn a_crash_repeats_what_was_not_written_down_and_nothing_else() {
    for dialect in ["line", "free"] {
        let mut stage = Stage::new().await;
        let listener = stage.listener(dialect).await;
        stage.start();
        let first = stage.text("1", "first").await;
        stage.call().await.answer(200);
        stage.cursor(listener, first).await;
        let second = stage.text("1", "second").await;
        let cut = stage.call().await;
        stage.crash().await;

        stage.start();
        let again = stage.call().await;
        assert_eq!((again.event, again.attempt, again.words.as_str()), (cut.event, 1, "second"), "{dialect}");
        again.answer(200);
        stage.cursor(listener, second).await;
        stage.silence().await;
    }
}

#[tokio::test]
async fn a_crash_does_not_bring_forward_what_waits() {
    let mut stage = Stage::new().await;
    let free = stage.listener("free").await;
    stage.start();
    let _slow = stage.text("1", "slow").await;
    let failed = stage.text("2", "failed").await;
    let _held = stage.call().await;
    stage.call().await.answer(500);
    stage.delivery(free, failed, State::Waiting).await;
    assert_eq!(stage.store.cursor(free, stage.account).await.unwrap(), Position::START);
    stage.crash().await;

    stage.start();
    let call = stage.call().await;
    assert_eq!(call.words, "slow");
    call.answer(200);
    stage.cursor(free, failed).await;
    stage.silence().await;
    stage.advance(300);
    let call = stage.call().await;
    assert_eq!((call.attempt, call.words.as_str()), (2, "failed"));
    call.answer(200);
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_gets_it() {
    let mut stage = Stage::new().await;
    let polite = stage.listener("polite").await;
    stage.start();
    let position = stage.text("1", "hello").await;
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("900"));
    stage.call().await.answer_with(429, headers, "slow down");
    assert_eq!(stage.delivery(polite, position, State::Waiting).await.next_at.since(START).as_secs(), 900);
    stage.advance(899);
    stage.silence().await;
    stage.advance(1);
    stage.call().await.answer(204);
    stage.delivery(polite, position, State::Delivered).await;
}

#[tokio::test]
async fn an_attempt_tells_what_came_back() {
    let mut stage = Stage::new().await;
    stage.listener("free").await;
    stage.start();
    let answered = stage.text("1", "hello").await;
    stage.call().await.answer_with(200, HeaderMap::new(), &"ж".repeat(700));
    let attempt = stage.attempts(answered, 1).await.remove(0);
    assert_eq!((attempt.status, attempt.took_ms, attempt.state), (Some(200), 7, State::Delivered));
    assert_eq!(attempt.answer, "ж".repeat(512));
    let broken = stage.text("1", "hello").await;
    stage.call().await.break_off();
    let attempt = stage.attempts(broken, 1).await.remove(0);
    assert_eq!(attempt.status, None);
    assert!(attempt.answer.contains("closed the connection"), "{}", attempt.answer);
}

#[tokio::test]
async fn a_dialect_that_breaks_over_an_event_holds_up_no_other() {
    let mut stage = Stage::new().await;
    stage.listener("free").await;
    stage.start();
    let poison = stage.event(Event::DebugPublished { dialect: "free".into(), body: serde_json::Value::Null }).await;
    stage.text("1", "hello").await;
    let call = stage.call().await;
    assert_eq!(call.words, "hello");
    call.answer(200);
    assert_eq!(stage.attempts(poison, 1).await[0].state, State::Waiting);
}

#[tokio::test]
async fn many_that_failed_come_back_at_their_time_and_new_ones_pass_them() {
    let mut stage = Stage::new().await;
    stage.settings.concurrency = 4;
    let free = stage.listener("free").await;
    stage.start();
    let mut last = Position::START;
    for chat in 0..20 {
        last = stage.text(&chat.to_string(), "old").await;
    }
    for _ in 0..20 {
        stage.call().await.answer(503);
    }
    stage.cursor(free, last).await;
    stage.advance(300);
    let held = [stage.call().await, stage.call().await];
    assert!(held.iter().all(|call| call.attempt == 2 && call.words == "old"));
    stage.silence().await;
    stage.text("1", "new").await;
    let call = stage.call().await;
    assert_eq!((call.attempt, call.words.as_str()), (1, "new"), "half of the share is kept for it");
    call.answer(200);
    for call in held {
        call.answer(200);
    }
    for _ in 2..20 {
        let call = stage.call().await;
        assert_eq!((call.attempt, call.words.as_str()), (2, "old"));
        call.answer(200);
    }
    stage.until(async || (stage.store.count_retries(free).await.unwrap() == 0).then_some(())).await;
    stage.silence().await;
}
