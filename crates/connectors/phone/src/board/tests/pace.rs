//! How fast, and when (contract phone.md §9.7).

use std::time::Duration;

use sluice_model::device::Told;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Address, Failure, Timestamp};

use super::super::Chat;
use super::world::{NOON, World};
use crate::pacing::Pacing;
use crate::settings::Settings;

fn paced() -> World {
    World::with(Settings::default())
}

fn send_next(world: &mut World) -> bool {
    let Some(item) = world.claim().into_iter().next() else { return false };
    world.say(&item, Told::Sending);
    world.say(&item, Told::Sent);
    true
}

#[test]
fn two_messages_to_strangers_keep_their_distance() {
    let mut world = paced();
    let _orders: Vec<_> = (0..2).map(|n| world.order(&format!("7999000000{n}"), "hello")).collect();
    assert!(send_next(&mut world));
    world.pass(15);
    assert!(!send_next(&mut world));
    world.pass(38);
    assert!(send_next(&mut world), "52.5 s is the longest first gap");
}

#[test]
fn an_answer_goes_sooner() {
    let mut world = paced();
    let _first = world.order("79990000001", "hello");
    assert!(send_next(&mut world));
    let asks = Address::Phone("79990000002".to_owned());
    world.board.know_chat(Chat { wrote_at: world.now, ..Chat::new(asks) });
    let _answer = world.order("79990000002", "yes");
    world.pass(2);
    assert!(!send_next(&mut world));
    world.pass(6);
    assert!(send_next(&mut world));
}

#[test]
fn the_days_new_chats_are_counted_and_the_rest_goes_back_until_tomorrow() {
    let mut world =
        World::with(Settings { pacing: Pacing { gap_s: [0, 0], ..Pacing::default() }, ..Settings::default() });
    for n in 0..20 {
        let _order = world.order(&format!("799900001{n:02}"), "hello");
        assert!(send_next(&mut world), "chat {n}");
    }
    let mut one_more = world.order("79990000200", "hello");
    let _known = world.order("79990000100", "how are you?");
    assert!(send_next(&mut world), "a chat that was begun before is not new");
    match one_more.failure() {
        Failure::NotSent { why: Why::RateLimited, retry: Retry::After(pause), .. } => {
            assert_eq!(world.now.plus(pause), Timestamp::from_seconds(NOON + 12 * 3_600), "midnight");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn at_night_nothing_goes() {
    let mut world = paced();
    world.pass(10 * 3_600);
    world.board.hear(&sluice_model::device::Who::default(), world.now);
    world.board.tell(world.now);
    let _order = world.order("79990000001", "hello");
    assert!(!send_next(&mut world));
    let pause = world.board.usual_pace(world.now).pause.expect("quiet hours");
    assert_eq!((pause.reason.as_str(), pause.until), ("quiet_hours", world.now.plus(Duration::from_secs(9 * 3_600))));
    world.pass(9 * 3_600);
    assert!(send_next(&mut world));
}

#[test]
fn settings_are_changed_one_by_one_and_nonsense_is_refused() {
    let mut world = paced();
    let change = serde_json::json!({ "pacing": { "gap_s": [1, 1], "jitter": [1.0, 1.0] }, "poll_ms": 1_000 });
    assert_eq!(world.board.set(&change), Ok(()));
    assert_eq!((world.board.settings.pacing.gap_s, world.board.settings.pacing.quiet_h), ([1, 1], [21, 7]));
    assert_eq!(world.board.usual_pace(world.now).settings_rev, 1);
    for nonsense in [
        serde_json::json!({ "poll": 5 }),
        serde_json::json!({ "pacing": { "gap_s": [5, 1] } }),
        serde_json::json!({ "lease_s": 5 }),
        serde_json::json!([]),
    ] {
        assert!(world.board.set(&nonsense).is_err(), "{nonsense}");
    }
}
