//! The contract's test matrix (phone.md §10), row by row, and what stands beside it.

mod matrix;
mod pace;
mod stops;
mod thin;
mod world;
