//! The TOML file, taken apart into single values that remember their line.

use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::{Entry, Error, Origin};

pub(super) fn read(path: &Path) -> Result<Vec<Entry>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    // Only the parser's own words: its full report quotes the line, and the line may hold a secret.
    let table = DeTable::parse(&text).map_err(|error| Error::Syntax {
        path: path.to_owned(),
        line: line_of(&text, error.span().unwrap_or_default()),
        message: error.message().to_owned(),
    })?;
    let mut file = File { path, text: &text, entries: Vec::new() };
    file.take(table.get_ref(), "");
    Ok(file.entries)
}

struct File<'f> {
    path: &'f Path,
    text: &'f str,
    entries: Vec<Entry>,
}

impl File<'_> {
    fn take(&mut self, table: &DeTable<'_>, above: &str) {
        for (name, value) in table {
            let path = format!("{above}{}", name.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) if !inner.is_empty() => self.take(inner, &format!("{path}.")),
                value => self.entries.push(Entry {
                    path,
                    value: plain(value),
                    origin: Origin::File { path: self.path.to_owned(), line: line_of(self.text, name.span()) },
                }),
            }
        }
    }
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(yes) => Value::from(*yes),
        DeValue::Datetime(when) => Value::from(when.to_string()),
        DeValue::Array(list) => list.iter().map(|entry| plain(entry.get_ref())).collect(),
        DeValue::Table(table) => {
            table.iter().map(|(name, value)| (name.get_ref().to_string(), plain(value.get_ref()))).collect()
        }
        DeValue::Float(float) => float.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Integer(number) => {
            let (digits, radix) = (number.as_str(), number.radix());
            u64::from_str_radix(digits, radix)
                .map(Value::from)
                .or_else(|_| i64::from_str_radix(digits, radix).map(Value::from))
                .unwrap_or_else(|_| Value::from(digits))
        }
    }
}

fn line_of(text: &str, span: Range<usize>) -> usize {
    let before = &text.as_bytes()[..span.start.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
