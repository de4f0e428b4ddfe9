//! A test call to a listener: an event made up on the spot, sent once by the relay.

use async_trait::async_trait;
use sluice_clock::Clock;
use sluice_model::delivery::Attempt;
use sluice_model::event::{Call, CallStage, LogoutBy, Presence, PresenceState};
use sluice_model::failure::Why;
use sluice_model::id::Mint;
use sluice_model::message::{Message, Origin, Trouble};
use sluice_model::{Account, Address, Content, Entry, Event, Listener, MessageId, Party, Position, Timestamp};
use sluice_relay::Relay;
use sluice_store::Fault;
use std::sync::Arc;

pub struct Tester {
    pub relay: Relay,
    pub clock: Clock,
}

#[async_trait]
impl sluice_intake::TestCall for Tester {
    async fn test(&self, listener: &Listener, account: &Account, event: &str) -> Result<Attempt, Fault> {
        let now = self.clock.now();
        let event =
            example(event, &listener.dialect, now).ok_or_else(|| Fault::Other(format!("no example of {event}")))?;
        let entry = Entry { account: account.id, position: position(now), at: now, event };
        Ok(self.relay.test(&Arc::new(listener.clone()), &Arc::new(account.clone()), &entry).await)
    }
}

/// Positions that no journal comes to; they give each test an event id of its own, or a receiver that drops what it has
/// had already would drop the second test.
const NEVER_REACHED: std::ops::Range<u32> = 0x7C00_0000..0x8000_0000;

/// Another one each millisecond, for most of a day.
fn position(now: Timestamp) -> Position {
    let many = i64::from(NEVER_REACHED.end - NEVER_REACHED.start);
    Position(NEVER_REACHED.start + u32::try_from(now.millis().rem_euclid(many)).unwrap_or_default())
}

/// An event of this name with everything in it that a receiver would look at.
fn example(name: &str, dialect: &str, now: Timestamp) -> Option<Event> {
    let message = |origin: Origin, remote: &str| {
        let friend = Address::Phone("79990000000".to_owned());
        let sender = matches!(origin, Origin::Peer)
            .then(|| Party { name: Some("Test".to_owned()), ..Party::new(friend.clone()) });
        Message {
            id: MessageId(Mint::new(0, None).next(now)),
            remote: Some(remote.to_owned()),
            origin,
            chat: friend,
            chat_alias: None,
            chat_name: None,
            sender,
            content: Content::text("A test event from Sluicegate"),
            quoted: None,
            forwarded: 0,
            at: now,
        }
    };
    let api = || Origin::Api { dialect: "native".to_owned(), key: None, request: None, tag: None, memo: None };
    let sent = || message(api(), "3EB0000000000000TEST");
    let mark = || sent().mark();
    let trouble = || Trouble { why: Why::NotOnMessenger, note: "a made-up failure".to_owned() };
    Some(match name {
        "message.received" => Event::MessageReceived { message: message(Origin::Peer, "3A0000000000000000TEST") },
        "message.posted" => Event::MessagePosted { message: sent() },
        "message.sent" => Event::MessageSent { mark: mark(), attempt: 1 },
        "message.delivered" => Event::MessageDelivered { mark: mark() },
        "message.read" => Event::MessageRead { mark: mark() },
        "message.retried" => Event::MessageRetried { mark: mark(), attempt: 1, trouble: trouble(), next_at: now },
        "message.failed" => Event::MessageFailed { mark: mark(), attempt: 1, trouble: trouble() },
        "message.expired" => Event::MessageExpired { mark: mark() },
        "message.cancelled" => Event::MessageCancelled { mark: mark() },
        "message.uncertain" => Event::MessageUncertain { mark: mark(), attempt: 1, note: "a made-up doubt".to_owned() },
        "call.received" => Event::CallReceived {
            call: Call {
                remote: "CALL0000TEST".to_owned(),
                from: Party::new(Address::Phone("79990000000".to_owned())),
                video: false,
                stage: CallStage::Offered,
            },
        },
        "account.connected" => Event::AccountConnected { phone: Some("79990000001".to_owned()), first: true },
        "account.disconnected" => {
            Event::AccountDisconnected { why: Why::Disconnected, note: "a made-up disconnect".to_owned() }
        }
        "account.logged_out" => Event::AccountLoggedOut { by: LogoutBy::Device, note: "a made-up logout".to_owned() },
        "account.blocked" => Event::AccountBlocked { until: None, note: "a made-up block".to_owned() },
        "group.changed" => Event::GroupChanged {
            group: Address::Group("120363000000000000".to_owned()),
            change: "subject".to_owned(),
            members: Vec::new(),
            by: None,
        },
        "contact.changed" => {
            Event::ContactChanged { party: Party::new(Address::Phone("79990000000".to_owned())), avatar_url: None }
        }
        "presence.changed" => {
            let friend = Address::Phone("79990000000".to_owned());
            let (who, chat) = (Party::new(friend.clone()), friend);
            let presence = Presence { who, chat, state: PresenceState::Offline, last_seen: Some(now) };
            Event::PresenceChanged { presence }
        }
        "debug.published" => Event::DebugPublished {
            dialect: dialect.to_owned(),
            body: serde_json::json!({ "text": "A test event from Sluicegate" }),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use sluice_model::AccountId;
    use sluice_model::id::EventId;

    use super::*;

    #[test]
    fn two_tests_have_two_ids_that_no_journal_entry_has() {
        let at = |millis| position(Timestamp::from_millis(millis));
        assert_ne!(at(1_800_000_000_000), at(1_800_000_000_001));
        for millis in [0, 1, 1_800_000_000_000, i64::MAX] {
            let id = EventId::of(AccountId(1), at(millis));
            assert!(NEVER_REACHED.contains(&id.position().0) && id.account() == AccountId(1), "{id:?}");
        }
    }

    #[test]
    fn there_is_an_example_of_every_event() {
        for name in Event::NAMES {
            let made = example(name, "native", Timestamp::from_seconds(1_800_000_000));
            assert_eq!(made.map(|event| event.name()), Some(name));
        }
    }
}
