use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// A `Duration` above zero, written `5s`, `10m` or `30d`.
pub(crate) struct Span;

/// In nanoseconds, largest first: a value is written in the largest unit that keeps it exact.
const UNITS: [(u128, &str); 6] = [
    (86_400_000_000_000, "d"),
    (3_600_000_000_000, "h"),
    (60_000_000_000, "m"),
    (1_000_000_000, "s"),
    (1_000_000, "ms"),
    (1, "ns"),
];

impl Span {
    pub(crate) fn serialize<S: Serializer>(span: &Duration, to: S) -> Result<S::Ok, S::Error> {
        let whole = span.as_nanos();
        let (unit, name) = UNITS.into_iter().find(|(unit, _)| whole.is_multiple_of(*unit)).unwrap_or((1, "ns"));
        to.serialize_str(&format!("{}{name}", whole / unit))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(from)?;
        let span = humantime::parse_duration(&text).map_err(D::Error::custom)?;
        if span.is_zero() {
            return Err(D::Error::custom("zero"));
        }
        Ok(span)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "expects": "a length of time above zero, such as `5s`, `10m` or `30d`",
        })
    }
}
