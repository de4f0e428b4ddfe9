//! The rows of contract phone.md §10, in their order.

use std::time::Duration;

use sluice_clock::Dice;
use sluice_connector::Vault;
use sluice_connector::kit::MemoryVault;
use sluice_model::device::{Claim, Health, ItemKind, Manner, Report, Taken, Told, Who};
use sluice_model::failure::Why;
use sluice_model::order::Step;
use sluice_model::{Failure, Timestamp};

use super::super::{Board, Placed};
use super::world::{NOON, World};
use crate::settings::{OnUnknown, Settings};

#[test]
fn killed_after_the_claim_it_is_offered_again_and_sent_once() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let first = world.take_one();
    world.pass(119);
    assert!(order.outcome().is_none());
    world.pass(1);
    let failure = order.failure();
    assert!(matches!(failure, Failure::NotSent { why: Why::Timeout, .. }), "{failure:?}");
    // The outbox gives it again after its pause.
    let mut order = world.place(order.goods);
    assert!(world.claim().is_empty(), "it is put off");
    world.pass(30);
    let second = world.take_one();
    assert_eq!((&second.id, second.attempt), (&first.id, 2));
    assert_eq!(world.say(&first, Told::Sending), Taken::Stale, "the old lease does not open the fence");
    assert_eq!(world.say(&second, Told::Sending), Taken::Applied);
    assert_eq!(world.say(&second, Told::Sent), Taken::Applied);
    assert!(order.is_sent());
    assert!(world.claim().is_empty());
}

#[test]
fn killed_before_the_click_it_is_looked_for_and_sent_once() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let first = world.take_one();
    assert_eq!(world.say(&first, Told::Sending), Taken::Applied);
    world.pass(120);
    assert!(order.outcome().is_none(), "it is held while somebody may look");
    let look = world.take_one();
    assert_eq!((look.kind, &look.id), (ItemKind::Verify, &first.id));
    assert!(world.claim().is_empty(), "one thing at a time");
    assert_eq!(world.say_why(&look, Told::Retry, Some("not_found")).taken, Taken::Applied);
    let again = world.take_one();
    assert_eq!((again.kind, again.attempt), (ItemKind::Send, 2));
    assert_eq!(world.say(&again, Told::Sending), Taken::Applied);
    assert_eq!(world.say(&again, Told::Sent), Taken::Applied);
    // The phone may have been wrong about what it did not find.
    let proved = world.proved();
    assert_eq!((proved.len(), proved[0].step, proved[0].why), (1, Step::Send, Some(Why::Duplicate)));
    assert!(order.is_sent());
}

#[test]
fn killed_after_the_click_it_is_found_and_not_sent_again() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let item = world.take_one();
    world.say(&item, Told::Sending);
    world.pass(120);
    let look = world.take_one();
    assert_eq!(world.say(&look, Told::Sent), Taken::Applied);
    let proved = world.proved();
    assert_eq!((proved.len(), &proved[0].id, proved[0].why), (1, &item.id, Some(Why::TooLate)));
    assert!(order.is_sent(), "and its attempt ends with that");
    assert!(world.claim().is_empty());
}

#[test]
fn killed_after_the_click_the_phones_own_journal_tells() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let item = world.take_one();
    world.say(&item, Told::Sending);
    world.pass(10);
    let have = vec![sluice_model::device::Have { id: item.id, state: "sent".to_owned() }];
    let ask = Claim {
        who: Who::default(),
        began: world.now,
        wait_ms: 0,
        lease_s: None,
        have,
        health: Health::default(),
        manner: Manner::Full,
    };
    assert!(world.board.claim(&ask, world.now).items.is_empty());
    world.pass(0);
    assert!(order.is_sent());
}

#[test]
fn a_report_whose_answer_is_lost_counts_once() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let item = world.take_one();
    world.say(&item, Told::Sending);
    let report = Report {
        id: item.id.clone(),
        lease: Some(item.lease),
        seq: Some(2),
        state: Told::Sent,
        reason: None,
        ui: None,
    };
    let acks: Vec<_> = (0..4).map(|_| world.report(&report)).collect();
    assert_eq!(acks[0].taken, Taken::Applied);
    assert!(acks[1..].iter().all(|ack| ack.taken == Taken::Duplicate && ack.state == "sent"), "{acks:?}");
    assert!(order.is_sent());
    assert!(world.proved().is_empty(), "nothing besides is told");
    assert_eq!(world.board.status(world.now).counts.sent, 1);
}

#[test]
fn a_claim_whose_answer_is_lost_is_answered_the_same() {
    let mut world = World::new();
    let _order = world.order("79990000001", "hello");
    let first = world.take_one();
    world.pass(5);
    let again = world.take_one();
    assert_eq!(again, first);
}

#[test]
fn of_two_claims_at_once_one_gets_it() {
    let mut world = World::new();
    let began = world.now;
    let _order = world.order("79990000001", "hello");
    world.pass(3);
    assert_eq!(world.claim().len(), 1);
    let ask = Claim {
        who: Who::default(),
        began,
        wait_ms: 0,
        lease_s: None,
        have: Vec::new(),
        health: Health::default(),
        manner: Manner::Full,
    };
    assert!(world.board.claim(&ask, world.now).items.is_empty(), "the other one began before it was given");
}

#[test]
fn sending_with_a_lost_lease_is_refused() {
    let mut world = World::new();
    let _order = world.order("79990000001", "hello");
    let item = world.take_one();
    world.pass(120);
    assert_eq!(world.say(&item, Told::Sending), Taken::Stale);
    let unknown =
        Report { id: "nothing".to_owned(), lease: None, seq: None, state: Told::Sent, reason: None, ui: None };
    assert_eq!(world.report(&unknown).taken, Taken::UnknownId);
}

#[test]
fn sent_wins_over_expiry_even_late() {
    let mut world = World::new();
    let number = world.number();
    let mut goods = world.order("79990000009", "first").goods;
    world.board.withdraw(&[goods.number], world.now);
    (goods.number, goods.id) = (number, "late".to_owned());
    goods.not_after = world.now.plus(Duration::from_secs(60));
    let mut order = world.place(goods);
    let item = world.take_one();
    world.pass(60);
    world.board.too_late(number, world.now);
    world.pass(0);
    assert!(matches!(order.failure(), Failure::NotSent { why: Why::TooLate, .. }));
    assert_eq!(world.say(&item, Told::Sending), Taken::Stale, "no click after the end");
    let ack = world.say_why(&item, Told::Sent, None);
    assert_eq!((ack.taken, ack.state.as_str()), (Taken::Applied, "sent"));
    let proved = world.proved();
    assert_eq!((&proved[0].id, proved[0].step, proved[0].why), (&item.id, Step::Send, Some(Why::TooLate)));
    assert!(proved[0].note.starts_with("late"), "{proved:?}");
}

#[test]
fn a_late_sent_revokes_the_next_lease_and_is_marked() {
    let mut world = World::new();
    let order = world.order("79990000001", "hello");
    let first = world.take_one();
    world.pass(120);
    let mut order = world.place(order.goods);
    world.pass(30);
    let second = world.take_one();
    assert_eq!(world.say(&first, Told::Sent), Taken::Applied);
    assert_eq!(world.say(&second, Told::Sending), Taken::Stale);
    let proved = world.proved();
    assert_eq!((proved.len(), proved[0].why), (1, Some(Why::Duplicate)));
    assert!(proved[0].note.starts_with("possible_duplicate"), "{proved:?}");
    assert!(order.is_sent());
}

#[test]
fn the_phones_clock_decides_nothing() {
    for hours in [-6, 6] {
        let mut world = World::new();
        let mut goods = world.order("79990000001", "hello").goods;
        goods.not_after = world.now.plus(Duration::from_secs(600));
        let _order = world.place(goods);
        let clock = Timestamp::from_seconds(NOON + hours * 3_600);
        world.board.feel(&Health { clock: Some(clock), ..Health::default() }, world.now);
        assert_eq!(world.board.status(world.now).clock_offset_ms, Some(hours * 3_600_000));
        let item = world.take_one();
        assert_eq!(item.not_after, Some(Timestamp::from_seconds(NOON + 600)));
        assert_eq!(world.say(&item, Told::Sending), Taken::Applied);
    }
}

#[test]
fn six_numbers_in_a_row_that_are_not_there_are_the_phones_fault() {
    let mut world = World::new();
    let mut orders: Vec<_> = (0..6).map(|n| world.order(&format!("7999000000{n}"), "hello")).collect();
    let mut refused = 0;
    for _ in 0..40 {
        for item in world.next() {
            world.say_why(&item, Told::Failed, Some("not_registered"));
        }
        world.pass(60);
        for order in &mut orders {
            match order.outcome() {
                Some(Err(Failure::Refused { .. })) => refused += 1,
                Some(Err(_)) if world.board.out_of_reach().is_none() => *order = world.place(order.goods.clone()),
                _ => {}
            }
        }
    }
    assert_eq!(refused, 0, "no number is told not to be there");
    let halt = world.board.standing.halt(world.now).expect("the phone is stopped");
    assert_eq!((halt.reason.as_str(), halt.until), ("device_fault", Timestamp::NEVER));
    world.board.resume();
    world.board.tell(world.now);
    let _order = world.place(orders.remove(0).goods);
    world.pass(3_600);
    world.board.hear(&Who::default(), world.now);
    assert_eq!(world.claim().len(), 1, "and goes on where it was once it is resumed");
}

#[test]
fn cancelled_while_leased_the_phone_hears_of_it_and_may_not_click() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let item = world.take_one();
    world.board.withdraw(&[order.goods.number], world.now);
    world.pass(0);
    assert!(matches!(order.failure(), Failure::NotSent { .. }));
    let cancel = world.take_one();
    assert_eq!((cancel.kind, &cancel.id), (ItemKind::Cancel, &item.id));
    assert_eq!(world.say(&item, Told::Sending), Taken::Stale);
    assert_eq!(world.say(&item, Told::Cancelled), Taken::Duplicate, "it was told already");
    assert!(world.claim().is_empty());
}

#[test]
fn what_is_being_sent_cannot_be_withdrawn() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let item = world.take_one();
    world.say(&item, Told::Sending);
    world.board.withdraw(&[order.goods.number], world.now);
    world.board.too_late(order.goods.number, world.now);
    world.pass(0);
    assert!(order.outcome().is_none());
    world.say(&item, Told::Sent);
    assert!(order.is_sent());
}

#[test]
fn what_ends_while_the_phone_waits_is_not_given_out() {
    let mut world = World::new();
    let mut goods = world.order("79990000001", "hello").goods;
    goods.not_after = world.now.plus(Duration::from_secs(10));
    let _order = world.place(goods);
    world.pass(10);
    assert!(world.claim().is_empty());
}

#[test]
fn a_message_of_unknown_outcome_is_told_when_nobody_could_look() {
    for (policy, hold) in [(OnUnknown::Hold, 3_600), (OnUnknown::Fail, 0)] {
        let mut settings = World::new().board.settings.clone();
        settings.on_unknown = policy;
        let mut world = World::with(settings);
        let mut order = world.order("79990000001", "hello");
        let item = world.take_one();
        world.say(&item, Told::Sending);
        world.pass(120);
        world.pass(hold);
        assert!(matches!(order.failure(), Failure::Unknown { .. }), "{policy:?}");
        assert!(matches!(world.again(&order), Placed::Settled(Err(Failure::Unknown { .. }))), "and never again");
        assert_eq!(world.say(&item, Told::Sent), Taken::Applied, "but truth wins");
        assert_eq!(world.proved().len(), 1);
    }
}

#[test]
fn resend_is_the_owners_choice_and_marked() {
    let mut world = World::with(Settings { on_unknown: OnUnknown::Resend, ..World::new().board.settings.clone() });
    let mut order = world.order("79990000001", "hello");
    let first = world.take_one();
    world.say(&first, Told::Sending);
    world.pass(120);
    let second = world.take_one();
    assert_eq!(second.kind, ItemKind::Send);
    world.say(&second, Told::Sending);
    world.say(&second, Told::Sent);
    assert_eq!(world.proved()[0].why, Some(Why::Duplicate));
    assert!(order.is_sent());
}

#[tokio::test]
async fn the_board_outlives_the_gateway() {
    let mut world = World::new();
    let (vault, changes) = (MemoryVault::default(), |world: &mut World| world.board.take_effects().changes);
    let leased = world.order("79990000001", "leased").goods;
    let first = world.take_one();
    world.board.release(&first.lease, world.now).expect("it was lent");
    world.pass(5);
    let item = {
        let ask = Claim {
            who: Who::default(),
            began: world.now,
            wait_ms: 0,
            lease_s: None,
            have: Vec::new(),
            health: Health::default(),
            manner: Manner::Full,
        };
        world.board.claim(&ask, world.now).items.remove(0)
    };
    let mut kept = changes(&mut world);
    kept.insert(crate::keep::DEVICE.to_owned(), Some(crate::keep::bytes(&world.board.device)));
    vault.write(kept.into_iter().collect()).await.expect("an open vault");

    let read = Board::read(&vault, &world.board.settings, Dice::seeded(6)).await;
    let board = read.expect("an open vault").expect("a paired phone");
    let mut later = World { board, ..World::new() };
    later.now = world.now.plus(Duration::from_secs(1));
    later.board.hear(&Who::default(), later.now);
    later.board.tell(later.now);
    assert!(later.claim().is_empty(), "its order is not back yet, and nothing else may be given");
    let mut order = later.place(leased);
    assert_eq!(later.say(&item, Told::Sending), Taken::Applied, "the lease is good still");
    assert_eq!(later.say(&item, Told::Sent), Taken::Applied);
    assert!(order.is_sent());
}
