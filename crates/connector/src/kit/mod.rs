//! The conformance kit: what `docs/internals/connector.md` demands of a connector, as tests.
//!
//! A connector's tests implement [`Rig`] (the other side of the messenger, in the hands of the test) and write
//! `sluice_connector::conformance!(MyRig::new());`, which makes one test of every rule. A rule is an async function
//! that panics when the connector breaks it; rules about an ability bind only those that declare it.

mod abilities;
mod inbound;
mod login;
mod memory;
mod opening;
mod samples;
mod sending;
mod stage;
mod trouble;

use std::sync::Arc;

use async_trait::async_trait;
use sluice_clock::Clock;
use sluice_model::ask::LoginWay;
use sluice_model::{Address, Channel, Content, LoginStep};

pub use abilities::*;
pub use inbound::*;
pub use login::*;
pub use memory::{MemoryMedia, MemoryVault, RecordingInbox};
pub use opening::*;
pub use sending::*;
pub use stage::Stage;
pub use trouble::*;

use crate::{Connector, Home};

/// The other side of a messenger, in the hands of a test. Made anew for every rule; each of its answers is about the
/// one account of `home`.
#[async_trait]
pub trait Rig: Send + Sync {
    /// The same one at every call.
    fn connector(&self) -> Arc<dyn Connector>;

    fn channel(&self) -> Channel;

    /// Given to the connector in its [`Home`]. The kit moves it along where it is a manual one.
    fn clock(&self) -> Clock;

    /// Two people at the messenger who take what is sent to them and answer nothing.
    fn peers(&self) -> [Address; 2];

    /// Somebody who is not at the messenger, where the messenger says so.
    fn stranger(&self) -> Option<Address> {
        None
    }

    /// Every way of logging in that the connector declares for this channel, with what it takes to succeed.
    fn ways(&self) -> Vec<LoginWay>;

    /// Does what a login's step asks of the person with the phone. Gives the words to type in where it asks for some.
    async fn obey(&self, home: &Home, step: &LoginStep) -> Option<String>;

    /// Tokens, passwords and keys in use: no failure may hold one of them.
    fn secrets(&self) -> Vec<String>;

    /// What reached the other side, oldest first.
    async fn arrived(&self, home: &Home) -> Vec<Arrived>;

    /// One of the peers writes. Returns the message's id as soon as the messenger took it, without waiting for the
    /// connector.
    async fn say(&self, home: &Home, from: &Address, content: Content) -> String;

    /// The owner writes to `chat` on the phone; `None` where this messenger tells nothing of it.
    async fn write_on_phone(&self, _home: &Home, _chat: &Address, _content: Content) -> Option<String> {
        None
    }

    /// The messenger goes out of reach, until [`Rig::restore`].
    async fn cut(&self, home: &Home);

    async fn restore(&self, home: &Home);

    /// The owner removes the login on the phone.
    async fn log_out_on_phone(&self, home: &Home);
}

/// A message as the other side has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrived {
    pub remote: String,
    pub chat: Address,
    pub content: Content,
}

/// Hands the names of all rules, in the order of the specification, to another macro.
#[doc(hidden)]
#[macro_export]
macro_rules! kit_rules {
    ($then:ident $given:tt) => {
        $crate::$then! { $given
            abilities_are_coherent
            declared_contents_are_performed
            undeclared_contents_are_refused
            declared_questions_are_answered
            undeclared_questions_are_refused
            overlong_text_is_refused

            a_login_goes_step_by_step
            a_qr_code_is_refreshed
            asking_for_the_next_step_loses_none
            a_wrong_code_can_be_corrected
            a_dropped_login_leaves_nobody_logged_in
            undeclared_logins_are_refused
            a_login_outlives_its_session
            logging_out_forgets_the_login
            logging_out_on_the_phone_is_told

            opening_never_waits
            opening_without_a_login_says_so
            a_session_says_who_it_is
            a_cut_connection_is_told_and_healed
            closing_takes_bounded_time
            a_closed_session_is_silent

            an_order_arrives_as_it_is
            a_repeated_order_arrives_once
            a_dropped_order_is_not_doubled
            what_is_in_hand_outlives_its_session
            orders_of_a_chat_arrive_in_order
            chats_do_not_wait_for_each_other
            receipts_come_in_order
            strangers_are_refused

            inbound_comes_in_order
            inbound_says_who_wrote_it
            what_the_inbox_refused_comes_again
            what_was_said_meanwhile_comes_later
            a_slow_inbox_does_not_hold_up_sending
            the_own_phone_is_told_apart

            failures_keep_secrets
            unknown_things_are_failures
            unknown_levers_are_refused
        }
    };
}

/// One `#[tokio::test]` of every rule; `$rig` is evaluated anew for each.
#[macro_export]
macro_rules! conformance {
    ($rig:expr) => {
        $crate::kit_rules! { kit_tests ($rig) }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! kit_tests {
    (($rig:expr) $($rule:ident)+) => {$(
        #[tokio::test]
        async fn $rule() {
            $crate::kit::$rule(&$rig).await;
        }
    )+};
}

#[doc(hidden)]
#[macro_export]
macro_rules! kit_names {
    (() $($rule:ident)+) => { &[$(stringify!($rule)),+] };
}

/// The rules' names, in the order of the specification.
pub const RULES: &[&str] = kit_rules! { kit_names () };
