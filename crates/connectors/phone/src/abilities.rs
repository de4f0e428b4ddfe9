//! What a script with a screen can do.

use sluice_model::{Abilities, Ability, Channel};

pub(crate) const CHANNELS: &[Channel] = &[Channel::Whatsapp];

/// WhatsApp takes files of this size from its own gallery.
const MEDIA_LIMIT: u64 = 16 * 1024 * 1024;

/// `deduplicates`: the account's journal knows every message that a phone was ever given, and gives none of them twice
/// unless it is known not to have been sent.
pub(crate) static ABILITIES: Abilities = Abilities {
    can: &[
        Ability::Text,
        Ability::Image,
        Ability::Video,
        Ability::Audio,
        Ability::Document,
        Ability::Receipts,
        Ability::PairingCodeLogin,
    ],
    deduplicates: true,
    text_limit: 4_096,
    media_limit: MEDIA_LIMIT,
    caution: Some(
        "Messages go out through the messenger on your own phone. Messengers block numbers that write to many strangers: \
         keep the pauses that the gateway makes.",
    ),
    ..Abilities::NONE
};
