//! What a file says of itself in its first and last bytes: pixels, seconds, whether it moves.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sluice_model::Failure;
use sluice_model::content::MediaKind;
use whatsapp_rust::wacore::webp;

use crate::desk::of_disk;

/// So much of a file's end is looked through for the last page of an Ogg stream, which is shorter than 64 KB.
const END: u64 = 128 * 1024;

/// A sticker larger than this is not looked into.
const STICKER: u64 = 1024 * 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Pixels, width and height.
    pub size: Option<(u32, u32)>,
    pub seconds: Option<u32>,
    pub animated: bool,
}

/// Looks at what its kind is about; what the file does not say is left open.
pub async fn look(path: PathBuf, kind: MediaKind) -> Result<Facts, Failure> {
    let looked = tokio::task::spawn_blocking(move || read(&path, kind)).await;
    looked.map_err(|error| of_disk(error.into()))?.map_err(of_disk)
}

fn read(path: &Path, kind: MediaKind) -> std::io::Result<Facts> {
    let mut facts = Facts::default();
    let mut file = File::open(path)?;
    match kind {
        MediaKind::Image | MediaKind::Sticker => {
            let pixels = |side: usize| u32::try_from(side).ok();
            let size = imagesize::size(path).ok();
            facts.size = size.and_then(|size| pixels(size.width).zip(pixels(size.height)));
            if kind == MediaKind::Sticker && file.metadata()?.len() <= STICKER {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                facts.animated = webp::is_animated(&bytes);
            }
        }
        MediaKind::Audio | MediaKind::Voice => facts.seconds = opus_seconds(&mut file)?,
        MediaKind::Video | MediaKind::VideoNote | MediaKind::Document => {}
    }
    Ok(facts)
}

/// The length of Opus in Ogg: the position on its last page, less what is skipped at the beginning, at 48 kHz
/// (RFC 7845 §4). At least one second where there is any sound.
fn opus_seconds(file: &mut File) -> std::io::Result<Option<u32>> {
    let mut head = Vec::new();
    file.take(512).read_to_end(&mut head)?;
    let Some(at) = head.windows(8).position(|window| window == b"OpusHead") else {
        return Ok(None);
    };
    let skipped = head.get(at + 10..at + 12).map_or(0, |bytes| u64::from(u16::from_le_bytes([bytes[0], bytes[1]])));
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    let mut end = Vec::new();
    file.take(END).read_to_end(&mut end)?;
    let last = end.windows(14).rev().find(|page| page.starts_with(b"OggS\0"));
    let position = last.and_then(|page| page[6..14].try_into().ok()).map(u64::from_le_bytes);
    let played = position.map(|position| position.saturating_sub(skipped));
    Ok(played.and_then(|played| u32::try_from(played.div_ceil(48_000)).ok()).filter(|seconds| *seconds > 0))
}
