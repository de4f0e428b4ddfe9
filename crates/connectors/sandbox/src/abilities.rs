//! Everything that the model knows, so that every dialect can be tested whole; only the ways to log in differ.

use sluice_model::{Abilities, Ability, Channel};

macro_rules! everything_and {
    ($($login:ident),+) => {
        &[
            Ability::Text,
            Ability::Image,
            Ability::Video,
            Ability::Audio,
            Ability::Voice,
            Ability::Document,
            Ability::Sticker,
            Ability::Location,
            Ability::Contacts,
            Ability::Poll,
            Ability::Reaction,
            Ability::Edit,
            Ability::Delete,
            Ability::Buttons,
            Ability::Template,
            Ability::Reply,
            Ability::Forward,
            Ability::LinkPreview,
            Ability::Mentions,
            Ability::Story,
            Ability::Groups,
            Ability::ReadMarks,
            Ability::Typing,
            Ability::Receipts,
            Ability::NumberCheck,
            Ability::Avatar,
            Ability::ContactInfo,
            Ability::AddressBook,
            Ability::Archive,
            Ability::Block,
            Ability::Presence,
            Ability::RejectCall,
            Ability::Profile,
            Ability::Disappearing,
            $(Ability::$login),+
        ]
    };
}

/// Bytes of one file.
pub(crate) const MEDIA_LIMIT: u64 = 100 * 1024 * 1024;

static WHATSAPP: Abilities = Abilities {
    can: everything_and!(QrLogin, PairingCodeLogin),
    deduplicates: true,
    text_limit: 65_536,
    media_limit: MEDIA_LIMIT,
    ..Abilities::NONE
};

static TELEGRAM_USER: Abilities = Abilities {
    can: everything_and!(QrLogin, PhoneCodeLogin),
    deduplicates: true,
    text_limit: 4_096,
    media_limit: MEDIA_LIMIT,
    ..Abilities::NONE
};

static TELEGRAM_BOT: Abilities = Abilities {
    can: everything_and!(TokenLogin),
    deduplicates: true,
    text_limit: 4_096,
    media_limit: MEDIA_LIMIT,
    ..Abilities::NONE
};

static MAX: Abilities = Abilities {
    can: everything_and!(QrLogin, PhoneCodeLogin),
    deduplicates: true,
    text_limit: 4_000,
    media_limit: MEDIA_LIMIT,
    ..Abilities::NONE
};

pub(crate) const CHANNELS: &[Channel] = &[Channel::Whatsapp, Channel::TelegramUser, Channel::TelegramBot, Channel::Max];

pub(crate) const fn of(channel: Channel) -> &'static Abilities {
    match channel {
        Channel::Whatsapp | Channel::Sms => &WHATSAPP,
        Channel::TelegramUser => &TELEGRAM_USER,
        Channel::TelegramBot => &TELEGRAM_BOT,
        Channel::Max => &MAX,
    }
}
