//! Read marks for what an earlier session took in.

use sluice_connector::kit::Stage;
use sluice_model::{Address, Answer, Ask};

use crate::pocket::{ANN, BOB, EVE, Pocket};

#[tokio::test]
async fn what_came_before_a_restart_is_marked_read_by_its_authors_names() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let mut expected = Vec::new();
    let chats = [false, true].map(|by_lid| rig.world.group(ANN, "Friends", &[BOB, EVE], by_lid).unwrap());
    for group in &chats {
        let chat = format!("{group}@g.us");
        for author in [BOB, EVE, BOB] {
            expected.push((Address::Group(group.clone()), author, rig.world.say_text(author, &chat, "hi").unwrap()));
        }
    }
    expected.push((Address::Phone(BOB.into()), BOB, rig.world.say_text(BOB, ANN, "hi").unwrap()));
    stage.until("all of it", |stage| (stage.messages().len() == expected.len()).then_some(())).await;
    stage.settle("closing", session.close()).await;
    let session = stage.open().await;

    // The others read as well: only Ann's marks are meant.
    let is_read = |author: &str, id: &str| {
        rig.world.receipts(author).iter().any(|told| told.id == id && told.kind == "read" && told.from == ANN)
    };
    let mark = async |chat: &Address, remotes: Vec<String>| {
        let ask = Ask::MarkRead { chat: chat.clone(), remotes };
        assert_eq!(stage.settle("an answer", session.ask(ask)).await, Ok(Answer::Done));
    };
    // One by its name, then all that is left.
    let (chat, author, first) = &expected[0];
    mark(chat, vec![first.clone()]).await;
    stage.until("its author sees it", |_| is_read(author, first).then_some(())).await;
    assert!(!is_read(expected[1].1, &expected[1].2), "only what was named");
    for place in [0, 3, 6] {
        mark(&expected[place].0, Vec::new()).await;
    }
    let all = || expected.iter().all(|(_, author, id)| is_read(author, id));
    stage.until("every author sees it", |_| all().then_some(())).await;
}
