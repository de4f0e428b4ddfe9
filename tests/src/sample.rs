//! Random values that a schema allows.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::schema::Description;

/// How deep values go; beyond it only what is required is there.
const DEPTH: usize = 5;

/// Makes values after the schemas of one description.
pub struct Sampler<'d> {
    pub description: &'d Description,
    /// What stands under a name when it is meant well, where the schema says only that it is a text.
    pub texts: fn(&str, &mut Random) -> Option<String>,
}

impl Sampler<'_> {
    pub fn value(&self, schema: &Value, random: &mut Random) -> Result<Value> {
        self.deep(schema, "", random, DEPTH)
    }

    fn deep(&self, schema: &Value, name: &str, random: &mut Random, depth: usize) -> Result<Value> {
        let schema = self.description.resolved(schema)?;
        if let Some(value) = schema.get("const") {
            return Ok(value.clone());
        }
        if let Some(values) = schema["enum"].as_array() {
            return Ok(random.of(values).clone());
        }
        for choices in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[choices].as_array() {
                let chosen = self.deep(random.of(choices), name, random, depth)?;
                return self.with_members(schema, chosen, random, depth);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = json!({});
            for part in parts {
                let value = self.deep(part, name, random, depth)?;
                match (whole.as_object_mut(), value) {
                    (Some(members), Value::Object(more)) => members.extend(more),
                    (_, value) => whole = value,
                }
            }
            return self.with_members(schema, whole, random, depth);
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => random.of(kinds).as_str(),
            kind => kind.as_str(),
        };
        Ok(match kind {
            Some("object") => self.with_members(schema, json!({}), random, depth)?,
            Some("array") => {
                let least = schema["minItems"].as_u64().unwrap_or(0) as usize;
                let count = if depth == 0 { least } else { least + random.below(3) };
                let items = (0..count).map(|_| self.deep(&schema["items"], name, random, depth.saturating_sub(1)));
                items.collect::<Result<Value>>()?
            }
            Some("integer" | "number") => json!(schema["minimum"].as_i64().unwrap_or(0) + random.below(9) as i64),
            Some("boolean") => json!(random.one_in(2)),
            Some("null") => Value::Null,
            _ => json!((self.texts)(name, random).unwrap_or_else(|| "word".to_owned())),
        })
    }

    /// The members that are required, and some of the others.
    fn with_members(&self, schema: &Value, value: Value, random: &mut Random, depth: usize) -> Result<Value> {
        let (Some(properties), Value::Object(mut members)) = (schema["properties"].as_object(), value.clone()) else {
            return Ok(value);
        };
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|own| own == name));
        for (name, schema) in properties {
            if required(name) || depth > 0 && random.one_in(2) {
                let value = self.deep(schema, name, random, depth.saturating_sub(1))?;
                // Where it may be left out, a null says no more.
                if required(name) || !value.is_null() {
                    members.insert(name.clone(), value);
                }
            }
        }
        Ok(Value::Object(members))
    }
}

/// The same with one member gone, of another kind, or too many.
pub fn spoiled(value: Value, names: &[&str], random: &mut Random) -> Value {
    let Value::Object(members) = value else { return random.odd(names, 2) };
    let mut members: Map<String, Value> = members;
    let known: Vec<String> = members.keys().cloned().collect();
    match random.below(3) {
        _ if known.is_empty() => {
            members.insert((*random.of(names)).to_owned(), random.odd(names, 2));
        }
        0 => {
            members.remove(random.of(&known));
        }
        1 => {
            members.insert(random.of(&known).clone(), random.odd(names, 2));
        }
        _ => {
            members.insert((*random.of(names)).to_owned(), random.odd(names, 2));
        }
    }
    Value::Object(members)
}
