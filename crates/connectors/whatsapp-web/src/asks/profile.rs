//! What others see of the account.

use sluice_model::content::{Media, MediaKind, Source};
use sluice_model::{Answer, Failure};

use crate::desk::{Desk, of_disk, of_question};

/// Bytes; the app makes its pictures much smaller.
const PICTURE: u64 = 5 * 1024 * 1024;

pub async fn change(desk: &Desk, about: Option<String>, picture: Option<Source>) -> Result<Answer, Failure> {
    let profile = desk.client.profile();
    if let Some(about) = about {
        Box::pin(profile.set_status_text(&about)).await.map_err(|error| of_question(&error, "the profile"))?;
    }
    let Some(source) = picture else {
        return Ok(Answer::Profile { picture_url: None });
    };
    let bytes = bytes(desk, source).await?;
    Box::pin(profile.set_profile_picture(bytes)).await.map_err(|error| of_question(&error, "the picture"))?;
    // The picture is set; its address is a courtesy.
    let picture_url = match desk.own().jid(false) {
        Some(own) => {
            let contacts = desk.client.contacts();
            let picture = Box::pin(contacts.get_profile_picture(&own, false)).await;
            picture.ok().flatten().map(|picture| picture.url)
        }
        None => None,
    };
    Ok(Answer::Profile { picture_url })
}

/// A picture as it is: WhatsApp wants a square JPEG, and its server says so when it is none.
pub async fn bytes(desk: &Desk, source: Source) -> Result<Vec<u8>, Failure> {
    let picture = Media::new(MediaKind::Image, source, "");
    let file = desk.home.media.obtain(&picture, PICTURE).await?;
    tokio::fs::read(&file.path).await.map_err(of_disk)
}
