//! Reading what typed clients and untyped ones send for the same thing: numbers for strings, forms for JSON. Each dialect
//! says in its own words what it does not take.

use serde_json::{Map, Value};
use sluice_model::Refusal;

use crate::{Call, form};

/// The members of a call's body: of a form, of JSON under any content type, or of form pairs. None where there is no body.
/// `odd` says what JSON that is no object should have been.
pub fn members(call: &Call, odd: &str) -> Result<Map<String, Value>, Refusal> {
    let texts = |pairs: Vec<(String, String)>| {
        pairs.into_iter().map(|(name, text)| (name, Value::String(text))).collect::<Map<_, _>>()
    };
    if let Some(form) = &call.form {
        return Ok(texts(form.texts.clone()));
    }
    match call.json::<Value>() {
        Ok(Value::Object(members)) => Ok(members),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err(Refusal::invalid("body", odd)),
        Err(refusal) => form::pairs(&call.body).map(texts).ok_or(refusal),
    }
}

/// A string, or a number as one: phones come as both. An empty string and `null` count as absent; `odd` says what
/// anything else should have been.
pub fn text(value: Option<&Value>, name: &'static str, odd: &str) -> Result<Option<String>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => one(value, name, odd).map(|text| Some(text).filter(|text| !text.is_empty())),
    }
}

/// Strings, or numbers as such.
pub fn texts(values: &[Value], name: &'static str, odd: &str) -> Result<Vec<String>, Refusal> {
    values.iter().map(|value| one(value, name, odd)).collect()
}

fn one(value: &Value, name: &'static str, odd: &str) -> Result<String, Refusal> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(Refusal::invalid(name, odd)),
    }
}
