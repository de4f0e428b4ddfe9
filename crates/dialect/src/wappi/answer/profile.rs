//! Profiles and their state (contract §2.2).

use serde_json::{Value, json};
use sluice_model::account::State;
use sluice_model::event::LogoutBy;
use sluice_model::outcome::AccountView;
use sluice_model::{Account, Channel, Event, Outcome, Timestamp};

use crate::wappi::read::profile::wanted_switch;
use crate::wappi::{ids, platform, profile_of, switches, times};
use crate::{Call, Reply};

use super::Body;

/// A gateway of one's own is never unpaid; modules want a date in the future, and `Z` behind it (contract §1.7, 3 and 9).
const PAID_UNTIL: &str = "2099-12-31T23:59:59Z";

pub fn added(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Account(view) = outcome else {
        return None;
    };
    let at = view.account.created_at;
    let body = Body::default().and("profile_id", ids::profile(&call.spelling, view.account.id)).and("status", "done");
    Some(body.and("time", times::rfc3339(at)).and("timestamp", at.seconds()).ok())
}

pub fn deleted(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let detail = format!("Profile {} deleted", profile_of(call));
    let body = Body::default().and("detail", detail).and("status", "done");
    Some(body.and("time", times::rfc3339(call.at)).and("timestamp", call.at.seconds()).ok())
}

/// Only the profiles of the base's own messenger: its modules show all that they get.
pub fn all(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Accounts(views) = outcome else {
        return None;
    };
    let here = platform::of(call);
    let profiles = views.iter().filter(|view| Some(view.account.channel) == here).map(|view| listed(call, view));
    Some(Body::default().and("profiles", profiles.collect::<Vec<_>>()).and("status", "done").ok())
}

fn listed(call: &Call, view: &AccountView) -> Value {
    let account = &view.account;
    let id = ids::profile(&call.spelling, account.id);
    Body::default()
        .and("app_status", app_status(account.condition.state))
        .and("proxy", proxy(account))
        .and("profile_id", id.clone())
        .and("name", account.name.clone())
        .and("webhook_url", webhook_url(view))
        .and("authorized", account.condition.state.is_logged_in())
        .and("uuid", id)
        .and("is_subscribe", true)
        .and("checked_at", times::rfc3339(call.at))
        .and("authorized_at", moment(account.condition.logged_in_at))
        .and("logouted_at", moment(account.condition.logged_out_at))
        .and("phone", account.condition.phone.clone().unwrap_or_default())
        .and("worked_days", worked_days(account, call.at))
        .and("webhook_types", webhook_types(view))
        .and("last_activity", last_activity(view))
        .and("message_count", view.messages)
        .and("payment_notification", false)
        .and("deleted_at", Value::Null)
        .and("platform", platform::word(account.channel))
        .value()
}

/// Keys in alphabetical order. `status` is there or not as the key's holder wants it: one module needs it, another takes
/// it for an error (contract §1.7 trap 1).
pub fn status(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Account(view) = outcome else {
        return None;
    };
    let account = &view.account;
    let condition = &account.condition;
    let id = ids::profile(&call.spelling, account.id);
    let body = Body::default()
        .maybe("account", telegram_person(account))
        .and("app_status", app_status(condition.state))
        .and("authorized", condition.state.is_logged_in())
        .and("authorized_at", moment(condition.logged_in_at))
        .and("checked_at", times::rfc3339(call.at))
        .and("last_activity", last_activity(&view))
        .and("logouted_at", moment(condition.logged_out_at))
        .and("message_count", view.messages)
        .and("name", account.name.clone())
        .and("payment_expired_at", PAID_UNTIL)
        .and("payment_notification", false)
        .and("phone", condition.phone.clone().unwrap_or_default())
        .and("platform", platform::word(account.channel))
        .and("profile_id", id.clone())
        .and("proxy", proxy(account))
        .maybe("status", shows_status(call).then_some("done"))
        .and("uuid", id)
        .and("webhook_types", webhook_types(&view))
        .and("webhook_url", webhook_url(&view))
        .and("worked_days", worked_days(account, call.at));
    Some(body.ok())
}

fn shows_status(call: &Call) -> bool {
    let switch = call.key().and_then(|key| key.settings.get(switches::STATUS_FIELD).and_then(Value::as_bool));
    switch.unwrap_or(true)
}

/// Seen in front of everything else in live answers for Telegram.
fn telegram_person(account: &Account) -> Option<Value> {
    let condition = &account.condition;
    let shown = account.channel == Channel::TelegramUser && condition.state.is_logged_in();
    shown.then(|| {
        json!({
            "user_id": condition.lid.clone().unwrap_or_default(),
            "phone": condition.phone.clone().unwrap_or_default(),
            "name": condition.push_name.clone().unwrap_or_default(),
            "first_name": condition.push_name.clone().unwrap_or_default(),
            "username": "",
        })
    })
}

/// Whether the profile works, apart from whether it is authorised: `connecting` needs no QR, only patience.
const fn app_status(state: State) -> &'static str {
    match state {
        State::Open | State::LoginNeeded => "open",
        State::Connecting => "connecting",
        State::Blocked | State::Off => "closed",
    }
}

fn moment(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| times::rfc3339(at).into())
}

/// The last message either way; before there is one, the login, and before that the account itself.
fn last_activity(view: &AccountView) -> f64 {
    let account = &view.account;
    let at = view.last_message.or(account.condition.logged_in_at).unwrap_or(account.created_at);
    at.seconds() as f64
}

fn worked_days(account: &Account, now: Timestamp) -> u64 {
    now.since(account.created_at).as_secs() / 86_400
}

/// The proxy may hold a password, so its presence is all that is shown.
fn proxy(account: &Account) -> Value {
    account.settings.proxy.as_ref().map_or(Value::Null, |_| "set".into())
}

fn webhook_url(view: &AccountView) -> String {
    view.listener.as_ref().and_then(|listener| switches::url(listener)).unwrap_or_default().to_owned()
}

fn webhook_types(view: &AccountView) -> Vec<Value> {
    let settings = view.listener.as_ref().map(|listener| &listener.settings);
    switches::types(settings).into_iter().map(Value::from).collect()
}

pub fn switch_set(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let on = wanted_switch(call).ok()?;
    Some(Body::default().and("status", "done").and(switches::STATUS_FIELD, on).ok())
}

pub fn restarted(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Body::default().and("detail", "Your profile has been restarted").and("status", "done").ok())
}

/// The words differ by messenger, the spelling is upstream's own.
pub fn logged_out(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let whatsapp = platform::of(call) == Some(Channel::Whatsapp);
    let detail = if whatsapp { "ok! You are logouted" } else { "logout success" };
    Some(Body::task("done", call.at).and("detail", detail).of_call(call).ok())
}

pub fn history(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::History(entries) = outcome else {
        return None;
    };
    let rows = entries.iter().filter_map(|entry| {
        let (kind, phone, reason) = match &entry.event {
            Event::AccountConnected { phone, first: true } => {
                ("login", phone.clone().unwrap_or_default(), String::new())
            }
            Event::AccountLoggedOut { by, .. } => ("logout", String::new(), logout_reason(*by).to_owned()),
            Event::AccountBlocked { .. } => ("logout", String::new(), logout_reason(LogoutBy::Ban).to_owned()),
            _ => return None,
        };
        Some(json!({"type": kind, "phone": phone, "created_at": times::rfc3339(entry.at), "reason": reason}))
    });
    Some(Body::default().and("auth_history", rows.collect::<Vec<_>>()).and("status", "done").ok())
}

/// Also in `authorization_status` (contract §3.4).
pub const fn logout_reason(by: LogoutBy) -> &'static str {
    match by {
        LogoutBy::Api => "logout from api",
        LogoutBy::Device => "logout from device",
        LogoutBy::Ban => "ban",
    }
}

/// Every day is paid already: the answer is the page that upstream leads to after paying.
pub fn days_added(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let body: Value = call.json().ok()?;
    let profile = body.get("profile_uuid").and_then(Value::as_str).unwrap_or_default();
    Some(Reply::bytes(http::StatusCode::OK, "text/plain; charset=utf-8", format!("/dashboard/{profile}")))
}

pub fn proxy_shown(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Account(view) = outcome else {
        return None;
    };
    Some(Body::default().and("proxy", proxy(&view.account)).and("status", "done").ok())
}

pub fn proxy_set(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Body::default().and("detail", "Self proxy set").and("status", "done").ok())
}

pub fn proxy_deleted(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Body::default().and("detail", "Self proxy deleted").and("status", "done").ok())
}

/// The telemetry of shop modules: taken, and not kept.
pub fn noted(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Body::default().and("status", "done").ok())
}
