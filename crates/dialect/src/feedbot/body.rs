//! Bodies as Feedbot's clients write them: its own sample is not valid JSON (contract §3.1).

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde_json::Value;
use sluice_model::Refusal;

use crate::Call;

/// JSON with commas before a closing bracket, and with line breaks and tabs inside of strings. Nothing else is forgiven.
const TOLERANT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The body, whatever its content type says. An empty one reads as `{}`.
pub fn read(call: &Call) -> Result<Value, Refusal> {
    match call.json() {
        Err(strict @ Refusal::Malformed { .. }) => tolerant(&call.body).ok_or(strict),
        read => read,
    }
}

fn tolerant(body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    parse_to_serde_value(text.trim_start_matches('\u{feff}'), &TOLERANT).ok()
}

/// A string that is not empty, or a number as one.
pub fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What counts as not given: `null` and an empty string.
pub fn is_absent(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn commas_before_a_bracket_and_raw_breaks_are_forgiven() {
        for (text, value) in [
            (r#"{"a":[1,2,],}"#, json!({"a": [1, 2]})),
            ("{\"a\":\"one\ntwo\tthree\r\n\",}", json!({"a": "one\ntwo\tthree\r\n"})),
            ("\u{feff}{\"a\":\"x, }\",\r\n}\r\n", json!({"a": "x, }"})),
            (r#"{"n":1685662968767,}"#, json!({"n": 1_685_662_968_767_u64})),
        ] {
            assert_eq!(tolerant(text.as_bytes()), Some(value), "{text}");
        }
    }

    #[test]
    fn nothing_else_is_forgiven() {
        for text in [
            "{'a':1,}",
            "{a:1,}",
            "{\"a\":1,,}",
            "[,]",
            "{\"a\":1 \"b\":2,}",
            "{\"a\":1,} // note",
            "{\"a\":0x10,}",
            "{\"a\":+1,}",
            "{\"a\":'x',}",
            "{\"a\":1,",
            "{} {}",
        ] {
            assert_eq!(tolerant(text.as_bytes()), None, "{text}");
        }
        assert_eq!(tolerant(&[b'"', 0xFF, b'"']), None);
        assert_eq!(tolerant("[".repeat(100_000).as_bytes()), None);
    }
}
