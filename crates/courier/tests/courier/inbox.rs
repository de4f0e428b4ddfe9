//! What sessions hand in, and what they keep in the vault.

use sluice_connector::{Closed, Inbound, Incoming, SessionState};
use sluice_model::event::{Call, CallStage};
use sluice_model::failure::Why;
use sluice_model::{Ask, Channel, Content, Event, Party, account};

use crate::house::{House, START};
use crate::messenger::chat;

fn incoming(remote: &str, from: &str) -> Inbound {
    Inbound::Message(Box::new(Incoming {
        remote: remote.to_owned(),
        from_phone: false,
        chat: chat(from),
        chat_alias: None,
        chat_name: None,
        sender: Some(Party::new(chat(from))),
        content: Content::text(remote),
        quoted: None,
        forwarded: 0,
        at: START,
    }))
}

#[tokio::test]
async fn what_was_handed_in_is_recorded_in_order_before_the_state_that_followed() {
    let (house, account) = House::open().await;
    let known = Party { saved_name: Some("Bob".to_owned()), ..Party::new(chat("222")) };
    let call = Call { remote: "c".to_owned(), from: Party::new(chat("111")), video: false, stage: CallStage::Missed };
    let inbound = vec![
        incoming("one", "111"),
        Inbound::People(vec![known]),
        incoming("two", "111"),
        Inbound::Call(call),
        incoming("one", "111"),
        Inbound::State(SessionState::Disconnected { why: Why::Disconnected, note: "cut".to_owned() }),
    ];
    house.messenger.push(account, inbound).await.unwrap();
    let names = async || -> Vec<&str> { house.journal(account).await.iter().map(|entry| entry.event.name()).collect() };
    assert_eq!(names().await[..4], ["account.connected", "message.received", "message.received", "call.received"]);
    house.until_state(account, account::State::Connecting).await;
    let told = async || (names().await[4..] == ["account.disconnected"]).then_some(());
    house.until("the outage is told behind them", told).await;
    let ids: Vec<_> = house.journal(account).await.iter().filter_map(|entry| entry.event.message_id()).collect();
    assert!(ids[0] < ids[1]);
    let contact = house.store.contact(account, &chat("222")).await.unwrap().unwrap();
    assert_eq!(contact.party.saved_name.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn a_message_from_the_phone_is_the_accounts_own() {
    let (house, account) = House::open().await;
    let Inbound::Message(mut message) = incoming("mine", "111") else { panic!() };
    message.from_phone = true;
    house.messenger.push(account, vec![Inbound::Message(message)]).await.unwrap();
    match &house.journal(account).await[1].event {
        Event::MessagePosted { message } => {
            assert!(message.is_outgoing() && !message.origin.is_api());
            assert_eq!(message.sender, None);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_said_before_is_kept_and_told_to_nobody() {
    let (house, account) = House::open().await;
    let Inbound::Message(old) = incoming("old", "111") else { panic!() };
    let inbound = vec![incoming("one", "222"), Inbound::History(vec![*old]), incoming("two", "222")];
    house.messenger.push(account, inbound).await.unwrap();
    let told: Vec<_> = house.journal(account).await.iter().map(|entry| entry.event.name()).collect();
    assert_eq!(told, ["account.connected", "message.received", "message.received"]);
    let kept = house.store.message_by_remote(account, "old").await.unwrap().unwrap();
    assert_eq!(kept.message.chat, chat("111"));
}

#[tokio::test]
async fn incoming_messages_are_marked_read_where_the_owner_wants_that() {
    let mut house = House::empty().await;
    let account = house.account(Channel::Whatsapp, account::Settings { mark_read: true, ..Default::default() }).await;
    house.start();
    house.until_state(account, account::State::Open).await;
    house.messenger.push(account, vec![incoming("one", "111"), incoming("two", "111")]).await.unwrap();
    let read = Ask::MarkRead { chat: chat("111"), remotes: vec!["one".to_owned(), "two".to_owned()] };
    house.until("they are marked read", async || house.messenger.asked().contains(&read).then_some(())).await;
}

#[tokio::test]
async fn a_session_that_is_not_the_accounts_any_more_writes_nothing() {
    let (house, account) = House::open().await;
    let old = house.messenger.home(account);
    old.vault.write(vec![("key".to_owned(), Some(vec![1]))]).await.unwrap();
    house.ask(account, Ask::Restart).await.unwrap().unwrap();
    house.until_state(account, account::State::Open).await;
    assert_eq!(old.inbox.push(vec![incoming("late", "111")]).await, Err(Closed));
    assert_eq!(old.vault.write(vec![("key".to_owned(), Some(vec![2]))]).await, Err(Closed));
    let present = house.messenger.home(account);
    assert_eq!(present.vault.read("key").await, Ok(Some(vec![1])));

    house.store.take(account).await.unwrap();
    assert_eq!(present.inbox.push(vec![incoming("late", "111")]).await, Err(Closed));
    house.until("the session is closed", async || (house.messenger.closed() == [account, account]).then_some(())).await;
    assert!(!house.journal(account).await.iter().any(|entry| entry.event.name() == "message.received"));
}

#[tokio::test]
async fn the_vault_is_sealed_for_its_place() {
    let (house, account) = House::open().await;
    let vault = house.messenger.home(account).vault;
    let put = |name: &str, value: &[u8]| (name.to_owned(), Some(value.to_vec()));
    vault.write(vec![put("session/a", b"secret"), put("session/b", b"other"), put("else", b"more")]).await.unwrap();
    let kept = house.store.read(account, "session/a").await.unwrap().unwrap();
    assert!(kept.starts_with(format!("vault/{account}/session/a|").as_bytes()));
    assert!(!kept.windows(6).any(|window| window == b"secret"));
    let listed = vault.list("session/").await.unwrap();
    assert_eq!(listed, [("session/a".to_owned(), b"secret".to_vec()), ("session/b".to_owned(), b"other".to_vec())]);
    vault.write(vec![("session/a".to_owned(), None)]).await.unwrap();
    assert_eq!(vault.read("session/a").await, Ok(None));
}

#[tokio::test]
async fn a_value_that_was_moved_to_another_place_is_not_opened() {
    let (house, account) = House::open().await;
    let other = house.account(Channel::Whatsapp, account::Settings::default()).await;
    house.until_state(other, account::State::Open).await;
    house.messenger.home(account).vault.write(vec![("key".to_owned(), Some(vec![7]))]).await.unwrap();
    let stolen = house.store.read(account, "key").await.unwrap();
    house.ask(other, Ask::Logout).await.unwrap().unwrap();
    house.until_state(other, account::State::LoginNeeded).await;
    let epoch = house.store.take(other).await.unwrap();
    house.store.write(other, epoch, vec![("key".to_owned(), stolen)]).await.unwrap();
    assert_eq!(house.messenger.home(other).vault.read("key").await, Err(Closed));
}

#[tokio::test]
async fn between_two_sessions_the_account_can_still_be_written_to() {
    let (house, account) = House::open().await;
    house.ask(account, Ask::Logout).await.unwrap().unwrap();
    house.until_state(account, account::State::LoginNeeded).await;
    let old = house.messenger.home(account);
    assert_eq!(old.inbox.push(vec![incoming("late", "111")]).await, Err(Closed));
    let lever = serde_json::json!("hand something in");
    let answer = house.ask(account, Ask::Control { lever }).await.unwrap();
    assert!(answer.is_ok(), "{answer:?}");
    let present = house.messenger.home(account);
    assert_eq!(present.inbox.push(vec![incoming("injected", "111")]).await, Ok(()));
    assert_eq!(present.vault.write(vec![("key".to_owned(), Some(vec![1]))]).await, Ok(()));
}

#[tokio::test]
async fn a_session_is_told_who_wrote_what_it_has_forgotten() {
    const TEAM: &str = "555";
    let (house, account) = House::open().await;
    let of = |remote: &str, from: &str| {
        let Inbound::Message(mut message) = incoming(remote, TEAM) else { panic!() };
        message.sender = Some(Party::new(chat(from)));
        Inbound::Message(message)
    };
    let Inbound::Message(mut mine) = incoming("mine", TEAM) else { panic!() };
    mine.from_phone = true;
    let inbound = vec![of("one", "111"), incoming("elsewhere", "333"), of("two", "222"), Inbound::Message(mine)];
    house.messenger.push(account, inbound).await.unwrap();
    let recall = house.messenger.home(account).recall;
    let known = async |remotes: &[&str]| {
        let remotes: Vec<_> = remotes.iter().map(|&remote| remote.to_owned()).collect();
        let known = recall.received(&chat(TEAM), &remotes).await.unwrap();
        let mut known: Vec<_> = known.into_iter().map(|message| (message.remote, message.sender.unwrap())).collect();
        known.sort_by(|one, other| one.0.cmp(&other.0));
        known
    };
    let (one, two) = (("one".to_owned(), chat("111")), ("two".to_owned(), chat("222")));
    assert_eq!(known(&[]).await, [one.clone(), two.clone()]);
    assert_eq!(known(&["two", "mine", "elsewhere", "nothing"]).await, [two]);
    house.store.mark_read(account, &chat(TEAM)).await.unwrap();
    assert_eq!(known(&[]).await, [], "what is read needs no mark");
    assert_eq!(known(&["one"]).await, [one]);
}
