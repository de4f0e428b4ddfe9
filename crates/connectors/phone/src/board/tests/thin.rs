//! Scripts that know nothing but "next" and "result" (contract phone.md §1.2).

use sluice_model::Failure;
use sluice_model::device::{Claim, Health, Manner, Report, Taken, Ticks, Told, Who};
use sluice_model::failure::Why;

use super::world::World;
use crate::settings::Settings;

fn result(id: &str, state: Told) -> Report {
    Report { id: id.to_owned(), lease: None, seq: None, state, reason: None, ui: None }
}

#[test]
fn a_script_says_no_more_than_that_it_sent() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let item = world.next().remove(0);
    assert_eq!(world.report(&result(&item.id, Told::Sent)).taken, Taken::Applied, "the newest lease is meant");
    assert!(order.is_sent());
    assert_eq!(world.report(&result(&item.id, Told::Sent)).taken, Taken::Duplicate);
}

#[test]
fn a_dark_or_busy_screen_gets_nothing() {
    let mut world = World::new();
    let _order = world.order("79990000001", "hello");
    for health in
        [Health { screen: Some(false), ..Health::default() }, Health { busy: Some(true), ..Health::default() }]
    {
        let who = Who::default();
        let ask =
            Claim { who, began: world.now, wait_ms: 0, lease_s: None, have: Vec::new(), health, manner: Manner::Blind };
        assert!(world.board.claim(&ask, world.now).items.is_empty());
    }
    assert_eq!(world.next().len(), 1);
}

#[test]
fn what_a_script_took_and_never_reported_is_not_given_again() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let item = world.next().remove(0);
    world.pass(30);
    assert!(world.next().is_empty(), "it may be sending it");
    world.pass(30);
    assert!(world.next().is_empty(), "it may have sent it");
    let look = world.board.look(world.now).expect("somebody must look");
    assert_eq!((&look.id, look.to.as_str(), look.text.as_str()), (&item.id, "79990000001", "hello"));
    assert!(world.next().is_empty(), "never both at a time");
    assert!(world.board.saw(&look.id, Ticks::Two, world.now));
    let steps: Vec<_> = world.proved().into_iter().map(|evidence| (evidence.step, evidence.why)).collect();
    assert_eq!(
        steps,
        [(sluice_model::order::Step::Send, Some(Why::TooLate)), (sluice_model::order::Step::Deliver, None)]
    );
    assert!(order.is_sent());
}

#[test]
fn what_nobody_found_goes_out_once_more_only_where_the_owner_says_so() {
    for blind_retry in [false, true] {
        let mut world = World::with(Settings { blind_retry, ..World::new().board.settings.clone() });
        let _order = world.order("79990000001", "hello");
        let item = world.next().remove(0);
        world.pass(60);
        let look = world.board.look(world.now).expect("somebody must look");
        world.board.saw(&look.id, Ticks::Unknown, world.now);
        let again = world.next();
        assert_eq!(again.len(), usize::from(blind_retry));
        if let [again] = &again[..] {
            assert_eq!(again.id, item.id);
            world.report(&result(&item.id, Told::Sent));
            assert_eq!(world.proved()[0].why, Some(Why::Duplicate));
        }
    }
}

#[test]
fn two_is_tried_once_more_and_then_believed() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let item = world.next().remove(0);
    let failed = |item: &sluice_model::device::Item| Report {
        reason: Some("not_registered".to_owned()),
        ..result(&item.id, Told::Failed)
    };
    assert_eq!(world.report(&failed(&item)).taken, Taken::Applied);
    assert!(matches!(order.failure(), Failure::NotSent { why: Why::NotOnMessenger, .. }));
    let mut order = world.place(order.goods);
    world.pass(59);
    assert!(world.next().is_empty());
    world.pass(1);
    let item = world.next().remove(0);
    world.report(&failed(&item));
    assert!(order.outcome().is_none(), "not before the phone proved itself");
    let mut other = world.order("79990000002", "hello");
    let item = world.next().remove(0);
    world.report(&result(&item.id, Told::Sent));
    assert!(other.is_sent());
    assert!(matches!(order.failure(), Failure::Refused { why: Why::NotOnMessenger, .. }));
}

#[test]
fn without_another_message_a_two_is_believed_after_ten_minutes() {
    let mut world = World::new();
    let order = world.order("79990000001", "hello");
    for _ in 0..2 {
        let item = world.next().remove(0);
        world.report(&Report { reason: Some("not_registered".to_owned()), ..result(&item.id, Told::Failed) });
        world.pass(60);
        if world.board.status(world.now).waiting == 0 {
            let _ = world.board.place(order.goods.clone(), tokio::sync::oneshot::channel().0, world.now);
        }
    }
    world.pass(600);
    assert_eq!(world.board.status(world.now).counts.failed, 1);
}

#[test]
fn marks_only_grow() {
    let mut world = World::new();
    let _order = world.order("79990000001", "hello");
    let item = world.next().remove(0);
    world.report(&result(&item.id, Told::Sent));
    for ticks in [Ticks::Two, Ticks::Blue, Ticks::Two, Ticks::One, Ticks::Clock, Ticks::Unknown] {
        world.board.saw(&item.id, ticks, world.now);
    }
    let steps: Vec<_> = world.proved().into_iter().map(|evidence| evidence.step).collect();
    assert_eq!(steps, [sluice_model::order::Step::Deliver, sluice_model::order::Step::Read]);
    assert!(!world.board.saw("nothing", Ticks::Blue, world.now));
}
