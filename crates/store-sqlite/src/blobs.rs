//! Files beside the database, each under the hash of its bytes: `media/ab/cd/abcd…`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sluice_model::content::Blob;
use sluice_store::{Blobs, Fault};
use tokio::fs::{self, File};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// The media folder inside the data folder.
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
    /// Names files that are still being written; they are cleared away at the next start.
    writing: AtomicU64,
}

impl Files {
    /// Makes the folder, and clears away what a crash left half written.
    pub fn new(data: &Path) -> Result<Self, Fault> {
        let root = data.join("media");
        let unfinished = root.join("unfinished");
        let made = || -> io::Result<()> {
            if unfinished.exists() {
                std::fs::remove_dir_all(&unfinished)?;
            }
            std::fs::create_dir_all(&unfinished)?;
            std::fs::File::open(&root)?.sync_all()
        };
        made().map_err(|error| Fault::Other(format!("the media folder {}: {error}", root.display())))?;
        Ok(Self { root, writing: AtomicU64::new(0) })
    }

    fn path(&self, hash: &str) -> Option<PathBuf> {
        // A hash comes from outside, too: nothing but a hash may become a path.
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hash.then(|| self.root.join(&hash[..2]).join(&hash[2..4]).join(hash))
    }

    async fn put(
        &self,
        unfinished: &Path,
        from: &mut (dyn AsyncRead + Unpin + Send),
        limit: u64,
    ) -> io::Result<Option<Blob>> {
        let mut file = File::create(unfinished).await?;
        let Some(blob) = copy(from, &mut file, limit).await? else {
            return Ok(None);
        };
        let Some(path) = self.path(&blob.hash) else {
            return Ok(None);
        };
        let folder = path.parent().unwrap_or(&self.root);
        if !fs::try_exists(&path).await? {
            file.sync_all().await?;
            fs::create_dir_all(folder).await?;
            fs::rename(unfinished, &path).await?;
        }
        // The name is durable when every folder on its way is; another who keeps the same may not be that far yet.
        for folder in folder.ancestors().take_while(|folder| folder.starts_with(&self.root)) {
            File::open(folder).await?.sync_all().await?;
        }
        Ok(Some(blob))
    }
}

async fn copy(from: &mut (dyn AsyncRead + Unpin + Send), to: &mut File, limit: u64) -> io::Result<Option<Blob>> {
    let (mut hash, mut size, mut piece) = (Sha256::new(), 0_u64, vec![0_u8; PIECE]);
    loop {
        let read = from.read(&mut piece).await?;
        if read == 0 {
            to.flush().await?;
            return Ok(Some(Blob { hash: hex::encode(hash.finalize()), size }));
        }
        size += read as u64;
        if size > limit {
            return Ok(None);
        }
        hash.update(&piece[..read]);
        to.write_all(&piece[..read]).await?;
    }
}

#[async_trait]
impl Blobs for Files {
    async fn keep(&self, from: &mut (dyn AsyncRead + Unpin + Send), limit: u64) -> Result<Option<Blob>, Fault> {
        let number = self.writing.fetch_add(1, Ordering::Relaxed);
        let unfinished = Unfinished(self.root.join("unfinished").join(number.to_string()));
        self.put(&unfinished.0, from, limit).await.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::Full,
            _ => Fault::Other(format!("a file cannot be kept: {error}")),
        })
    }

    async fn find(&self, blob: &Blob) -> Result<Option<PathBuf>, Fault> {
        let Some(path) = self.path(&blob.hash) else {
            return Ok(None);
        };
        Ok(fs::try_exists(&path).await.map_err(Fault::other)?.then_some(path))
    }
}

/// Gone with its file, unless that was given its final name; also when the caller breaks off.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
