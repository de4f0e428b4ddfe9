//! A call's messages: what each asks for, or what is wrong with it (contract §2, §5).

mod fields;

use std::time::Duration;

use serde_json::{Map, Value, json};
use sluice_model::command::{Letter, Wish};
use sluice_model::content::Template;
use sluice_model::template::check_language;
use sluice_model::{Address, Command, Content, Refusal, Timestamp};

use super::media;
use super::reason::{INVALID, NOT_NULL, Reason, TOO_LONG, TOO_SHORT};
use crate::Call;
use fields::Fields;

/// Messages of one call (contract §6).
pub const MOST: usize = 100;

/// What the house knows the list of messages as, where the call as a whole is refused.
pub const LIST: &str = "messages";

/// Where a status goes, in a message's memo.
pub const CALLBACK_URL: &str = "callbackUrl";

/// Without `validity` (contract §9).
const USUAL_LIFE: Duration = Duration::from_secs(86_400);

/// Characters (contract §2).
const TEXT: usize = 1_000;
const NAME: usize = 100;
/// Characters; nobody has documented any of these.
const SENDER: usize = 128;
const CALLBACK_DATA: usize = 2_048;
const TEMPLATE_ID: usize = 128;
const URL: usize = 2_048;
/// Digits.
const NUMBER: std::ops::RangeInclusive<usize> = 7..=15;
/// Characters: `en` to `fil_PH`.
const LANGUAGE: std::ops::RangeInclusive<usize> = 2..=6;

type Verdict = Result<Letter, Vec<Reason>>;

/// Accepts the good ones; the answer says what is wrong with the others.
pub fn read(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::SendEach(verdicts(call)?.into_iter().filter_map(Result::ok).collect()))
}

/// A verdict for each message of the call, in order. Refuses a call that has no messages, or too many.
pub fn verdicts(call: &Call) -> Result<Vec<Verdict>, Refusal> {
    let body: Value = call.json()?;
    let messages = body.get(LIST).and_then(Value::as_array).filter(|messages| !messages.is_empty());
    let messages = messages.ok_or(Refusal::Missing(LIST))?;
    if messages.len() > MOST {
        return Err(Refusal::TooLong { field: LIST, limit: MOST });
    }
    Ok(messages.iter().enumerate().map(|(index, message)| verdict(index, message, call.at)).collect())
}

fn verdict(index: usize, message: &Value, now: Timestamp) -> Verdict {
    let Value::Object(members) = message else {
        let key = if message.is_null() { NOT_NULL } else { INVALID };
        return Err(vec![Reason::of_message(key, index)]);
    };
    let mut fields = Fields::new(index, members);
    let letter = letter(&mut fields, members, now);
    let mut reasons = fields.into_reasons();
    match letter {
        Some(letter) if reasons.is_empty() => Ok(letter),
        _ => {
            reasons.sort_by_key(Reason::rank);
            Err(reasons)
        }
    }
}

/// `None` where a reason says why.
fn letter(fields: &mut Fields<'_>, members: &Map<String, Value>, now: Timestamp) -> Option<Letter> {
    let sender = fields.required("from", SENDER);
    let to = recipient(fields);
    let text = fields.text("text", TEXT);
    let file = file(fields, text.clone());
    let life = life(fields);
    let callback = fields.url(CALLBACK_URL, URL);
    let data = fields.text("callbackData", CALLBACK_DATA);
    let template = template(fields, members);
    // A template has its own words (contract §2).
    let content = template.or(file).or_else(|| text.map(Content::text));
    if content.is_none() && !["text", "contentUrl", "templateId"].iter().any(|name| fields.is_spoiled(name)) {
        fields.reject_message(NOT_NULL);
    }
    Some(Letter {
        sender: sender?,
        wish: Wish {
            tag: data,
            memo: callback.as_ref().map(|url| json!({ CALLBACK_URL: url })),
            expires_at: Some(now.plus(life)),
            ..Wish::new(to?, content?)
        },
        calls_back: callback.is_some(),
    })
}

/// Digits of an international number; a plus before them is forgiven.
fn recipient(fields: &mut Fields<'_>) -> Option<Address> {
    let text = fields.required("to", usize::MAX)?;
    let digits = text.trim();
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.len() < *NUMBER.start() {
        return fields.reject("to", INVALID);
    }
    if digits.len() > *NUMBER.end() {
        return fields.reject("to", TOO_LONG);
    }
    Some(Address::Phone(digits.to_owned()))
}

fn file(fields: &mut Fields<'_>, caption: Option<String>) -> Option<Content> {
    let url = fields.url("contentUrl", URL);
    let name = fields.text("contentName", NAME);
    if fields.is_empty_text("contentName") {
        fields.reject::<()>("contentName", TOO_SHORT);
    }
    let mime = fields.text("contentType", NAME);
    if mime.as_deref().is_some_and(|mime| !media::is_mime(mime)) || fields.is_empty_text("contentType") {
        fields.reject::<()>("contentType", INVALID);
    }
    Some(Content::Media(media::of_link(url?, mime.as_deref(), name, caption)))
}

/// Whole seconds. Upstream takes one day with a template only; any other time is honoured here.
fn life(fields: &mut Fields<'_>) -> Duration {
    let seconds = match fields.get("validity") {
        None => return USUAL_LIFE,
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    match seconds.and_then(|seconds| u32::try_from(seconds).ok()).filter(|seconds| *seconds > 0) {
        Some(seconds) => Duration::from_secs(u64::from(seconds)),
        None => {
            fields.reject::<()>("validity", INVALID);
            USUAL_LIFE
        }
    }
}

fn template(fields: &mut Fields<'_>, members: &Map<String, Value>) -> Option<Content> {
    let id = fields.text("templateId", TEMPLATE_ID);
    let language = language(fields);
    let params = match members.get("templateParams") {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(given) => parameters(given).or_else(|| fields.reject("templateParams", INVALID)),
    };
    Some(Content::Template(Template { id: id?, language: language?, params: params?, rendered: None }))
}

fn language(fields: &mut Fields<'_>) -> Option<String> {
    if fields.is_empty_text("languageCode") {
        return fields.reject("languageCode", TOO_SHORT);
    }
    let Some(code) = fields.text("languageCode", *LANGUAGE.end()) else {
        return (!fields.is_spoiled("languageCode")).then(|| "EN".to_owned());
    };
    if code.len() < *LANGUAGE.start() {
        return fields.reject("languageCode", TOO_SHORT);
    }
    if check_language(&code).is_err() {
        return fields.reject("languageCode", INVALID);
    }
    Some(code)
}

/// Values by their places: `{"1": "a", "2": "b"}`, or a list of them. `None` when a place is missing or is none.
fn parameters(given: &Value) -> Option<Vec<String>> {
    let values: Vec<&Value> = match given {
        Value::Array(values) => values.iter().collect(),
        Value::Object(values) => {
            (1..=values.len()).map(|place| values.get(&place.to_string())).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let text = |value: &&Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    values.iter().map(text).collect()
}
