//! How values are spelled. Each type reads, writes and describes one spelling.
//!
//! A unit struct (`Span`, `Size`, `Count`, `Networks`) is named in `#[serde(with = "..")]`: the field keeps the plain
//! Rust type, and the one attribute serves serde and the schema. `expects` in a schema ends the sentence "must be ..".

mod allowed;
mod count;
mod master_key;
mod networks;
mod size;
mod span;
#[cfg(test)]
mod tests;
mod web_base;

pub use allowed::Allowed;
pub(crate) use count::Count;
pub use master_key::MasterKey;
pub(crate) use networks::Networks;
pub(crate) use size::Size;
pub(crate) use span::Span;
pub use web_base::WebBase;
