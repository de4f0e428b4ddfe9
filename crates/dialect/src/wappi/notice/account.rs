//! How the profile stands (contract §3.4).

use serde_json::Value;
use sluice_model::event::LogoutBy;
use sluice_model::{Event, Timestamp};

use crate::Setting;
use crate::wappi::answer::{Body, profile};

/// A lost connection is no logout: it is told as the application's, not as the authorisation's. A connection made is told
/// as the authorisation's to whoever takes that, else as the application's.
pub fn shaped(event: &Event, wants: impl Fn(&str) -> bool, at: Timestamp, setting: &Setting<'_>) -> Option<Value> {
    let (authorization, application) = ("authorization_status", "application_status");
    let (wh_type, status, reason, phone) = match event {
        Event::AccountConnected { phone, first: true } if wants(authorization) => {
            (authorization, "online", None, phone.as_deref())
        }
        Event::AccountConnected { phone, .. } => (application, "online", None, phone.as_deref()),
        Event::AccountDisconnected { .. } => (application, "offline", None, None),
        Event::AccountLoggedOut { by, .. } => (authorization, "offline", Some(*by), None),
        Event::AccountBlocked { .. } => (authorization, "offline", Some(LogoutBy::Ban), None),
        _ => return None,
    };
    if !wants(wh_type) {
        return None;
    }
    let phone = phone.or(setting.account.condition.phone.as_deref()).unwrap_or_default();
    let body = Body::default()
        .and("wh_type", wh_type)
        .and("profile_id", super::profile(setting))
        .and("status", status)
        .maybe("reason", reason.map(profile::logout_reason))
        .and("phone", phone);
    Some(super::times_of(body, at).value())
}
