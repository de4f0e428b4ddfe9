//! Files, kept here to be sent.

use sluice_model::refusal::Noun;
use sluice_model::{Command, Refusal};

use super::Read;
use crate::Call;
use crate::native::shape::Kept;

/// Upload a file
///
/// The body is the file as it is, of any type. The same file is kept once.
#[utoipa::path(post, path = "/v1/media", tag = "Media",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "It is kept", body = Kept)))]
pub fn upload_media(_: &Call) -> Read {
    Ok(Command::KeepFile)
}

/// Download a file
#[utoipa::path(get, path = "/v1/media/{media}", tag = "Media",
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)))]
pub fn download_media(call: &Call) -> Read {
    let workspace = call.key().map(|key| key.workspace);
    let hash = workspace.and_then(|workspace| call.links.named(workspace, call.param("media")));
    Ok(Command::File { hash: hash.ok_or(Refusal::NotFound(Noun::Media))? })
}
