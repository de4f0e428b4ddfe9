use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use sluice_model::message::{Origin, Step};
use sluice_model::{Address, Party};
use sluice_store::archive::{Wanted, WantedChats};
use sluice_store::conformance::outbox::SENT;
use sluice_store::conformance::{World, phone};
use sluice_store::outbox::Outcome;
use sluice_store::shelf::Page;

use super::{dialogs, messages};
use crate::{Sqlite, open, options};

async fn world() -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (World::new(Sqlite::open(options(folder.path())).unwrap()).await, folder)
}

const ALL: Page = Page::first(10);

#[tokio::test]
async fn words_are_found_in_any_alphabet_and_case() {
    let (mut world, _folder) = world().await;
    let message = world.incoming("111", "IN1", "Привет, Ёжик");
    world.record(message).await;
    let search = |part: &str| Wanted { search: Some(part.to_owned()), ..Wanted::default() };
    for (part, found) in [("ёжИК", 1), ("привет", 1), ("%", 0), ("пока", 0)] {
        assert_eq!(world.store.count_messages(world.account, search(part)).await.unwrap(), found, "{part}");
    }
}

#[tokio::test]
async fn an_address_learned_at_the_send_joins_the_conversation() {
    let (mut world, _folder) = world().await;
    let order = world.order("111", "hello");
    world.accept(vec![order]).await;
    let claimed = world.claim(1).await.remove(0);
    let lid = Address::Lid("987".into());
    let sent = Outcome::Sent { remote: Some("THEIRS".into()), alias: Some(lid.clone()) };
    world.settle(&claimed, sent).await;
    let mut answer = world.incoming("111", "IN1", "hello yourself");
    answer.chat = lid.clone();
    world.record(answer).await;

    let chats = world.store.chats(world.account, None, ALL).await.unwrap();
    assert_eq!(chats.len(), 1);
    assert_eq!((&chats[0].address, &chats[0].alias), (&phone("111"), &Some(lid.clone())));
    let wanted = Wanted { chat: Some(lid), ..Wanted::default() };
    assert_eq!(world.store.count_messages(world.account, wanted).await.unwrap(), 2);
    let kept = world.store.message_by_remote(world.account, "THEIRS").await.unwrap().unwrap();
    assert_eq!(kept.message.id, claimed.id());
}

/// An id of ours is turned back, so nothing is kept to find it by; one that the messenger gave is looked up.
#[tokio::test]
async fn an_id_at_the_messenger_is_found_whoever_made_it() {
    let (mut world, folder) = world().await;
    let orders = [world.order("111", "ours"), world.order("222", "renamed")];
    let [ours, before] = [&orders[0], &orders[1]].map(|order| order.message.remote.clone().unwrap());
    world.accept(orders.into()).await;
    let claimed = world.claim(2).await;
    world.settle(&claimed[0], SENT).await;
    world.settle(&claimed[1], Outcome::Sent { remote: Some("THEIRS".into()), alias: None }).await;

    let found = async |remote: &str| {
        let kept = world.store.message_by_remote(world.account, remote).await.unwrap();
        kept.map(|kept| kept.message.content.words().to_owned())
    };
    assert_eq!(found(&ours).await.as_deref(), Some("ours"));
    assert_eq!(found("THEIRS").await.as_deref(), Some("renamed"));
    assert_eq!(found(&before).await, None, "it goes by another name now");
    assert_eq!(world.store.message_by_remote(world.stranger.id, &ours).await.unwrap(), None);
    assert_eq!(world.receipt(&ours, Step::Deliver).await.len(), 1);
    assert_eq!(world.receipt("THEIRS", Step::Deliver).await.len(), 1);

    drop(world);
    let (_lock, db) = open::writer(&options(folder.path())).unwrap();
    let indexed = "SELECT count(*) FROM messages INDEXED BY messages_by_remote \
        WHERE account > 0 AND remote IS NOT NULL AND own = 0";
    assert_eq!(db.query_row(indexed, [], |row| row.get::<_, u32>(0)).unwrap(), 1);
}

#[tokio::test]
async fn a_saved_name_wins_over_the_one_a_person_gave_themselves() {
    let (mut world, _folder) = world().await;
    let mut hello = world.incoming("111", "IN1", "hi");
    hello.sender = Some(Party { name: Some("annie".into()), ..Party::new(phone("111")) });
    world.record(hello.clone()).await;
    let name = async |world: &World| world.store.chat(world.account, &phone("111")).await.unwrap().unwrap().name;
    assert_eq!(name(&world).await.as_deref(), Some("annie"));
    let saved = Party { saved_name: Some("Ann".into()), ..Party::new(phone("111")) };
    world.store.know(world.account, vec![saved], world.now).await.unwrap();
    assert_eq!(name(&world).await.as_deref(), Some("Ann"));
    hello.remote = Some("IN2".into());
    hello.id = world.id();
    world.record(hello).await;
    assert_eq!(name(&world).await.as_deref(), Some("Ann"));
}

#[tokio::test]
async fn an_edit_of_ours_is_shown_once_it_was_sent() {
    let (mut world, _folder) = world().await;
    let mut own = world.incoming("111", "PH1", "helo");
    own.origin = Origin::Phone;
    world.record(own).await;
    let mut edit = world.order("111", "");
    let target = sluice_model::content::Target { remote: "PH1".into(), from_me: true, sender: None };
    edit.message.content = sluice_model::Content::Edit { target, text: "hello".into() };
    world.accept(vec![edit]).await;
    let edited =
        async |world: &World| world.store.message_by_remote(world.account, "PH1").await.unwrap().unwrap().edited;
    assert_eq!(edited(&world).await, None);
    let claimed = world.claim(1).await.remove(0);
    world.settle(&claimed, SENT).await;
    assert_eq!(edited(&world).await.as_deref(), Some("hello"));
}

/// How SQLite goes about it.
fn plan(db: &Connection, sql: &str, values: Vec<Value>) -> String {
    let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps = statement.query_map(params_from_iter(values), |row| row.get::<_, String>("detail"));
    steps.unwrap().collect::<Result<Vec<_>, _>>().unwrap().join("; ")
}

#[tokio::test]
async fn chats_with_their_last_messages_are_found_by_indexes() {
    let (mut world, folder) = world().await;
    for chat in ["111", "222", "333"] {
        let message = world.incoming(chat, &format!("IN{chat}"), "hi");
        world.record(message).await;
    }
    let db = open::reader(&options(folder.path())).unwrap();
    let plan = |wanted: WantedChats| {
        let (sql, values) = dialogs::query(&db, world.account, &wanted, Page::first(10)).unwrap();
        plan(&db, &sql, values)
    };
    let newest = plan(WantedChats { deleted: Some(false), ..WantedChats::default() });
    assert!(newest.contains("chats_by_time") && !newest.contains("TEMP B-TREE"), "{newest}");
    let some = plan(WantedChats { chats: vec![phone("111"), phone("222")], ..WantedChats::default() });
    assert!(some.contains("SEARCH c USING PRIMARY KEY (account=? AND address=?)"), "{some}");
    let days = plan(WantedChats { since: Some(world.now), ..WantedChats::default() });
    assert!(days.contains("chats_by_time (account=? AND last_at>?)"), "{days}");
}

/// A chat with a person whose phone is known has two addresses.
#[tokio::test]
async fn a_conversation_is_found_by_its_indexes_under_either_address() {
    let (mut world, folder) = world().await;
    let lid = Address::Lid("987".into());
    for (number, chat) in ["111", "222", "111", "222", "111"].into_iter().enumerate() {
        let mut message = world.incoming(chat, &format!("IN{number}"), &format!("{chat} {number}"));
        world.now = world.now.plus(std::time::Duration::from_secs(1));
        message.at = world.now;
        message.chat_alias = (chat == "111" && number == 0).then(|| lid.clone());
        if number == 2 {
            message.chat = lid.clone();
        }
        world.record(message).await;
    }
    let wanted = |oldest_first| Wanted { chat: Some(lid.clone()), oldest_first, ..Wanted::default() };
    let said = async |wanted: Wanted, page: Page| -> Vec<String> {
        let found = world.store.messages(world.account, wanted, page).await.unwrap();
        found.into_iter().map(|kept| kept.message.content.words().to_owned()).collect()
    };
    assert_eq!(said(wanted(false), ALL).await, ["111 4", "111 2", "111 0"]);
    assert_eq!(said(wanted(true), Page { offset: 1, limit: 1 }).await, ["111 2"]);
    assert_eq!(world.store.count_messages(world.account, wanted(false)).await.unwrap(), 3);

    let db = open::reader(&options(folder.path())).unwrap();
    let plan = |wanted: &Wanted| {
        let (sql, values) = messages::query(&db, world.account, wanted, ALL).unwrap();
        plan(&db, &sql, values)
    };
    let by_chat = "messages USING COVERING INDEX messages_by_chat (account=? AND chat=?)";
    let conversation = plan(&wanted(false));
    assert_eq!(conversation.matches(by_chat).count(), 2, "{conversation}");
    assert!(conversation.contains("MERGE") && !conversation.contains("messages_by_time"), "{conversation}");
    let newest = plan(&Wanted::default());
    assert!(newest.contains("messages USING COVERING INDEX messages_by_time (account=?)"), "{newest}");
}
