//! Files from WhatsApp's media servers into the house's keeping.

use std::io::Seek;
use std::time::Duration;

use sluice_model::content::{Blob, Source};
use sluice_model::failure::{Retry, Why};
use sluice_model::{Content, Failure};
use whatsapp_rust::Jid;
use whatsapp_rust::download::DownloadParams;
use whatsapp_rust::{MediaRetryResult, MediaReuploadRequest};

use crate::desk::{Desk, FILE_LIMIT, Stored, of_disk, of_file, of_question};

/// Files up to so many bytes are brought in before their message is told: listeners are told once, and a file in the
/// house has an address that can be told. Larger ones are fetched when they are asked for.
const AT_ONCE: u64 = 16 * 1024 * 1024;

/// What takes longer is fetched when it is asked for: other messages wait meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

/// Brings the file of a message in, if that goes quickly.
pub async fn bring_in(desk: &Desk, content: &mut Content) {
    let Content::Media(media) = content else { return };
    let Source::Remote(handle) = &media.source else { return };
    let Some(stored) = Stored::read(handle).filter(|stored| stored.size <= AT_ONCE) else { return };
    match desk.home.clock.within(PATIENCE, Box::pin(download(desk, &stored, AT_ONCE))).await {
        Some(Ok(blob)) => media.source = Source::Blob(blob),
        Some(Err(failure)) => tracing::debug!(%failure, "a file is left at WhatsApp"),
        None => tracing::debug!("a file is left at WhatsApp: it takes too long"),
    }
}

/// Fetches a file that was left at WhatsApp. When the servers have forgotten it, the phone is asked to upload it again.
pub async fn fetch(desk: &Desk, stored: &Stored) -> Result<Blob, Failure> {
    match Box::pin(download(desk, stored, FILE_LIMIT)).await {
        Err(Failure::Refused { why: Why::NotFound, .. }) => {
            let again = Box::pin(upload_again(desk, stored)).await?;
            Box::pin(download(desk, &again, FILE_LIMIT)).await
        }
        done => done,
    }
}

async fn download(desk: &Desk, stored: &Stored, limit: u64) -> Result<Blob, Failure> {
    let params = DownloadParams {
        direct_path: stored.path.clone(),
        media_key: Some(stored.key.clone()).filter(|key| !key.is_empty()),
        file_sha256: stored.hash.clone(),
        file_enc_sha256: Some(stored.sealed_hash.clone()).filter(|hash| !hash.is_empty()),
        file_length: stored.size,
        media_type: stored.kind.media_type(),
    };
    let file = tempfile::tempfile().map_err(of_disk)?;
    let downloaded = desk.client.download_from_params_to_writer(&params, file).await;
    let mut file = downloaded.map_err(|error| of_file(&error))?;
    file.rewind().map_err(of_disk)?;
    let blob = desk.home.media.keep(&mut tokio::fs::File::from_std(file), limit).await?;
    // The servers are not believed: the file is the one that its sender sealed, or none.
    if !stored.hash.is_empty() && hex::encode(&stored.hash) != blob.hash {
        return Err(Failure::refused(Why::MediaUnreachable, "WhatsApp's media servers gave another file."));
    }
    Ok(blob)
}

async fn upload_again(desk: &Desk, stored: &Stored) -> Result<Stored, Failure> {
    let gone = || Failure::refused(Why::NotFound, "Neither WhatsApp nor the phone has this file any more.");
    let came = stored.message.as_ref().filter(|_| !stored.key.is_empty()).ok_or_else(gone)?;
    let chat: Jid = came.chat.parse().map_err(|_| gone())?;
    let sender: Option<Jid> = came.sender.as_deref().and_then(|sender| sender.parse().ok());
    let request = MediaReuploadRequest {
        msg_id: &came.remote,
        chat_jid: &chat,
        media_key: &stored.key,
        is_from_me: came.from_me,
        participant: sender.as_ref(),
    };
    match desk.client.media_reupload().request(&request).await {
        Ok(MediaRetryResult::Success { direct_path }) => Ok(Stored { path: direct_path, ..stored.clone() }),
        Ok(MediaRetryResult::NotFound) => Err(gone()),
        Ok(_) => Err(Failure::not_sent(Why::Unknown, Retry::BackOff, "The phone could not upload the file again.")),
        Err(error) => Err(of_question(&error, "the file")),
    }
}
