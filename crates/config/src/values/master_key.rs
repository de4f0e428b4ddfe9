use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// 32 secret bytes, written as 64 hexadecimal digits. `Debug` and `Serialize` show `***` only.
#[derive(Clone)]
pub struct MasterKey(Arc<SecretBox<[u8; 32]>>);

impl MasterKey {
    /// The bytes, for the one place that seals with them.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    /// True for a key that a person typed or copied from an example rather than rolled: 32 random bytes have fewer than
    /// 16 different values once in 10^11 keys.
    #[must_use]
    pub fn is_made_up(&self) -> bool {
        let mut bytes = *self.expose();
        bytes.sort_unstable();
        bytes.chunk_by(|one, next| one == next).count() < 16
    }
}

impl<'de> Deserialize<'de> for MasterKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut bytes = Box::new([0; 32]);
        hex::decode_to_slice(&text, bytes.as_mut_slice()).map_err(|_| D::Error::custom("no key"))?;
        Ok(Self(Arc::new(SecretBox::new(bytes))))
    }
}

impl Serialize for MasterKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("***")
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

impl JsonSchema for MasterKey {
    fn schema_name() -> Cow<'static, str> {
        "MasterKey".into()
    }

    /// `writeOnly` is JSON Schema's mark of a value that is never shown.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "expects": "64 hexadecimal digits (32 bytes)",
            "writeOnly": true,
        })
    }
}
