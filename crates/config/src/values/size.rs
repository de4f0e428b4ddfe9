use std::borrow::Cow;

use bytesize::ByteSize;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// A number of bytes above zero, written `64kB` (64 x 1000) or `64KiB` (64 x 1024).
pub(crate) struct Size;

/// Written here rather than by `ByteSize`, which rounds: a printed value must load as the same value.
const UNITS: [(u64, &str); 7] = [
    (bytesize::GB, "GB"),
    (bytesize::GIB, "GiB"),
    (bytesize::MB, "MB"),
    (bytesize::MIB, "MiB"),
    (bytesize::KB, "kB"),
    (bytesize::KIB, "KiB"),
    (1, "B"),
];

impl Size {
    pub(crate) fn serialize<S: Serializer>(bytes: &u64, to: S) -> Result<S::Ok, S::Error> {
        let (unit, name) = UNITS.into_iter().find(|(unit, _)| bytes.is_multiple_of(*unit)).unwrap_or((1, "B"));
        to.serialize_str(&format!("{}{name}", bytes / unit))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        let text = String::deserialize(from)?;
        match text.parse::<ByteSize>().map_err(D::Error::custom)? {
            ByteSize(0) => Err(D::Error::custom("zero")),
            ByteSize(bytes) => Ok(bytes),
        }
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "expects": "a number of bytes above zero, such as `64kB`, `1MB` or `64KiB`",
        })
    }
}
