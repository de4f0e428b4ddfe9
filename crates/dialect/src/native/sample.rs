//! A call of each operation that works as it stands, made from the description.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::page::{kind_word, members, text};

/// How deep an object may stand within others in an example.
const DEPTH: u8 = 4;

/// A line to be pasted into a shell; ids are the shell's variables.
pub fn curl(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let mut line = "curl".to_owned();
    let streams = members(&operation["responses"]["200"]["content"]).any(|(mime, _)| mime == "text/event-stream");
    if streams {
        line.push_str(" -N");
    }
    if method != "get" {
        push(&mut line, format_args!(" -X {}", method.to_uppercase()));
    }
    push(&mut line, format_args!(" \"$SLUICE{}\"", path.replace('{', "$").replace('}', "")));
    if operation["security"] != json!([{}]) {
        line.push_str(" \\\n  -H \"Authorization: Bearer $KEY\"");
    }
    match members(&operation["requestBody"]["content"]).next() {
        Some(("application/json", _)) => {
            let body = body(document, operation);
            push(&mut line, format_args!(" \\\n  -H \"Content-Type: application/json\" \\\n  -d '{body}'"));
        }
        Some(_) => line.push_str(" \\\n  --data-binary @file"),
        None => {}
    }
    line
}

/// The example body of an operation; `{}` where its description has nothing to show.
pub fn body(document: &Value, operation: &Value) -> Value {
    match example(document, &operation["requestBody"]["content"]["application/json"]["schema"], 0) {
        Value::Null => Value::Object(Map::new()),
        body => body,
    }
}

/// The example that a schema shows, or the least that it takes: its required members and those that show an example.
fn example(document: &Value, schema: &Value, depth: u8) -> Value {
    if depth > DEPTH {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return example(document, &document["components"]["schemas"][name], depth + 1);
    }
    if !schema["example"].is_null() {
        return schema["example"].clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    if let Some(first) = ["oneOf", "allOf", "anyOf"].iter().find_map(|of| schema[*of].as_array()?.first()) {
        return example(document, first, depth);
    }
    match kind_word(&schema["type"]) {
        "object" => {
            let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
            let shown = members(&schema["properties"]).filter(|(name, member)| {
                required.iter().any(|known| text(known) == *name) || member.get("example").is_some()
            });
            shown.map(|(name, member)| (name.to_owned(), example(document, member, depth + 1))).collect()
        }
        "array" => Value::Array(vec![example(document, &schema["items"], depth + 1)]),
        "integer" | "number" => Value::from(1),
        "boolean" => Value::from(true),
        "string" => Value::from("words"),
        _ => Value::Null,
    }
}

fn push(line: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = line.write_fmt(words);
}
