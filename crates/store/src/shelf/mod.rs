//! One file a shelf.

pub mod accounts;
pub mod archive;
pub mod blobs;
pub mod deliveries;
pub mod journal;
pub mod keys;
pub mod listeners;
pub mod outbox;
pub mod requests;
pub mod templates;
pub mod vault;

/// A page of a list: skip `offset` rows, return at most `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub offset: u64,
    pub limit: u64,
}

impl Page {
    pub const fn first(limit: u64) -> Self {
        Self { offset: 0, limit }
    }
}
