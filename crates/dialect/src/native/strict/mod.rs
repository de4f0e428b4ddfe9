//! Reading of what callers send, so strictly that a slip of the pen is told as one: unknown members and parameters are
//! refused, with the name that was probably meant.

mod given;
mod mistake;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::{Map, Value};
use sluice_model::Refusal;

use crate::Call;
use given::{Given, Members, Word};
pub use mistake::{Mistake, meant};

/// The body as an object of type `T`. An empty body reads as `{}`.
pub fn body<T: DeserializeOwned>(call: &Call) -> Result<T, Refusal> {
    T::deserialize(Given(call.json()?)).map_err(|mistake| mistake.refusal("body"))
}

/// One object of the body, whose place there is `path`.
pub fn object<T: DeserializeOwned>(members: Map<String, Value>, path: &str) -> Result<T, Refusal> {
    T::deserialize(Given(Value::Object(members))).map_err(|mistake| mistake.under(path).refusal(path))
}

/// The query. An empty parameter counts as absent; a repeated one reads as a list with commas.
pub fn query<T: DeserializeOwned>(call: &Call) -> Result<T, Refusal> {
    let mut words: Vec<(String, Word)> = Vec::new();
    for (name, value) in call.query.iter().filter(|(_, value)| !value.is_empty()) {
        match words.iter_mut().find(|(known, _)| known == name) {
            Some((_, Word(whole))) => *whole = format!("{whole},{value}"),
            None => words.push((name.clone(), Word(value.clone()))),
        }
    }
    T::deserialize(Members::new(words)).map_err(|mistake| mistake.refusal("query"))
}

/// Refuses whatever the query holds. An empty parameter counts as absent.
pub fn no_query(call: &Call) -> Result<(), Refusal> {
    match call.query.iter().find(|(_, value)| !value.is_empty()) {
        Some((name, _)) => Err(Refusal::invalid(name.clone(), "is not known here; this call has no parameters")),
        None => Ok(()),
    }
}

/// Keeps a member that is `null` apart from one that is not there; to be used with `default`.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
