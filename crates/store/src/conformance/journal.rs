//! What happened, in order, once.

use sluice_model::event::News;
use sluice_model::failure::Why;
use sluice_model::order::Step;
use sluice_model::{AccountId, Event, EventId, Message, Position};

use super::World;
use super::outbox::SENT;
use crate::journal::Record;
use crate::{Fault, Ring};

impl World {
    pub async fn record(&self, message: Message) -> Vec<Position> {
        let news = News::Message(Box::new(message));
        let record = Record { account: self.account, epoch: Some(self.epoch), at: self.now, news };
        self.store.record(vec![record]).await.unwrap().remove(0)
    }

    pub async fn event(&self, account: AccountId, event: Event) -> Vec<Position> {
        let record = Record { account, epoch: None, at: self.now, news: News::Event(Box::new(event)) };
        self.store.record(vec![record]).await.unwrap().remove(0)
    }
}

pub fn connected() -> Event {
    Event::AccountConnected { phone: None, first: true }
}

pub async fn positions_are_small_and_contiguous_by_account(mut world: World) {
    for number in 1..=3 {
        let message = world.incoming("111", &format!("IN{number}"), "hi");
        assert_eq!(world.record(message).await, [Position(number)]);
    }
    assert_eq!(world.event(world.stranger.id, connected()).await, [Position(1)]);
    assert_eq!(world.store.last(world.account).await.unwrap(), Position(3));
    let entries = world.store.after(world.account, Position(1), 10).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.position.get()).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(world.store.after(world.account, Position::START, 1).await.unwrap().len(), 1);
}

pub async fn a_message_that_comes_again_is_not_written_again(mut world: World) {
    let (first, mut again) = (world.incoming("111", "IN1", "hi"), world.incoming("111", "IN1", "hi"));
    assert_eq!(world.record(first).await, [Position(1)]);
    assert_eq!(world.record(again.clone()).await, []);
    again.chat = super::phone("222");
    assert_eq!(world.record(again).await, [Position(2)], "an id is unique in its chat only");
    let order = world.order("333", "echo");
    world.accept(vec![order.clone()]).await;
    let mut echo = world.incoming("333", order.message.remote.as_deref().unwrap(), "echo");
    echo.origin = sluice_model::message::Origin::Phone;
    assert_eq!(world.record(echo).await, [], "what we sent ourselves is known");
}

pub async fn what_was_said_before_is_kept_and_told_to_nobody(mut world: World) {
    let (old, new) = (world.incoming("111", "IN1", "long ago"), world.incoming("111", "IN2", "now"));
    let past = |message: &Message| {
        let news = News::History(Box::new(message.clone()));
        Record { account: world.account, epoch: Some(world.epoch), at: world.now, news }
    };
    let records = [&old, &old].map(past).into();
    assert_eq!(world.store.record(records).await.unwrap(), [[], []]);
    let chat = async || world.store.chat(world.account, &super::phone("111")).await.unwrap().unwrap();
    assert_eq!((chat().await.unread, chat().await.last), (0, Some(old.id)));
    assert_eq!(world.record(old.clone()).await, [], "it is known from now on");
    assert_eq!(world.record(new).await, [Position(1)]);
    assert_eq!(chat().await.unread, 1);
    let kept = world.store.message_by_remote(world.account, "IN1").await.unwrap().unwrap();
    assert_eq!(kept.message.content.words(), "long ago");
}

pub async fn receipts_are_told_once_and_in_order(mut world: World) {
    let order = world.order("111", "hello");
    world.accept(vec![order.clone()]).await;
    let claimed = world.claim(1).await.remove(0);
    world.settle(&claimed, SENT).await;
    let remote = order.message.remote.clone().unwrap();
    assert_eq!(world.receipt(&remote, Step::Deliver).await.len(), 1);
    assert_eq!(world.receipt(&remote, Step::Deliver).await.len(), 0);
    assert_eq!(world.receipt(&remote, Step::Read).await.len(), 1);
    assert_eq!(world.receipt(&remote, Step::Deliver).await.len(), 0, "late");
    assert_eq!(world.told(&order).await, ["message.sent", "message.delivered", "message.read"]);
}

pub async fn receipts_of_unknown_messages_are_nothing(world: World) {
    assert!(world.receipt("NOBODY", Step::Read).await.is_empty());
    assert_eq!(world.store.last(world.account).await.unwrap(), Position::START);
}

pub async fn a_stale_session_writes_nothing(mut world: World) {
    let message = world.incoming("111", "IN1", "hi");
    world.store.take(world.account).await.unwrap();
    let record = |message: Message| Record {
        account: world.account,
        epoch: Some(world.epoch),
        at: world.now,
        news: News::Message(Box::new(message)),
    };
    assert_eq!(world.store.record(vec![record(message)]).await, Err(Fault::Stale));
    assert_eq!(world.store.last(world.account).await.unwrap(), Position::START);
}

pub async fn entries_are_found_by_place_time_name_and_message(mut world: World) {
    let first = world.incoming("111", "IN1", "hi");
    world.record(first.clone()).await;
    world.later(10);
    world.event(world.account, connected()).await;
    world.later(10);
    let gone = Event::AccountDisconnected { why: Why::Disconnected, note: "cut".into() };
    world.event(world.account, gone).await;

    let store = &world.store;
    let entry = store.entry(EventId::of(world.account, Position(2))).await.unwrap().unwrap();
    assert_eq!((entry.event, entry.at.seconds()), (connected(), super::START.seconds() + 10));
    assert_eq!(store.entry(EventId::of(world.account, Position(9))).await.unwrap(), None);
    assert_eq!(store.before(world.account, entry.at).await.unwrap(), Position(1));
    assert_eq!(store.before(world.account, super::START).await.unwrap(), Position::START);
    let future = sluice_model::Timestamp::from_seconds(world.now.seconds() + 1);
    assert_eq!(store.before(world.account, future).await.unwrap(), Position(3));
    let about = store.about(world.account, first.id).await.unwrap();
    assert_eq!(about.len(), 1);
    assert!(store.about(world.stranger.id, first.id).await.unwrap().is_empty());
    let recent = store.recent(world.account, &["account.connected", "account.disconnected"], 10).await.unwrap();
    let names: Vec<_> = recent.iter().map(|entry| entry.event.name()).collect();
    assert_eq!(names, ["account.disconnected", "account.connected"]);
    assert_eq!(store.recent(world.account, &[], 10).await.unwrap().len(), 3);
}

pub async fn pruning_never_gives_a_position_again(mut world: World) {
    for number in 1..=3 {
        let message = world.incoming("111", &format!("IN{number}"), "hi");
        world.record(message).await;
        world.later(10);
    }
    assert_eq!(world.store.prune(world.now, 2).await.unwrap(), 2);
    assert_eq!(world.store.prune(world.now, 10).await.unwrap(), 1);
    assert_eq!(world.store.last(world.account).await.unwrap(), Position(3));
    let message = world.incoming("111", "IN4", "hi");
    assert_eq!(world.record(message).await, [Position(4)]);
}

pub async fn the_bell_rings_after_the_commit(mut world: World) {
    let mut bell = world.store.bell().listen();
    let notify = world.store.bell().journal(world.account);
    let woken = notify.notified();
    let message = world.incoming("111", "IN1", "hi");
    world.record(message).await;
    woken.await;
    let order = world.order("222", "go");
    world.accept(vec![order]).await;
    let mut rings = Vec::new();
    while !rings.contains(&Ring::Outbox(world.account)) {
        rings.push(bell.recv().await.unwrap());
    }
    assert!(rings.contains(&Ring::Journal(world.account)), "{rings:?}");
}
