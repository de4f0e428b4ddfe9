//! Chapter 2 of the specification: logging in and out.

use std::time::Duration;

use futures_util::FutureExt;
use sluice_model::ask::LoginWay;
use sluice_model::event::LogoutBy;
use sluice_model::failure::Why;
use sluice_model::{Ability, Answer, Ask, Failure, LoginStep};

use super::abilities::expect_unsupported;
use super::{Rig, Stage};
use crate::{Login, SessionState};

/// No code or password of any rig.
const WRONG: &str = "00000-wrong";

pub async fn a_login_goes_step_by_step(rig: &dyn Rig) {
    for way in rig.ways() {
        let stage = Stage::set(rig);
        forget(&stage).await;
        assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(false), "nobody has logged in yet");
        let mut login = begin(&stage, way.clone()).await;
        let first = stage.at_once("the first step", login.next()).await;
        assert!(!matches!(first, LoginStep::Failed { .. }), "{way:?} begins with {first:?}");
        drop(login);
        let shown = stage.log_in(way.clone()).await;
        let ends = shown.iter().filter(|step| matches!(step, LoginStep::Done | LoginStep::Failed { .. })).count();
        assert_eq!((ends, shown.last()), (1, Some(&LoginStep::Done)), "{way:?} went {shown:?}");
        assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(true), "after Done somebody is logged in");
        forget(&stage).await;
    }
}

pub async fn a_qr_code_is_refreshed(rig: &dyn Rig) {
    let stage = Stage::set(rig);
    if !stage.abilities().has(Ability::QrLogin) {
        return;
    }
    let mut login = begin(&stage, LoginWay::Qr).await;
    let LoginStep::ShowQr { data, expires_at } = stage.at_once("the first QR", login.next()).await else {
        panic!("a login by QR begins with a QR")
    };
    let life = expires_at.since(stage.home.clock.now());
    assert!(!data.is_empty(), "the QR is empty");
    assert!(!life.is_zero() && life <= Duration::from_secs(600), "a QR that lives {life:?} by the home's clock");
    let LoginStep::ShowQr { data: next, expires_at: later } = stage.settle("the next QR", login.next()).await else {
        panic!("a QR that ran out is followed by another")
    };
    assert_ne!(data, next, "the new QR is the old one");
    assert!(later > expires_at, "the new QR ends before the old one");
}

pub async fn asking_for_the_next_step_loses_none(rig: &dyn Rig) {
    for way in rig.ways() {
        let stage = Stage::set(rig);
        forget(&stage).await;
        let mut login = begin(&stage, way.clone()).await;
        let mut shown = Vec::new();
        while shown.last() != Some(&LoginStep::Done) {
            // Asked and dropped, over and over: whatever is ready comes out, whatever is not is not lost.
            let mut turns = 0;
            let step = loop {
                if let Some(step) = login.next().now_or_never() {
                    break step;
                }
                turns += 1;
                assert!(turns < 2_400, "{way:?}: no step after {shown:?}");
                stage.pass(Duration::from_millis(50)).await;
            };
            if let Some(words) = rig.obey(&stage.home, &step).await {
                assert_eq!(login.input(&words).await, Ok(()), "{way:?} refused the right words");
            }
            shown.push(step);
        }
        assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(true));
        forget(&stage).await;
    }
}

pub async fn a_wrong_code_can_be_corrected(rig: &dyn Rig) {
    for way in rig.ways() {
        let stage = Stage::set(rig);
        forget(&stage).await;
        let mut login = begin(&stage, way.clone()).await;
        loop {
            let step = stage.settle("a step", login.next()).await;
            match &step {
                LoginStep::Done => break,
                LoginStep::Failed { note } => panic!("{way:?} failed over a wrong code: {note}"),
                _ => {}
            }
            if let Some(words) = rig.obey(&stage.home, &step).await {
                if matches!(step, LoginStep::AskCode { .. } | LoginStep::AskPassword { .. }) {
                    let refusal = login.input(WRONG).await;
                    assert!(
                        matches!(refusal, Err(Failure::Refused { .. })),
                        "{step:?} took a wrong answer: {refusal:?}"
                    );
                    assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(false));
                }
                assert_eq!(login.input(&words).await, Ok(()), "{step:?} refused the right words after wrong ones");
            }
        }
        forget(&stage).await;
    }
}

pub async fn a_dropped_login_leaves_nobody_logged_in(rig: &dyn Rig) {
    let stage = Stage::set(rig);
    for way in rig.ways().into_iter().filter(|way| !matches!(way, LoginWay::Token { .. })) {
        let mut login = begin(&stage, way).await;
        stage.at_once("the first step", login.next()).await;
        drop(login);
        stage.pass(Duration::from_secs(1)).await;
        assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(false));
    }
    let way = rig.ways().remove(0);
    assert_eq!(stage.log_in(way).await.last(), Some(&LoginStep::Done), "the next login is not hindered");
}

pub async fn undeclared_logins_are_refused(rig: &dyn Rig) {
    let stage = Stage::set(rig);
    let all = [
        LoginWay::Qr,
        LoginWay::PairingCode { phone: "79990000001".to_owned() },
        LoginWay::Phone { phone: "79990000001".to_owned() },
        LoginWay::Token { token: "1:kit".to_owned() },
    ];
    for way in all {
        let declared = Ask::Login { way: way.clone() }.needs().is_some_and(|ability| stage.abilities().has(ability));
        if !declared {
            let outcome = stage.connector.login(stage.home.clone(), way.clone()).await.map(|_| "a login");
            expect_unsupported(&format!("{way:?}"), outcome);
        }
    }
}

pub async fn a_login_outlives_its_session(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    stage.settle("closing", session.close()).await;
    assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(true), "closing a session does not log out");
    let session = stage.open().await;
    let [peer, _] = rig.peers();
    let order = stage.text(&peer, "after reopening");
    let performed = stage.settle("a send", session.perform(&order)).await;
    assert!(performed.is_ok(), "the reopened session answers {performed:?}");
}

pub async fn logging_out_forgets_the_login(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let answer = stage.settle("the logout", session.ask(Ask::Logout)).await;
    assert_eq!(answer, Ok(Answer::Done));
    told_of_logout(&stage, LogoutBy::Api).await;
}

pub async fn logging_out_on_the_phone_is_told(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    rig.log_out_on_phone(&stage.home).await;
    told_of_logout(&stage, LogoutBy::Device).await;
    let [peer, _] = rig.peers();
    let order = stage.text(&peer, "after the logout");
    let failure = stage.settle("a send", session.perform(&order)).await;
    assert!(
        matches!(failure, Err(Failure::NotSent { why: Why::LoggedOut | Why::Disconnected, .. })),
        "nobody is logged in, and a send is answered with {failure:?}"
    );
}

async fn told_of_logout(stage: &Stage<'_>, by: LogoutBy) {
    let told = stage
        .until("LoggedOut", |stage| {
            stage.states().into_iter().find_map(|state| match state {
                SessionState::LoggedOut { by, .. } => Some(by),
                _ => None,
            })
        })
        .await;
    assert_eq!(told, by);
    assert_eq!(stage.connector.is_logged_in(&stage.home).await, Ok(false));
    assert_eq!(stage.home.vault.list("").await, Ok(Vec::new()), "the vault still holds something of the login");
}

async fn begin(stage: &Stage<'_>, way: LoginWay) -> Box<dyn Login> {
    match stage.settle("the login", stage.connector.login(stage.home.clone(), way.clone())).await {
        Ok(login) => login,
        Err(failure) => panic!("{way:?} is declared, and refused: {failure}"),
    }
}

/// Makes the account as new, for the next way of logging in.
async fn forget(stage: &Stage<'_>) {
    let kept = stage.home.vault.list("").await.unwrap_or_default();
    let emptied = stage.home.vault.write(kept.into_iter().map(|(name, _)| (name, None)).collect()).await;
    assert_eq!(emptied, Ok(()));
}
