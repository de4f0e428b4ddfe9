//! Who is there, who types, and calls that are declined.

use std::sync::Arc;

use sluice_connector::kit::Stage;
use sluice_connector::{Inbound, Session};
use sluice_model::event::{CallStage, Presence, PresenceState};
use sluice_model::failure::Why;
use sluice_model::{Address, Answer, Ask, Event};

use crate::pocket::{ANN, BOB, EVE, Pocket};

fn person(phone: &str) -> Address {
    Address::Phone(phone.into())
}

/// Everything that was told of who is there, in order.
fn told(stage: &Stage<'_>) -> Vec<Presence> {
    let taken = stage.inbox.taken().into_iter().filter_map(|inbound| match inbound {
        Inbound::Event(event) => match *event {
            Event::PresenceChanged { presence } => Some(presence),
            _ => None,
        },
        _ => None,
    });
    taken.collect()
}

async fn hears(stage: &Stage<'_>, phone: &str, state: PresenceState) -> Presence {
    let wanted = |one: &Presence| one.who.address == person(phone) && one.state == state;
    stage.until("somebody's presence", |stage| told(stage).into_iter().find(wanted)).await
}

async fn watch(stage: &Stage<'_>, session: &dyn Session, phone: &str, on: bool) {
    let ask = Ask::Presence { of: person(phone), on };
    assert_eq!(stage.settle("an answer", session.ask(ask)).await, Ok(Answer::Done));
}

#[tokio::test]
async fn presence_is_told_of_those_who_were_asked_for_and_over_a_restart() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    rig.world.show(BOB, true).unwrap();
    watch(&stage, &*session, EVE, true).await;
    let away = hears(&stage, EVE, PresenceState::Offline).await;
    assert!(away.last_seen.is_some() && away.chat == person(EVE), "{away:?}");
    rig.world.show(EVE, true).unwrap();
    hears(&stage, EVE, PresenceState::Online).await;

    // Bob was not asked for. What he does comes before what Eve does, and would be told before it.
    rig.world.type_to(BOB, ANN, "composing").unwrap();
    rig.world.type_to(EVE, ANN, "composing").unwrap();
    let typing = hears(&stage, EVE, PresenceState::Typing).await;
    assert_eq!((typing.chat, typing.last_seen), (person(EVE), None));
    assert!(told(&stage).iter().all(|one| one.who.address == person(EVE)), "{:?}", told(&stage));
    let group = rig.world.group(BOB, "Friends", &[ANN, EVE], true).unwrap();
    rig.world.type_to(EVE, &format!("{group}@g.us"), "composing").unwrap();
    stage.until("typing in a group", |stage| told(stage).into_iter().find(|one| one.chat.is_group())).await;

    // The wish outlives the session.
    stage.settle("closing", session.close()).await;
    rig.world.show(EVE, false).unwrap();
    stage.inbox.forget();
    let session: Arc<Box<dyn Session>> = Arc::new(stage.open().await);
    hears(&stage, EVE, PresenceState::Offline).await;

    watch(&stage, &**session, EVE, false).await;
    watch(&stage, &**session, BOB, true).await;
    stage.inbox.forget();
    rig.world.type_to(EVE, ANN, "composing").unwrap();
    rig.world.type_to(BOB, ANN, "composing").unwrap();
    hears(&stage, BOB, PresenceState::Typing).await;
    assert!(told(&stage).iter().all(|one| one.who.address == person(BOB)), "{:?}", told(&stage));
}

#[tokio::test]
async fn a_call_is_declined_while_it_rings() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    rig.world.ring(BOB, ANN, "CALL1", "offer", false).unwrap();
    let stages = |stage: &Stage<'_>| {
        let taken = stage.inbox.taken().into_iter().filter_map(|inbound| match inbound {
            Inbound::Call(call) if call.remote == "CALL1" && call.from.phone() == Some(BOB) => Some(call.stage),
            _ => None,
        });
        taken.collect::<Vec<_>>()
    };
    stage.until("it rings", |stage| stages(stage).contains(&CallStage::Offered).then_some(())).await;
    let reject = || Ask::RejectCall { remote: "CALL1".into() };
    assert_eq!(stage.settle("an answer", session.ask(reject())).await, Ok(Answer::Done));
    assert_eq!(stages(&stage), [CallStage::Offered, CallStage::Declined]);
    let said = |_: &Stage<'_>| rig.world.called().into_iter().find(|signal| signal.what == "reject");
    let said = stage.until("the caller is told", said).await;
    assert!(said.from == ANN && said.to.starts_with(&rig.world.lid(BOB).unwrap()), "{said:?}");
    let again = stage.settle("an answer", session.ask(reject())).await.unwrap_err();
    assert_eq!(again.why(), Why::NotFound);
}
