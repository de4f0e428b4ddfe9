//! What the gateway says about itself: every metric, label and span name, and the sinks they go to.
//!
//! - [`names`] is constants only and has no dependencies, so that every room may use it. A room counts with the
//!   `metrics` crate itself: `metrics::counter!(names::INTAKE_REQUESTS, names::label::DIALECT => "wappi")`.
//! - `install`, behind the cargo feature of that name, is for the gateway alone: the log on standard error and the
//!   Prometheus recorder, whose text the intake serves at `/metrics`.
//!
//! A new metric is one entry in the list of [`names`]; its doc comment is also its help text at `/metrics`.
//! Names are `sluice_<room>_<noun>_<unit>`, counters with `_total` at the end. Labels must be few and bounded: a
//! dialect or an outcome, never an account, a chat, a path or an id.

pub mod brief;
#[cfg(feature = "install")]
pub mod install;
pub mod names;
