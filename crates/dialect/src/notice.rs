//! What a listener is told.

use bytes::Bytes;
use http::HeaderMap;
use sluice_model::{Account, Listener, Spelling, Timestamp};

use crate::Links;

/// The body of a webhook call and its headers.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub body: String,
    pub headers: HeaderMap,
}

/// All that a notice may depend on besides the entry.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    pub account: &'a Account,
    /// Its `settings` are those in force when the entry was written.
    pub listener: &'a Listener,
    /// The listener's secret, opened.
    pub secret: Option<&'a str>,
    pub spelling: &'a Spelling,
    pub links: &'a Links,
    /// The file that [`crate::Dialect::needs_bytes`] asked for.
    pub bytes: Option<&'a Bytes>,
    /// When this attempt is made.
    pub at: Timestamp,
    /// Counted from 1.
    pub attempt: u32,
}
