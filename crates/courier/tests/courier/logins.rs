//! Logging in and out.

use sluice_model::ask::LoginWay;
use sluice_model::failure::Why;
use sluice_model::{AccountId, Answer, Ask, Channel, LoginStep, State, Timestamp, account};

use crate::house::{House, START};

const QR: Ask = Ask::Login { way: LoginWay::Qr };

fn qr(data: &str) -> LoginStep {
    LoginStep::ShowQr { data: data.to_owned(), expires_at: Timestamp::NEVER }
}

async fn logged_out_house() -> (House, AccountId) {
    let mut house = House::empty().await;
    house.messenger.nobody_is_logged_in();
    let account = house.account(Channel::Whatsapp, account::Settings::default()).await;
    house.start();
    (house, account)
}

async fn log_in(house: &House, account: AccountId) -> LoginStep {
    match house.ask(account, QR).await.unwrap() {
        Ok(Answer::Login { step }) => step,
        other => panic!("{other:?}"),
    }
}

async fn until_step(house: &House, account: AccountId, step: Option<LoginStep>) {
    let shown = async || (house.read(account).await.condition.login == step).then_some(());
    house.until(&format!("the step is {step:?}"), shown).await;
}

#[tokio::test]
async fn a_login_shows_its_steps_to_whoever_looks_and_ends_connected() {
    let (house, account) = logged_out_house().await;
    assert_eq!(log_in(&house, account).await, qr("first"));
    assert_eq!(house.read(account).await.condition.login, Some(qr("first")));
    house.messenger.show(qr("second"));
    until_step(&house, account, Some(qr("second"))).await;
    assert_eq!(log_in(&house, account).await, qr("second"), "the one under way, not another");
    let input = Ask::LoginInput { value: "1234".to_owned() };
    assert_eq!(house.ask(account, input).await, Some(Ok(Answer::Done)));
    assert_eq!(house.messenger.inputs(), ["1234"]);
    let message = house.send(account, "111", "hello").await;
    house.messenger.show(LoginStep::Done);
    house.until_message(account, message, State::Sent).await;
    let condition = house.read(account).await.condition.clone();
    assert_eq!((condition.login, condition.logged_in_at), (None, Some(START)));
    house.until_told(account, &["account.connected"]).await;
    assert_eq!(log_in(&house, account).await, LoginStep::Done);
}

#[tokio::test]
async fn a_login_that_fails_can_be_begun_again() {
    let (house, account) = logged_out_house().await;
    log_in(&house, account).await;
    house.messenger.show(LoginStep::Failed { note: "nobody scanned".to_owned() });
    until_step(&house, account, None).await;
    assert_eq!(house.read(account).await.condition.reason.as_deref(), Some("nobody scanned"));
    assert_eq!(log_in(&house, account).await, qr("first"));
    assert_eq!(house.ask(account, Ask::Logout).await, Some(Ok(Answer::Done)), "a login can be given up");
    until_step(&house, account, None).await;
    let input = Ask::LoginInput { value: "1234".to_owned() };
    assert_eq!(house.ask(account, input).await.unwrap().unwrap_err().why(), Why::NotFound);
}

#[tokio::test]
async fn a_logout_is_answered_told_and_final() {
    let (house, account) = House::open().await;
    assert_eq!(house.ask(account, Ask::Logout).await, Some(Ok(Answer::Done)));
    house.until_state(account, account::State::LoginNeeded).await;
    house.until_told(account, &["account.connected", "account.logged_out"]).await;
    let condition = house.read(account).await.condition.clone();
    assert_eq!((condition.logged_out_at, condition.reason.as_deref()), (Some(START), Some("asked for")));
    let of = sluice_model::Address::Phone("111".to_owned());
    let answer = house.ask(account, Ask::Person { of }).await.unwrap();
    assert_eq!(answer.unwrap_err().why(), Why::LoggedOut);
    assert_eq!(house.messenger.closed(), [account]);
}

#[tokio::test]
async fn a_login_lost_while_nobody_looked_is_told_at_the_start() {
    let (mut house, account) = House::open().await;
    house.stop().await.unwrap();
    house.messenger.nobody_is_logged_in();
    house.start();
    house.until_state(account, account::State::LoginNeeded).await;
    house.until_told(account, &["account.connected", "account.logged_out"]).await;
}

#[tokio::test]
async fn a_logout_that_a_crash_left_untold_is_told_at_the_start() {
    let (mut house, account) = House::open().await;
    house.stop().await.unwrap();
    house.messenger.nobody_is_logged_in();
    let mut condition = house.read(account).await.condition.clone();
    condition.state = account::State::LoginNeeded;
    house.store.set_condition(account, None, condition).await.unwrap();
    house.start();
    house.until_told(account, &["account.connected", "account.logged_out"]).await;
}
