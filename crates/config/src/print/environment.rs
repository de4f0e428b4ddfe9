use std::fmt::Write;

use crate::Config;
use crate::schema::{as_text, sections, value_at, values_of};

/// Every key as a line `SLUICE_..=value` with the value in force; a secret as `***`, a key that is not set as nothing.
///
/// The form is that of an env file (`docker run --env-file`): values stand unquoted to the end of the line. Without
/// a secret, loading these lines gives the same configuration.
#[must_use]
pub fn print_env(config: &Config) -> String {
    let values = values_of(config);
    let mut out = String::new();
    for key in sections().iter().flat_map(|section| &section.keys) {
        let text = match value_at(&values, &key.path) {
            set if key.secret && !set.is_null() => "***".to_owned(),
            value => as_text(value),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}={text}", key.env);
    }
    out
}
