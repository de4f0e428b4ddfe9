//! What is wrong with a value, and where it stands.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};
use sluice_model::Refusal;

/// Names within so many typing errors of each other are taken for the same, if most of their letters are.
const CLOSE: usize = 2;

#[derive(Debug, PartialEq, Eq)]
pub struct Mistake {
    /// `content.contacts[0].phone`; empty for the whole.
    path: String,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    Missing(&'static str),
    Wrong(String),
}

impl Mistake {
    fn wrong(note: String) -> Self {
        Self { path: String::new(), what: What::Wrong(note) }
    }

    /// The same, seen from the member or place (`[3]`) that holds it.
    #[must_use]
    pub fn under(mut self, place: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{place}{joint}{}", self.path);
        self
    }

    /// `whole` names what was read where the mistake has no place of its own.
    pub fn refusal(self, whole: &str) -> Refusal {
        match self.what {
            What::Missing(name) if self.path.is_empty() => Refusal::Missing(name),
            What::Missing(name) => Refusal::invalid(format!("{}.{name}", self.path), "is required"),
            What::Wrong(note) => {
                Refusal::invalid(if self.path.is_empty() { whole.to_owned() } else { self.path }, note)
            }
        }
    }
}

impl Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Missing(name) if self.path.is_empty() => write!(f, "'{name}' is required"),
            What::Missing(name) => write!(f, "'{}.{name}' is required", self.path),
            What::Wrong(note) => write!(f, "'{}' {note}", self.path),
        }
    }
}

impl std::error::Error for Mistake {}

impl de::Error for Mistake {
    fn custom<T: Display>(note: T) -> Self {
        Self::wrong(note.to_string())
    }

    /// Says kinds, not values: a value may be a secret.
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(format!("must be {}, not {}", plain(&expected.to_string()), kind(found)))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(format!("must be {}", plain(&expected.to_string())))
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        Self::wrong(format!("must be one of {}{}", expected.join(", "), meant(found, expected)))
    }

    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Self {
        let known = if expected.is_empty() { "nothing".to_owned() } else { expected.join(", ") };
        Self::wrong(format!("is not known here{}; known: {known}", meant(found, expected))).under(found)
    }

    fn missing_field(name: &'static str) -> Self {
        Self { path: String::new(), what: What::Missing(name) }
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::wrong("is given twice".to_owned()).under(name)
    }
}

/// `; did you mean 'x'?` for the nearest of the names, if one is near.
pub fn meant(found: &str, names: &[&str]) -> String {
    let found = found.to_lowercase();
    names
        .iter()
        .map(|name| (strsim::osa_distance(&found, name), name))
        .filter(|(distance, name)| *distance <= CLOSE && 2 * *distance < name.len())
        .min_by_key(|(distance, _)| *distance)
        .map_or_else(String::new, |(_, name)| format!("; did you mean '{name}'?"))
}

/// What serde expects, for people who do not write Rust.
fn plain(expected: &str) -> &str {
    match expected {
        "u32" => "a whole number from 0 to 4294967295",
        "u64" => "a whole number, 0 or more",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        _ if expected.starts_with("struct ") => "an object",
        other => other,
    }
}

fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) | Unexpected::Bytes(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}
