//! Variables and flags: values that come as text, and take the shape that their key has.

use serde_json::Value;

use super::{Entry, Origin, RESERVED, keys};
use crate::schema::{Key, Section, Shape};

pub(super) fn variables<'a>(sections: &'a [Section], env: &'a [(String, String)]) -> impl Iterator<Item = Entry> + 'a {
    env.iter()
        .filter(|(name, _)| name.starts_with("SLUICE_"))
        .filter(|(name, _)| RESERVED.iter().all(|(reserved, _)| reserved != name))
        .map(|(name, text)| {
            let key = keys(sections).find(|key| key.env == *name);
            let origin = Origin::Variable { name: name.clone() };
            entry(key, dotted(name), text, origin)
        })
}

pub(super) fn flags<'a>(sections: &'a [Section], flags: &'a [(String, String)]) -> impl Iterator<Item = Entry> + 'a {
    flags.iter().map(|(path, text)| {
        let key = keys(sections).find(|key| key.path == *path);
        let origin = Origin::Flag { path: path.clone() };
        entry(key, path.clone(), text, origin)
    })
}

/// The dotted path that a variable's name stands for.
pub(super) fn dotted(name: &str) -> String {
    let path = name.strip_prefix("SLUICE_").unwrap_or(name);
    path.replace("__", ".").to_lowercase()
}

fn entry(key: Option<&Key>, path: String, text: &str, origin: Origin) -> Entry {
    let value = match key {
        Some(key) => shaped(key, text),
        None => Value::from(text),
    };
    Entry { path, value, origin }
}

/// Text that has not the shape of the key stays text, and is refused as such.
fn shaped(key: &Key, text: &str) -> Value {
    let text = text.trim();
    let as_text = || Value::from(text);
    match key.shape {
        _ if text.is_empty() && key.default.is_null() => Value::Null,
        Shape::Text => as_text(),
        Shape::YesNo => text.parse::<bool>().map_or_else(|_| as_text(), Value::from),
        Shape::Whole => text.parse::<u64>().map_or_else(|_| as_text(), Value::from),
        Shape::List => text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(Value::from).collect(),
    }
}
