//! What one workspace's receivers may take from the others'.

use sluice_model::AccountId;

use crate::receiver::Call;
use crate::stage::{START, Stage};

/// A stage whose later listeners and accounts are another workspace's, with one of each.
async fn with_neighbour(mut stage: Stage) -> (Stage, AccountId) {
    stage.workspace = stage.store.add_workspace("theirs", START).await.unwrap().id;
    let theirs = stage.add_account().await;
    stage.listener_of(Some(theirs), "polite", &[]).await;
    (stage, theirs)
}

async fn hanging(stage: &mut Stage, count: usize) -> Vec<Call> {
    let mut held = Vec::new();
    for _ in 0..count {
        held.push(stage.call().await);
    }
    held
}

#[tokio::test]
async fn hanging_receivers_of_one_workspace_hold_up_no_other() {
    let mut stage = Stage::new().await;
    (stage.settings.concurrency, stage.settings.workspace_concurrency, stage.settings.total_concurrency) = (8, 20, 40);
    for _ in 0..20 {
        stage.listener_of(Some(stage.account), "free", &["message.received"]).await;
    }
    let (mut stage, theirs) = with_neighbour(stage).await;
    stage.start();
    for chat in 0..8 {
        stage.text(&chat.to_string(), "stalled").await;
    }
    let held = hanging(&mut stage, 20).await;
    stage.silence().await;
    for _ in 0..30 {
        stage.text_to(theirs, "1", "healthy").await;
        let call = stage.call().await;
        assert_eq!((call.path(), call.words.as_str()), ("polite", "healthy"));
        call.answer(200);
    }
    stage.silence().await;
    for call in held {
        call.break_off();
        assert_eq!(stage.call().await.path(), "free", "a place that is given back is used");
    }
}

#[tokio::test]
async fn new_listeners_bring_a_workspace_no_more_places() {
    let mut stage = Stage::new().await;
    (stage.settings.concurrency, stage.settings.workspace_concurrency) = (4, 4);
    let removed = stage.listener_of(Some(stage.account), "free", &["message.received"]).await;
    stage.start();
    for chat in 0..4 {
        stage.text(&chat.to_string(), "stalled").await;
    }
    let mut held = hanging(&mut stage, 4).await;
    stage.remove(removed).await;
    stage.listener_of(Some(stage.account), "line", &[]).await;
    stage.text("1", "behind").await;
    let (mut stage, theirs) = with_neighbour(stage).await;
    stage.silence().await;
    stage.text_to(theirs, "1", "healthy").await;
    let call = stage.call().await;
    assert_eq!(call.words, "healthy", "what the removed one left hanging still counts");
    call.answer(200);
    held.remove(0).answer(200);
    let call = stage.call().await;
    assert_eq!((call.path(), call.words.as_str()), ("line", "behind"));
    call.answer(200);
}
