//! A body's fields, checked in the words of the validator behind the real server (contract greenapi.md §1.2).

use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use sluice_model::{Address, Channel, Refusal};

use crate::green_api::address;
use crate::{Call, Form};

/// The members of a JSON object. `null` counts as absent: typed clients send it for what they leave out.
pub struct Fields(Map<String, Value>);

impl Fields {
    pub fn of(call: &Call) -> Result<Self, Refusal> {
        match call.json()? {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(Refusal::invalid("value", "must be of type object")),
        }
    }

    pub fn of_form(form: &Form) -> Self {
        let member = |(name, text): &(String, String)| (name.clone(), Value::String(text.clone()));
        Self(form.texts.iter().map(member).collect())
    }

    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text of at most `limit` characters; absent and empty are the same.
    pub fn text(&self, name: &'static str, limit: usize) -> Result<Option<String>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value.as_str().ok_or_else(|| Refusal::invalid(name, "must be a string"))?;
        if text.chars().count() > limit {
            return Err(Refusal::TooLong { field: name, limit });
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// A text that must be there and say something.
    pub fn required(&self, name: &'static str, limit: usize) -> Result<String, Refusal> {
        self.present(name)?;
        self.text(name, limit)?.ok_or_else(|| Refusal::invalid(name, "is not allowed to be empty"))
    }

    pub fn flag(&self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(on)) => Ok(Some(*on)),
            Some(Value::String(word)) if word == "true" => Ok(Some(true)),
            Some(Value::String(word)) if word == "false" => Ok(Some(false)),
            Some(_) => Err(Refusal::invalid(name, "must be a boolean")),
        }
    }

    /// A whole number, also one written as text.
    pub fn whole(&self, name: &'static str, within: RangeInclusive<u32>) -> Result<Option<u32>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        let number = number.ok_or_else(|| Refusal::invalid(name, "must be an integer"))?;
        let (least, most) = (*within.start(), *within.end());
        if number < i64::from(least) {
            return Err(Refusal::invalid(name, format!("must be greater than or equal to {least}")));
        }
        let number = u32::try_from(number).ok().filter(|number| *number <= most);
        number.map(Some).ok_or_else(|| Refusal::invalid(name, format!("must be less than or equal to {most}")))
    }

    pub fn number(&self, name: &'static str, within: RangeInclusive<f64>) -> Result<f64, Refusal> {
        self.present(name)?;
        let value = self.get(name);
        let text = || value.and_then(Value::as_str).and_then(|text| text.trim().parse().ok());
        let number: Option<f64> = value.and_then(Value::as_f64).or_else(text);
        let number = number.ok_or_else(|| Refusal::invalid(name, "must be a number"))?;
        if within.contains(&number) {
            return Ok(number);
        }
        Err(Refusal::invalid(name, format!("must be between {} and {}", within.start(), within.end())))
    }

    /// A list that must be there, of so many items.
    pub fn list(&self, name: &'static str, many: RangeInclusive<usize>) -> Result<&[Value], Refusal> {
        self.present(name)?;
        let items = self.get(name).and_then(Value::as_array);
        let items = items.ok_or_else(|| Refusal::invalid(name, "must be an array"))?;
        match items.len() {
            count if count < *many.start() => {
                Err(Refusal::invalid(name, format!("must contain at least {} items", many.start())))
            }
            count if count > *many.end() => {
                Err(Refusal::invalid(name, format!("must contain less than or equal to {} items", many.end())))
            }
            _ => Ok(items),
        }
    }

    /// A list of objects that must be there.
    pub fn objects(&self, name: &'static str, many: RangeInclusive<usize>) -> Result<Vec<Fields>, Refusal> {
        let each = self.list(name, many)?.iter().map(|item| match item {
            Value::Object(members) => Ok(Self(members.clone())),
            _ => Err(Refusal::invalid(name, "must contain objects")),
        });
        each.collect()
    }

    /// A list of texts that must be there.
    pub fn texts(&self, name: &'static str, many: RangeInclusive<usize>) -> Result<Vec<String>, Refusal> {
        let each = self.list(name, many)?.iter().map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(Refusal::invalid(name, "must contain strings")),
        });
        each.collect()
    }

    /// One of a few words.
    pub fn word(&self, name: &'static str, known: &[&str]) -> Result<Option<String>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let word = value.as_str().filter(|word| known.contains(word));
        let refusal = || Refusal::invalid(name, format!("must be one of [{}]", known.join(", ")));
        word.map(|word| Some(word.to_owned())).ok_or_else(refusal)
    }

    pub fn object(&self, name: &'static str) -> Result<Option<Fields>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Self(members.clone()))),
            Some(_) => Err(Refusal::invalid(name, "must be of type object")),
        }
    }

    /// The chat or the person meant. `phoneNumber` stands in for `chatId` where old clients send it (contract §0.15).
    pub fn chat(&self, channel: Channel) -> Result<Address, Refusal> {
        let name =
            if self.get("chatId").is_none() && self.get("phoneNumber").is_some() { "phoneNumber" } else { "chatId" };
        self.address(name, channel)
    }

    pub fn address(&self, name: &'static str, channel: Channel) -> Result<Address, Refusal> {
        self.present(name)?;
        let text = match self.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(Refusal::invalid(name, "must be a string")),
        };
        read_address(name, &text, channel)
    }

    /// A list of chats that must be there.
    pub fn addresses(
        &self,
        name: &'static str,
        many: RangeInclusive<usize>,
        channel: Channel,
    ) -> Result<Vec<Address>, Refusal> {
        self.texts(name, many)?.iter().map(|text| read_address(name, text, channel)).collect()
    }

    fn present(&self, name: &'static str) -> Result<(), Refusal> {
        self.get(name).map(|_| ()).ok_or(Refusal::Missing(name))
    }
}

fn read_address(name: &'static str, text: &str, channel: Channel) -> Result<Address, Refusal> {
    address::read(text, channel).ok_or_else(|| Refusal::invalid(name, formats(channel)))
}

fn formats(channel: Channel) -> &'static str {
    if address::is_bare(channel) {
        "must be one of the next formats: 'user_id' or '-group_id'"
    } else {
        "must be one of the next formats: 'phone_number@c.us' or 'group_id@g.us' or 'chat_id@lid'"
    }
}
