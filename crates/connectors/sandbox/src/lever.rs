//! The levers as they are written, and what is wrong with one.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sluice_connector::Misread;
use sluice_model::event::{CallStage, PresenceState};
use sluice_model::failure::Why;
use sluice_model::{Address, Event, Failure, Timestamp};

use crate::people::People;
use crate::receive::{Saying, read_address};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Lever {
    /// Logs in, with this phone number where one is given.
    Scan {
        phone: Option<String>,
    },
    Logout {
        by: Option<By>,
    },
    /// Until a moment (milliseconds since 1970), or for good.
    Ban {
        until: Option<Timestamp>,
    },
    Unban {},
    Cut {
        for_ms: Option<u64>,
    },
    Restore {},
    Receive {
        message: Box<Saying>,
    },
    Receipt {
        remotes: Vec<String>,
        step: Told,
        note: Option<String>,
    },
    Call {
        from: String,
        stage: Option<CallStage>,
        #[serde(default)]
        video: bool,
    },
    /// Somebody comes, goes, or types: told where the account asked for it.
    Presence {
        from: String,
        state: PresenceState,
        chat: Option<String>,
        last_seen: Option<Timestamp>,
    },
    Event {
        event: Box<Event>,
    },
    Seen {
        chat: Option<String>,
        limit: Option<usize>,
    },
    Groups {},
    Panic {},
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    Device,
    Ban,
}

/// A receipt's word.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    Sent,
    Delivered,
    Read,
    Failed,
}

/// A lever out of its JSON: the member `lever` names it, the others are its own.
pub(crate) fn read(lever: Value, people: People) -> Result<Lever, Misread> {
    let Value::Object(mut fields) = lever else {
        return Err(Misread::new("body", "must be an object"));
    };
    let name = fields.remove("lever").and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
    // A message may stand in the body as it is: curl lines stay short.
    let bare = name == "receive" && !fields.contains_key("message");
    if bare {
        fields = Map::from_iter([("message".to_owned(), Value::Object(fields))]);
    }
    let of_message = |field: &str| if bare { field.to_owned() } else { format!("message.{field}") };
    let read = serde_path_to_error::deserialize(json!({ &name: fields }));
    let lever: Lever = read.map_err(|error| {
        let place = error.path().to_string();
        let place = place.strip_prefix(&name).map_or("", |place| place.trim_start_matches('.'));
        let place = place.strip_prefix("message.").map_or_else(|| place.to_owned(), of_message);
        misread(&place, &error.inner().to_string())
    })?;
    match &lever {
        Lever::Receive { message } => {
            message.check(people).map_err(|wrong| Misread { field: of_message(&wrong.field), ..wrong })?;
        }
        Lever::Call { from, .. } => drop(address("from", Some(from), people)?),
        Lever::Presence { from, chat, .. } => {
            address("from", Some(from), people)?;
            address("chat", chat.as_ref(), people)?;
        }
        Lever::Seen { chat, .. } => drop(address("chat", chat.as_ref(), people)?),
        _ => {}
    }
    Ok(lever)
}

/// The reader's words, which name what there is, with the field that they are about.
fn misread(place: &str, words: &str) -> Misread {
    if let Some(missing) = words.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        let joint = if place.is_empty() { "" } else { "." };
        return Misread::new(format!("{place}{joint}{missing}"), "is required");
    }
    // What has no place within the lever is its name.
    Misread::new(if place.is_empty() { "lever" } else { place }, format!("does not fit: {words}"))
}

pub(crate) fn address(field: &str, text: Option<&String>, people: People) -> Result<Option<Address>, Misread> {
    let read = text.map(|text| read_address(text, people)).transpose();
    read.map_err(|failure| Misread::new(field, format!("does not fit: {}", failure.note())))
}

/// For whoever pulls a lever without having it looked at first.
pub(crate) fn refused(wrong: Misread) -> Failure {
    Failure::refused(Why::Unsupported, format!("The lever cannot be read: '{}' {}", wrong.field, wrong.note))
}
