//! From calls to commands: one file a family.

pub mod account;
pub mod chats;
pub mod groups;
pub mod messages;
pub mod sending;
