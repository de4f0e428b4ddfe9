//! What the schema and a configuration look like to a person: reference, example file, environment.

mod environment;
mod example;
mod reference;
#[cfg(test)]
mod tests;

pub use environment::print_env;
pub use reference::reference;
