//! The members of a body, with upstream's limits (contract §3).

use serde_json::{Map, Value};
use sluice_model::Refusal;

use crate::{Call, lenient};

pub struct Members(Map<String, Value>);

/// JSON under any content type.
pub fn read(call: &Call) -> Result<Members, Refusal> {
    match call.json::<Value>()? {
        Value::Object(members) => Ok(Members(members)),
        _ => Err(Refusal::invalid("body", "must be a JSON object")),
    }
}

impl Members {
    /// A string, or a number as one; an empty one counts as absent. At most `limit` characters.
    pub fn text(&self, name: &'static str, limit: usize) -> Result<Option<String>, Refusal> {
        let Some(text) = lenient::text(self.0.get(name), name, "must be a string")? else { return Ok(None) };
        // Bytes are counted at once, characters only of what could be too long.
        if text.len() > limit && text.chars().count() > limit {
            return Err(Refusal::TooLong { field: name, limit });
        }
        Ok(Some(text))
    }

    pub fn required(&self, name: &'static str, limit: usize) -> Result<String, Refusal> {
        self.text(name, limit)?.ok_or(Refusal::Missing(name))
    }

    pub fn digits(&self, name: &'static str, least: usize, most: usize) -> Result<String, Refusal> {
        let text = self.required(name, usize::MAX)?;
        if (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(text);
        }
        Err(Refusal::invalid(name, format!("must be {least} to {most} digits")))
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }
}
