//! From accept to settle.

use sluice_model::failure::Why;
use sluice_model::message::Trouble;
use sluice_model::{KeyId, Order, State, Timestamp};

use super::{World, words};
use crate::outbox::{Accepted, Claim, Idempotency, Outcome, Settled, Submission, Verdict};
use crate::shelf::Page;
use crate::{Epoch, Fault};

pub fn trouble() -> Trouble {
    Trouble { why: Why::RateLimited, note: "slowly".into() }
}

pub const SENT: Outcome = Outcome::Sent { remote: None, alias: None };

impl World {
    pub async fn settle(&self, order: &Order, outcome: Outcome) -> Verdict {
        let settled = Settled { order: order.clone(), epoch: self.epoch, at: self.now, outcome };
        self.store.settle(vec![settled]).await.unwrap()[0]
    }

    pub async fn state(&self, order: &Order) -> State {
        self.store.message(self.account, order.id()).await.unwrap().unwrap().state
    }

    /// Names of the journal's entries about an order, without the words that stand before its `sent`.
    pub async fn told(&self, order: &Order) -> Vec<&'static str> {
        let entries = self.store.about(self.account, order.id()).await.unwrap();
        let mut names: Vec<_> = entries.iter().map(|entry| entry.event.name()).collect();
        if let Some(sent) = names.iter().position(|name| *name == "message.sent") {
            assert_eq!(names.get(sent.wrapping_sub(1)), Some(&"message.posted"), "{names:?}");
            names.remove(sent - 1);
        }
        names
    }
}

pub async fn orders_of_a_chat_are_claimed_one_by_one_in_order(mut world: World) {
    let orders = ["one", "two", "three"].map(|text| world.order("111", text));
    world.accept(orders.to_vec()).await;
    for wanted in ["one", "two", "three"] {
        let claimed = world.claim(10).await;
        assert_eq!(words(&claimed), [wanted]);
        assert_eq!(claimed[0].attempt, 1);
        assert_eq!(world.state(&claimed[0]).await, State::Claimed);
        assert!(world.claim(10).await.is_empty(), "one in flight a chat");
        assert_eq!(world.settle(&claimed[0], SENT).await, Verdict::Settled);
        assert_eq!(world.told(&claimed[0]).await, ["message.sent"]);
    }
    assert!(world.claim(10).await.is_empty());
}

pub async fn chats_do_not_wait_for_each_other(mut world: World) {
    let orders =
        [("111", "a1"), ("111", "a2"), ("222", "b1"), ("333", "c1")].map(|(chat, text)| world.order(chat, text));
    world.accept(orders.to_vec()).await;
    assert_eq!(words(&world.claim(2).await), ["a1", "b1"]);
    assert_eq!(words(&world.claim(10).await), ["c1"]);
}

pub async fn a_retry_keeps_its_place_and_its_hour(mut world: World) {
    let orders = ["one", "two"].map(|text| world.order("111", text));
    world.accept(orders.to_vec()).await;
    let first = world.claim(1).await.remove(0);
    let next_at = world.now.plus(std::time::Duration::from_secs(30));
    world.settle(&first, Outcome::Retry { next_at, trouble: trouble() }).await;
    assert_eq!(world.state(&first).await, State::Waiting);
    let claim = Claim { account: world.account, epoch: world.epoch, limit: 10, now: world.now };
    let nothing = world.store.claim(claim).await.unwrap();
    assert!(nothing.orders.is_empty(), "the second must not overtake");
    assert_eq!(nothing.next_due, Some(next_at));
    world.later(30);
    let again = world.claim(10).await;
    assert_eq!((words(&again), again[0].attempt), (vec!["one"], 2));
    world.settle(&again[0], SENT).await;
    assert_eq!(world.told(&first).await, ["message.retried", "message.sent"]);
    assert_eq!(words(&world.claim(10).await), ["two"]);
}

pub async fn an_order_is_not_claimed_before_its_hour(mut world: World) {
    let mut order = world.order("111", "later");
    order.due_at = Timestamp::from_seconds(world.now.seconds() + 60);
    world.accept(vec![order]).await;
    assert!(world.claim(10).await.is_empty());
    world.later(60);
    assert_eq!(words(&world.claim(10).await), ["later"]);
}

pub async fn an_order_for_tomorrow_holds_up_nobody_today(mut world: World) {
    let hour = std::time::Duration::from_secs(3600);
    let (mut dated, today, other) =
        (world.order("111", "dated"), world.order("111", "today"), world.order("111", "behind"));
    dated.due_at = world.now.plus(hour);
    world.accept(vec![dated, today, other]).await;
    let claim = Claim { account: world.account, epoch: world.epoch, limit: 10, now: world.now };
    let claimed = world.store.claim(claim).await.unwrap();
    assert_eq!(words(&claimed.orders), ["today"]);
    assert_eq!(claimed.next_due, Some(world.now.plus(hour)), "it is not forgotten");
    world.later(3600);
    assert!(world.claim(10).await.is_empty(), "at its hour it waits for its turn in the chat");
    world.settle(&claimed.orders[0], SENT).await;
    let dated = world.claim(10).await;
    assert_eq!(words(&dated), ["dated"], "the older one goes first");
    world.settle(&dated[0], SENT).await;
    assert_eq!(words(&world.claim(10).await), ["behind"]);
}

pub async fn a_settle_of_a_stale_epoch_or_attempt_changes_nothing(mut world: World) {
    let order = world.order("111", "once");
    world.accept(vec![order]).await;
    let claimed = world.claim(1).await.remove(0);
    let mut old_attempt = claimed.clone();
    old_attempt.attempt = 0;
    assert_eq!(world.settle(&old_attempt, SENT).await, Verdict::Stale);
    let old_epoch = Settled { order: claimed.clone(), epoch: Epoch(0), at: world.now, outcome: SENT };
    assert_eq!(world.store.settle(vec![old_epoch]).await.unwrap(), [Verdict::Stale]);
    assert_eq!(world.state(&claimed).await, State::Claimed);
    assert_eq!(world.settle(&claimed, SENT).await, Verdict::Settled);
    assert_eq!(world.settle(&claimed, SENT).await, Verdict::Stale, "twice");
    assert_eq!(world.told(&claimed).await, ["message.sent"]);
}

pub async fn a_claim_of_a_stale_epoch_is_refused(mut world: World) {
    let order = world.order("111", "mine");
    world.accept(vec![order]).await;
    world.store.take(world.account).await.unwrap();
    let claim = Claim { account: world.account, epoch: world.epoch, limit: 1, now: world.now };
    assert_eq!(world.store.claim(claim).await, Err(Fault::Stale));
}

fn promised(orders: Vec<Order>, request: u8, at: Timestamp) -> Submission {
    let idempotency = Idempotency { scope: KeyId(7), key: "order 15".into(), request: [request; 32] };
    Submission { orders, unsendable: Vec::new(), idempotency: Some(idempotency), at }
}

pub async fn a_repeated_idempotency_key_accepts_once(mut world: World) {
    let (first, second) = (world.order("111", "pay"), world.order("111", "pay"));
    let begun = world.now;
    let accepted = world.store.accept(vec![promised(vec![first.clone()], 1, begun)]).await.unwrap();
    assert_eq!(accepted, [Accepted::New]);
    world.later(5);
    let again = world.store.accept(vec![promised(vec![second.clone()], 1, world.now)]).await.unwrap();
    assert_eq!(again, [Accepted::Before { ids: vec![first.id()], at: begun }]);
    let other = world.store.accept(vec![promised(vec![second], 2, world.now)]).await.unwrap();
    assert_eq!(other, [Accepted::KeyReused]);
    assert_eq!(world.store.count_waiting(world.account).await.unwrap(), 1);
}

pub async fn racing_submissions_of_one_key_accept_exactly_once(mut world: World) {
    let submissions: Vec<_> = (0..50).map(|_| promised(vec![world.order("111", "pay")], 1, world.now)).collect();
    let tasks: Vec<_> = submissions
        .into_iter()
        .map(|submission| {
            let store = world.store.clone();
            tokio::spawn(async move { store.accept(vec![submission]).await.unwrap().remove(0) })
        })
        .collect();
    let mut new = 0;
    let mut repeated = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Accepted::New => new += 1,
            Accepted::Before { ids, .. } => repeated.push(ids),
            Accepted::KeyReused => panic!("it is the same request"),
        }
    }
    assert_eq!((new, repeated.len()), (1, 49));
    assert!(repeated.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(world.store.count_waiting(world.account).await.unwrap(), 1);
}

pub async fn a_submission_is_whole(mut world: World) {
    let whole = Submission {
        orders: (0..100).map(|n| world.order("111", &n.to_string())).collect(),
        unsendable: Vec::new(),
        idempotency: None,
        at: world.now,
    };
    world.store.accept(vec![whole]).await.unwrap();
    assert_eq!(world.store.count_waiting(world.account).await.unwrap(), 100);
    let known = world.order("222", "double");
    world.accept(vec![known.clone()]).await;
    let orders = vec![world.order("333", "good"), known];
    let broken = Submission { orders, unsendable: Vec::new(), idempotency: None, at: world.now };
    assert!(world.store.accept(vec![broken]).await.is_err(), "an id is given once");
    assert_eq!(world.store.count_waiting(world.account).await.unwrap(), 101, "nothing of a broken submission is kept");
}

pub async fn cancelling_frees_the_lane_and_is_told(mut world: World) {
    let orders = ["one", "two", "three"].map(|text| world.order("111", text));
    world.accept(orders.to_vec()).await;
    let claimed = world.claim(1).await.remove(0);
    let wish = vec![orders[0].id(), orders[1].id()];
    let cancelled = world.store.cancel(world.account, Some(wish), world.now).await.unwrap();
    assert_eq!(cancelled, [orders[1].id()], "what is in hand cannot be taken back");
    assert_eq!(world.told(&orders[1]).await, ["message.cancelled"]);
    world.settle(&claimed, SENT).await;
    assert_eq!(world.store.cancel(world.stranger.id, None, world.now).await.unwrap(), []);
    assert_eq!(words(&world.claim(10).await), ["three"]);
    let more = ["four", "five"].map(|text| world.order("222", text));
    world.accept(more.to_vec()).await;
    assert_eq!(world.store.cancel(world.account, None, world.now).await.unwrap().len(), 2);
    assert!(world.claim(10).await.is_empty());
}

pub async fn time_that_ran_out_ends_an_order_and_is_told(mut world: World) {
    let mut short = world.order("111", "short");
    short.expires_at = Timestamp::from_seconds(world.now.seconds() + 10);
    let (mut swept, long) = (world.order("222", "swept"), world.order("111", "long"));
    swept.expires_at = short.expires_at;
    world.accept(vec![short.clone(), swept.clone(), long]).await;
    world.later(10);
    assert_eq!(world.store.expire(world.now, 1).await.unwrap(), 1);
    assert_eq!(words(&world.claim(10).await), ["long"], "neither is sent late, and the lane goes on");
    world.store.expire(world.now, 10).await.unwrap();
    for order in [&short, &swept] {
        assert_eq!(world.state(order).await, State::Expired);
        assert_eq!(world.told(order).await, ["message.expired"]);
    }
}

pub async fn what_waits_is_listed_and_counted(mut world: World) {
    let orders: Vec<_> = (0..5).map(|n| world.order(&format!("11{n}"), &n.to_string())).collect();
    world.accept(orders).await;
    world.claim(1).await;
    assert_eq!(world.store.count_waiting(world.account).await.unwrap(), 5, "what is in hand counts");
    let page = world.store.waiting(world.account, Page { offset: 1, limit: 2 }).await.unwrap();
    assert_eq!(words(&page), ["1", "2"]);
    assert_eq!(world.store.count_waiting(world.stranger.id).await.unwrap(), 0);
    let greatest = world.store.greatest_id().await.unwrap();
    assert!(greatest.is_some_and(|id| id < world.id().0));
}

pub async fn failed_and_uncertain_orders_leave_the_shelf(mut world: World) {
    let orders = ["bad", "who knows", "good"].map(|text| world.order("111", text));
    world.accept(orders.to_vec()).await;
    let bad = world.claim(1).await.remove(0);
    world.settle(&bad, Outcome::Failed { trouble: trouble() }).await;
    let unclear = world.claim(1).await.remove(0);
    world.settle(&unclear, Outcome::Uncertain { note: "cut".into() }).await;
    assert_eq!(words(&world.claim(1).await), ["good"]);
    assert_eq!(world.told(&bad).await, ["message.failed"]);
    assert_eq!(world.told(&unclear).await, ["message.uncertain"]);
    let kept = world.store.message(world.account, bad.id()).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.trouble), (State::Failed, Some(trouble())));
}
