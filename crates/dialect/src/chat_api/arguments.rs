//! A method's arguments: of a JSON body, over those of a form, over those of the query; the body is read whatever the
//! method is (contract §2).

use serde_json::{Map, Value};
use sluice_model::{Address, Refusal};

use super::address;
use crate::{Call, form, lenient};

/// What nobody asks for is ignored.
pub struct Arguments(Map<String, Value>);

pub fn read(call: &Call) -> Result<Arguments, Refusal> {
    let mut all = Map::new();
    // The token is no argument.
    add_pairs(&mut all, call.query.iter().filter(|(name, _)| name != "token").cloned());
    if let Some(form) = &call.form {
        add_pairs(&mut all, form.texts.iter().cloned());
        return Ok(Arguments(all));
    }
    match call.json::<Value>() {
        Ok(Value::Object(members)) => all.extend(members),
        Ok(Value::Null) => {}
        Ok(_) => return Err(Refusal::invalid("body", "must be a JSON object")),
        Err(refusal) => add_pairs(&mut all, form::pairs(&call.body).ok_or(refusal)?.into_iter()),
    }
    Ok(Arguments(all))
}

/// `chatIds[]` and `chatIds[0]` are members of the list `chatIds`, as PHP writes them.
fn add_pairs(all: &mut Map<String, Value>, pairs: impl Iterator<Item = (String, String)>) {
    let mut lists: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            None => drop(all.insert(name, Value::String(value))),
            Some((name, _)) => {
                let list = lists.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(Value::String(value));
                }
            }
        }
    }
    all.extend(lists);
}

impl Arguments {
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A string, or a number as one. An empty string counts as absent.
    pub fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        lenient::text(self.value(name), name, "must be a string")
    }

    pub fn required(&self, name: &'static str) -> Result<String, Refusal> {
        self.text(name)?.ok_or(Refusal::Missing(name))
    }

    /// A list, one alone, or several in one text with commas between them. Absent is an empty list.
    pub fn texts(&self, name: &'static str) -> Result<Vec<String>, Refusal> {
        let Some(Value::Array(values)) = self.value(name) else {
            let text = self.text(name)?.unwrap_or_default();
            return Ok(text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect());
        };
        lenient::texts(values, name, "must be a list of strings")
    }

    /// `true`, `"true"`, `1` or `"1"`; `None` when it is not there.
    pub fn flag(&self, name: &str) -> Option<bool> {
        let on = match self.value(name)? {
            Value::Bool(on) => *on,
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) => matches!(text.as_str(), "1") || text.eq_ignore_ascii_case("true"),
            Value::Number(number) => number.as_u64() == Some(1),
            _ => false,
        };
        Some(on)
    }

    /// A whole number that is not negative, or a string that holds one.
    pub fn count(&self, name: &'static str) -> Result<Option<u64>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.trim().parse();
        number.map(Some).map_err(|_| Refusal::invalid(name, "is not a whole number"))
    }

    pub fn degrees(&self, name: &'static str, bound: f64) -> Result<f64, Refusal> {
        let number = self.required(name)?.trim().parse().ok().filter(|degrees: &f64| degrees.abs() <= bound);
        number.ok_or_else(|| Refusal::invalid(name, format!("is not a number from -{bound} to {bound}")))
    }

    /// Whom it is for: `chatId`, or else `phone`.
    pub fn chat(&self) -> Result<Address, Refusal> {
        self.chat_if_any()?.ok_or(Refusal::Missing("chatId"))
    }

    pub fn chat_if_any(&self) -> Result<Option<Address>, Refusal> {
        match (self.text("chatId")?, self.text("phone")?) {
            (Some(chat), _) => address::read("chatId", &chat).map(Some),
            (None, Some(phone)) => address::read("phone", &phone).map(Some),
            (None, None) => Ok(None),
        }
    }
}
