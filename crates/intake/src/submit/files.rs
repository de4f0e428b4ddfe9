//! Files in our keeping and, for received messages, at the messenger.

use sluice_model::command::Which;
use sluice_model::content::{Blob, Content, Media, Source};
use sluice_model::refusal::Noun;
use sluice_model::{Answer, Ask, Outcome, Refusal};
use tokio::io::AsyncReadExt;

use super::{Errand, Result};

/// As much of a file as its kind can be told by.
const BEGINNING: u64 = 8 * 1024;

/// A file whose kind nobody can tell.
const ANY: &str = "application/octet-stream";

impl Errand<'_> {
    pub(super) fn kept_file(&self) -> Result {
        let file = self.call.file.clone().ok_or(Refusal::Missing("file"))?;
        Ok(Outcome::Kept(file))
    }

    pub(super) async fn file(&self, hash: String) -> Result {
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        if !is_hash {
            return Err(Refusal::NotFound(Noun::Media).into());
        }
        self.open_file(Blob { hash, size: 0 }, String::new(), None).await
    }

    pub(super) async fn message_file(&self, which: &Which) -> Result {
        let missing = || Refusal::NotFound(Noun::Media);
        let message = self.find(which).await?.message;
        let Content::Media(Media { source, mime, file_name, .. }) = message.content else {
            return Err(missing().into());
        };
        match source {
            Source::Blob(blob) => self.open_file(blob, mime, file_name).await,
            Source::Url(_) | Source::Inline { .. } => Err(missing().into()),
            Source::Remote(handle) => {
                let remote = message.remote.ok_or_else(missing)?;
                let ask = Ask::FetchMedia { chat: message.chat, remote, handle };
                match self.put(self.call.account()?, ask).await? {
                    Answer::Media { blob, mime, file_name } => self.open_file(blob, mime, file_name).await,
                    other => Err(sluice_store::Fault::other(format!("asked for a file, got {other:?}")).into()),
                }
            }
        }
    }

    /// Makes sure that the file is there, and of what size and kind it is.
    async fn open_file(&self, blob: Blob, mime: String, file_name: Option<String>) -> Result {
        let path = self.room.blobs.find(&blob).await?.ok_or(Refusal::NotFound(Noun::Media))?;
        let opened = async {
            let file = tokio::fs::File::open(path).await?;
            let size = file.metadata().await?.len();
            let mut beginning = Vec::new();
            if mime.is_empty() {
                file.take(BEGINNING).read_to_end(&mut beginning).await?;
            }
            Ok::<_, std::io::Error>((size, beginning))
        };
        let (size, beginning) = opened.await.map_err(sluice_store::Fault::other)?;
        let told = if mime.is_empty() { infer::get(&beginning).map_or(ANY, |kind| kind.mime_type()) } else { &mime };
        let mime = told.to_owned();
        Ok(Outcome::File { blob: Blob { size, ..blob }, mime, file_name })
    }
}
