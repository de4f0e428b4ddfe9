//! Answers checked against a published OpenAPI 3.1 document.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, bail, ensure};
use jsonschema::Validator;
use serde_json::{Value, json};

/// An OpenAPI document, ready to check answers.
pub struct Description {
    document: Value,
    operations: Vec<Operation>,
    /// By the pointer of the schema, or its own text.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One method at one path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// In capitals.
    pub method: String,
    pub path: String,
    place: Value,
    /// Values that a variable of the path may have, where the document lists them.
    choices: HashMap<String, Vec<String>>,
}

impl Description {
    /// Reads the document of a dialect out of its folder.
    pub fn of_dialect(dialect: &str) -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/dialect/src").join(dialect);
        let text = std::fs::read_to_string(folder.join("openapi.yaml"))?;
        Self::new(serde_yaml_ng::from_str(&text)?)
    }

    pub fn new(document: Value) -> Result<Self> {
        let mut description = Self { document, operations: Vec::new(), compiled: Mutex::default() };
        let paths = description.document["paths"].as_object().context("no paths")?.clone();
        for (path, item) in paths {
            let item = description.resolved(&item)?.clone();
            let common = item.get("parameters").cloned().unwrap_or_default();
            for method in ["get", "post", "put", "patch", "delete"] {
                let Some(place) = item.get(method) else { continue };
                let own = place.get("parameters").cloned().unwrap_or_default();
                let mut choices = HashMap::new();
                for parameter in [&common, &own].into_iter().flat_map(|list| list.as_array().into_iter().flatten()) {
                    let parameter = description.resolved(parameter)?;
                    let (name, values) = (&parameter["name"], &parameter["schema"]["enum"]);
                    if parameter["in"] == "path" && values.is_array() {
                        let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
                        choices
                            .insert(name.as_str().unwrap_or_default().to_owned(), values.map(str::to_owned).collect());
                    }
                }
                let method = method.to_uppercase();
                description.operations.push(Operation { method, path: path.clone(), place: place.clone(), choices });
            }
        }
        ensure!(!description.operations.is_empty(), "no operations");
        Ok(description)
    }

    /// Each operation under each of its listed paths: `(method, path)`.
    pub fn operations(&self) -> Vec<(String, String)> {
        let unfold = |operation: &Operation| {
            let mut paths = vec![operation.path.clone()];
            for (name, values) in &operation.choices {
                let fill = |path: &String| {
                    let path = path.clone();
                    values.iter().map(move |value| path.replace(&format!("{{{name}}}"), value))
                };
                paths = paths.iter().flat_map(fill).collect();
            }
            let method = operation.method.clone();
            paths.into_iter().map(move |path| (method.clone(), path)).collect::<Vec<_>>()
        };
        self.operations.iter().flat_map(unfold).collect()
    }

    /// What a JSON body of `method path` is described to be; `None` where it has none.
    pub fn body_of(&self, method: &str, path: &str) -> Option<&Value> {
        let operation =
            self.operations.iter().find(|operation| operation.method == method && operation.path == path)?;
        operation.place.pointer("/requestBody/content/application~1json/schema")
    }

    /// The names that a query of `method path` may have.
    pub fn query_of(&self, method: &str, path: &str) -> Vec<&str> {
        let operation = self.operations.iter().find(|operation| operation.method == method && operation.path == path);
        let parameters = operation.and_then(|operation| operation.place["parameters"].as_array()).into_iter().flatten();
        parameters.filter(|one| one["in"] == "query").filter_map(|one| one["name"].as_str()).collect()
    }

    /// Whether an answer to `method path` (without its query) is one that the document describes.
    pub fn check(&self, method: &str, path: &str, status: u16, body: &[u8]) -> Result<()> {
        let operation = self.operations.iter().find(|operation| operation.method == method && operation.is_at(path));
        let operation = operation.with_context(|| format!("{method} {path} is not described"))?;
        let responses = &operation.place["responses"];
        let found = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()]
            .iter()
            .find_map(|key| responses.get(key))
            .with_context(|| format!("{method} {path} is not described to answer {status}"))?;
        let content = &self.resolved(found)?["content"];
        let json = ["/application~1json/schema", "/application~1problem+json/schema"];
        let Some(schema) = json.iter().find_map(|kind| content.pointer(kind)) else {
            ensure!(content.is_object() || body.is_empty(), "{method} {path}: {status} is described without a body");
            return Ok(());
        };
        let body: Value =
            serde_json::from_slice(body).with_context(|| format!("{method} {path}: {status} is no JSON"))?;
        self.fits(schema, &body).with_context(|| format!("{method} {path}: {status} {body}"))
    }

    /// Whether `body` is one of the document's schemas, by its name among the components.
    pub fn check_named(&self, schema: &str, body: &Value) -> Result<()> {
        self.fits(&json!({"$ref": format!("#/components/schemas/{schema}")}), body).with_context(|| body.to_string())
    }

    fn fits(&self, schema: &Value, body: &Value) -> Result<()> {
        let validator = self.validator(schema)?;
        match validator.iter_errors(body).next() {
            None => Ok(()),
            Some(error) => Err(anyhow!("{error} (at '{}')", error.instance_path())),
        }
    }

    fn validator(&self, schema: &Value) -> Result<Arc<Validator>> {
        let key = schema.to_string();
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.get(&key) {
            return Ok(known.clone());
        }
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": self.document["components"],
            "allOf": [schema],
        });
        let validator = jsonschema::validator_for(&whole).map_err(|error| anyhow!("{error}"))?;
        Ok(compiled.entry(key).or_insert(Arc::new(validator)).clone())
    }

    /// What a `$ref` leads to; anything else as it is.
    pub fn resolved<'d>(&'d self, value: &'d Value) -> Result<&'d Value> {
        let Some(place) = value.get("$ref").and_then(Value::as_str) else { return Ok(value) };
        let Some(pointer) = place.strip_prefix('#') else { bail!("{place} leads out of the document") };
        let pointer = pointer.replace("%7B", "{").replace("%7D", "}");
        self.document.pointer(&pointer).with_context(|| format!("{place} leads nowhere"))
    }
}

impl Operation {
    fn is_at(&self, path: &str) -> bool {
        let (ours, theirs): (Vec<&str>, Vec<&str>) = (self.path.split('/').collect(), path.split('/').collect());
        ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(ours, theirs)| match ours.strip_prefix('{') {
                // A part may be a fixed beginning and a variable: then only the beginning is looked at.
                None => ours.split_once('{').map_or(*ours == theirs, |(start, _)| theirs.starts_with(start)),
                Some(name) => {
                    let values = self.choices.get(name.trim_end_matches('}'));
                    values.is_none_or(|values| values.iter().any(|value| value == theirs))
                }
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_not_described_is_found() -> Result<()> {
        let description = Description::new(json!({
            "paths": {"/{base}/thing": {
                "parameters": [{"name": "base", "in": "path", "schema": {"enum": ["a", "b"]}}],
                "get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
            }},
            "components": {"schemas": {"Thing": {"type": "object", "additionalProperties": false, "properties": {"n": {"type": "integer"}}}}},
        }))?;
        assert_eq!(
            description.operations(),
            [("GET".to_owned(), "/a/thing".to_owned()), ("GET".to_owned(), "/b/thing".to_owned())]
        );
        description.check("GET", "/a/thing", 200, br#"{"n":1}"#)?;
        for (method, path, status, body) in [
            ("GET", "/a/thing", 200, r#"{"n":"1"}"#),
            ("GET", "/a/thing", 200, r#"{"m":1}"#),
            ("GET", "/a/thing", 200, "n"),
            ("GET", "/a/thing", 500, "{}"),
            ("POST", "/a/thing", 200, "{}"),
            ("GET", "/c/thing", 200, "{}"),
        ] {
            assert!(
                description.check(method, path, status, body.as_bytes()).is_err(),
                "{method} {path} {status} {body}"
            );
        }
        Ok(())
    }
}
