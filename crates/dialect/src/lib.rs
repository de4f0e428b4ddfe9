//! The APIs we speak, each a pure mapping of bytes to the model and back. One folder an API, one line in [`ALL`].
//!
//! Architecture invariant: no I/O, no clock, no randomness. What a dialect needs of the world stands in its arguments.

pub mod call;
pub mod endpoint;
pub mod form;
mod lenient;
pub mod links;
pub mod notice;
pub mod passage;
pub mod qr;
pub mod rate;
pub mod reply;
pub mod route;
mod web;
pub mod writing;

mod chat_api;
mod devino;
mod feedbot;
#[cfg(test)]
mod golden;
mod green_api;
mod native;
mod phone;
mod wahelp;
mod wappi;
mod whatsmate;

use http::Method;
use sluice_model::command::Wish;
use sluice_model::content::Blob;
use sluice_model::delivery::Schedule;
use sluice_model::message::Trouble;
use sluice_model::spelling;
use sluice_model::{Account, AccountId, Entry, LoginStep, Outcome, Refusal, Spelling, Timestamp};

pub use call::{Call, Caller, Credentials, Named};
pub use endpoint::{Body, Endpoint, Needs};
pub use form::Form;
pub use links::Links;
pub use notice::{Notice, Setting};
pub use passage::Passage;
pub use rate::Rate;
pub use reply::Reply;
pub use route::{Route, Router};
pub use writing::Writing;

/// One way of speaking to the gateway.
pub trait Dialect: Send + Sync {
    /// The word in keys, listeners, metrics and logs: `native`, `green_api`.
    fn name(&self) -> &'static str;

    /// In the order of the API's own documentation.
    fn endpoints(&self) -> &'static [Endpoint];

    /// Whether calls to this path are answered in this dialect's words even when no endpoint matches. `path` has no
    /// doubled slashes.
    fn owns(&self, path: &str) -> bool;

    /// The path of ours that a call to this host goes to, where upstream's operations are hosts. `host` is without its
    /// port, `path` as it came.
    fn path_at(&self, _host: &str, _method: &Method, _path: &str) -> Option<&'static str> {
        None
    }

    /// Whether the letters of a path's fixed parts may be of either case.
    fn ignores_case(&self) -> bool {
        false
    }

    /// Whether pages of other sites may call it from a browser.
    fn cors(&self) -> bool {
        false
    }

    /// How often an account may call the endpoint; `None` as often as it likes.
    fn rate(&self, _endpoint: &Endpoint) -> Option<Rate> {
        None
    }

    /// Where the caller shows the key and names the account.
    fn credentials(&self, call: &Call) -> Credentials;

    /// What else the call's path names that must be the caller's, looked at before the body is read.
    fn passages(&self, _call: &Call) -> Vec<Passage> {
        Vec::new()
    }

    /// The name of the account that the call is about, where clients know accounts by the names that their owners gave
    /// them. What no account of the workspace is called is looked for as [`Credentials::account`].
    fn account_called(&self, _call: &Call) -> Option<String> {
        None
    }

    /// Whether a text whose caller and account say nothing of it asks for the cards of its links.
    fn shows_cards(&self) -> bool {
        false
    }

    /// Why a wish that the dialect takes can surely not be sent: it is accepted, and fails in the same commit.
    fn unsendable(&self, _wish: &Wish, _now: Timestamp) -> Option<Trouble> {
        None
    }

    /// The answer's bytes. Called for refusals made before the call was read, too.
    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply;

    /// One item of a stream that [`Reply::stream`] began, as a server-sent event; `None` skips it.
    fn stream_item(&self, _call: &Call, _item: StreamItem<'_>) -> Option<SentEvent> {
        None
    }

    /// What a listener is told of an entry; `None` when this dialect has no word for it, or it is not wanted.
    fn notice(&self, entry: &Entry, setting: &Setting<'_>) -> Option<Notice>;

    /// The file whose bytes [`Setting::bytes`] must hold for [`Dialect::notice`].
    fn needs_bytes<'e>(&self, _entry: &'e Entry) -> Option<&'e Blob> {
        None
    }

    /// Where a listener with the target [`sluice_model::listener::Target::PerMessage`] is told of an entry; `None` for an
    /// entry that has no such place.
    fn callback<'e>(&self, _entry: &'e Entry) -> Option<&'e str> {
        None
    }

    /// How its webhooks are delivered and retried.
    fn schedule(&self) -> Schedule;

    /// The switches of an account's own listener before anybody changed them; `None` for a dialect that has no such
    /// listener.
    fn first_switches(&self) -> Option<serde_json::Value> {
        None
    }

    /// How its clients name an account.
    fn account_name(&self, spelling: &Spelling, account: AccountId) -> String {
        spelling.hex12(spelling::Kind::Account, account.get())
    }

    /// The login and the password that stand for a token, for an API whose clients may show them in its place.
    fn login_of<'t>(&self, _token: &'t str) -> Option<(&'t str, &'t str)> {
        None
    }

    /// The shape of the tokens its clients expect.
    fn token_shape(&self) -> TokenShape;
}

/// One thing that a stream tells.
#[derive(Clone, Copy, Debug)]
pub enum StreamItem<'a> {
    Entry(&'a Entry, &'a Setting<'a>),
    Login(&'a LoginStep, &'a Account),
    /// The login took longer than its caller waits.
    LoginOver,
}

/// A server-sent event (WHATWG HTML, section 9.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentEvent {
    pub id: Option<String>,
    pub event: String,
    /// One line.
    pub data: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenShape {
    /// So many lower-case hex digits.
    Hex(usize),
    /// A fixed beginning and 32 characters of base62.
    Prefixed(&'static str),
}

/// Every dialect, in the order in which they are asked whether a path is theirs.
pub static ALL: &[&dyn Dialect] = &[
    &native::Native,
    &wahelp::Wahelp,
    &wappi::Wappi,
    &green_api::GreenApi,
    &feedbot::Feedbot,
    &chat_api::ChatApi,
    &whatsmate::WhatsMate,
    &devino::Devino,
    &phone::Phone,
];

/// The dialect of this name.
pub fn named(name: &str) -> Option<&'static dyn Dialect> {
    ALL.iter().copied().find(|dialect| dialect.name() == name)
}

/// The description of our own API (OpenAPI 3.1), as JSON.
pub fn openapi_json() -> String {
    native::openapi().to_owned()
}

/// The switches of a listener that stands for a project of Wahelp.
pub fn project_switches() -> serde_json::Value {
    wahelp::project_switches()
}

/// Every code of a refusal, its title, and what to do about it: a page of the reference.
pub const REFUSALS: &[(&str, &str, &str)] = &native::CODES;
