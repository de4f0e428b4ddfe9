//! What every engine must do, as tests. An engine's own tests call [`crate::conformance_suite!`] with a function that opens a
//! fresh, empty store.

#![expect(clippy::unwrap_used, reason = "these are tests, only shared: what cannot go on should stop")]

pub mod archive;
pub mod deliveries;
pub mod journal;
pub mod outbox;
pub mod people;
pub mod recovery;
pub mod templates;

use std::sync::Arc;

use sluice_model::account::Settings;
use sluice_model::id::Mint;
use sluice_model::message::{Message, Origin};
use sluice_model::{
    Account, AccountId, Address, Channel, Content, MessageId, Order, Party, Spelling, Timestamp, WorkspaceId,
};

use crate::accounts::NewAccount;
use crate::outbox::{Accepted, Claim, Submission};
use crate::{Epoch, Store};

/// One tokio test a rule. `$open` is an async function without arguments that gives a fresh `Arc<dyn Store>` and something
/// to hold while it is used (a temporary folder).
#[macro_export]
macro_rules! conformance_suite {
    ($open:ident) => {
        $crate::conformance_suite!($open; outbox:
            orders_of_a_chat_are_claimed_one_by_one_in_order,
            chats_do_not_wait_for_each_other,
            a_retry_keeps_its_place_and_its_hour,
            an_order_is_not_claimed_before_its_hour,
            an_order_for_tomorrow_holds_up_nobody_today,
            a_settle_of_a_stale_epoch_or_attempt_changes_nothing,
            a_claim_of_a_stale_epoch_is_refused,
            a_repeated_idempotency_key_accepts_once,
            racing_submissions_of_one_key_accept_exactly_once,
            a_submission_is_whole,
            cancelling_frees_the_lane_and_is_told,
            time_that_ran_out_ends_an_order_and_is_told,
            what_waits_is_listed_and_counted,
            failed_and_uncertain_orders_leave_the_shelf,
        );
        $crate::conformance_suite!($open; recovery:
            what_was_in_hand_is_repeated_where_the_messenger_de_duplicates,
            what_was_in_hand_is_uncertain_elsewhere,
            what_was_in_hand_and_ran_out_of_time_is_uncertain,
            what_was_in_hand_is_adopted_by_who_remembers_it,
            evidence_that_overtakes_a_settle_wins,
            evidence_of_delivery_tells_that_it_was_sent,
        );
        $crate::conformance_suite!($open; journal:
            positions_are_small_and_contiguous_by_account,
            a_message_that_comes_again_is_not_written_again,
            what_was_said_before_is_kept_and_told_to_nobody,
            receipts_are_told_once_and_in_order,
            receipts_of_unknown_messages_are_nothing,
            a_stale_session_writes_nothing,
            entries_are_found_by_place_time_name_and_message,
            pruning_never_gives_a_position_again,
            the_bell_rings_after_the_commit,
        );
        $crate::conformance_suite!($open; archive:
            both_directions_are_listed_and_filtered,
            a_chat_shows_its_last_message_and_what_is_unread,
            chats_with_their_last_messages_are_listed_by_what_is_wanted,
            a_deleted_chat_is_back_when_something_is_said_in_it,
            edits_and_deletions_reach_their_target,
            names_are_learned_and_not_forgotten,
            a_forgotten_person_is_nowhere_until_they_write,
            a_person_known_by_two_addresses_is_one_conversation,
            pages_cover_everything_once,
        );
        $crate::conformance_suite!($open; deliveries:
            a_new_listener_begins_at_the_journals_end,
            cursors_only_move_forward_unless_rewound,
            a_report_from_before_a_rewind_does_not_undo_it,
            a_failed_delivery_comes_back_when_it_is_due,
            attempts_are_kept_for_people_to_read,
            an_event_can_be_sent_again,
            switches_hold_for_the_entries_written_under_them,
        );
        $crate::conformance_suite!($open; people:
            accounts_belong_to_their_workspace_and_can_be_changed,
            a_removed_account_is_gone_with_all_it_had,
            keys_are_found_by_hash_until_revoked,
            listeners_are_their_workspaces_own,
            the_request_log_is_by_workspace,
            the_vault_is_by_account_and_fenced,
            users_are_counted,
        );
        $crate::conformance_suite!($open; templates:
            templates_are_their_workspaces_own,
            what_cannot_be_sent_fails_in_the_commit_that_accepts_it,
        );
    };
    ($open:ident; $room:ident: $($rule:ident),+ $(,)?) => {
        mod $room {
            $(
                #[tokio::test]
                async fn $rule() {
                    let (store, _held) = super::$open().await;
                    let world = $crate::conformance::World::new(store).await;
                    $crate::conformance::$room::$rule(world).await;
                }
            )+
        }
    };
}

/// How the stores of the suite are told that ids are spelled.
pub fn spelling() -> Spelling {
    Spelling::new(&[7; 32])
}

/// A store with two workspaces, an account in each, and hands to play the rooms' parts.
pub struct World {
    pub store: Arc<dyn Store>,
    pub workspace: WorkspaceId,
    pub account: AccountId,
    pub epoch: Epoch,
    pub stranger: Arc<Account>,
    pub now: Timestamp,
    mint: Mint,
    spelling: Spelling,
}

/// When the tests begin.
pub const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

impl World {
    pub async fn new(store: Arc<dyn Store>) -> Self {
        let workspace = store.add_workspace("ours", START).await.unwrap().id;
        let other = store.add_workspace("theirs", START).await.unwrap().id;
        let account = store.add_account(new_account(workspace, "first")).await.unwrap().id;
        let stranger = store.add_account(new_account(other, "stranger")).await.unwrap();
        let epoch = store.take(account).await.unwrap();
        let (mint, spelling) = (Mint::new(0, None), spelling());
        Self { store, workspace, account, epoch, stranger, now: START, mint, spelling }
    }

    pub fn id(&mut self) -> MessageId {
        MessageId(self.mint.next(self.now))
    }

    /// A text to a chat, due now, good for a day.
    pub fn order(&mut self, chat: &str, text: &str) -> Order {
        let id = self.id();
        let message = Message {
            id,
            remote: Some(self.spelling.remote(id)),
            origin: Origin::Api { dialect: "native".into(), key: None, request: None, tag: None, memo: None },
            chat: phone(chat),
            chat_alias: None,
            chat_name: None,
            sender: None,
            content: Content::text(text),
            quoted: None,
            forwarded: 0,
            at: self.now,
        };
        Order {
            workspace: self.workspace,
            account: self.account,
            message,
            due_at: self.now,
            expires_at: Timestamp::from_seconds(self.now.seconds() + 86_400),
            typing_ms: None,
            attempt: 0,
        }
    }

    /// A text from a chat.
    pub fn incoming(&mut self, chat: &str, remote: &str, text: &str) -> Message {
        Message {
            id: self.id(),
            remote: Some(remote.to_owned()),
            origin: Origin::Peer,
            chat: phone(chat),
            chat_alias: None,
            chat_name: None,
            sender: Some(Party::new(phone(chat))),
            content: Content::text(text),
            quoted: None,
            forwarded: 0,
            at: self.now,
        }
    }

    pub async fn accept(&self, orders: Vec<Order>) {
        let submission = Submission { orders, unsendable: Vec::new(), idempotency: None, at: self.now };
        assert_eq!(self.store.accept(vec![submission]).await.unwrap(), [Accepted::New]);
    }

    pub async fn claim(&self, limit: usize) -> Vec<Order> {
        let claim = Claim { account: self.account, epoch: self.epoch, limit, now: self.now };
        self.store.claim(claim).await.unwrap().orders
    }

    pub fn later(&mut self, seconds: i64) {
        self.now = Timestamp::from_millis(self.now.millis() + seconds * 1000);
    }
}

pub fn new_account(workspace: WorkspaceId, name: &str) -> NewAccount {
    NewAccount {
        workspace,
        channel: Channel::Whatsapp,
        connector: "sandbox".into(),
        name: name.into(),
        settings: Settings::default(),
        at: START,
    }
}

pub fn phone(digits: &str) -> Address {
    Address::Phone(digits.to_owned())
}

/// The words of some orders, in order.
pub fn words(orders: &[Order]) -> Vec<&str> {
    orders.iter().map(|order| order.message.content.words()).collect()
}
