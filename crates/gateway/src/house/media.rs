//! Files for the connectors: out of our keeping, or fetched from a caller's URL through `outside`.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use sluice_connector::{File, Media};
use sluice_model::Failure;
use sluice_model::content::{self, Blob, Source};
use sluice_model::failure::{Retry, Why};
use sluice_outside::{Client, Trouble};
use sluice_store::Blobs;
use tokio::io::AsyncRead;

pub struct Files {
    pub blobs: Arc<dyn Blobs>,
    pub outside: Client,
}

/// Bytes that tell a file's type (the longest signature that `infer` knows lies within them).
const HEAD: usize = 8192;

#[async_trait]
impl Media for Files {
    async fn obtain(&self, media: &content::Media, limit: u64) -> Result<File, Failure> {
        let (blob, served) = match &media.source {
            Source::Blob(blob) if blob.size > limit => return Err(too_large(limit)),
            Source::Blob(blob) => (blob.clone(), None),
            Source::Url(url) => {
                let (blob, served) = self.fetch(url, limit).await?;
                (blob, Some(served))
            }
            Source::Inline { .. } | Source::Remote(_) => {
                return Err(Failure::refused(Why::MediaUnreachable, "the file was never laid among the gateway's own"));
            }
        };
        let path = self.blobs.find(&blob).await.map_err(not_now)?;
        let path = path.ok_or_else(|| Failure::refused(Why::MediaUnreachable, "the file is not kept any more"))?;
        let (claimed, served_name) = served.unwrap_or_default();
        let mime = [Some(media.mime.clone()), claimed].into_iter().flatten().find(|mime| !mime.is_empty());
        let mime = match mime {
            Some(mime) => mime,
            None => mime_of(&path).await,
        };
        Ok(File { blob, path, mime, file_name: media.file_name.clone().or(served_name) })
    }

    async fn keep(&self, from: &mut (dyn AsyncRead + Unpin + Send), limit: u64) -> Result<Blob, Failure> {
        self.blobs.keep(from, limit).await.map_err(not_now)?.ok_or_else(|| too_large(limit))
    }
}

/// MIME type and file name as the server claims them.
type Served = (Option<String>, Option<String>);

impl Files {
    /// The bytes flow from the network into the keeping; neither side holds the whole file.
    async fn fetch(&self, url: &str, limit: u64) -> Result<(Blob, Served), Failure> {
        let (mut sink, mut source) = tokio::io::duplex(64 * 1024);
        let download = async {
            let done = self.outside.download(url, limit, &mut sink).await;
            drop(sink);
            done
        };
        let (downloaded, kept) = tokio::join!(download, self.blobs.keep(&mut source, limit));
        let downloaded = downloaded.map_err(|trouble| unreachable_media(&trouble))?;
        let blob = kept.map_err(not_now)?.ok_or_else(|| too_large(limit))?;
        if blob.size != downloaded.bytes {
            return Err(Failure::not_sent(Why::MediaUnreachable, Retry::BackOff, "the file broke off on its way"));
        }
        Ok((blob, (downloaded.mime, downloaded.file_name)))
    }
}

fn unreachable_media(trouble: &Trouble) -> Failure {
    let note = format!("the file cannot be fetched: {trouble}");
    match trouble {
        Trouble::TooLarge { .. } => Failure::refused(Why::MediaTooLarge, note),
        Trouble::Timeout { .. } | Trouble::Connect { .. } | Trouble::Dns { .. } | Trouble::Reset { .. } => {
            Failure::not_sent(Why::MediaUnreachable, Retry::BackOff, note)
        }
        _ => Failure::refused(Why::MediaUnreachable, note),
    }
}

fn too_large(limit: u64) -> Failure {
    Failure::refused(Why::MediaTooLarge, format!("the file is larger than {limit} bytes"))
}

fn not_now(fault: sluice_store::Fault) -> Failure {
    tracing::error!(%fault, "a file cannot be kept or found");
    Failure::not_sent(Why::Unknown, Retry::BackOff, "the gateway cannot reach its files now")
}

async fn mime_of(path: &Path) -> String {
    use tokio::io::AsyncReadExt;
    let mut head = Vec::new();
    if let Ok(file) = tokio::fs::File::open(path).await {
        // An unreadable file shows its trouble where it is sent.
        let _ = file.take(HEAD as u64).read_to_end(&mut head).await;
    }
    infer::get(&head).map_or("application/octet-stream", |kind| kind.mime_type()).to_owned()
}
