//! Files of outgoing messages: those that came within a call, as base64, are kept before anything is accepted; those kept
//! already must be there.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sluice_model::ask::GroupCall;
use sluice_model::content::{Blob, Preview, Source, Text};
use sluice_model::refusal::Noun;
use sluice_model::{Ask, Content, Refusal};

use super::{Errand, Result};

/// Clients write the padding or leave it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// More characters than this are decoded aside, where they hold up nobody.
const MANY: usize = 256 * 1024;

impl Errand<'_> {
    pub(super) async fn keep_inline_of(&self, content: &mut Content) -> Result<()> {
        match content {
            Content::Media(media) => self.keep_inline(&mut media.source).await,
            Content::Text(Text { preview: Some(Preview { image: Some(image), .. }), .. }) => {
                self.keep_inline(image).await
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn keep_inline_asked(&self, ask: &mut Ask) -> Result<()> {
        match ask {
            Ask::Profile { picture: Some(source), .. } | Ask::Group { call: GroupCall::Picture { source, .. } } => {
                self.keep_inline(source).await
            }
            _ => Ok(()),
        }
    }

    async fn keep_inline(&self, source: &mut Source) -> Result<()> {
        let base64 = match source {
            Source::Inline { base64 } => base64,
            Source::Blob(blob) => {
                blob.size = self.size_of(blob).await?;
                return Ok(());
            }
            Source::Url(_) | Source::Remote(_) => return Ok(()),
        };
        let text = std::mem::take(base64);
        let bytes = if text.len() <= MANY {
            decode(&text)
        } else {
            tokio::task::spawn_blocking(move || decode(&text)).await.map_err(sluice_store::Fault::other)?
        };
        let bytes = bytes.ok_or_else(|| Refusal::invalid("file", "is not base64"))?;
        let limit = self.room.limits.media_bytes;
        let blob = self.room.blobs.keep(&mut bytes.as_slice(), limit).await?;
        *source = Source::Blob(blob.ok_or(Refusal::TooLarge { limit })?);
        Ok(())
    }
}

impl Errand<'_> {
    /// A caller names a file of ours by its bytes; how long it is, the keeper knows.
    async fn size_of(&self, blob: &Blob) -> Result<u64> {
        let path = self.room.blobs.find(blob).await?.ok_or(Refusal::NotFound(Noun::Media))?;
        Ok(tokio::fs::metadata(path).await.map_err(sluice_store::Fault::other)?.len())
    }
}

/// Bare base64 or a `data:` URL of it; line breaks do not count.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text = match text.strip_prefix("data:") {
        Some(url) => url.split_once(',')?.1,
        None => text,
    };
    if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        return BASE64.decode(packed).ok();
    }
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_however_clients_write_it() {
        for text in ["aGVsbG8=", "aGVsbG8", "aGVs\r\nbG8=\n", "data:text/plain;base64,aGVsbG8="] {
            assert_eq!(decode(text).as_deref(), Some(b"hello".as_slice()), "{text}");
        }
        for text in ["hello!", "data:nothing", "a"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
