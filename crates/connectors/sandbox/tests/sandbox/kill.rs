//! A killed gateway: the messenger remembers, knows repetitions again, and brings what it still had to bring.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sluice_connector::kit::{Rig, Stage};
use sluice_connector::{Home, Inbound};
use sluice_model::order::Step;
use sluice_model::{Address, Answer, Ask, Channel, Content, ask::GroupCall};
use sluice_sandbox::{Sandbox, Settings};

use crate::phone::Pocket;

fn sandbox(dir: &Path) -> Arc<Sandbox> {
    Arc::new(Sandbox::new(Settings { dir: Some(dir.to_owned()), seed: 7, instant: false }))
}

/// The same account in a gateway that was started anew: the same vault, media and clock, another sandbox.
fn restarted<'a>(before: Stage<'a>, pocket: &'a Pocket) -> Stage<'a> {
    let mut after = Stage::set(pocket);
    let Home { vault, media, clock, .. } = before.home;
    after.home = Home { vault, media, clock, ..after.home };
    after
}

fn ledger(dir: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(dir.join("1.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn steps(stage: &Stage<'_>, remote: &str) -> Vec<Step> {
    let of_it = stage.inbox.taken().into_iter().filter_map(|inbound| match inbound {
        Inbound::Receipt(receipt) if receipt.remotes.iter().any(|r| r == remote) => Some(receipt.step),
        _ => None,
    });
    of_it.collect()
}

#[tokio::test]
async fn repetitions_are_known_and_receipts_come_late() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (Pocket::with(Channel::Whatsapp, sandbox(dir.path())), sandbox(dir.path()));
    let second = Pocket::with(Channel::Whatsapp, second);
    let (stage, session) = Stage::connected(&first).await;
    let order = stage.text(&Address::Phone("79990000200".to_owned()), "before the kill");
    let remote = order.message.remote.clone().unwrap();
    session.perform(&order).await.unwrap();
    drop(session);

    let stage = restarted(stage, &second);
    let session = stage.open().await;
    session.perform(&order).await.unwrap();
    stage.pass(Duration::from_secs(1)).await;
    assert_eq!(steps(&stage, &remote), [Step::Deliver, Step::Read]);
    assert_eq!(stage.messages().len(), 1, "the answer came once");
    let lines = ledger(dir.path());
    let of_it: Vec<_> = lines.iter().filter(|line| line["remote"] == json!(remote)).collect();
    assert_eq!(of_it.len(), 2, "{lines:?}");
    assert_eq!((of_it[0].get("dup"), &of_it[1]["dup"]), (None, &json!(true)));
    assert_eq!(
        (&of_it[0]["chat"], &of_it[0]["kind"], &of_it[0]["words"]),
        (&json!("phone:79990000200"), &json!("text"), &json!("before the kill"))
    );
}

#[tokio::test]
async fn what_is_settled_is_not_brought_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = Pocket::with(Channel::Whatsapp, sandbox(dir.path()));
    let second = Pocket::with(Channel::Whatsapp, sandbox(dir.path()));
    let (stage, session) = Stage::connected(&first).await;
    let order = stage.text(&Address::Phone("79990000001".to_owned()), "done with");
    session.perform(&order).await.unwrap();
    stage.pass(Duration::from_secs(1)).await;
    drop(session);

    let stage = restarted(stage, &second);
    let _session = stage.open().await;
    stage.pass(Duration::from_secs(1)).await;
    assert_eq!(steps(&stage, order.message.remote.as_deref().unwrap()), []);
}

#[tokio::test]
async fn messages_that_could_not_be_brought_wait_over_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let first = Pocket::with(Channel::Whatsapp, sandbox(dir.path()));
    let second = Pocket::with(Channel::Whatsapp, sandbox(dir.path()));
    let stage = Stage::logged_in(&first).await;
    let [ann, _] = first.peers();
    let mut wanted = Vec::new();
    for words in ["one", "two"] {
        wanted.push(first.say(&stage.home, &ann, Content::text(words)).await);
    }
    let stage = restarted(stage, &second);
    let session = stage.open().await;
    stage.until("both", |stage| (stage.messages().len() == 2).then_some(())).await;
    let came: Vec<_> = stage.messages().into_iter().map(|message| message.remote).collect();
    assert_eq!(came, wanted);
    stage.pass(Duration::from_secs(1)).await;
    drop(session);

    let third = Pocket::with(Channel::Whatsapp, sandbox(dir.path()));
    let stage = restarted(stage, &third);
    let _session = stage.open().await;
    stage.pass(Duration::from_secs(1)).await;
    assert_eq!(stage.messages(), []);
}

#[tokio::test]
async fn groups_are_there_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let first = Pocket::with(Channel::Whatsapp, sandbox(dir.path()));
    let second = Pocket::with(Channel::Whatsapp, sandbox(dir.path()));
    let (stage, session) = Stage::connected(&first).await;
    let create = GroupCall::Create { name: "Team".to_owned(), members: first.peers().to_vec() };
    let made = session.ask(Ask::Group { call: create }).await.unwrap();
    let Answer::Group { group } = &made else { panic!("{made:?}") };
    let info = Ask::Group { call: GroupCall::Info { group: group.address.clone() } };
    drop(session);

    let stage = restarted(stage, &second);
    let session = stage.open().await;
    assert_eq!(session.ask(info).await, Ok(made));
}

#[tokio::test]
async fn for_measuring_nothing_follows_a_message() {
    let settings = Settings { instant: true, ..Settings::default() };
    let pocket = Pocket::with(Channel::Whatsapp, Arc::new(Sandbox::new(settings)));
    let (stage, session) = Stage::connected(&pocket).await;
    stage.inbox.forget();
    let order = stage.text(&Address::Phone("79990000200".to_owned()), "fast");
    assert_eq!(session.perform(&order).await.unwrap().remote, order.message.remote);
    stage.pass(Duration::from_secs(10)).await;
    assert_eq!(stage.inbox.taken(), []);
}
