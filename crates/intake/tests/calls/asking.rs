//! What only the connected account knows, and how its login stands.

use std::time::Duration;

use sluice_model::account::{Condition, LoginStep, State};
use sluice_model::ask::Answer;
use sluice_store::asks::Asks;
use sluice_store::shelf::Page;
use sluice_store::{Accounts, Requests};

use crate::client::request;
use crate::house::{House, NOW};

async fn stand(house: &House, state: State, login: Option<LoginStep>) {
    let condition = Condition { state, login, ..Condition::new(NOW) };
    house.store.set_condition(house.ours.account, None, condition).await.unwrap();
}

#[tokio::test]
async fn a_question_is_put_to_a_connected_account_that_can_answer_it() {
    let house = House::open().await;
    let (key, account) = (&house.ours.key, house.ours.account);
    let check = format!("/t/in{account}/check");
    let logged_out = house.ask(key, "GET", &check, "").await;
    assert!(logged_out.body.contains("SG-1602"), "{}", logged_out.body);
    stand(&house, State::Open, None).await;
    let mut questions = house.desk.answer_for(account);
    let courier = tokio::spawn(async move {
        let question = questions.recv().await.unwrap();
        question.reply.send(Ok(Answer::Checked { found: Vec::new() })).unwrap();
    });
    let answer = house.ask(key, "GET", &check, "").await;
    assert!(answer.status == 200 && answer.body.contains("Checked"), "{}", answer.body);
    courier.await.unwrap();
    let unable = house.ask(key, "GET", &format!("/t/in{account}/avatar"), "").await;
    assert!(unable.body.contains("SG-1601"), "{}", unable.body);
}

#[tokio::test]
async fn a_login_shows_its_step_as_soon_as_there_is_one_and_none_that_has_ended() {
    let house = House::open().await;
    let path = |wait: u32| format!("/t/in{}/login?wait={wait}", house.ours.account);
    let qr = |data: &str, seconds| {
        let expires_at = NOW.plus(Duration::from_secs(seconds));
        Some(LoginStep::ShowQr { data: data.to_owned(), expires_at })
    };
    stand(&house, State::LoginNeeded, qr("ended", 0)).await;
    assert!(house.ask(&house.ours.key, "GET", &path(0), "").await.body.contains("Login(None)"));
    let mut waiting = house.client().await;
    waiting.write(request("GET", &path(60_000), &[("X-Key", &house.ours.key)], "")).await;
    stand(&house, State::LoginNeeded, qr("fresh", 20)).await;
    let shown = tokio::time::timeout(Duration::from_secs(3), waiting.answer()).await.unwrap().unwrap();
    assert!(shown.body.contains("fresh"), "{}", shown.body);
    stand(&house, State::Open, Some(LoginStep::Done)).await;
    assert!(house.ask(&house.ours.key, "GET", &path(0), "").await.body.contains("SG-1603"));

    let workspace = house.ours.workspace;
    let kept = house.close().await.requests(workspace, false, Page::first(10)).await.unwrap();
    assert!(kept.len() == 3 && !format!("{kept:?}").contains("fresh"), "{kept:?}");
}
