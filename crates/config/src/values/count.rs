use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// A `usize` above zero: none of the counts has a meaning at zero but "nothing works".
pub(crate) struct Count;

impl Count {
    pub(crate) fn serialize<S: Serializer>(count: &usize, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(*count as u64)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
        match usize::deserialize(from)? {
            0 => Err(D::Error::custom("zero")),
            count => Ok(count),
        }
    }
}

impl JsonSchema for Count {
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "expects": "a whole number, 1 or more" })
    }
}
