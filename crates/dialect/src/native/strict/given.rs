//! JSON values and query words as serde reads them, with [`Mistake`] for an error, so that names and places are kept.

use std::vec;

use serde::de::value::StringDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, Error, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::Mistake;

/// A JSON value.
pub struct Given(pub Value);

impl<'de> Deserializer<'de> for Given {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items { rest: items.into_iter(), place: 0 }),
            Value::Object(members) => {
                visitor.visit_map(Members::new(members.into_iter().map(|(name, value)| (name, Given(value))).collect()))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self)
    }

    /// Only an object: serde would take a list for its members in order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.0 {
            Value::Array(_) => Err(Mistake::invalid_type(Unexpected::Seq, &"an object")),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.0 {
            Value::String(word) => visitor.visit_enum(word.into_deserializer()),
            _ => Err(Mistake::custom("must be a string")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// One value of the query.
pub struct Word(pub String);

macro_rules! parsed {
    ($($ask:ident $give:ident $what:literal),+) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
            match self.0.parse() {
                Ok(value) => visitor.$give(value),
                Err(_) => Err(Mistake::invalid_value(Unexpected::Str(&self.0), &$what)),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Word {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_enum(IntoDeserializer::<Mistake>::into_deserializer(self.0))
    }

    parsed!(deserialize_bool visit_bool "true or false", deserialize_u32 visit_u32 "a whole number",
        deserialize_u64 visit_u64 "a whole number");

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

/// Named values; a mistake in one is told with its name.
pub struct Members<T> {
    rest: vec::IntoIter<(String, T)>,
    present: Option<(String, T)>,
}

impl<T> Members<T> {
    pub fn new(members: Vec<(String, T)>) -> Self {
        Self { rest: members.into_iter(), present: None }
    }
}

impl<'de, T: Deserializer<'de, Error = Mistake>> de::MapAccess<'de> for Members<T> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        self.present = self.rest.next();
        let Some((name, _)) = &self.present else {
            return Ok(None);
        };
        seed.deserialize(StringDeserializer::new(name.clone())).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let (name, value) = self.present.take().ok_or_else(|| Mistake::custom("has a value without a name"))?;
        seed.deserialize(value).map_err(|mistake| mistake.under(&name))
    }
}

impl<'de, T: Deserializer<'de, Error = Mistake>> Deserializer<'de> for Members<T> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Items {
    rest: vec::IntoIter<Value>,
    place: usize,
}

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        let Some(value) = self.rest.next() else {
            return Ok(None);
        };
        let place = format!("[{}]", self.place);
        self.place += 1;
        seed.deserialize(Given(value)).map(Some).map_err(|mistake| mistake.under(&place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}
