//! What a caller says, read into commands: one file a family, in the order of the vendor's documents.

pub mod account;
pub mod buttons;
pub mod fields;
pub mod files;
pub mod groups;
pub mod journals;
pub mod partner;
pub mod receiving;
pub mod sending;
pub mod service;
pub mod statuses;
