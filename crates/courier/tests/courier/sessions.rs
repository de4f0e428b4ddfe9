//! Sessions that come, go and break.

use std::time::Duration;

use sluice_connector::SessionState;
use sluice_model::failure::Why;
use sluice_model::{AccountId, Answer, Ask, Channel, Entry, Event, Failure, State, account};
use sluice_store::accounts::Change;

use crate::house::{House, START};
use crate::messenger::{Act, chat, connected};

const SECOND: Duration = Duration::from_secs(1);

fn disconnected() -> SessionState {
    SessionState::Disconnected { why: Why::Disconnected, note: "cut".to_owned() }
}

fn ended() -> SessionState {
    SessionState::Ended { why: Why::Disconnected, note: "over".to_owned() }
}

fn check() -> Ask {
    Ask::Check { who: vec![chat("111")] }
}

/// A question, and its answer once the clock was moved far enough for the courier to give up.
async fn patient_ask(house: &House, account: AccountId, ask: Ask) -> Result<Answer, Failure> {
    let answer = house.ask(account, ask);
    tokio::pin!(answer);
    loop {
        tokio::select! {
            answer = &mut answer => return answer.unwrap(),
            () = house.advance(SECOND / 10) => {}
        }
    }
}

#[tokio::test]
async fn listeners_are_told_of_each_change_once() {
    let (house, account) = House::open().await;
    house.messenger.say(account, connected()).await;
    house.messenger.say(account, disconnected()).await;
    house.messenger.say(account, disconnected()).await;
    house.until_state(account, account::State::Connecting).await;
    house.messenger.say(account, connected()).await;
    house.until_state(account, account::State::Open).await;
    house.until_told(account, &["account.connected", "account.disconnected", "account.connected"]).await;
    let condition = house.read(account).await.condition.clone();
    assert_eq!(condition.phone.as_deref(), Some("79990000001"));
    assert_eq!(condition.push_name.as_deref(), Some("Ann"));
    assert_eq!((condition.logged_in_at, condition.reason), (Some(START), None));
    assert_eq!(logins(&house, account).await, [true, false], "a connection found again is no login");
}

/// Of each connection told, whether it is told as a login.
async fn logins(house: &House, account: AccountId) -> Vec<bool> {
    let connected = |entry: Entry| match entry.event {
        Event::AccountConnected { first, .. } => Some(first),
        _ => None,
    };
    house.journal(account).await.into_iter().filter_map(connected).collect()
}

#[tokio::test]
async fn a_keeper_that_begins_anew_tells_no_second_login() {
    let (mut house, account) = House::open().await;
    house.until_told(account, &["account.connected"]).await;
    house.stop().await.unwrap();
    house.start();
    house.messenger.say(account, connected()).await;
    house.messenger.say(account, disconnected()).await;
    house.until_state(account, account::State::Connecting).await;
    house.messenger.say(account, connected()).await;
    // The state is written first, its event right behind it.
    let told_again = async || Some(logins(&house, account).await).filter(|connections| connections.len() > 1);
    let connections = house.until("the second connection is told", told_again).await;
    assert_eq!(connections.iter().filter(|first| **first).count(), 1, "{connections:?}");
    assert!(connections[0], "{connections:?}");
}

#[tokio::test]
async fn a_session_that_ends_is_reopened_after_growing_pauses_until_it_holds() {
    let (house, account) = House::open().await;
    house.messenger.sessions_stay_down();
    let mut pauses = Vec::new();
    for opened in 2..6 {
        let before = house.clock.now();
        house.messenger.say(account, ended()).await;
        let reopened = async || (house.messenger.opened().len() == opened).then_some(());
        house.until_later("the session is reopened", SECOND / 10, reopened).await;
        pauses.push(house.messenger.opened()[opened - 1].1.since(before).as_secs_f64());
    }
    // A tenth for the dice; the upper bound leaves room for the steps in which this clock moves.
    for (pause, least) in pauses.iter().zip([0.9, 1.8, 3.6, 7.2]) {
        assert!(*pause >= least, "{pauses:?}");
    }
    assert_eq!(house.outages(account).await.len(), 1, "one outage, however often it is tried");

    house.messenger.say(account, connected()).await;
    house.until_state(account, account::State::Open).await;
    house.clock.advance(61 * SECOND);
    let before = house.clock.now();
    house.messenger.say(account, ended()).await;
    let reopened = async || (house.messenger.opened().len() == 6).then_some(());
    house.until_later("it is reopened after the first pause", SECOND / 10, reopened).await;
    assert!(house.messenger.opened()[5].1.since(before) < 7 * SECOND, "the fifth pause would be 16 s");
}

#[tokio::test]
async fn a_panic_while_sending_ends_that_session_alone() {
    let (house, broken) = House::open().await;
    let sound = house.account(Channel::Whatsapp, account::Settings::default()).await;
    house.until_state(sound, account::State::Open).await;
    house.messenger.will("666", [Act::Panic]);
    let message = house.send(broken, "666", "hello").await;
    house.until_state(broken, account::State::Connecting).await;
    let other = house.send(sound, "111", "hello").await;
    house.until_message(sound, other, State::Sent).await;
    house.until_message_later(broken, message, State::Sent, SECOND / 10).await;
    assert_eq!(house.messenger.seen().iter().filter(|seen| seen.chat == "666").count(), 2);
    let note = "the session failed and is being reopened".to_owned();
    assert_eq!(house.outages(broken).await, [(Why::Disconnected, note)]);
    assert_eq!(house.messenger.closed(), [broken]);
}

#[tokio::test]
async fn a_panic_while_opening_is_survived_and_told() {
    let (house, account) = House::open().await;
    house.messenger.the_next_opening_panics();
    assert_eq!(house.ask(account, Ask::Restart).await, None, "who asked goes away without an answer");
    let told = async || (house.outages(account).await.len() == 1).then_some(());
    house.until("the outage is told", told).await;
    let message = house.send(account, "111", "hello").await;
    house.until_message_later(account, message, State::Sent, SECOND / 10).await;
}

#[tokio::test]
async fn a_panic_while_answering_reopens_the_session() {
    let (house, account) = House::open().await;
    let answer = house.ask(account, Ask::Avatar { of: chat("111") }).await.unwrap();
    assert!(matches!(answer, Err(Failure::Unknown { .. })), "{answer:?}");
    let reopened = async || (house.messenger.opened().len() == 2).then_some(());
    house.until_later("the session is reopened", SECOND / 10, reopened).await;
}

#[tokio::test]
async fn an_account_that_another_took_is_let_go() {
    let (house, account) = House::open().await;
    house.store.take(account).await.unwrap();
    let message = house.send(account, "111", "hello").await;
    house.until("the session is closed", async || (house.messenger.closed() == [account]).then_some(())).await;
    assert_eq!(house.state_of(account, message).await, State::Waiting);
    assert_eq!(house.messenger.seen(), []);
    // The store gave it back: that is the store's to decide, and it takes a lease's time.
    house.until_message_later(account, message, State::Sent, SECOND).await;
    assert!(house.messenger.seen()[0].at >= START.plus(10 * SECOND));
}

#[tokio::test]
async fn an_account_is_switched_off_and_on() {
    let (house, account) = House::open().await;
    let switch = async |on| {
        let change = Change { enabled: Some(on), ..Change::default() };
        house.store.change_account(account, change).await.unwrap().unwrap();
    };
    switch(false).await;
    house.until_state(account, account::State::Off).await;
    assert_eq!(house.messenger.closed(), [account]);
    let answer = house.ask(account, check()).await.unwrap();
    assert_eq!(answer.unwrap_err().why(), Why::Disconnected);
    let message = house.send(account, "111", "hello").await;
    switch(true).await;
    house.until_message(account, message, State::Sent).await;
}

#[tokio::test]
async fn a_removed_account_is_forgotten() {
    let (house, account) = House::open().await;
    house.store.remove_account(account, START).await.unwrap();
    house.until("the session is closed", async || (house.messenger.closed() == [account]).then_some(())).await;
}

#[tokio::test]
async fn a_blocked_account_sends_nothing_until_the_messenger_says_so() {
    let (house, account) = House::open().await;
    let blocked = SessionState::Blocked { until: None, note: "spam".to_owned() };
    house.messenger.say(account, blocked.clone()).await;
    house.messenger.say(account, blocked).await;
    house.until_state(account, account::State::Blocked).await;
    let message = house.send(account, "111", "hello").await;
    house.messenger.say(account, disconnected()).await;
    assert_eq!(house.ask(account, Ask::Restart).await, Some(Ok(Answer::Done)));
    house.until("it is connected again", async || (house.told(account).await.len() == 3).then_some(())).await;
    house.until_message(account, message, State::Sent).await;
    house.until_told(account, &["account.connected", "account.blocked", "account.connected"]).await;
    assert_eq!(logins(&house, account).await, [true, true], "the block was told as the end of the login");
}

#[tokio::test]
async fn a_question_without_an_answer_ends_and_holds_up_nothing() {
    let (house, account) = House::open().await;
    let asking = house.ask(account, check());
    tokio::pin!(asking);
    let sending = async {
        let message = house.send(account, "111", "hello").await;
        house.until_message(account, message, State::Sent).await;
    };
    tokio::select! {
        answer = &mut asking => panic!("{answer:?}"),
        () = sending => {}
    }
    let answer = patient_ask(&house, account, check()).await;
    assert_eq!(answer.unwrap_err().why(), Why::Timeout);
}

#[tokio::test]
async fn levers_work_without_a_session() {
    let mut house = House::empty().await;
    house.messenger.nobody_is_logged_in();
    let account = house.account(Channel::Whatsapp, account::Settings::default()).await;
    house.start();
    let lever = serde_json::json!({ "pull": 1 });
    let ask = Ask::Control { lever: lever.clone() };
    let answer = house.ask(account, ask).await.unwrap();
    assert_eq!(answer, Ok(Answer::Control { result: lever }));
}
