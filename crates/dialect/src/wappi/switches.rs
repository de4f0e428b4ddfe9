//! What a profile's owner can set about webhooks, kept in the settings of the profile's listener, and what a key's
//! holder can set, kept in the key's settings.

use serde_json::{Value, json};
use sluice_model::Listener;
use sluice_model::listener::Target;

pub const TYPES: &str = "webhook_types";
/// A key's switch: whether `get/status` answers with `"status":"done"` (contract §1.7 trap 1).
pub const STATUS_FIELD: &str = "status_field_in_get_status";

/// Every `wh_type` (contract §3.2).
pub const KNOWN: [&str; 7] = [
    "incoming_message",
    "outgoing_message_phone",
    "outgoing_message_api",
    "delivery_status",
    "authorization_status",
    "application_status",
    "incoming_call",
];

/// Those of a new profile (contract §2.12).
pub const FIRST: [&str; 3] = ["authorization_status", "incoming_message", "delivery_status"];

pub fn first() -> Value {
    json!({ TYPES: FIRST })
}

/// The types wanted, in the owner's order.
pub fn types(settings: Option<&Value>) -> Vec<&str> {
    match settings.and_then(|settings| settings.get(TYPES)).and_then(Value::as_array) {
        Some(types) => types.iter().filter_map(Value::as_str).collect(),
        None => FIRST.to_vec(),
    }
}

/// Where the listener is called, if it is.
pub fn url(listener: &Listener) -> Option<&str> {
    match &listener.target {
        Target::Push { url } => Some(url),
        Target::Pull | Target::PerMessage => None,
    }
}
