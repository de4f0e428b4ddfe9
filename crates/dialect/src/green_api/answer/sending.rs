//! Sending methods (contract greenapi.md §2.2).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sluice_model::Spelling;
use sluice_model::content::Blob;
use sluice_model::outcome::Accepted;

use crate::Call;
use crate::green_api::read::files::mime_of_name;
use crate::green_api::read::form::Form;

pub fn accepted(accepted: &[Accepted], spelling: &Spelling) -> Value {
    json!({"idMessage": accepted.first().map(|one| spelling.remote(one.id))})
}

pub fn forwarded(accepted: &[Accepted], spelling: &Spelling) -> Value {
    json!({"messages": accepted.iter().map(|one| spelling.remote(one.id)).collect::<Vec<_>>()})
}

/// With a link to the file, which lies among ours under the hash of its bytes.
pub fn uploaded(call: &Call, accepted: &[Accepted]) -> Value {
    let file = Form::of(call).ok().and_then(|form| {
        let name = form
            .texts
            .get("fileName")
            .and_then(Value::as_str)
            .map(str::to_owned);
        form.file.map(|file| (name.or(file.name), file.place))
    });
    let url = file.and_then(|(name, place)| {
        let bytes = call.body.get(place)?;
        let blob = Blob {
            hash: hex::encode(Sha256::digest(bytes)),
            size: bytes.len() as u64,
        };
        Some(link(call, &blob, name.as_deref()))
    });
    json!({"idMessage": accepted.first().map(|one| call.spelling.remote(one.id)), "urlFile": url})
}

pub fn kept(call: &Call, blob: &Blob) -> Value {
    json!({"urlFile": link(call, blob, call.header("ga-filename"))})
}

fn link(call: &Call, blob: &Blob, name: Option<&str>) -> String {
    let said = || {
        call.header("content-type")
            .filter(|mime| !mime.starts_with("multipart/"))
            .map(str::to_owned)
    };
    let mime = name.and_then(mime_of_name).or_else(said);
    let mime = mime.unwrap_or_else(|| "application/octet-stream".to_owned());
    call.links
        .file(blob, &mime, Some(name.unwrap_or("file.bin")), call.at)
}
