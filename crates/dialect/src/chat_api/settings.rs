//! The settings of an instance (contract §2): where each lives, and what it is at first.

use serde_json::{Map, Value, json};
use sluice_model::command::{AccountChange, SwitchChange};
use sluice_model::listener::Target;
use sluice_model::{Account, Listener, Refusal};

use super::arguments::Arguments;

/// Whether receipts are told.
pub const ACKS: &str = "ackNotificationsOn";
/// Whether messages older than [`PERIOD`] are left out.
pub const IGNORE_OLD: &str = "ignoreOldMessages";
/// Seconds.
pub const PERIOD: &str = "oldMessagesPeriod";

/// Upstream's five minutes.
const FIRST_PERIOD: u64 = 300;
/// The longest pause between two sends, seconds.
const LONGEST_DELAY: u64 = 3600;

/// Kept as booleans, with what they are at first. Those below the line have no effect here.
const FLAGS: [(&str, bool); 11] = [
    (ACKS, false),
    (IGNORE_OLD, false),
    // ---
    ("chatUpdateOn", false),
    ("videoUploadOn", true),
    ("statusNotificationsOn", false),
    ("instanceStatuses", false),
    ("webhookStatuses", false),
    ("processArchive", false),
    ("disableDialogsArchive", false),
    ("guaranteedHooks", true),
    ("parallelHooks", true),
];

pub fn first() -> Value {
    let mut first: Map<String, Value> = FLAGS.iter().map(|(name, on)| ((*name).to_owned(), json!(on))).collect();
    first.insert(PERIOD.to_owned(), json!(FIRST_PERIOD));
    Value::Object(first)
}

/// A switch as it stood when an event happened.
pub fn is_on(switches: &Value, name: &str) -> bool {
    switches[name] == true
}

pub fn period(switches: &Value) -> u64 {
    switches[PERIOD].as_u64().unwrap_or(FIRST_PERIOD)
}

/// Where the instance's webhook is, if there is one.
pub fn webhook(listener: Option<&Listener>) -> Option<&str> {
    match &listener?.target {
        Target::Push { url } => Some(url),
        Target::Pull | Target::PerMessage => None,
    }
}

/// All of them, as the method without arguments shows them.
pub fn show(account: &Account, listener: Option<&Listener>) -> Map<String, Value> {
    let kept = listener.map_or(&Value::Null, |listener| &listener.settings);
    let mut all = Map::new();
    all.insert("sendDelay".to_owned(), json!(account.settings.send_gap_ms / 1000));
    all.insert("webhookUrl".to_owned(), json!(webhook(listener).unwrap_or_default()));
    if let Value::Object(first) = first() {
        all.extend(first.into_iter().map(|(name, first)| {
            let value = kept.get(&name).cloned().unwrap_or(first);
            (name, value)
        }));
    }
    // A proxy's address may hold a password, so it is not shown.
    all.insert("proxy".to_owned(), json!(if account.settings.proxy.is_some() { "set" } else { "" }));
    all
}

/// What a call changes, and the settings as it gave them.
pub fn read(arguments: &Arguments) -> Result<(SwitchChange, Map<String, Value>), Refusal> {
    let (mut change, mut given) = (SwitchChange::default(), Map::new());
    let mut switches = Map::new();
    for (name, _) in FLAGS {
        if let Some(on) = arguments.flag(name) {
            switches.insert(name.to_owned(), json!(on));
        }
    }
    if let Some(seconds) = arguments.count(PERIOD)? {
        switches.insert(PERIOD.to_owned(), json!(seconds));
    }
    if let Some(seconds) = arguments.count("sendDelay")? {
        if seconds > LONGEST_DELAY {
            return Err(Refusal::invalid("sendDelay", format!("is more than {LONGEST_DELAY} seconds")));
        }
        given.insert("sendDelay".to_owned(), json!(seconds));
        let gap = u32::try_from(seconds * 1000).ok();
        change.account = AccountChange { send_gap_ms: gap, ..AccountChange::default() };
    }
    if let Some(url) = url(arguments)? {
        given.insert("webhookUrl".to_owned(), json!(url.clone().unwrap_or_default()));
        (change.url, change.from_now) = (Some(url), true);
    }
    // What is shown may be sent back, and changes nothing.
    if let Some(proxy) = arguments.value("proxy").and_then(Value::as_str).filter(|proxy| *proxy != "set") {
        change.account.proxy = Some(Some(proxy.to_owned()).filter(|proxy| !proxy.is_empty()));
        given.insert("proxy".to_owned(), json!(if proxy.is_empty() { "" } else { "set" }));
    }
    given.extend(switches.clone());
    change.switches = (!switches.is_empty()).then_some(Value::Object(switches));
    Ok((change, given))
}

/// `Some(None)` for an empty one, which removes the webhook.
pub fn url(arguments: &Arguments) -> Result<Option<Option<String>>, Refusal> {
    match arguments.value("webhookUrl") {
        None => Ok(None),
        Some(Value::String(url)) if url.trim().is_empty() => Ok(Some(None)),
        Some(Value::String(url)) => Ok(Some(Some(url.trim().to_owned()))),
        Some(_) => Err(Refusal::invalid("webhookUrl", "must be a string")),
    }
}
