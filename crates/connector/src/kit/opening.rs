//! Chapter 3 of the specification: sessions open, break, heal and close.

use std::time::Duration;

use sluice_model::failure::{Retry, Why};
use sluice_model::{Content, Failure};

use super::{Rig, Stage};
use crate::SessionState;

pub async fn opening_never_waits(rig: &dyn Rig) {
    let stage = Stage::logged_in(rig).await;
    rig.cut(&stage.home).await;
    let session = stage.at_once("open, with the messenger away", stage.connector.open(stage.home.clone())).await;
    stage.pass(Duration::from_secs(1)).await;
    assert!(!stage.states().iter().any(is_connected), "connected to a messenger that is away");
    let [peer, _] = rig.peers();
    let order = stage.text(&peer, "too early");
    let failure = stage.settle("a send", session.perform(&order)).await;
    assert!(is_not_sent_yet(&failure), "the messenger is away, and a send is answered with {failure:?}");
    rig.restore(&stage.home).await;
    stage.until("the session connects by itself", |stage| stage.states().into_iter().find(is_connected)).await;
}

pub async fn opening_without_a_login_says_so(rig: &dyn Rig) {
    let stage = Stage::set(rig);
    let session = stage.at_once("open, with nobody logged in", stage.connector.open(stage.home.clone())).await;
    let logged_out = |state: &SessionState| matches!(state, SessionState::LoggedOut { .. });
    stage.until("LoggedOut", |stage| stage.states().into_iter().find(logged_out)).await;
    let [peer, _] = rig.peers();
    let order = stage.text(&peer, "from nobody");
    let failure = stage.settle("a send", session.perform(&order)).await;
    assert!(matches!(failure, Err(Failure::NotSent { .. })), "nobody is logged in, and a send gives {failure:?}");
}

pub async fn a_session_says_who_it_is(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let first = stage.states().into_iter().find(is_connected);
    stage.settle("closing", session.close()).await;
    stage.inbox.forget();
    let _session = stage.open().await;
    let Some(SessionState::Connected { phone, lid, push_name }) = &first else { panic!("not connected: {first:?}") };
    assert!(phone.is_some() || lid.is_some() || push_name.is_some(), "connected as nobody");
    for number in [phone, lid].into_iter().flatten() {
        assert!(number.bytes().all(|b| b.is_ascii_digit()), "{number} is not digits only");
    }
    assert_eq!(stage.states().into_iter().find(is_connected), first, "the reopened session is somebody else's");
}

pub async fn a_cut_connection_is_told_and_healed(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    stage.inbox.forget();
    rig.cut(&stage.home).await;
    let disconnected = |state: &SessionState| matches!(state, SessionState::Disconnected { .. });
    stage.until("Disconnected", |stage| stage.states().into_iter().find(disconnected)).await;
    let [peer, _] = rig.peers();
    let order = stage.text(&peer, "over a cut line");
    let failure = stage.settle("a send", session.perform(&order)).await;
    assert!(is_not_sent_yet(&failure), "the line is cut, and a send is answered with {failure:?}");
    rig.restore(&stage.home).await;
    stage.until("Connected again", |stage| stage.states().into_iter().find(is_connected)).await;
    let performed = stage.settle("the send again", session.perform(&order)).await;
    assert!(performed.is_ok(), "the line is back, and a send is answered with {performed:?}");
    assert_eq!(stage.arrives(order.message.remote.as_deref().unwrap_or_default()).await.len(), 1);
}

pub async fn closing_takes_bounded_time(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    stage.inbox.get_stuck();
    rig.say(&stage.home, &peer, Content::text("nobody takes this")).await;
    stage.pass(Duration::from_secs(1)).await;
    stage.at_once("close, with an inbox that does not answer", session.close()).await;
    stage.inbox.open();

    rig.cut(&stage.home).await;
    let session = stage.connector.open(stage.home.clone()).await;
    stage.at_once("close, with the messenger away", session.close()).await;
}

pub async fn a_closed_session_is_silent(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    stage.settle("closing", session.close()).await;
    let before = stage.inbox.taken();
    rig.say(&stage.home, &peer, Content::text("after the end")).await;
    stage.pass(Duration::from_secs(5)).await;
    assert_eq!(stage.inbox.taken(), before, "a closed session hands in");
    assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(true), "closing a session does not log out");

    let session = stage.open().await;
    drop(session);
    stage.pass(Duration::from_secs(1)).await;
    let before = stage.inbox.taken();
    rig.say(&stage.home, &peer, Content::text("after being dropped")).await;
    stage.pass(Duration::from_secs(5)).await;
    assert_eq!(stage.inbox.taken(), before, "a dropped session hands in");
}

fn is_connected(state: &SessionState) -> bool {
    matches!(state, SessionState::Connected { .. })
}

fn is_not_sent_yet<T>(outcome: &Result<T, Failure>) -> bool {
    matches!(outcome, Err(Failure::NotSent { why: Why::Disconnected, retry: Retry::Reconnected, .. }))
}
