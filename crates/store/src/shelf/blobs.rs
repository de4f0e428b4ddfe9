//! Files, addressed by their content. Beside the database, not in it.

use std::path::PathBuf;

use async_trait::async_trait;
use sluice_model::content::Blob;
use tokio::io::AsyncRead;

use crate::Fault;

#[async_trait]
pub trait Blobs: Send + Sync {
    /// Reads to the end and keeps the bytes durably; the same content is kept once. `None` when it is longer than
    /// `limit` bytes; then nothing is kept.
    async fn keep(&self, from: &mut (dyn AsyncRead + Unpin + Send), limit: u64) -> Result<Option<Blob>, Fault>;

    /// A file to read, or `None` when it is not kept (any more).
    async fn find(&self, blob: &Blob) -> Result<Option<PathBuf>, Fault>;
}
