//! What nobody means: random values, and bodies of them, with members of an API's names.

use proptest::prelude::*;
use serde_json::Value;

pub fn value(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[-+@.:a-z0-9/ ]{0,24}".prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        let members = proptest::collection::vec((proptest::sample::select(names), inner.clone()), 0..12);
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(Value::Array),
            members.prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// Bytes, JSON, or something like a form.
pub fn body(names: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..64),
        value(names).prop_map(|value| value.to_string().into_bytes()),
        "([a-z_]{1,9}=[%0-9a-zA-Z+]{0,9}&?){0,4}".prop_map(String::into_bytes),
    ]
}
