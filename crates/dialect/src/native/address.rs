//! People and chats on the wire: a string `kind:value`, and on the way in whatever clients of other gateways write.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use sluice_model::Address;
use utoipa::ToSchema;

/// An address in a body or a query: `79990000000`, `+7 999 000-00-00`, `phone:…`, `group:…`, `user:…`, `username:…`,
/// `lid:…`, `channel:…`, `story`; `…@c.us`, `…@s.whatsapp.net`, `…@g.us`, `…@lid`, `…@newsletter` and `@username` are
/// understood too.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "79990000000")]
pub struct Addressee(pub Address);

const FORMS: &str = "must be a phone number, or phone:…, group:…, user:…, username:…, lid:…, channel:… or story";

/// The longest text that is looked at.
const LIMIT: usize = 256;

/// `None` when the text is in none of the forms.
pub fn read(text: &str) -> Option<Address> {
    let text = text.trim();
    if text.is_empty() || text.len() > LIMIT {
        return None;
    }
    if text == "story" || text == "status@broadcast" {
        return Some(Address::Story);
    }
    if let Some(digits) = text.strip_prefix("phone:") {
        return Address::phone(digits);
    }
    if let Some(name) = text.strip_prefix('@') {
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        return is_name.then(|| Address::Username(name.to_owned()));
    }
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    match text.split_once('@') {
        Some((value, server)) if !value.is_empty() => match server {
            "c.us" | "s.whatsapp.net" => Address::phone(value),
            "g.us" => Some(Address::Group(value.to_owned())),
            "lid" => Some(Address::Lid(value.to_owned())),
            "newsletter" => Some(Address::Channel(value.to_owned())),
            _ => None,
        },
        _ => Address::phone(text),
    }
}

impl<'de> Deserialize<'de> for Addressee {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = Addressee;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string such as 79990000000 or group:120363…")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Addressee, E> {
                read(text).map(Addressee).ok_or_else(|| E::custom(FORMS))
            }

            // A phone number without quotes is a common slip, and there is no doubt about what is meant.
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Addressee, E> {
                self.visit_str(&number.to_string())
            }
        }

        from.deserialize_any(Reader)
    }
}
