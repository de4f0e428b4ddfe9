//! The partner's methods (contract greenapi.md §2.9).

use serde_json::{Value, json};
use sluice_model::Timestamp;
use sluice_model::outcome::AccountView;

use crate::green_api::{ids, instance};

/// What the vendor calls a tariff; there is none here.
const TARIFF: &str = "SELF_HOSTED";

/// Instances do not end here; clients compute with a date.
const NEVER: &str = "9999-12-31T23:59:59.000Z";

pub fn instances(views: &[AccountView]) -> Value {
    Value::Array(views.iter().map(row).collect())
}

fn row(view: &AccountView) -> Value {
    let account = &view.account;
    json!({
        "idInstance": ids::instance(account.id),
        "name": account.name,
        "typeInstance": instance::kind(account.channel),
        "timeCreated": written(account.created_at),
        "timeDeleted": "",
        "apiTokenInstance": view.token.as_deref().unwrap_or_default(),
        "deleted": false,
        "tariff": TARIFF,
        "isFree": false,
        "isPartner": true,
        "expirationDate": NEVER,
        "isExpired": false,
    })
}

pub fn created(view: &AccountView) -> Value {
    json!({
        "idInstance": ids::instance(view.account.id),
        "apiTokenInstance": view.token.as_deref().unwrap_or_default(),
        "typeInstance": instance::kind(view.account.channel),
    })
}

pub fn deleted() -> Value {
    json!({"deleteInstanceAccount": true})
}

/// `2025-03-31T16:50:20.397Z`
fn written(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
