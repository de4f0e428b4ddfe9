//! Closed lists of words, as the description shows them.

use std::borrow::Cow;

use sluice_model::{account, delivery, event, key, message};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Types that exist for the description alone: a member of such a type is a string out of these words.
macro_rules! words {
    ($($(#[doc = $what:literal])* $name:ident: $words:expr;)+) => {$(
        $(#[doc = $what])*
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some($words));
                object.description(Some(concat!($($what),*).trim())).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+};
}

words! {
    /// A messenger.
    Channel: account::Channel::ALL.map(account::Channel::name);
    /// How an account stands with its messenger.
    AccountState: account::State::ALL.map(account::State::name);
    /// How far a message is. `uncertain`: it may or may not have arrived, and sending it again could double it.
    MessageState: message::State::ALL.map(message::State::name);
    /// What a delivery to a listener is after an attempt.
    DeliveryState: delivery::State::ALL.map(delivery::State::name);
    /// Which way a message goes.
    Direction: ["in", "out"];
    /// Who caused a message: a caller of this gateway, the account's owner on a device, or the other side.
    Origin: ["api", "phone", "peer"];
    /// What happened.
    EventName: event::Event::NAMES;
    /// What a key may do; `manage` includes the others.
    Scope: key::Scope::ALL.map(scope);
    /// An API that the gateway speaks; `native` is this one.
    Dialect: crate::ALL.iter().map(|dialect| dialect.name());
}

/// A scope's name on the wire.
pub const fn scope(scope: key::Scope) -> &'static str {
    match scope {
        key::Scope::Send => "send",
        key::Scope::Read => "read",
        key::Scope::Listen => "listen",
        key::Scope::Manage => "manage",
    }
}
