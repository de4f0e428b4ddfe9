//! Where each message says.

use sluice_model::Position;
use sluice_model::delivery::State;
use sluice_model::listener::Target;
use sluice_store::listeners::Change;

use crate::stage::Stage;

#[tokio::test]
async fn a_message_is_told_of_where_it_says_and_others_nowhere() {
    let mut stage = Stage::new().await;
    let each = stage.listener_per_message().await;
    stage.start();
    stage.text("1", "http://one/hook?a=1 hello").await;
    stage.text("2", "nowhere").await;
    let last = stage.text("3", "http://two/hook hello").await;
    for url in ["http://one/hook?a=1", "http://two/hook"] {
        let call = stage.call().await;
        assert_eq!(call.request.url, url);
        call.answer(200);
    }
    stage.cursor(each, last).await;
    stage.silence().await;
    assert_eq!(stage.attempts_by(each).await.len(), 2);
}

#[tokio::test]
async fn a_place_that_hangs_holds_up_no_other() {
    let mut stage = Stage::new().await;
    let each = stage.listener_per_message().await;
    let mut bad = Vec::new();
    for chat in 0..200 {
        bad.push(stage.text(&chat.to_string(), &format!("http://bad/hook/{chat} hello")).await);
    }
    stage.start();
    let mut hanging = vec![stage.call().await, stage.call().await, stage.call().await, stage.call().await];
    stage.silence().await;
    for number in 0..300 {
        stage.text("500", &format!("http://good/hook/{number} hello")).await;
        let call = stage.call().await;
        assert_eq!(call.request.url, format!("http://good/hook/{number}"));
        call.answer(200);
    }
    // They all hang until they are given up; then the others are not even tried.
    hanging.drain(..).for_each(|call| call.break_off());
    stage.silence().await;
    stage.cursor(each, Position(500)).await;
    for position in bad {
        let delivery = stage.delivery(each, position, State::Waiting).await;
        assert_eq!(delivery.attempts, 1);
    }
    let held = stage.attempts_by(each).await.into_iter().filter(|attempt| attempt.answer.contains("held back")).count();
    assert!(held >= 190, "{held} were held back");
}

#[tokio::test]
async fn one_accounts_silent_place_is_tried_for_another() {
    let mut stage = Stage::new().await;
    let each = stage.listener_per_message().await;
    let other = stage.add_account().await;
    let others = stage.listener_of(Some(other), "each", &[]).await;
    stage.change(others, Change { target: Some(Target::PerMessage), ..Change::default() }).await;
    stage.start();
    let silent = stage.text("1", "http://shared/hook first").await;
    stage.call().await.break_off();
    stage.delivery(each, silent, State::Waiting).await;
    let held = stage.text("2", "http://shared/hook second").await;
    let attempts = stage.attempts(held, 1).await;
    assert!(attempts[0].answer.contains("held back"), "{attempts:?}");
    stage.text_to(other, "1", "http://shared/hook theirs").await;
    let call = stage.call().await;
    assert!(call.words.contains("theirs"), "{}", call.words);
    call.answer(200);
    stage.silence().await;
}

#[tokio::test]
async fn a_place_that_is_back_gets_what_it_missed_even_after_a_crash() {
    let mut stage = Stage::new().await;
    let each = stage.listener_per_message().await;
    stage.start();
    let first = stage.text("1", "http://late/hook first").await;
    stage.call().await.break_off();
    stage.delivery(each, first, State::Waiting).await;
    let second = stage.text("2", "http://late/hook second").await;
    let attempts = stage.attempts(second, 1).await;
    assert!(attempts[0].answer.contains("held back"), "{attempts:?}");
    stage.crash().await;
    stage.start();
    stage.advance(5);
    for _ in 0..2 {
        let call = stage.call().await;
        assert_eq!((call.request.url.as_str(), call.attempt), ("http://late/hook", 2));
        call.answer(200);
    }
    stage.delivery(each, first, State::Delivered).await;
    stage.delivery(each, second, State::Delivered).await;
}
