//! The phone from outside: the kit.

mod conformance;
mod pocket;
