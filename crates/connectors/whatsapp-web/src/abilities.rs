//! What a linked device can do, and how carefully it should.

use std::time::Duration;

use sluice_model::ability::{Pace, Stage};
use sluice_model::{Abilities, Ability, Channel};

pub const CHANNELS: &[Channel] = &[Channel::Whatsapp];

/// Shown wherever somebody is about to log in.
const CAUTION: &str = "This is an unofficial WhatsApp client: WhatsApp may ban the account that uses it. Write to people \
    who expect it, and use the official WhatsApp Cloud API for mass mailing.";

const fn stage(from_days: u64, gap_secs: u64, new_chats_a_day: Option<u32>) -> Stage {
    Stage { from: Duration::from_secs(from_days * 86_400), gap: Duration::from_secs(gap_secs), new_chats_a_day }
}

/// From the day of the login on. WhatsApp publishes no figures: these are the cautious end of what operators of such
/// clients advise, slow while the login is new and never faster than a person types.
const PACE: Pace = Pace(&[
    stage(0, 15, Some(20)),
    stage(1, 10, Some(40)),
    stage(3, 6, Some(80)),
    stage(7, 4, Some(150)),
    stage(14, 3, Some(300)),
    stage(30, 2, None),
]);

static WHATSAPP: Abilities = Abilities {
    can: &[
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
        Ability::QrLogin,
        Ability::PairingCodeLogin,
    ],
    deduplicates: true,
    text_limit: 65_536,
    media_limit: crate::desk::FILE_LIMIT,
    pace: PACE,
    caution: Some(CAUTION),
};

pub fn of(_: Channel) -> &'static Abilities {
    &WHATSAPP
}
