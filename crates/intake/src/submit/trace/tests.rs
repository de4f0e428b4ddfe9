use serde_json::json;
use sluice_model::account::{Channel, Condition, Settings};
use sluice_model::message::{Message, Trouble};
use sluice_model::{AccountId, Address, Content, Id, MessageId, Position, WorkspaceId};

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn account(state: Standing) -> Account {
    Account {
        id: AccountId(1),
        workspace: WorkspaceId(1),
        channel: Channel::Whatsapp,
        connector: "sandbox".into(),
        name: "a".into(),
        created_at: NOW,
        enabled: true,
        settings: Settings::default(),
        condition: Condition { state, ..Condition::new(NOW) },
    }
}

fn order(id: u64, chat: &str, due_at: Timestamp) -> Order {
    let message = Message {
        id: MessageId(Id::new(id).unwrap()),
        remote: None,
        origin: Origin::Phone,
        chat: Address::Phone(chat.into()),
        chat_alias: None,
        chat_name: None,
        sender: None,
        content: Content::text("hello"),
        quoted: None,
        forwarded: 0,
        at: NOW,
    };
    let (workspace, account) = (WorkspaceId(1), AccountId(1));
    Order { workspace, account, message, due_at, expires_at: Timestamp::NEVER, typing_ms: None, attempt: 0 }
}

fn why(account: &Account, entries: &[Entry], orders: &[Order]) -> String {
    let message = orders.last().unwrap().message.clone();
    let kept = Kept { message, state: State::Waiting, state_at: NOW, trouble: None, edited: None, deleted: false };
    waits_for(account, &kept, entries, orders, NOW)
}

#[test]
fn the_account_is_named_before_the_queue() {
    let orders = [order(1, "7", NOW)];
    let mut account = account(Standing::LoginNeeded);
    assert_eq!(why(&account, &[], &orders), "the account is not logged in; log it in to send what waits");
    account.condition.reason = Some("logged out on the phone".into());
    assert!(why(&account, &[], &orders).contains("(logged out on the phone)"));
    account.enabled = false;
    assert_eq!(why(&account, &[], &orders), "the account is switched off");
}

#[test]
fn the_hour_the_retry_and_the_turn_are_told_apart() {
    let account = account(Standing::Open);
    let later = Timestamp::from_seconds(1_790_000_060);
    assert_eq!(why(&account, &[], &[order(1, "7", later)]), "its hour: it is to be sent at 2026-09-21T14:14:20Z");

    let trouble: Trouble = serde_json::from_value(json!({"why": "rate_limited", "note": "too fast"})).unwrap();
    let mark = order(1, "7", later).message.mark();
    let event = Event::MessageRetried { mark, attempt: 2, trouble, next_at: later };
    let entry = Entry { account: AccountId(1), position: Position(1), at: NOW, event };
    assert_eq!(
        why(&account, &[entry], &[order(1, "7", later)]),
        "attempt 2 did not arrive (too fast); the next one is at 2026-09-21T14:14:20Z"
    );

    assert_eq!(why(&account, &[], &[order(1, "7", NOW)]), "its turn comes next");
    let other = [order(1, "8", NOW), order(2, "7", NOW)];
    assert_eq!(why(&account, &[], &other), "its turn: 1 of the account's messages were accepted before it");
    let same = [order(1, "7", NOW), order(2, "8", NOW), order(3, "7", NOW)];
    assert_eq!(why(&account, &[], &same), "its turn: 1 to the same chat were accepted before it");
}

#[test]
fn what_nobody_has_spoken_of_for_long_is_said_to_be_so() {
    let message = order(1, "7", NOW).message;
    let kept = Kept { message, state: State::Claimed, state_at: NOW, trouble: None, edited: None, deleted: false };
    assert_eq!(in_hand(&kept, NOW.plus(Duration::from_secs(1))), "it is being sent right now");
    assert_eq!(
        in_hand(&kept, NOW.plus(Duration::from_secs(60))),
        "it was handed on at 2026-09-21T14:13:20Z, and nobody has said yet what became of it"
    );
}
