//! Every magic number, on a clock that is moved by hand: each test says to the millisecond what happens when.

mod answers;

use std::time::Duration;

use sluice_connector::kit::Stage;
use sluice_connector::{Inbound, Session, SessionState};
use sluice_model::event::Receipt;
use sluice_model::failure::{Retry, Why};
use sluice_model::order::Step;
use sluice_model::{Address, Channel, Content, Failure};

use crate::phone::Pocket;

const MS: fn(u64) -> Duration = Duration::from_millis;

fn phone(ending: &str) -> Address {
    Address::Phone(format!("79990000{ending}"))
}

/// Sends "Hello" and returns what the perform said and the message's id.
async fn hello(stage: &Stage<'_>, session: &dyn Session, to: &Address) -> (Result<(), Failure>, String) {
    let order = stage.text(to, "Hello");
    let outcome = session.perform(&order).await.map(drop);
    (outcome, order.message.remote.unwrap())
}

fn receipts(stage: &Stage<'_>) -> Vec<Receipt> {
    let receipts = stage.inbox.taken().into_iter().filter_map(|inbound| match inbound {
        Inbound::Receipt(receipt) => Some(receipt),
        _ => None,
    });
    receipts.collect()
}

fn steps(stage: &Stage<'_>) -> Vec<Step> {
    receipts(stage).into_iter().map(|receipt| receipt.step).collect()
}

#[tokio::test]
async fn any_number_has_a_message_after_200_ms_and_reads_it_after_500() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let sent_at = stage.home.clock.now();
    let (sent, remote) = hello(&stage, &*session, &Address::Phone("12025550123".to_owned())).await;
    assert_eq!(sent, Ok(()));
    stage.pass(MS(199)).await;
    assert_eq!(steps(&stage), []);
    stage.pass(MS(1)).await;
    assert_eq!(steps(&stage), [Step::Deliver]);
    stage.pass(MS(299)).await;
    assert_eq!(steps(&stage), [Step::Deliver]);
    stage.pass(MS(1)).await;
    let told = receipts(&stage);
    assert_eq!(told[1], Receipt { remotes: vec![remote], step: Step::Read, at: sent_at.plus(MS(500)), trouble: None });
    stage.pass(Duration::from_secs(3_600)).await;
    assert_eq!((steps(&stage).len(), stage.messages().len()), (2, 0));
}

#[tokio::test]
async fn receipts_of_one_moment_go_together() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    for _ in 0..100 {
        assert_eq!(hello(&stage, &*session, &phone("001")).await.0, Ok(()));
    }
    stage.pass(MS(200)).await;
    let told = receipts(&stage);
    assert_eq!((told.len(), told[0].remotes.len()), (1, 100));
}

#[tokio::test]
async fn n404_is_not_on_the_messenger() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let (refusal, _) = hello(&stage, &*session, &phone("404")).await;
    assert!(matches!(refusal, Err(Failure::Refused { why: Why::NotOnMessenger, .. })), "{refusal:?}");
    assert!(stage.arrived().await.is_empty());
}

#[tokio::test]
async fn n408_is_never_delivered() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let (sent, remote) = hello(&stage, &*session, &phone("408")).await;
    assert_eq!(sent, Ok(()));
    stage.pass(Duration::from_secs(86_400)).await;
    assert_eq!(steps(&stage), []);
    assert_eq!(stage.arrives(&remote).await.len(), 1);
}

#[tokio::test]
async fn n429_is_refused_twice_for_rate_and_then_sent() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let orders = [stage.text(&phone("429"), "one"), stage.text(&phone("429"), "two")];
    for order in &orders {
        for _ in 0..2 {
            let failure = session.perform(order).await;
            let pause = Retry::After(Duration::from_secs(1));
            assert!(
                matches!(&failure, Err(Failure::NotSent { why: Why::RateLimited, retry, .. }) if *retry == pause),
                "{failure:?}"
            );
        }
        assert!(session.perform(order).await.is_ok(), "each message has its own two refusals");
    }
    assert_eq!(stage.arrived().await.len(), 2);
}

#[tokio::test]
async fn n500_refuses_for_good() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let order = stage.text(&phone("500"), "please");
    for _ in 0..5 {
        let refusal = session.perform(&order).await;
        assert!(matches!(refusal, Err(Failure::Refused { .. })), "{refusal:?}");
    }
    assert!(stage.arrived().await.is_empty());
}

#[tokio::test]
async fn n503_drops_the_line_for_3_s_and_takes_the_same_id_afterwards() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    stage.inbox.forget();
    let order = stage.text(&phone("503"), "hold the line");
    let failure = session.perform(&order).await;
    assert!(matches!(failure, Err(Failure::Unknown { .. })), "{failure:?}");
    stage.pass(MS(2_999)).await;
    assert!(matches!(stage.states()[..], [SessionState::Disconnected { why: Why::Disconnected, .. }]));
    let too_early = session.perform(&order).await;
    assert!(matches!(too_early, Err(Failure::NotSent { retry: Retry::Reconnected, .. })), "{too_early:?}");
    stage.pass(MS(1)).await;
    assert!(matches!(stage.states()[1..], [SessionState::Connected { .. }]), "{:?}", stage.states());
    let receipt = session.perform(&order).await.unwrap();
    assert_eq!(receipt.remote, order.message.remote);
    stage.pass(MS(500)).await;
    assert_eq!(steps(&stage), [Step::Deliver, Step::Read]);
    assert_eq!(stage.arrived().await.len(), 1);
}

#[tokio::test]
async fn n504_is_never_known() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let order = stage.text(&phone("504"), "did it arrive?");
    for _ in 0..5 {
        let failure = session.perform(&order).await;
        assert!(matches!(failure, Err(Failure::Unknown { .. })), "{failure:?}");
    }
    stage.pass(Duration::from_secs(60)).await;
    assert_eq!((steps(&stage), stage.states().len()), (vec![], 1));
}

#[tokio::test]
async fn the_same_seed_and_the_same_calls_give_the_same_world() {
    let play = async || {
        let pocket = Pocket::new(Channel::Whatsapp);
        let (stage, session) = Stage::connected(&pocket).await;
        for ending in ["200", "205", "207"] {
            assert_eq!(hello(&stage, &*session, &phone(ending)).await.0, Ok(()));
        }
        stage.pass(Duration::from_secs(2)).await;
        stage.inbox.taken()
    };
    let once = play().await;
    assert_eq!(once.iter().filter(|inbound| matches!(inbound, Inbound::Message(_))).count(), 5);
    assert_eq!(once, play().await);
}

#[tokio::test]
async fn the_magic_holds_in_every_channel() {
    for channel in [Channel::TelegramUser, Channel::TelegramBot, Channel::Max] {
        let pocket = Pocket::new(channel);
        let (stage, session) = Stage::connected(&pocket).await;
        let echo = Address::User("79990000200".to_owned());
        assert_eq!(hello(&stage, &*session, &echo).await.0, Ok(()));
        stage.pass(MS(700)).await;
        let message = stage.messages().remove(0);
        assert_eq!((message.chat, message.content), (echo, Content::text("Hello")));
    }
}
