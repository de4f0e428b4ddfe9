//! From calls to commands (contract §3, §5, §6).

use std::time::Duration;

use serde_json::{Value, json};
use sluice_model::command::{Which, Wish};
use sluice_model::content::{Content, Media, MediaKind, Source};
use sluice_model::refusal::Noun;
use sluice_model::{Command, Refusal, Timestamp};

use super::{body, ids, phone};
use crate::Call;

/// Messages of one call (contract §3.1).
const MOST: usize = 1000;
/// Without a validity a message waits as long as its status is kept (contract §5, §10).
const LIFE: Duration = Duration::from_secs(30 * 86_400);
/// Below, a time is in seconds: in milliseconds it would be before 1973 (contract §5).
const SECONDS: f64 = 1e11;

/// The member of a message's memo that holds its validity, in milliseconds.
pub const VALID_UNTIL: &str = "invalidationTime";

pub fn add(call: &Call) -> Result<Command, Refusal> {
    let mut body = body::read(call)?;
    let messages = match body.get_mut("messages").map(Value::take) {
        Some(Value::Array(messages)) if !messages.is_empty() => messages,
        Some(message @ Value::Object(_)) => vec![message],
        _ => return Err(Refusal::Missing("messages")),
    };
    if messages.len() > MOST {
        return Err(Refusal::TooLong { field: "messages", limit: MOST });
    }
    let wishes = messages.iter().enumerate().map(|(index, message)| wish(call, index, message));
    Ok(Command::Send(wishes.collect::<Result<_, _>>()?))
}

fn wish(call: &Call, index: usize, message: &Value) -> Result<Wish, Refusal> {
    let given = |name: &str| message.get(name).filter(|value| !body::is_absent(Some(value)));
    let refuse = |name: &str, note: &str| Refusal::invalid(format!("messages[{index}].{name}"), note);
    let number = body::text(given("phone")).ok_or_else(|| refuse("phone", "is required"))?;
    let image = given("imagePath").map(|link| body::text(Some(link)).ok_or_else(|| refuse("imagePath", "is no link")));
    // A blank text is a text; only where there is a picture may it be left out.
    let text = body::text(message.get("message"));
    let content = match (image.transpose()?, text) {
        (Some(link), caption) => picture(link, caption),
        (None, Some(text)) => Content::text(text),
        (None, None) => return Err(refuse("message", "is required")),
    };
    let end =
        given("invalidationTime").map(|time| moment(time).ok_or_else(|| refuse("invalidationTime", "is no time")));
    let end = end.transpose()?;
    // A time that has passed already is no refusal: the message fails with its reason.
    let ahead = end.filter(|end| *end > call.at);
    Ok(Wish {
        memo: end.map(|end| json!({ VALID_UNTIL: end.millis() })),
        expires_at: Some(ahead.unwrap_or_else(|| call.at.plus(LIFE))),
        ..Wish::new(phone::read(&number), content)
    })
}

/// Fetched when it is sent; the text stands under it (contract §7).
fn picture(link: String, caption: Option<String>) -> Content {
    let name = link.split(['?', '#']).next().unwrap_or_default();
    let mime = mime_guess::from_path(name).first_raw().filter(|mime| mime.starts_with("image/"));
    Content::Media(Media { caption, ..Media::new(MediaKind::Image, Source::Url(link), mime.unwrap_or_default()) })
}

/// Epoch milliseconds as a number or a string, seconds likewise, or a Firestore timestamp (contract §3.1, §5).
fn moment(value: &Value) -> Option<Timestamp> {
    let millis = match value {
        Value::Number(number) => scaled(number.as_f64()?),
        Value::String(text) => scaled(text.trim().parse().ok()?),
        Value::Object(parts) => {
            let part = |name: &str| parts.get(name).or_else(|| parts.get(&format!("_{name}"))).and_then(Value::as_f64);
            part("seconds")? * 1e3 + part("nanoseconds").unwrap_or(0.0) / 1e6
        }
        _ => return None,
    };
    // Beyond any calendar there is no end at all; `as` stops at the bounds.
    (millis.is_finite() && millis >= 0.0).then(|| Timestamp::from_millis(millis as i64))
}

fn scaled(number: f64) -> f64 {
    if number < SECONDS { number * 1e3 } else { number }
}

/// The id in the query, or in the body of the calls that have one.
pub fn status(call: &Call) -> Result<Command, Refusal> {
    let id = match call.query("id") {
        Some(id) => Some(id.to_owned()),
        None => body::text(body::read(call)?.get("id")),
    };
    let id = id.ok_or(Refusal::Missing("id"))?;
    let message = ids::read(&call.spelling, id.trim()).ok_or(Refusal::NotFound(Noun::Message))?;
    Ok(Command::Message(Which::Id(message)))
}
