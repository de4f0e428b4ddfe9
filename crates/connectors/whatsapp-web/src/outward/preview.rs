//! The picture of a link's card.

use std::path::Path;

use sluice_model::Failure;
use sluice_model::content::{Media, MediaKind, Preview};
use whatsapp_rust::wacore::download::MediaType;

use super::facts;
use super::upload::bring_file;
use crate::desk::{Desk, Stored, of_disk};

/// Bytes; what is larger is no picture for a card.
const LIMIT: u64 = 5 * 1024 * 1024;

/// A JPEG of so many bytes goes along in the message itself.
pub const INLINE: u64 = 48 * 1024;

/// How every JPEG begins.
pub const JPEG: &[u8] = b"\xFF\xD8\xFF";

#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub inline: Option<Vec<u8>>,
    /// On the media servers, with its width and height.
    pub large: Option<(Stored, (u32, u32))>,
}

/// A small JPEG goes along; for a large card the picture is brought to the media servers.
pub async fn picture(desk: &Desk, preview: &Preview) -> Result<Option<Picture>, Failure> {
    let Some(source) = &preview.image else {
        return Ok(None);
    };
    let image = Media::new(MediaKind::Image, source.clone(), "");
    let file = desk.home.media.obtain(&image, LIMIT).await?;
    let mut picture = Picture::default();
    if file.mime == "image/jpeg" && file.blob.size <= INLINE {
        picture.inline = Some(tokio::fs::read(&file.path).await.map_err(of_disk)?);
    }
    if preview.large {
        picture.large = large(desk, &file.path).await?;
    }
    Ok(Some(picture))
}

/// Brings a picture to the media servers; `None` when it is none.
pub async fn large(desk: &Desk, path: &Path) -> Result<Option<(Stored, (u32, u32))>, Failure> {
    let Some(size) = facts::look(path.to_owned(), MediaKind::Image).await?.size else {
        return Ok(None);
    };
    Ok(Some((bring_file(desk, path, MediaType::LinkThumbnail).await?.stored, size)))
}
