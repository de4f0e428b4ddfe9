//! Signing in (contract §3).

use std::time::Duration;

use sluice_model::command::Password;
use sluice_model::{Command, Refusal};

use super::body::fields;
use crate::Call;

/// How long a token is good for: upstream's `expires_in`.
const LIFE: Duration = Duration::from_secs(3600);

pub fn login(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let login = fields.required("login")?;
    Ok(Command::SignIn { login, password: Password(fields.required("password")?), life: LIFE })
}

pub fn refresh(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::RenewSignIn { life: LIFE })
}
