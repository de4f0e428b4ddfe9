//! From the gateway to the messenger: what is checked before an order is let through, and what is asked.

mod group_calls;
pub(crate) mod questions;

use sluice_connector::Home;
use sluice_model::failure::Why;
use sluice_model::{Abilities, Ability, Address, Channel, Content, Failure, Order};

/// Refuses what this messenger cannot carry, and makes sure that a file is there.
pub(crate) async fn check(order: &Order, home: &Home, abilities: &Abilities) -> Result<(), Failure> {
    let content = &order.message.content;
    if !Ability::of_content(content).is_some_and(|ability| abilities.has(ability)) {
        let note = format!("The pretend messenger has no message of the kind {}.", content.kind());
        return Err(Failure::refused(Why::Unsupported, note));
    }
    check_recipient(order.chat(), home.account.channel)?;
    if content.words().chars().count() > abilities.text_limit {
        let note = format!("The text is longer than {} characters.", abilities.text_limit);
        return Err(Failure::refused(Why::TooLong, note));
    }
    if let Content::Media(media) = content {
        home.media.obtain(media, abilities.media_limit).await?;
    }
    Ok(())
}

/// Which addresses exist in which messenger.
fn check_recipient(chat: &Address, channel: Channel) -> Result<(), Failure> {
    let known = match chat {
        Address::Phone(_) | Address::Group(_) | Address::Channel(_) | Address::Story => true,
        Address::Lid(_) => channel == Channel::Whatsapp,
        Address::User(_) | Address::Username(_) => channel != Channel::Whatsapp,
        Address::Name(_) => false,
    };
    if known {
        return Ok(());
    }
    Err(Failure::refused(Why::InvalidRecipient, format!("{chat} is no address of this messenger.")))
}
