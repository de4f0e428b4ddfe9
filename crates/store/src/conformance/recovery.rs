//! What a crash or an early receipt leaves behind.

use sluice_model::event::{News, Receipt};
use sluice_model::{State, order::Step};

use super::outbox::SENT;
use super::{World, words};
use crate::journal::Record;
use crate::outbox::Verdict;

impl World {
    pub async fn receipt(&self, remote: &str, step: Step) -> Vec<u32> {
        let receipt = Receipt { remotes: vec![remote.to_owned()], step, at: self.now, trouble: None };
        let record =
            Record { account: self.account, epoch: Some(self.epoch), at: self.now, news: News::Receipt(receipt) };
        let positions = self.store.record(vec![record]).await.unwrap().remove(0);
        positions.into_iter().map(|position| position.get()).collect()
    }

    /// The same store under a new session, as after a crash.
    pub async fn reopened(mut self) -> Self {
        self.epoch = self.store.take(self.account).await.unwrap();
        self
    }
}

pub async fn what_was_in_hand_is_repeated_where_the_messenger_de_duplicates(mut world: World) {
    let orders = [("111", "in hand"), ("111", "behind"), ("222", "free"), ("333", "younger")]
        .map(|(chat, text)| world.order(chat, text));
    world.accept(orders.to_vec()).await;
    let lost = world.claim(1).await.remove(0);
    let mut world = world.reopened().await;
    assert_eq!(words(&world.claim(1).await), ["free"], "not before it was looked at");
    world.later(1);
    assert_eq!(world.store.recover(world.account, world.epoch, true, world.now).await.unwrap(), 1);
    let again = world.claim(1).await;
    assert_eq!((words(&again), again[0].attempt), (vec!["in hand"], 1), "a claim that was broken off is not counted");
    assert_eq!(words(&world.claim(10).await), ["younger"], "what was in hand goes first");
    assert_eq!(again[0].message.remote, lost.message.remote, "under the same id");
    assert_eq!(world.settle(&again[0], SENT).await, Verdict::Settled);
    world.later(1);
    assert_eq!(words(&world.claim(10).await), ["behind"]);
}

pub async fn what_was_in_hand_and_ran_out_of_time_is_uncertain(mut world: World) {
    let order = world.order("111", "in hand");
    world.accept(vec![order.clone()]).await;
    assert_eq!(world.claim(1).await.len(), 1);
    let mut world = world.reopened().await;
    world.now = order.expires_at;
    assert_eq!(world.store.recover(world.account, world.epoch, true, world.now).await.unwrap(), 1);
    assert_eq!(world.told(&order).await, ["message.uncertain"], "it may have arrived: that is no expiry");
    assert!(world.claim(10).await.is_empty());
}

pub async fn what_was_in_hand_is_uncertain_elsewhere(mut world: World) {
    let orders = ["in hand", "behind"].map(|text| world.order("111", text));
    world.accept(orders.to_vec()).await;
    let lost = world.claim(1).await.remove(0);
    let world = world.reopened().await;
    assert_eq!(world.store.recover(world.account, world.epoch, false, world.now).await.unwrap(), 1);
    assert_eq!(world.state(&lost).await, State::Uncertain);
    assert_eq!(world.told(&lost).await, ["message.uncertain"]);
    assert_eq!(words(&world.claim(10).await), ["behind"]);
    assert_eq!(
        world.store.recover(world.account, world.epoch, false, world.now).await.unwrap(),
        0,
        "its own are in hand"
    );
}

pub async fn what_was_in_hand_is_adopted_by_who_remembers_it(mut world: World) {
    let orders = ["in hand", "behind"].map(|text| world.order("111", text));
    world.accept(orders.to_vec()).await;
    let lost = world.claim(1).await.remove(0);
    let world = world.reopened().await;
    let adopted = world.store.adopt(world.account, world.epoch).await.unwrap();
    assert_eq!(words(&adopted), ["in hand"]);
    assert_eq!(adopted[0].attempt, lost.attempt, "the attempt goes on");
    assert_eq!(world.state(&lost).await, State::Claimed);
    assert!(world.claim(10).await.is_empty(), "nobody else is given it");
    assert_eq!(world.store.adopt(world.account, world.epoch).await.unwrap(), [], "its own are in hand");
    assert_eq!(world.settle(&adopted[0], SENT).await, Verdict::Settled);
    assert_eq!(words(&world.claim(10).await), ["behind"]);
}

pub async fn evidence_that_overtakes_a_settle_wins(mut world: World) {
    let orders = ["fast", "next"].map(|text| world.order("111", text));
    world.accept(orders.to_vec()).await;
    let order = world.claim(1).await.remove(0);
    let remote = order.message.remote.clone().unwrap();
    assert_eq!(world.receipt(&remote, Step::Deliver).await.len(), 3, "posted, sent, delivered");
    assert_eq!(world.settle(&order, SENT).await, Verdict::Stale);
    assert_eq!(world.told(&order).await, ["message.sent", "message.delivered"]);
    assert_eq!(world.state(&order).await, State::Delivered);
    assert_eq!(words(&world.claim(10).await), ["next"]);
}

pub async fn evidence_of_delivery_tells_that_it_was_sent(mut world: World) {
    let order = world.order("111", "known by its receipt");
    world.accept(vec![order.clone()]).await;
    world.claim(1).await;
    let world = world.reopened().await;
    world.store.recover(world.account, world.epoch, true, world.now).await.unwrap();
    world.receipt(order.message.remote.as_deref().unwrap(), Step::Read).await;
    assert!(world.claim(10).await.is_empty(), "it arrived: it is not sent again");
    assert_eq!(world.told(&order).await, ["message.sent", "message.delivered", "message.read"]);
}
