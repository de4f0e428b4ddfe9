//! Bodies as clients send them: JSON under any content type, forms, `multipart/form-data` (contract §3, §7).

use serde_json::{Map, Value};
use sluice_model::{Address, Refusal};

use crate::{Call, lenient};

/// The members of a call's body. What nobody asks for is ignored.
pub struct Fields(Map<String, Value>);

const NAME_LIMIT: usize = 200;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 5..=15;

pub fn fields(call: &Call) -> Result<Fields, Refusal> {
    lenient::members(call, "должно быть объектом JSON").map(Fields)
}

impl Fields {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A string, or a number as one. An empty string counts as absent.
    pub fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        lenient::text(self.get(name), name, "должно быть строкой")
    }

    pub fn required(&self, name: &'static str) -> Result<String, Refusal> {
        self.text(name)?.ok_or(Refusal::Missing(name))
    }

    pub fn name(&self) -> Result<Option<String>, Refusal> {
        let name = self.text("name")?.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        match name {
            Some(name) if name.chars().count() > NAME_LIMIT => {
                Err(Refusal::TooLong { field: "name", limit: NAME_LIMIT })
            }
            name => Ok(name),
        }
    }

    /// Whatever stands between its digits (contract §6.1).
    pub fn phone(&self) -> Result<Option<Address>, Refusal> {
        let Some(text) = self.text("phone")? else { return Ok(None) };
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if !PHONE_DIGITS.contains(&digits.len()) || digits.starts_with('0') {
            return Err(Refusal::invalid("phone", "должно быть номером в международном формате, от 5 до 15 цифр"));
        }
        Ok(Some(Address::Phone(digits)))
    }

    /// `None` when it is absent.
    pub fn flag(&self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(on)) => Ok(Some(*on)),
            Some(Value::Number(number)) if matches!(number.as_u64(), Some(0 | 1)) => {
                Ok(Some(number.as_u64() == Some(1)))
            }
            Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Ok(Some(true)),
                "false" | "0" | "" => Ok(Some(false)),
                _ => Err(Refusal::invalid(name, "должно быть true или false")),
            },
            Some(_) => Err(Refusal::invalid(name, "должно быть true или false")),
        }
    }

    /// Strings, or numbers as such; `None` when it is absent. In a form they stand as JSON.
    pub fn texts(&self, name: &'static str) -> Result<Option<Vec<String>>, Refusal> {
        const ODD: &str = "должно быть списком строк";
        let odd = || Refusal::invalid(name, ODD);
        let parsed;
        let values = match self.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) if text.trim_start().starts_with('[') => {
                parsed = serde_json::from_str::<Vec<Value>>(text).map_err(|_| odd())?;
                &parsed
            }
            Some(Value::Array(values)) => values,
            Some(_) => return Err(odd()),
        };
        lenient::texts(values, name, ODD).map(Some)
    }
}
