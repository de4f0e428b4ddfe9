//! What WhatsApp does to a session, and what the house is told of it.

use sluice_connector::kit::{Rig, Stage};
use sluice_connector::{Inbound, Session, SessionState};
use sluice_model::event::LogoutBy;
use sluice_model::failure::Why;
use sluice_model::order::Step;
use sluice_model::{Address, Failure};
use sluice_whatsapp_world::Trouble;

use crate::pocket::{ANN, BOB, Pocket};

fn bob() -> Address {
    Address::Phone(BOB.into())
}

/// Sends a text, and again as the courier does where the outcome is not known.
async fn send(stage: &Stage<'_>, session: &dyn Session, words: &str) -> String {
    let order = stage.text(&bob(), words);
    let remote = order.message.remote.clone().unwrap();
    loop {
        match stage.settle("a send", session.perform(&order)).await {
            Ok(receipt) => {
                assert_eq!(receipt.remote.as_deref(), Some(&*remote));
                return remote;
            }
            Err(Failure::Unknown { .. } | Failure::NotSent { .. }) => {
                stage.pass(std::time::Duration::from_millis(50)).await
            }
            Err(refused) => panic!("{words}: {refused}"),
        }
    }
}

async fn told<T>(stage: &Stage<'_>, what: &str, wanted: impl Fn(&SessionState) -> Option<T>) -> T {
    stage.until(what, |stage| stage.states().iter().find_map(&wanted)).await
}

#[tokio::test]
async fn a_stream_that_the_server_restarts_goes_on() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    for code in [515, 503] {
        stage.inbox.forget();
        rig.world.stream_error(ANN, code).unwrap();
        told(&stage, "Connected again", |state| matches!(state, SessionState::Connected { .. }).then_some(())).await;
        let remote = send(&stage, &*session, &format!("after {code}")).await;
        assert_eq!(stage.arrives(&remote).await.len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_device_that_is_refused_is_logged_out() {
    let rig = Pocket::new().await;
    let (stage, _session) = Stage::connected(&rig).await;
    rig.world.stream_error(ANN, 401).unwrap();
    let by = told(&stage, "LoggedOut", |state| match state {
        SessionState::LoggedOut { by, .. } => Some(*by),
        _ => None,
    });
    assert_eq!(by.await, LogoutBy::Device);
    assert_eq!(stage.home.vault.names("").await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_locked_account_is_told_as_a_ban() {
    let rig = Pocket::new().await;
    let stage = Stage::logged_in(&rig).await;
    rig.world.trouble(ANN, Trouble::RefuseLogin(403), 1).unwrap();
    let _session = stage.connector.open(stage.home.clone()).await;
    let by = told(&stage, "LoggedOut", |state| match state {
        SessionState::LoggedOut { by, note } => Some((*by, note.clone())),
        _ => None,
    });
    let (by, note) = by.await;
    assert_eq!(by, LogoutBy::Ban);
    assert!(note.contains("locked"), "{note}");
}

#[tokio::test]
async fn a_ban_for_a_while_is_waited_out() {
    let rig = Pocket::new().await;
    let stage = Stage::logged_in(&rig).await;
    rig.world.trouble(ANN, Trouble::Ban { code: 101, seconds: 2 }, 1).unwrap();
    let session = stage.connector.open(stage.home.clone()).await;
    let until = told(&stage, "Blocked", |state| match state {
        SessionState::Blocked { until, .. } => Some(*until),
        _ => None,
    });
    assert!(until.await.is_some());
    let failure = session.perform(&stage.text(&bob(), "banned")).await;
    assert!(matches!(failure, Err(Failure::NotSent { why: Why::Banned, .. })), "{failure:?}");
    told(&stage, "Connected", |state| matches!(state, SessionState::Connected { .. }).then_some(())).await;
}

#[tokio::test]
async fn an_outdated_client_is_told_and_opened_again() {
    let rig = Pocket::new().await;
    let stage = Stage::logged_in(&rig).await;
    rig.world.trouble(ANN, Trouble::RefuseLogin(405), 1).unwrap();
    let session = stage.connector.open(stage.home.clone()).await;
    let note = told(&stage, "Ended", |state| match state {
        SessionState::Ended { note, .. } => Some(note.clone()),
        _ => None,
    });
    assert!(note.await.contains("update Sluicegate"));
    session.close().await;
    stage.inbox.forget();
    let _again = stage.open().await;
}

#[tokio::test]
async fn who_takes_the_login_elsewhere_ends_this_session() {
    let rig = Pocket::new().await;
    let (stage, _session) = Stage::connected(&rig).await;
    rig.world.replace(ANN).unwrap();
    let note = told(&stage, "Ended", |state| match state {
        SessionState::Ended { note, .. } => Some(note.clone()),
        _ => None,
    });
    assert!(note.await.contains("Another program"));
}

#[tokio::test]
async fn a_message_that_is_not_confirmed_is_not_called_sent() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    rig.world.trouble(ANN, Trouble::CutAfterRelay, 1).unwrap();
    let order = stage.text(&bob(), "cut off");
    let failure = stage.settle("a send", session.perform(&order)).await;
    assert!(matches!(failure, Err(Failure::Unknown { .. })), "{failure:?}");

    rig.world.trouble(ANN, Trouble::Nack(479), 1).unwrap();
    told(&stage, "Connected again", |state| matches!(state, SessionState::Connected { .. }).then_some(())).await;
    let refused = loop {
        let order = stage.text(&bob(), "refused");
        match stage.settle("a send", session.perform(&order)).await {
            Err(Failure::NotSent { why: Why::Disconnected, .. }) => {
                stage.pass(std::time::Duration::from_millis(50)).await;
            }
            other => break other,
        }
    };
    assert!(matches!(&refused, Err(Failure::Refused { note, .. }) if note.contains("479")), "{refused:?}");
}

#[tokio::test]
async fn a_word_that_comes_late_is_a_receipt() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let order = stage.text(&bob(), "dropped half way");
    let remote = order.message.remote.clone().unwrap();
    {
        // It is given up as soon as the server has it.
        let performing = session.perform(&order);
        let passed = rig.world.until(std::time::Duration::from_secs(10), "the message", |world| {
            world.passed(ANN).iter().any(|passed| passed.id == remote).then_some(())
        });
        tokio::select! {
            biased;
            passed = passed => passed.unwrap(),
            done = performing => drop(done),
        }
    }
    let wanted = |inbound: &Inbound| matches!(inbound, Inbound::Receipt(r) if r.remotes.contains(&remote));
    let told = stage.until("a receipt", |stage| stage.inbox.taken().into_iter().find(wanted)).await;
    let Inbound::Receipt(receipt) = told else { panic!("{told:?}") };
    assert!(matches!(receipt.step, Step::Send | Step::Deliver), "{receipt:?}");
}

#[tokio::test]
async fn the_owner_is_not_shown_online() {
    let rig = Pocket::new().await;
    let (stage, _session) = Stage::connected(&rig).await;
    // Whoever is shown as offline confirms what comes as `inactive`.
    let id = rig.say(&stage.home, &bob(), sluice_model::Content::text("are you there?")).await;
    let kind = rig.world.until(std::time::Duration::from_secs(10), "a confirmation", |world| {
        world.receipts(BOB).into_iter().find(|told| told.id == id && !told.kind.is_empty()).map(|told| told.kind)
    });
    assert_eq!(kind.await.unwrap(), "inactive");
}

/// As after a crash in the very moment in which an answer is out.
#[tokio::test]
async fn an_answer_leaves_when_its_keys_are_kept() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let soon = std::time::Duration::from_secs(10);
    let mut kept = Vec::new();
    // With each change of the speaker there is a new key; the library itself takes care of the first one only.
    for words in ["one", "two", "three"] {
        let order = stage.text(&bob(), words);
        let asked = rig.say(&stage.home, &bob(), sluice_model::Content::text(words)).await;
        let confirmed = |world: &sluice_whatsapp_world::World| {
            world.receipts(BOB).iter().any(|told| told.id == asked).then_some(())
        };
        rig.world.until(soon, words, confirmed).await.unwrap();
        let passed = rig.world.until(soon, words, |world| {
            world.passed(ANN).iter().any(|passed| Some(&passed.id) == order.message.remote.as_ref()).then_some(())
        });
        let crash = async {
            passed.await.unwrap();
            stage.home.vault.list("").await.unwrap()
        };
        let sent;
        (kept, sent) = tokio::join!(crash, session.perform(&order));
        sent.unwrap();
    }
    session.close().await;
    let lost = stage.home.vault.names("").await.unwrap().into_iter();
    let lost = lost.filter(|name| kept.iter().all(|(known, _)| known != name)).map(|name| (name, None));
    let back: Vec<_> =
        lost.collect::<Vec<_>>().into_iter().chain(kept.into_iter().map(|(name, bytes)| (name, Some(bytes)))).collect();
    stage.home.vault.write(back).await.unwrap();

    stage.inbox.forget();
    let _again = stage.open().await;
    let asked = rig.say(&stage.home, &bob(), sluice_model::Content::text("and now?")).await;
    let of_it = |stage: &Stage<'_>| stage.messages().into_iter().find(|message| message.remote.starts_with(&asked));
    let came = stage.until("what Bob says to the answer", of_it).await;
    assert_eq!((came.remote.as_str(), came.content.words()), (asked.as_str(), "and now?"));
}
