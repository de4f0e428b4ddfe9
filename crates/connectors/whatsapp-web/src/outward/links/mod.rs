//! The card of a link: fetched from the page that it leads to, where the caller asked for one. A page that does not
//! come in time, or says nothing of itself, has none: the message does not wait for it.

mod page;
#[cfg(test)]
mod tests;

use std::time::Duration;

use sluice_model::content::{Preview, Text};
use sluice_outside::Url;

use self::page::Page;
use super::letter::first_link;
use super::preview::{self, Picture};
use crate::desk::{Card, Desk};
use crate::tasks::world;

/// What the page may take, redirects included, and then its picture until it lies on the media servers.
const PAGE: Duration = Duration::from_secs(3);
const PICTURE: Duration = Duration::from_secs(2);

/// Bytes of a page that are looked at.
const PAGE_BYTES: usize = 64 * 1024;

/// Bytes; a larger picture is not shown.
const PICTURE_BYTES: usize = 1024 * 1024;

/// The card of the first link in the words.
pub async fn card(desk: &Desk, text: &Text) -> Option<Card> {
    if text.link_preview != Some(true) || desk.pages.is_none() {
        return None;
    }
    let link = first_link(&text.text)?;
    if let Some(known) = desk.find_card(link) {
        return known;
    }
    let card = fetch(desk, link).await;
    desk.keep_card(link, card.clone());
    card
}

async fn fetch(desk: &Desk, link: &str) -> Option<Card> {
    let clock = &desk.home.clock;
    let Page { title, description, image } = clock.within(world(clock, PAGE), page(desk, link)).await??;
    let picture = match image {
        Some(image) => clock.within(world(clock, PICTURE), picture(desk, &image)).await.flatten(),
        None => None,
    };
    Some(Card { preview: Preview { title, description, ..Preview::default() }, picture })
}

async fn page(desk: &Desk, link: &str) -> Option<Page> {
    let peeked = desk.pages.as_ref()?.peek(link, PAGE_BYTES, PAGE).await?;
    Page::read(&peeked)
}

/// A small JPEG goes along in the message; a larger one makes a large card, as the app does it.
async fn picture(desk: &Desk, url: &Url) -> Option<Picture> {
    let peeked = desk.pages.as_ref()?.peek(url.as_str(), PICTURE_BYTES, PICTURE).await?;
    if peeked.truncated || !peeked.head.starts_with(preview::JPEG) {
        return None;
    }
    if peeked.head.len() as u64 <= preview::INLINE {
        return Some(Picture { inline: Some(peeked.head.to_vec()), large: None });
    }
    let file = tempfile::NamedTempFile::new().ok()?.into_temp_path();
    tokio::fs::write(&file, &peeked.head).await.ok()?;
    let large = preview::large(desk, &file).await.ok()?;
    Some(Picture { inline: None, large })
}
