//! Bodies as clients really send them: JSON under any content type or none, forms, numbers for strings (contract §1.4).

use serde_json::{Map, Value};
use sluice_model::{Address, Refusal};

use super::channel;
use crate::wappi::address;
use crate::{Call, lenient};

/// Bytes of JSON: it goes with every status of its message.
const MANAGER_LIMIT: usize = 4096;

/// The members of a call's body. What nobody asks for is ignored.
#[derive(Default)]
pub struct Fields(Map<String, Value>);

/// As [`fields`], but a body that is no JSON at all is taken as the text itself, where the query has `sign`: so did the
/// older API (contract §2.17).
pub fn fields_or_text(call: &Call, sign: &str) -> Result<Fields, Refusal> {
    match fields(call) {
        Err(_) if call.query(sign).is_some() && !call.body.trim_ascii_start().starts_with(b"{") => {
            Ok(Fields::of_text(&String::from_utf8_lossy(&call.body)))
        }
        fields => fields,
    }
}

pub fn fields(call: &Call) -> Result<Fields, Refusal> {
    lenient::members(call, "must be a JSON object").map(Fields)
}

impl Fields {
    /// A body that is nothing but a text.
    pub fn of_text(text: &str) -> Self {
        Self(Map::from_iter([("body".to_owned(), Value::String(text.to_owned()))]))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A string, or a number as one: phones come as both. An empty string counts as absent.
    pub fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        lenient::text(self.get(name), name, "must be a string")
    }

    pub fn required(&self, name: &'static str) -> Result<String, Refusal> {
        self.text(name)?.ok_or(Refusal::Missing(name))
    }

    /// The first of these names that is there.
    pub fn first_of(&self, names: &[&'static str]) -> Result<Option<String>, Refusal> {
        for name in names {
            if let Some(text) = self.text(name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// A number, or a string that holds one.
    pub fn degrees(&self, name: &'static str) -> Result<f64, Refusal> {
        let number = match self.get(name).ok_or(Refusal::Missing(name))? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let bound = if name == "latitude" { 90.0 } else { 180.0 };
        let legal = number.filter(|degrees: &f64| degrees.abs() <= bound);
        legal.ok_or_else(|| Refusal::invalid(name, format!("is not a number from -{bound} to {bound}")))
    }

    /// A whole number that is not negative, or a string that holds one; 0 when absent.
    pub fn count(&self, name: &'static str) -> Result<u32, Refusal> {
        let number = match self.get(name) {
            None => return Ok(0),
            Some(Value::Number(number)) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        number.ok_or_else(|| Refusal::invalid(name, "is not a whole number"))
    }

    pub fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(on)) => *on,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// Strings, or numbers as strings. One value alone is a list of one; absent is an empty list.
    pub fn texts(&self, name: &'static str) -> Result<Vec<String>, Refusal> {
        let values = match self.get(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(values)) => values.as_slice(),
            Some(value) => std::slice::from_ref(value),
        };
        lenient::texts(values, name, "must be a list of strings")
    }

    /// Who writes, as the caller's own system knows them: an object that is kept and shown again (contract §2.4).
    pub fn manager(&self) -> Result<Option<Value>, Refusal> {
        match self.get("manager") {
            None => Ok(None),
            Some(manager @ Value::Object(_)) if manager.to_string().len() <= MANAGER_LIMIT => Ok(Some(manager.clone())),
            Some(Value::Object(_)) => Err(Refusal::TooLong { field: "manager", limit: MANAGER_LIMIT }),
            Some(_) => Err(Refusal::invalid("manager", "must be a JSON object")),
        }
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    /// Whom it is for: `recipient` in the body, or in the query as the older API had it; `chat_id` is MAX's word, the
    /// other spellings are seen in clients.
    pub fn recipient(&self, call: &Call) -> Result<Address, Refusal> {
        let named = self.first_of(&["recipient", "chat_id", "chatId", "to"])?;
        let named = named.or_else(|| call.query("recipient").map(str::to_owned));
        let text = named.or_else(|| call.query("chat_id").map(str::to_owned));
        address::read(channel(call), "recipient", text.as_deref().unwrap_or_default())
    }
}
