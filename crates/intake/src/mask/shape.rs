//! Bodies that were not understood, of calls that set things up: a password may stand in them under any name, so their
//! names are kept and none of their values.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sluice_dialect::{Writing, writing};
use sluice_secret::mask;
use url::form_urlencoded;

use super::cut;

/// A value shorter than this is no secret, and would be found everywhere.
const SHORT: usize = 4;

/// A value longer than this is a file, which no answer repeats.
const LONG: usize = 16 * 1024;

/// A name longer than this may be a secret in the wrong place.
const NAME: usize = 40;

const HIDDEN: &str = "***";

/// A body's shape, and what was left out of it.
pub(crate) struct Shape {
    /// At most 4 kB.
    pub text: String,
    said: BTreeSet<String>,
}

/// `None` for a body that has none that could be told.
pub(crate) fn shape(body: &[u8]) -> Option<Shape> {
    let mut said = BTreeSet::new();
    let text = match Writing::of(body) {
        _ if body.trim_ascii().is_empty() => String::new(),
        Writing::Json => hidden(serde_json::from_slice(writing::bare(body)).ok()?, &mut said).to_string(),
        Writing::Pairs => pairs(body, &mut said),
        Writing::Parts | Writing::Other => return None,
    };
    Some(Shape { text: cut(text), said })
}

impl Shape {
    /// An answer to this body, without what it repeats of it.
    pub fn answer(&self, answer: &str) -> String {
        let said: Vec<&str> = self.said.iter().map(String::as_str).collect();
        mask(answer, &said)
    }
}

fn hidden(value: Value, said: &mut BTreeSet<String>) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value,
        Value::Number(number) => hide(number.to_string(), said),
        Value::String(text) => hide(text, said),
        Value::Array(items) => items.into_iter().map(|item| hidden(item, said)).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (named(name, said), hidden(value, said)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

fn pairs(body: &[u8], said: &mut BTreeSet<String>) -> String {
    let pairs = form_urlencoded::parse(writing::bare(body)).into_owned().map(|(name, value)| {
        // A token in base64 ends as a name without a value does.
        let name = if value.trim_matches('=').is_empty() { hide(name, said) } else { Value::from(named(name, said)) };
        hide(value, said);
        format!("{}={HIDDEN}", name.as_str().unwrap_or(HIDDEN))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A name that looks like one.
fn named(name: String, said: &mut BTreeSet<String>) -> String {
    let is_one = name.len() <= NAME && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.[]".contains(&b));
    if is_one {
        return name;
    }
    hide(name, said);
    HIDDEN.to_owned()
}

/// Remembers the text in the spellings in which an answer may repeat it.
fn hide(text: String, said: &mut BTreeSet<String>) -> Value {
    if text.len() > LONG {
        return Value::from(HIDDEN);
    }
    let escaped = Value::from(text.as_str()).to_string();
    let spellings = [text.as_str(), text.trim(), escaped.trim_matches('"')];
    said.extend(spellings.into_iter().filter(|text| text.chars().count() >= SHORT).map(str::to_owned));
    Value::from(HIDDEN)
}
