//! From an order to what a phone can send.

use sluice_connector::Home;
use sluice_model::device::Media;
use sluice_model::failure::Why;
use sluice_model::{Ability, Address, Content, Failure, Order};

use crate::abilities::ABILITIES;
use crate::board::Goods;

pub(crate) async fn goods(order: &Order, home: &Home) -> Result<Goods, Failure> {
    let content = &order.message.content;
    if !Ability::of_content(content).is_some_and(|ability| ABILITIES.has(ability)) {
        return Err(Failure::refused(Why::Unsupported, format!("a phone cannot send a {}", content.kind())));
    }
    let text = content.words();
    if text.chars().count() > ABILITIES.text_limit {
        return Err(Failure::refused(Why::TooLong, format!("more than {} characters", ABILITIES.text_limit)));
    }
    let Address::Phone(to) = order.chat() else {
        return Err(Failure::refused(Why::InvalidRecipient, "a phone writes to phone numbers"));
    };
    let Some(id) = order.message.remote.clone() else {
        return Err(Failure::refused(Why::Unsupported, "the message has no id that a phone could know it by"));
    };
    let media = match content {
        Content::Media(media) => {
            let file = home.media.obtain(media, ABILITIES.media_limit).await?;
            Some(Media { kind: media.kind, blob: file.blob, mime: file.mime, name: file.file_name })
        }
        _ => None,
    };
    Ok(Goods { number: order.id(), id, to: to.clone(), text: text.to_owned(), media, not_after: order.expires_at })
}
