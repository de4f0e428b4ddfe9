//! Sending methods (contract greenapi.md §2.2).

use serde_json::{Value, json};
use sluice_model::Spelling;
use sluice_model::content::Blob;
use sluice_model::outcome::Accepted;

use crate::Call;
use crate::form::Part;
use crate::green_api::content::extension;
use crate::green_api::read::files::mime_of_part;

pub fn accepted(accepted: &[Accepted], spelling: &Spelling) -> Value {
    json!({"idMessage": accepted.first().map(|one| spelling.remote(one.id))})
}

pub fn forwarded(accepted: &[Accepted], spelling: &Spelling) -> Value {
    json!({"messages": accepted.iter().map(|one| spelling.remote(one.id)).collect::<Vec<_>>()})
}

/// With a link to the file, which lies among ours.
pub fn uploaded(call: &Call, accepted: &[Accepted]) -> Value {
    let name = call.form.as_ref().and_then(|form| {
        let named = form.texts.iter().find(|(name, text)| name == "fileName" && !text.is_empty());
        named.map(|(_, text)| text.as_str())
    });
    let url = call.file.as_ref().map(|blob| link(call, blob, name));
    json!({"idMessage": accepted.first().map(|one| call.spelling.remote(one.id)), "urlFile": url})
}

pub fn kept(call: &Call, blob: &Blob) -> Value {
    json!({"urlFile": link(call, blob, call.header("ga-filename"))})
}

fn link(call: &Call, blob: &Blob, name: Option<&str>) -> String {
    let raw = || Part { mime: call.header("content-type").map(str::to_owned), ..Part::default() };
    let part = call.form.as_ref().map_or_else(raw, |form| form.part.clone().unwrap_or_default());
    let name = name.or(part.name.as_deref());
    let mime = match mime_of_part(name.unwrap_or_default(), &part) {
        mime if mime.is_empty() => "application/octet-stream".to_owned(),
        mime => mime,
    };
    let made_up = || format!("file.{}", extension(&mime));
    let name = name.map_or_else(made_up, str::to_owned);
    call.links.file(blob, &mime, Some(&name), call.at)
}
