//! The picture of a link's card.

use sluice_model::Failure;
use sluice_model::content::{Media, MediaKind, Preview};
use whatsapp_rust::wacore::download::MediaType;

use super::facts;
use super::upload::bring_file;
use crate::desk::{Desk, Stored, of_disk};

/// Bytes; what is larger is no picture for a card.
const LIMIT: u64 = 5 * 1024 * 1024;

/// A JPEG of so many bytes goes along in the message itself.
const INLINE: u64 = 48 * 1024;

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
    let image = Media {
        kind: MediaKind::Image,
        source: source.clone(),
        mime: String::new(),
        file_name: None,
        caption: None,
        seconds: None,
        size: None,
        thumbnail: None,
        animated: false,
    };
    let file = desk.home.media.obtain(&image, LIMIT).await?;
    let mut picture = Picture::default();
    if file.mime == "image/jpeg" && file.blob.size <= INLINE {
        picture.inline = Some(tokio::fs::read(&file.path).await.map_err(of_disk)?);
    }
    if preview.large
        && let Some(size) = facts::look(file.path.clone(), MediaKind::Image).await?.size
    {
        picture.large = Some((bring_file(desk, &file, MediaType::LinkThumbnail).await?.stored, size));
    }
    Ok(Some(picture))
}
