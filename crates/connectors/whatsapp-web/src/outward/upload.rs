//! A file on its way to WhatsApp's media servers: sealed on disk, in a stream, and brought there.

use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sluice_model::Failure;
use sluice_model::content::{Media, MediaKind, Source};
use sluice_model::failure::Why;
use whatsapp_rust::anyhow;
use whatsapp_rust::wacore::download::MediaType;
use whatsapp_rust::wacore::upload::{EncryptedMediaInfo, UploadSource, encrypt_media_streaming};

use super::facts::{self, Facts};
use crate::desk::stored::Kind;
use crate::desk::{Desk, FILE_LIMIT, Stored, of_disk, of_file};

/// A file on the media servers, as a message tells of it.
#[derive(Clone, Debug, Default)]
pub struct Uploaded {
    pub stored: Stored,
    pub url: Option<String>,
    /// Lets a player begin before it has all.
    pub sidecar: Option<Vec<u8>>,
    pub facts: Facts,
}

/// Brings the file of a message there. What came from WhatsApp and is forwarded lies there already.
///
/// # Errors
/// `NotSent` or `Refused`: no message was sent yet.
pub async fn bring(desk: &Desk, media: &Media) -> Result<Uploaded, Failure> {
    if let Source::Remote(handle) = &media.source {
        let stored = Stored::read(handle)
            .ok_or_else(|| Failure::refused(Why::MediaUnreachable, "This file is not at WhatsApp."))?;
        let mime = mime_of(media.kind, Some(media.mime.clone()).filter(|m| !m.is_empty()).unwrap_or(stored.mime));
        let file_name = media.file_name.clone().or(stored.file_name);
        return Ok(Uploaded { stored: Stored { mime, file_name, ..stored }, ..Uploaded::default() });
    }
    let file = desk.home.media.obtain(media, FILE_LIMIT).await?;
    let kind = Kind::of(media.kind);
    let facts = facts::look(file.path.clone(), media.kind).await?;
    let mut uploaded = bring_file(desk, &file.path, kind.media_type()).await?;
    uploaded.stored.kind = kind;
    uploaded.stored.mime = mime_of(media.kind, file.mime);
    uploaded.stored.file_name = media.file_name.clone().or(file.file_name);
    Ok(Uploaded { facts, ..uploaded })
}

/// As [`bring`], for a file at hand.
pub async fn bring_file(desk: &Desk, path: &Path, media_type: MediaType) -> Result<Uploaded, Failure> {
    let path = path.to_owned();
    let sealed = tokio::task::spawn_blocking(move || seal(&path, media_type)).await;
    let (source, info) =
        sealed.map_err(|error| of_disk(error.into()))?.map_err(|error| of_disk(std::io::Error::other(error)))?;
    let response = Box::pin(desk.client.upload_stream(source, info, media_type)).await;
    let response = response.map_err(|error| of_file(&error))?;
    Ok(Uploaded {
        stored: Stored {
            path: response.direct_path,
            key: response.media_key.to_vec(),
            hash: response.file_sha256.to_vec(),
            sealed_hash: response.file_enc_sha256.to_vec(),
            size: response.file_length,
            key_at: response.media_key_timestamp,
            ..Stored::default()
        },
        url: Some(response.url),
        sidecar: response.streaming_sidecar,
        facts: Facts::default(),
    })
}

/// The app shows a voice note as one only under this name.
fn mime_of(kind: MediaKind, mime: String) -> String {
    let unknown = mime.is_empty() || mime == "application/octet-stream";
    match kind {
        MediaKind::Voice if unknown || mime == "audio/ogg" || mime == "audio/opus" => "audio/ogg; codecs=opus".into(),
        MediaKind::Image if unknown => "image/jpeg".into(),
        MediaKind::Video | MediaKind::VideoNote if unknown => "video/mp4".into(),
        MediaKind::Audio if unknown => "audio/mpeg".into(),
        MediaKind::Sticker if unknown => "image/webp".into(),
        MediaKind::Document if mime.is_empty() => "application/octet-stream".into(),
        _ => mime,
    }
}

/// The sealed file, which is deleted when the upload is over.
struct Sealed {
    path: tempfile::TempPath,
    size: u64,
}

fn seal(path: &Path, media_type: MediaType) -> anyhow::Result<(Sealed, EncryptedMediaInfo)> {
    let plain = BufReader::new(std::fs::File::open(path)?);
    let sealed = tempfile::NamedTempFile::new()?;
    let info = encrypt_media_streaming(plain, BufWriter::new(sealed.as_file()), media_type)?;
    let size = sealed.as_file().metadata()?.len();
    Ok((Sealed { path: sealed.into_temp_path(), size }, info))
}

impl UploadSource for Sealed {
    fn len(&self) -> u64 {
        self.size
    }

    fn reader_from(&self, offset: u64) -> std::io::Result<Box<dyn Read + Send>> {
        let mut file = std::fs::File::open(PathBuf::from(&*self.path))?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file))
    }
}
