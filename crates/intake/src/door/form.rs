//! A form (`multipart/form-data`) taken apart as it comes: its file goes among the files and never into memory.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use multer::{Field, Multipart};
use sluice_dialect::Form;
use sluice_dialect::form::Part;
use sluice_model::Refusal;
use sluice_model::content::Blob;
use sluice_store::{Blobs, Fault};
use tokio::io::AsyncReadExt;
use tokio_util::io::StreamReader;

use super::body::Trouble;
use crate::Limits;

/// More parts than any method has.
const PARTS: usize = 64;

/// As much of a file as its kind can be told by.
const BEGINNING: u64 = 8 * 1024;

/// Why a form was not taken.
#[derive(Debug)]
pub(crate) enum Error {
    /// The stream ended in trouble that its owner knows, or it is no whole form.
    Broken,
    Trouble(Trouble),
    Fault(Fault),
}

impl From<multer::Error> for Error {
    fn from(_: multer::Error) -> Self {
        Self::Broken
    }
}

/// What [`Error::Broken`] is to the caller when nothing is known to have gone wrong on the way.
pub(crate) fn no_whole_form() -> Refusal {
    Refusal::invalid("body", "is not a whole form")
}

/// The boundary of a body of this content type, if it is a form.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    multer::parse_boundary(content_type).ok()
}

/// Reads the form to its end and keeps its first file.
pub(crate) async fn take<S>(
    body: S,
    boundary: String,
    blobs: &dyn Blobs,
    limits: &Limits,
) -> Result<(Form, Option<Blob>), Error>
where
    S: Stream<Item = io::Result<Bytes>> + Send,
{
    let mut parts = Multipart::new(body, boundary);
    let (mut form, mut file, mut texts_left) = (Form::default(), None, limits.body_bytes);
    for _ in 0..PARTS {
        let Some(mut field) = parts.next_field().await? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_none() && name != "file" {
            let text = text(&mut field, limits.body_bytes, &mut texts_left).await?;
            form.texts.push((name, text));
        } else if file.is_none() {
            let mut part = Part {
                name: field.file_name().map(str::to_owned),
                mime: field.content_type().map(ToString::to_string),
                kind: None,
            };
            let blob = keep(field, blobs, limits.media_bytes).await?;
            part.kind = kind(&blob, blobs).await.map_err(Error::Fault)?;
            (file, form.part) = (Some(blob), Some(part));
        }
    }
    Ok((form, file))
}

/// All texts of a form together are held to the limit of an ordinary body.
async fn text(field: &mut Field<'_>, limit: u64, left: &mut u64) -> Result<String, Error> {
    let mut text = Vec::new();
    while let Some(piece) = field.chunk().await? {
        let length = piece.len() as u64;
        *left = left.checked_sub(length).ok_or(Error::Trouble(Trouble::TooLarge { limit }))?;
        text.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

async fn keep(field: Field<'_>, blobs: &dyn Blobs, limit: u64) -> Result<Blob, Error> {
    // The keeper tells a reader's trouble as its own; this tells them apart.
    let broke = AtomicBool::new(false);
    let kept = {
        let field = field.map_err(|error| {
            broke.store(true, Ordering::Relaxed);
            io::Error::other(error)
        });
        blobs.keep(&mut StreamReader::new(field), limit).await
    };
    match kept {
        Ok(Some(blob)) => Ok(blob),
        Ok(None) => Err(Error::Trouble(Trouble::TooLarge { limit })),
        Err(_) if broke.into_inner() => Err(Error::Broken),
        Err(fault) => Err(Error::Fault(fault)),
    }
}

/// The MIME type that the first bytes tell.
async fn kind(blob: &Blob, blobs: &dyn Blobs) -> Result<Option<&'static str>, Fault> {
    let Some(path) = blobs.find(blob).await? else { return Ok(None) };
    let mut beginning = Vec::new();
    let file = tokio::fs::File::open(path).await.map_err(Fault::other)?;
    file.take(BEGINNING).read_to_end(&mut beginning).await.map_err(Fault::other)?;
    Ok(infer::get(&beginning).map(|kind| kind.mime_type()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use async_trait::async_trait;
    use futures_util::stream;
    use tokio::io::AsyncRead;

    use super::*;

    /// Keeps one file in a folder.
    struct Shelf(tempfile::TempDir);

    #[async_trait]
    impl Blobs for Shelf {
        async fn keep(&self, from: &mut (dyn AsyncRead + Unpin + Send), limit: u64) -> Result<Option<Blob>, Fault> {
            let mut bytes = Vec::new();
            from.take(limit + 1).read_to_end(&mut bytes).await.map_err(Fault::other)?;
            if bytes.len() as u64 > limit {
                return Ok(None);
            }
            std::fs::write(self.0.path().join("file"), &bytes).map_err(Fault::other)?;
            Ok(Some(Blob { hash: "ab".repeat(32), size: bytes.len() as u64 }))
        }

        async fn find(&self, _: &Blob) -> Result<Option<PathBuf>, Fault> {
            Ok(Some(self.0.path().join("file")))
        }
    }

    /// The body in pieces of seven bytes, so that boundaries are cut.
    async fn taken(body: &[u8], limits: &Limits) -> (Result<(Form, Option<Blob>), Error>, Vec<u8>) {
        let shelf = Shelf(tempfile::tempdir().unwrap());
        let pieces: Vec<_> = body.chunks(7).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let taken = take(stream::iter(pieces), "x-y".to_owned(), &shelf, limits).await;
        (taken, std::fs::read(shelf.0.path().join("file")).unwrap_or_default())
    }

    const FORM: &[u8] = b"--x-y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b \xd0\xba.png\"\r\n\
        Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--x\r\n--\xff\r\n--x-y\r\n\
        content-disposition: form-data; name=\"chatId\"\r\n\r\n79@c.us\r\n--x-y\r\n\
        Content-Disposition: form-data; name=\"caption\"\r\n\r\n\r\n--x-y--\r\n";

    #[tokio::test]
    async fn texts_and_the_file_are_found_in_any_order() {
        let (taken, file) = taken(FORM, &Limits::default()).await;
        let (form, blob) = taken.unwrap();
        let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(form.texts, [text("chatId", "79@c.us"), text("caption", "")]);
        let part = form.part.unwrap();
        assert_eq!((part.name.as_deref(), part.mime.as_deref()), (Some("a b к.png"), Some("image/png")));
        assert_eq!(part.kind, Some("image/png"));
        assert_eq!(file, b"\x89PNG\r\n\x1a\n\r\n--x\r\n--\xff");
        assert_eq!(blob.map(|blob| blob.size), Some(file.len() as u64));
    }

    #[tokio::test]
    async fn a_form_that_breaks_off_or_is_too_large_is_not_taken() {
        for end in [0, 5, 40, 160, FORM.len() - 12] {
            let (taken, _) = taken(&FORM[..end], &Limits::default()).await;
            assert!(matches!(taken, Err(Error::Broken)), "{end}: {taken:?}");
        }
        let (file, _) = taken(FORM, &Limits { media_bytes: 10, ..Limits::default() }).await;
        assert!(matches!(file, Err(Error::Trouble(Trouble::TooLarge { limit: 10 }))), "{file:?}");
        let (texts, _) = taken(FORM, &Limits { body_bytes: 5, ..Limits::default() }).await;
        assert!(matches!(texts, Err(Error::Trouble(Trouble::TooLarge { limit: 5 }))), "{texts:?}");
    }

    #[test]
    fn a_form_is_known_by_its_type() {
        assert_eq!(boundary("multipart/form-data; charset=utf-8; boundary=\"x-y\"").as_deref(), Some("x-y"));
        for other in ["multipart/form-data", "image/png", "", "multipart/mixed; boundary=x"] {
            assert_eq!(boundary(other), None, "{other}");
        }
    }
}
