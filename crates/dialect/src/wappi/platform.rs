//! The four bases: the first word of a path says which messenger is meant (contract §1.1).

use sluice_model::{Channel, Refusal};

use super::errors::WRONG_PLATFORM;
use crate::Call;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Api,
    Tapi,
    Maxapi,
    Botapi,
}

pub const ALL: &[Base] = &[Base::Api, Base::Tapi, Base::Maxapi, Base::Botapi];
/// Accounts of persons.
pub const PEOPLE: &[Base] = &[Base::Api, Base::Tapi, Base::Maxapi];
pub const WA: &[Base] = &[Base::Api];
pub const WA_TG: &[Base] = &[Base::Api, Base::Tapi];
pub const TG: &[Base] = &[Base::Tapi];
pub const TG_MX: &[Base] = &[Base::Tapi, Base::Maxapi];
pub const BOT: &[Base] = &[Base::Botapi];

impl Base {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Tapi => "tapi",
            Self::Maxapi => "maxapi",
            Self::Botapi => "botapi",
        }
    }

    pub const fn channel(self) -> Channel {
        match self {
            Self::Api => Channel::Whatsapp,
            Self::Tapi => Channel::TelegramUser,
            Self::Maxapi => Channel::Max,
            Self::Botapi => Channel::TelegramBot,
        }
    }
}

/// The channel that the call's path speaks to; `None` beside the bases, as `/panel` is.
pub fn of(call: &Call) -> Option<Channel> {
    let word = call.path.trim_start_matches('/').split('/').next()?;
    ALL.iter().find(|base| base.word() == word).map(|base| base.channel())
}

/// Refuses a profile of one messenger under another's base.
pub fn check(call: &Call) -> Result<(), Refusal> {
    let account = call.caller.as_ref().and_then(|caller| caller.account.as_ref());
    match (of(call), account) {
        (Some(base), Some(account)) if base != account.channel => Err(Refusal::Conflict(WRONG_PLATFORM.to_owned())),
        _ => Ok(()),
    }
}

/// The word in `platform` (contract §1.7 trap 3).
pub const fn word(channel: Channel) -> &'static str {
    match channel {
        Channel::Whatsapp => "wz",
        Channel::TelegramUser | Channel::TelegramBot => "tg",
        Channel::Max => "max",
        Channel::Sms => "sms",
    }
}
