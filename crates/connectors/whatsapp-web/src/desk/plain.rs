//! A protobuf message for people to read, in the golden cases: without what is not said, bytes in hex.

use serde_json::Value;

pub fn plain(message: &impl serde::Serialize) -> Value {
    strip(serde_json::to_value(message).unwrap()).unwrap_or_default()
}

fn strip(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(fields) => {
            let said = fields.into_iter().filter_map(|(name, value)| Some((name, strip(value)?)));
            Some(Value::Object(said.collect()))
        }
        Value::Array(list) if list.is_empty() => None,
        Value::Array(list) => Some(bytes(&list).unwrap_or_else(|| list.into_iter().filter_map(strip).collect())),
        value => Some(value),
    }
}

fn bytes(list: &[Value]) -> Option<Value> {
    let bytes: Option<Vec<u8>> = list.iter().map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
    bytes.map(|bytes| Value::String(format!("hex {}", hex::encode(bytes))))
}

/// Compares `told` with a file of the crate, or writes it with `UPDATE_CASES=1`.
pub fn settle(file: &str, told: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    if std::env::var_os("UPDATE_CASES").is_some() {
        return std::fs::write(file, told).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == told, "{}\n--- kept\n{kept}\n--- told now\n{told}", file.display());
}
