//! The known sections and keys, read from the JSON schema of [`Config`] so that nothing is listed twice.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::Config;

/// A section of the configuration, in the order of the structs: its own keys first, then the sections inside it.
pub(crate) struct Section {
    /// Dotted path, such as `store.sqlite`.
    pub path: String,
    pub words: String,
    pub keys: Vec<Key>,
}

pub(crate) struct Key {
    /// The last part of `path`.
    pub name: String,
    /// Dotted path, such as `store.sqlite.readers`.
    pub path: String,
    /// Environment name, such as `SLUICE_STORE__SQLITE__READERS`.
    pub env: String,
    pub words: String,
    /// Ends the sentence "must be ..".
    pub expects: String,
    pub shape: Shape,
    /// `Null` where the key is not set by default.
    pub default: Value,
    /// What a key that is not set by default could look like.
    pub example: Option<String>,
    pub secret: bool,
}

/// How the text of a variable or flag becomes a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Whole,
    YesNo,
    /// Comma separated.
    List,
}

pub(crate) fn sections() -> Vec<Section> {
    let settings = SchemaSettings::draft2020_12().with(|with| with.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Config>();
    let mut sections = Vec::new();
    gather("", schema.as_value(), &values_of(&Config::default()), &mut sections);
    sections
}

/// Every value as it is written, by section.
pub(crate) fn values_of(config: &Config) -> Value {
    // Only a path that is not UTF-8 can fail here, and the loader cannot produce one.
    serde_json::to_value(config).unwrap_or_default()
}

/// The value at a dotted path.
pub(crate) fn value_at<'v>(values: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(values, |inside, part| &inside[part])
}

/// A value as the environment spells it: lists with commas, nothing for a key that is not set.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(as_text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn gather(path: &str, schema: &Value, defaults: &Value, into: &mut Vec<Section>) {
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    let is_section = |schema: &Value| schema["properties"].is_object();
    if !path.is_empty() {
        into.push(Section {
            path: path.to_owned(),
            words: words_of(schema),
            keys: properties
                .iter()
                .filter(|(_, schema)| !is_section(schema))
                .map(|(name, schema)| key(name, below(name), schema, &defaults[name]))
                .collect(),
        });
    }
    for (name, schema) in properties.iter().filter(|(_, schema)| is_section(schema)) {
        gather(&below(name), schema, &defaults[name], into);
    }
}

fn key(name: &str, path: String, schema: &Value, default: &Value) -> Key {
    Key {
        name: name.to_owned(),
        env: format!("SLUICE_{}", path.replace('.', "__").to_uppercase()),
        path,
        words: words_of(schema),
        expects: expects(schema),
        shape: shape(schema),
        default: default.clone(),
        example: schema["examples"][0].as_str().map(str::to_owned),
        secret: schema["writeOnly"] == true,
    }
}

/// The doc comment, and those of the choices. They are wrapped for the eye; the reference wants one line.
fn words_of(schema: &Value) -> String {
    let mut words = schema["description"].as_str().unwrap_or_default().to_owned();
    for choice in schema["oneOf"].as_array().into_iter().flatten() {
        words += &format!(" `{}`: {}", as_text(&choice["const"]), words_of(choice));
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shape(schema: &Value) -> Shape {
    let is = |name: &str| match &schema["type"] {
        Value::Array(types) => types.iter().any(|entry| entry == name),
        single => single == name,
    };
    if is("boolean") {
        Shape::YesNo
    } else if is("integer") {
        Shape::Whole
    } else if is("array") {
        Shape::List
    } else {
        Shape::Text
    }
}

fn expects(schema: &Value) -> String {
    if let Some(said) = schema["expects"].as_str() {
        return said.to_owned();
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let names = choices.iter().map(|choice| format!("`{}`", as_text(&choice["const"])));
        return names.collect::<Vec<_>>().join(" or ");
    }
    match shape(schema) {
        Shape::YesNo => "`true` or `false`".to_owned(),
        Shape::Whole => "a whole number, 0 or more".to_owned(),
        Shape::Text => "a text".to_owned(),
        Shape::List => format!("a list, each entry {}", expects(&schema["items"])),
    }
}
