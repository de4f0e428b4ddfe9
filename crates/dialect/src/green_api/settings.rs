//! The settings of an instance (contract greenapi.md §4): which keys there are, what each takes, and where it lives.
//!
//! Those that say what is told are the own listener's switches, kept in GREEN-API's own words; those that say what the
//! account does are the account's settings; the webhook's address and token are the listener's target and secret.

use serde_json::{Map, Value, json};
use sluice_model::command::SwitchChange;
use sluice_model::listener::Target;
use sluice_model::{Account, Listener, Refusal};

use super::address::Prefer;
use super::instance;

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Ours to say; a caller who sends back what getSettings gave is not refused for it.
    Wid,
    Type,
    /// Kept and given back, with no effect: deprecated by the vendor and still returned.
    Word,
    /// `yes` or `no`.
    Switch,
    WebhookUrl,
    WebhookToken,
    /// Milliseconds between two sends.
    SendGap,
    MarkRead,
    MarkReadOnReply,
    KeepOnline,
    Proxy,
    /// Milliseconds of typing before each text.
    Typing,
    /// A JSON boolean, as the next.
    LinkPreview,
    /// A JSON boolean with what it is at first (contract §4: the Java SDK reads these as booleans).
    Flag(bool),
}

/// Every key in the order of the answer seen in 2025, then what came after it.
const KEYS: [(&str, Kind); 30] = [
    ("wid", Kind::Wid),
    ("countryInstance", Kind::Word),
    ("typeAccount", Kind::Word),
    ("webhookUrl", Kind::WebhookUrl),
    ("webhookUrlToken", Kind::WebhookToken),
    ("delaySendMessagesMilliseconds", Kind::SendGap),
    ("markIncomingMessagesReaded", Kind::MarkRead),
    ("markIncomingMessagesReadedOnReply", Kind::MarkReadOnReply),
    ("sharedSession", Kind::Switch),
    ("proxyInstance", Kind::Proxy),
    ("outgoingWebhook", Kind::Switch),
    ("outgoingMessageWebhook", Kind::Switch),
    ("outgoingAPIMessageWebhook", Kind::Switch),
    ("incomingWebhook", Kind::Switch),
    ("deviceWebhook", Kind::Switch),
    ("statusInstanceWebhook", Kind::Switch),
    ("stateWebhook", Kind::Switch),
    ("enableMessagesHistory", Kind::Switch),
    ("keepOnlineStatus", Kind::KeepOnline),
    ("pollMessageWebhook", Kind::Switch),
    ("incomingBlockWebhook", Kind::Switch),
    ("incomingCallWebhook", Kind::Switch),
    ("editedMessageWebhook", Kind::Switch),
    ("deletedMessageWebhook", Kind::Switch),
    ("outgoingCallWebhook", Kind::Switch),
    ("avatarInfoWebhook", Kind::Switch),
    ("autoTyping", Kind::Typing),
    ("linkPreview", Kind::LinkPreview),
    ("enableLidMode", Kind::Flag(false)),
    ("typeInstance", Kind::Type),
];

/// Between two sends, milliseconds (contract §4). 0 is what a fresh instance reads back.
const SEND_GAP: (u64, u64) = (500, 600_000);

/// The longest typing that the vendor allows, milliseconds.
pub const TYPING_LIMIT: u64 = 20_000;

const SYSTEM_PROXY: &str = "system proxy";

/// The switches of a new instance: everything off.
pub fn first() -> Value {
    KEYS.iter().filter_map(|(key, kind)| Some(((*key).to_owned(), at_first(*kind)?))).collect::<Map<_, _>>().into()
}

fn at_first(kind: Kind) -> Option<Value> {
    match kind {
        Kind::Switch => Some(json!("no")),
        Kind::Word => Some(json!("")),
        Kind::Flag(value) => Some(json!(value)),
        _ => None,
    }
}

/// The listener's own switches, as they were when an event happened.
#[derive(Clone, Copy)]
pub struct Switches<'a>(pub &'a Value);

impl Switches<'_> {
    pub fn on(self, key: &str) -> bool {
        self.0[key] == "yes"
    }

    pub fn prefer(self) -> Prefer {
        if self.0["enableLidMode"] == true { Prefer::Lid } else { Prefer::Phone }
    }
}

/// The whole object of getSettings. `token` is the webhook's, opened.
pub fn show(account: &Account, listener: Option<&Listener>, token: Option<&str>) -> Value {
    let kept = listener.map_or(&Value::Null, |listener| &listener.settings);
    let url = match listener.map(|listener| &listener.target) {
        Some(Target::Push { url }) => url.as_str(),
        _ => "",
    };
    let own = &account.settings;
    let value = |key: &str, kind: Kind| match kind {
        Kind::Wid if account.condition.state.is_logged_in() => json!(instance::wid(account)),
        Kind::Wid => json!(""),
        Kind::Type => json!(instance::kind(account.channel)),
        Kind::WebhookUrl => json!(url),
        Kind::WebhookToken => json!(token.unwrap_or_default()),
        Kind::SendGap => json!(own.send_gap_ms),
        Kind::MarkRead => yes_no(own.mark_read),
        Kind::MarkReadOnReply => yes_no(own.mark_read_on_reply),
        Kind::KeepOnline => yes_no(own.keep_online),
        Kind::Typing => json!(own.typing_ms),
        Kind::LinkPreview => json!(own.link_preview.unwrap_or(true)),
        // A proxy's address may hold a password, so it is not shown.
        Kind::Proxy => json!(if own.proxy.is_some() { "own proxy" } else { SYSTEM_PROXY }),
        Kind::Word | Kind::Switch | Kind::Flag(_) => {
            kept.get(key).cloned().or_else(|| at_first(kind)).unwrap_or_default()
        }
    };
    KEYS.iter().map(|(key, kind)| ((*key).to_owned(), value(key, *kind))).collect::<Map<_, _>>().into()
}

fn yes_no(on: bool) -> Value {
    json!(if on { "yes" } else { "no" })
}

/// Reads a body of setSettings: any keys, at least one.
pub fn read(body: &Map<String, Value>) -> Result<SwitchChange, Refusal> {
    if body.is_empty() {
        return Err(Refusal::invalid("value", "must have at least 1 key"));
    }
    let mut change = SwitchChange::default();
    let mut kept = Vec::new();
    for (key, value) in body {
        let known = KEYS.iter().find(|(known, _)| known == key);
        let (_, kind) = known.ok_or_else(|| Refusal::invalid(key, "is not allowed"))?;
        match kind {
            Kind::Wid | Kind::Type => {}
            Kind::Word => kept.push((key.clone(), json!(text(key, value)?))),
            Kind::Switch => kept.push((key.clone(), yes_no(switch(key, value)?))),
            Kind::Flag(_) => kept.push((key.clone(), json!(flag(key, value)?))),
            Kind::WebhookUrl => change.url = Some(url(key, value)?),
            Kind::WebhookToken => change.secret = Some(token(key, value)?),
            Kind::SendGap => change.account.send_gap_ms = Some(send_gap(key, value)?),
            Kind::Typing => change.account.typing_ms = Some(whole(key, value, TYPING_LIMIT)?),
            Kind::LinkPreview => change.account.link_preview = Some(flag(key, value)?),
            Kind::MarkRead => change.account.mark_read = Some(switch(key, value)?),
            Kind::MarkReadOnReply => change.account.mark_read_on_reply = Some(switch(key, value)?),
            Kind::KeepOnline => change.account.keep_online = Some(switch(key, value)?),
            Kind::Proxy => change.account.proxy = proxy(key, value)?,
        }
    }
    if !kept.is_empty() {
        change.switches = Some(Value::Object(kept.into_iter().collect()));
    }
    Ok(change)
}

fn text<'v>(key: &str, value: &'v Value) -> Result<&'v str, Refusal> {
    value.as_str().ok_or_else(|| Refusal::invalid(key, "must be a string"))
}

fn switch(key: &str, value: &Value) -> Result<bool, Refusal> {
    match value.as_str() {
        Some("yes") => Ok(true),
        Some("no") => Ok(false),
        _ => Err(Refusal::invalid(key, "must be one of [yes, no]")),
    }
}

/// The vendor's documents write these as `yes`/`no`, its Java SDK as a boolean: both are read.
fn flag(key: &str, value: &Value) -> Result<bool, Refusal> {
    match value {
        Value::Bool(on) => Ok(*on),
        Value::String(word) if word == "yes" || word == "true" => Ok(true),
        Value::String(word) if word == "no" || word == "false" => Ok(false),
        _ => Err(Refusal::invalid(key, "must be a boolean")),
    }
}

fn whole(key: &str, value: &Value, most: u64) -> Result<u32, Refusal> {
    let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    let number = number.ok_or_else(|| Refusal::invalid(key, "must be an integer not below 0"))?;
    let fits = u32::try_from(number).ok().filter(|_| number <= most);
    fits.ok_or_else(|| Refusal::invalid(key, format!("must be less than or equal to {most}")))
}

fn send_gap(key: &str, value: &Value) -> Result<u32, Refusal> {
    let (least, most) = SEND_GAP;
    match whole(key, value, most)? {
        gap if gap > 0 && u64::from(gap) < least => {
            Err(Refusal::invalid(key, format!("must be greater than or equal to {least}")))
        }
        gap => Ok(gap),
    }
}

fn url(key: &str, value: &Value) -> Result<Option<String>, Refusal> {
    let url = text(key, value)?.trim();
    match url {
        "" => Ok(None),
        _ if is_url(url, &["http://", "https://"]) => Ok(Some(url.to_owned())),
        _ => Err(Refusal::invalid(key, "must be a valid uri")),
    }
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    let rest = schemes.iter().find_map(|scheme| {
        text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(|_| &text[scheme.len()..])
    });
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) && !text.contains(char::is_whitespace)
}

/// It becomes a header's value, so only what a header can hold is taken.
fn token(key: &str, value: &Value) -> Result<Option<String>, Refusal> {
    let token = text(key, value)?.trim();
    if !token.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Err(Refusal::invalid(key, "must only contain characters that a header can hold"));
    }
    Ok((!token.is_empty()).then(|| token.to_owned()))
}

/// `None` for what getSettings showed and a caller sends back.
fn proxy(key: &str, value: &Value) -> Result<Option<Option<String>>, Refusal> {
    match text(key, value)?.trim() {
        "" | SYSTEM_PROXY => Ok(Some(None)),
        "own proxy" => Ok(None),
        url if is_url(url, &["http://", "https://", "socks5://", "socks5h://"]) => Ok(Some(Some(url.to_owned()))),
        _ => Err(Refusal::invalid(key, "must be a valid uri")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(body: Value) -> Result<SwitchChange, Refusal> {
        read(body.as_object().unwrap())
    }

    #[test]
    fn what_is_shown_can_be_sent_back_and_changes_nothing() {
        let account = crate::green_api::tests::account();
        let listener = crate::green_api::tests::listener();
        let shown = show(&account, Some(&listener), None);
        let change = change(shown).unwrap();
        assert_eq!((change.url, change.secret), (Some(None), Some(None)));
        assert_eq!(change.switches.as_ref(), Some(&first()));
        assert_eq!(change.account.proxy, Some(None));
        assert_eq!(change.account.send_gap_ms, Some(0));
    }

    #[test]
    fn each_key_goes_where_it_lives() {
        let change = change(json!({
            "webhookUrl": "https://a.example/hook", "webhookUrlToken": "secret", "incomingWebhook": "yes",
            "delaySendMessagesMilliseconds": "1500", "markIncomingMessagesReaded": "yes", "enableLidMode": "yes",
            "proxyInstance": "socks5://u:p@h:1080"
        }))
        .unwrap();
        assert_eq!(change.url, Some(Some("https://a.example/hook".into())));
        assert_eq!(change.secret, Some(Some("secret".into())));
        assert_eq!(change.switches, Some(json!({"incomingWebhook": "yes", "enableLidMode": true})));
        assert_eq!((change.account.send_gap_ms, change.account.mark_read), (Some(1500), Some(true)));
        assert_eq!(change.account.proxy, Some(Some("socks5://u:p@h:1080".into())));
    }

    #[test]
    fn what_a_key_cannot_hold_is_refused_by_name() {
        let refused = [
            (json!({}), "'value' must have at least 1 key"),
            (json!({"incomingWebHook": "yes"}), "'incomingWebHook' is not allowed"),
            (json!({"incomingWebhook": true}), "'incomingWebhook' must be one of [yes, no]"),
            (json!({"webhookUrl": null}), "'webhookUrl' must be a string"),
            (json!({"webhookUrl": "example.com"}), "'webhookUrl' must be a valid uri"),
            (json!({"webhookUrl": "http:///x"}), "'webhookUrl' must be a valid uri"),
            (json!({"webhookUrl": "ÿttps://x"}), "'webhookUrl' must be a valid uri"),
            (
                json!({"webhookUrlToken": "a\r\nb: c"}),
                "'webhookUrlToken' must only contain characters that a header can hold",
            ),
            (
                json!({"delaySendMessagesMilliseconds": 499}),
                "'delaySendMessagesMilliseconds' must be greater than or equal to 500",
            ),
            (
                json!({"delaySendMessagesMilliseconds": 600_001}),
                "'delaySendMessagesMilliseconds' must be less than or equal to 600000",
            ),
        ];
        for (body, words) in refused {
            assert_eq!(change(body).unwrap_err().to_string(), words);
        }
    }
}
