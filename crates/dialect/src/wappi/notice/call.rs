//! A voice or video call (contract §3.4).

use serde_json::Value;
use sluice_model::Timestamp;
use sluice_model::event::{Call, CallStage};

use crate::Setting;
use crate::wappi::answer::{Body, contacts};

pub fn shaped(call: &Call, at: Timestamp, setting: &Setting<'_>) -> Value {
    let kind = match call.stage {
        CallStage::Offered => "incoming_call",
        CallStage::Accepted => "call_accept",
        CallStage::Missed => "missed_call",
        CallStage::Declined | CallStage::Ended => "call_terminate",
    };
    let number = call.from.phone().unwrap_or_else(|| call.from.address.value());
    let body = Body::default()
        .and("wh_type", "incoming_call")
        .and("type", kind)
        .and("contact", contacts::card(&call.from, false))
        .and("profile_id", super::profile(setting))
        .and("number", number);
    super::times_of(body, at).value()
}
