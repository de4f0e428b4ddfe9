use std::time::Duration;

use proptest::prelude::*;
use sluice_model::message::{Message, Origin};
use sluice_model::{AccountId, Address, Content, Id, MessageId, WorkspaceId};

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const HOUR: Duration = Duration::from_secs(3600);

fn order(attempt: u32, expires_at: Timestamp) -> Order {
    let message = Message {
        id: MessageId(Id::new(7).unwrap()),
        remote: Some("3EB0".to_owned()),
        origin: Origin::Phone,
        chat: Address::Phone("79990000000".to_owned()),
        chat_alias: None,
        chat_name: None,
        sender: None,
        content: Content::text("hello"),
        quoted: None,
        forwarded: 0,
        at: NOW,
    };
    Order {
        workspace: WorkspaceId(1),
        account: AccountId(1),
        message,
        due_at: NOW,
        expires_at,
        typing_ms: None,
        attempt,
    }
}

fn judged(result: Result<Receipt, Failure>, attempt: u32, expires_at: Timestamp, repeats: bool) -> Outcome {
    verdict(result, &order(attempt, expires_at), repeats, &Settings::default(), NOW, &Dice::seeded(3))
}

/// Attempt 1 of an order that has an hour left.
fn first(result: Result<Receipt, Failure>, deduplicates: bool) -> Outcome {
    judged(result, 1, NOW.plus(HOUR), deduplicates)
}

fn trouble(why: Why, note: &str) -> Trouble {
    Trouble { why, note: note.to_owned() }
}

#[test]
fn a_receipt_is_a_message_sent() {
    let alias = Some(Address::Lid("12".to_owned()));
    let receipt = Receipt { remote: Some("A1".to_owned()), alias: alias.clone() };
    assert_eq!(first(Ok(receipt), false), Outcome::Sent { remote: Some("A1".to_owned()), alias });
}

#[test]
fn a_refusal_is_for_good() {
    let refused = Failure::refused(Why::NotOnMessenger, "no such person");
    assert_eq!(first(Err(refused), true), Outcome::Failed { trouble: trouble(Why::NotOnMessenger, "no such person") });
}

#[test]
fn what_was_not_sent_is_tried_when_the_messenger_said() {
    let limited = |retry| first(Err(Failure::not_sent(Why::RateLimited, retry, "slower")), false);
    let expected = |next_at| Outcome::Retry { next_at, trouble: trouble(Why::RateLimited, "slower") };
    assert_eq!(limited(Retry::After(Duration::from_secs(17))), expected(NOW.plus(Duration::from_secs(17))));
    assert_eq!(limited(Retry::Reconnected), expected(NOW));
}

#[test]
fn pauses_between_attempts_grow_from_a_second_to_five_minutes() {
    let pauses = (1..=12).map(|attempt| {
        let failure = Failure::not_sent(Why::Disconnected, Retry::BackOff, "");
        match judged(Err(failure), attempt, Timestamp::NEVER, false) {
            Outcome::Retry { next_at, .. } => next_at.since(NOW).as_secs_f64(),
            other => panic!("{other:?}"),
        }
    });
    for (pause, wanted) in pauses.zip([1., 2., 4., 8., 16., 32., 64., 128., 256., 300., 300., 300.]) {
        assert!((pause - wanted).abs() <= wanted / 10. + 0.001, "{pause} s instead of {wanted} s");
    }
}

#[test]
fn an_unknown_outcome_is_repeated_thrice_at_most_and_only_where_that_cannot_double() {
    let unknown = || Err(Failure::unknown("silence"));
    let uncertain = Outcome::Uncertain { note: "silence".to_owned() };
    assert_eq!(first(unknown(), false), uncertain);
    let until = NOW.plus(HOUR);
    assert!(matches!(judged(unknown(), 1, until, true), Outcome::Retry { .. }));
    assert!(matches!(judged(unknown(), 2, until, true), Outcome::Retry { .. }));
    assert_eq!(judged(unknown(), 3, until, true), uncertain);
}

#[test]
fn what_may_have_arrived_is_never_left_to_expire() {
    let soon = NOW.plus(Duration::from_millis(500));
    let outcome = judged(Err(Failure::unknown("silence")), 1, soon, true);
    assert_eq!(outcome, Outcome::Uncertain { note: "silence".to_owned() });
}

fn failures() -> impl Strategy<Value = Failure> {
    let retry = prop_oneof![
        Just(Retry::BackOff),
        Just(Retry::Reconnected),
        (0_u64..100_000).prop_map(|seconds| Retry::After(Duration::from_secs(seconds))),
    ];
    prop_oneof![
        Just(Failure::refused(Why::Spam, "no")),
        Just(Failure::unknown("silence")),
        retry.prop_map(|retry| Failure::not_sent(Why::Disconnected, retry, "not now")),
    ]
}

proptest! {
    /// The three promises: certain failures are never uncertain, doubt is never repeated where it could double, and
    /// nothing is tried again in the past.
    #[test]
    fn certainty_decides(failure in failures(), attempt in 1_u32..100, left in 0_u64..1_000_000, deduplicates: bool) {
        let expires_at = NOW.plus(Duration::from_millis(left));
        let outcome = judged(Err(failure.clone()), attempt, expires_at, deduplicates);
        match (&failure, &outcome) {
            (Failure::Refused { .. }, outcome) => {
                let failed = matches!(outcome, Outcome::Failed { .. });
                prop_assert!(failed, "{outcome:?}");
            }
            (Failure::NotSent { .. }, outcome) => {
                let again = matches!(outcome, Outcome::Retry { .. });
                prop_assert!(again, "{outcome:?}");
            }
            (Failure::Unknown { .. }, Outcome::Uncertain { .. }) => {}
            (Failure::Unknown { .. }, Outcome::Retry { next_at, .. }) => {
                prop_assert!(deduplicates && attempt < Settings::default().unknown_attempts && *next_at < expires_at);
            }
            (Failure::Unknown { .. }, outcome) => prop_assert!(false, "{outcome:?}"),
        }
        if let Outcome::Retry { next_at, trouble } = outcome {
            prop_assert!(next_at >= NOW);
            prop_assert_eq!(trouble.why, failure.why());
        }
    }
}
