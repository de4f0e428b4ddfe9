//! How much of a call the request log may keep.

use sluice_dialect::{Body, Call, Endpoint, Needs};
use sluice_model::{Ask, Command, Scope};

/// How much of a call's body and answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// All of it, with its secrets masked.
    Masked,
    /// Not understood as yet: a password may stand in the wrong place.
    Unread,
    /// Nothing: a login is under way in it.
    Login,
}

impl Secrecy {
    /// What holds of a call until it is understood: what cannot be read may be a password in the wrong place, where things
    /// are set up. An open call with a body is one that signs in.
    pub fn before_reading(endpoint: &Endpoint) -> Self {
        match endpoint.needs {
            Needs::Nothing if endpoint.body != Body::None => Self::Login,
            Needs::Key(Scope::Manage) | Needs::Account(Scope::Manage) => Self::Unread,
            _ => Self::Masked,
        }
    }

    pub fn of(endpoint: &Endpoint, call: &Call, command: &Command) -> Self {
        // The page of a pairing code shows it, and looking does not use it up.
        let shows_code = endpoint.needs == Needs::Nothing && call.query("code").is_some();
        if shows_code || is_login(command) { Self::Login } else { Self::Masked }
    }
}

/// Whether codes, passwords or a QR code may stand anywhere in the call or its answer.
fn is_login(command: &Command) -> bool {
    matches!(
        command,
        Command::LoginStep { .. }
            | Command::LoginInput { .. }
            | Command::SignIn { .. }
            | Command::RenewSignIn { .. }
            | Command::Pair { .. }
            | Command::RotateKey { .. }
            | Command::Ask(Ask::Login { .. } | Ask::LoginInput { .. })
    )
}
