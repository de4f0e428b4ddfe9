//! What stops a phone, and what lets it go on.

use sluice_connector::SessionState;
use sluice_model::Failure;
use sluice_model::device::{Health, Login, Manner, Told, Who};
use sluice_model::failure::{Retry, Why};

use super::super::Stop;
use super::world::World;

fn who(install: &str, boot: &str) -> Who {
    Who { install: Some(install.to_owned()), boot: Some(boot.to_owned()) }
}

#[test]
fn five_failures_in_a_row_are_a_pause_and_the_next_one_is_longer() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let mut pauses = Vec::new();
    for n in 0..10 {
        if n > 0 {
            order = world.order(&format!("7999000000{n}"), "hello");
        }
        let item = loop {
            if let Some(item) = world.claim().into_iter().next() {
                break item;
            }
            world.pass(1);
            world.board.hear(&Who::default(), world.now);
        };
        world.say_why(&item, Told::Failed, Some("unknown_dialog"));
        assert!(matches!(order.outcome(), Some(Err(Failure::NotSent { .. }))));
        pauses.extend(world.board.standing.halt(world.now).map(|pause| pause.until.since(world.now).as_secs()));
    }
    assert_eq!(pauses, [300, 600]);
    world.pass(600);
    world.board.hear(&Who::default(), world.now);
    let _order = world.order("79990000099", "hello");
    let item = world.take_one();
    world.say(&item, Told::Sending);
    world.say(&item, Told::Sent);
    assert_eq!((world.board.standing.failures, world.board.standing.falls), (0, 0), "a success makes good");
}

#[test]
fn a_messenger_that_is_logged_out_stops_the_phone_until_somebody_logs_in() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let _ = world.board.take_effects();
    world.board.feel(&Health { session: Some(Login::LoggedOut), ..Health::default() }, world.now);
    world.board.tell(world.now);
    let effects = world.board.take_effects();
    assert!(matches!(effects.states[..], [SessionState::Blocked { until: None, .. }]), "{:?}", effects.states);
    for (waiter, result) in effects.settled {
        let _ = waiter.send(result);
    }
    assert!(matches!(order.failure(), Failure::NotSent { why: Why::LoggedOut, retry: Retry::Reconnected, .. }));
    assert!(world.claim().is_empty());
    world.board.feel(&Health { session: Some(Login::Ok), ..Health::default() }, world.now);
    world.board.tell(world.now);
    assert!(matches!(world.board.take_effects().states[..], [SessionState::Connected { .. }]));
}

#[test]
fn a_ban_is_lifted_by_an_operator_alone() {
    let mut world = World::new();
    world.board.feel(&Health { session: Some(Login::Banned), ..Health::default() }, world.now);
    world.board.feel(&Health { session: Some(Login::Ok), ..Health::default() }, world.now);
    assert_eq!(world.board.standing.stop, Some(Stop::Banned));
    world.board.resume();
    assert_eq!(world.board.standing.stop, None);
}

#[test]
fn two_phones_with_one_token_are_found_out() {
    let mut world = World::new();
    let _order = world.order("79990000001", "hello");
    assert!(world.board.hear(&who("a", "1"), world.now));
    // A reboot, and a new installation after a while, are no conflict.
    assert!(world.board.hear(&who("a", "2"), world.now));
    world.pass(61);
    assert!(world.board.hear(&who("b", "2"), world.now));
    assert!(!world.board.hear(&who("a", "2"), world.now), "the one before is still alive");
    world.board.tell(world.now);
    assert!(world.claim_as(Manner::Full, who("b", "2")).is_empty(), "neither gets anything");
    world.board.resume();
    assert!(world.board.hear(&who("b", "2"), world.now));
    assert!(!world.board.hear(&who("c", "1"), world.now), "another installation at the same time");
}

#[test]
fn a_phone_that_does_not_call_is_away_and_its_orders_go_back() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    let mut held = world.order("79990000002", "held");
    let item = world.take_one();
    world.say(&item, Told::Sending);
    let _ = world.board.take_effects();
    world.silence(89);
    assert!(held.outcome().is_none());
    world.silence(1);
    assert!(matches!(held.failure(), Failure::NotSent { why: Why::Disconnected, retry: Retry::Reconnected, .. }));
    assert!(order.outcome().is_none(), "what it may be sending is waited for");
}

#[test]
fn a_lease_is_given_another_span_while_it_lasts() {
    let mut world = World::new();
    let _order = world.order("79990000001", "hello");
    let item = world.take_one();
    world.pass(100);
    let until = world.board.renew(&item.lease, Some(60), world.now);
    assert_eq!(until, Ok(Some(world.now.plus(std::time::Duration::from_secs(60)))));
    world.pass(60);
    assert_eq!(world.board.renew(&item.lease, None, world.now), Ok(None));
    assert_eq!(world.board.renew("nothing", None, world.now), Err(()));
    assert_eq!(world.board.release(&item.lease, world.now), Ok(false));
}

#[test]
fn a_lease_that_is_given_back_counts_as_no_attempt() {
    let mut world = World::new();
    let _order = world.order("79990000001", "hello");
    let first = world.take_one();
    assert_eq!(world.board.release(&first.lease, world.now), Ok(true));
    assert!(world.claim().is_empty(), "not at once");
    world.pass(5);
    let again = world.take_one();
    assert_eq!((again.id, again.attempt), (first.id, 1));
}

#[test]
fn a_phone_that_never_reports_is_given_a_message_five_times() {
    let mut world = World::new();
    let mut order = world.order("79990000001", "hello");
    for _ in 0..4 {
        let lost = loop {
            world.board.hear(&Who::default(), world.now);
            world.board.tell(world.now);
            if !world.claim().is_empty() {
                break world.now;
            }
            world.pass(10);
        };
        assert!(world.now >= lost);
        world.pass(120);
        assert!(matches!(order.failure(), Failure::NotSent { .. }));
        world.board.hear(&Who::default(), world.now);
        world.board.tell(world.now);
        order = world.place(order.goods);
    }
    while world.claim().is_empty() {
        world.pass(10);
        world.board.hear(&Who::default(), world.now);
    }
    world.pass(120);
    assert!(matches!(order.failure(), Failure::Refused { why: Why::Timeout, .. }));
}

#[test]
fn nothing_is_due_twice() {
    let mut world = World::new();
    let _order = world.order("79990000001", "hello");
    let item = world.take_one();
    world.say(&item, Told::Sending);
    for _ in 0..20 {
        let deadline = world.board.deadline();
        if deadline == sluice_model::Timestamp::NEVER {
            return;
        }
        assert!(deadline > world.now, "what is over is due again and again");
        world.silence(deadline.since(world.now).as_secs().max(1));
    }
    panic!("there is always something due");
}
