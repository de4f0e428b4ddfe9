//! Logging accounts in and out.

use serde::Deserialize;
use sluice_model::ask::LoginWay;
use sluice_model::{Address, Ask, Command, Refusal};
use utoipa::ToSchema;

use super::{Read, Waiting, waiting};
use crate::Call;
use crate::native::shape::{Done, Login};
use crate::native::strict;

/// How somebody logs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"way": "pairing_code", "phone": "79990000000"}))]
pub struct NewLogin {
    #[serde(default)]
    way: Way,
    /// For `pairing_code` and `phone`.
    phone: Option<String>,
    /// For `token`.
    token: Option<String>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Scan a code with the phone.
    #[default]
    Qr,
    /// Type a code on the phone.
    PairingCode,
    /// Get a code from the messenger and type it here.
    Phone,
    /// A bot's or a business account's own token.
    Token,
}

/// Begin a login
///
/// Or go on with the one under way. Answers with what the person has to do now.
#[utoipa::path(post, path = "/v1/accounts/{account}/login", tag = "Logins", request_body = NewLogin,
    responses((status = 200, description = "The first step", body = Login)))]
pub fn begin_login(call: &Call) -> Read {
    let login: NewLogin = strict::body(call)?;
    let phone = || {
        let text = login.phone.as_deref().ok_or(Refusal::Missing("phone"))?;
        match Address::phone(text) {
            Some(Address::Phone(digits)) => Ok(digits),
            _ => Err(Refusal::invalid("phone", "must be an international number, such as 79990000000")),
        }
    };
    let way = match login.way {
        Way::Qr => LoginWay::Qr,
        Way::PairingCode => LoginWay::PairingCode { phone: phone()? },
        Way::Phone => LoginWay::Phone { phone: phone()? },
        Way::Token => LoginWay::Token { token: login.token.ok_or(Refusal::Missing("token"))? },
    };
    Ok(Command::Ask(Ask::Login { way }))
}

/// Show the login's present step
#[utoipa::path(get, path = "/v1/accounts/{account}/login", tag = "Logins", params(Waiting),
    responses((status = 200, description = "The step; `none` when no login is under way, `done` once somebody is logged in", body = Login)))]
pub fn get_login(call: &Call) -> Read {
    Ok(Command::LoginStep { wait: waiting(call)? })
}

/// Follow a login
///
/// Server-sent events, one a step, until the login is done or failed. `event` is the step's name, `data` the step.
#[utoipa::path(get, path = "/v1/accounts/{account}/login/events", tag = "Logins",
    responses((status = 200, description = "The steps", content_type = "text/event-stream", body = Login)))]
pub fn follow_login(_: &Call) -> Read {
    Ok(Command::FollowLogin)
}

/// What a step asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"value": "12345"}))]
pub struct Input {
    /// A phone number, a code or a password.
    value: String,
}

/// Send what the step asks for
#[utoipa::path(post, path = "/v1/accounts/{account}/login/input", tag = "Logins", request_body = Input,
    responses((status = 200, description = "The next step", body = Login)))]
pub fn continue_login(call: &Call) -> Read {
    let input: Input = strict::body(call)?;
    Ok(Command::Ask(Ask::LoginInput { value: input.value }))
}

/// Show the QR code as a picture
#[utoipa::path(get, path = "/v1/accounts/{account}/login/qr.png", tag = "Logins", params(Waiting),
    responses((status = 200, description = "The code to scan", content_type = "image/png", body = Vec<u8>)))]
pub fn get_qr(call: &Call) -> Read {
    Ok(Command::LoginStep { wait: waiting(call)? })
}

/// Log out
#[utoipa::path(post, path = "/v1/accounts/{account}/logout", tag = "Logins",
    responses((status = 200, description = "Nobody is logged in any more", body = Done)))]
pub fn logout(_: &Call) -> Read {
    Ok(Command::Ask(Ask::Logout))
}

/// Connect anew
///
/// Closes the account's connection to its messenger and opens another. Nothing is lost by it.
#[utoipa::path(post, path = "/v1/accounts/{account}/restart", tag = "Logins",
    responses((status = 200, description = "It is connecting", body = Done)))]
pub fn restart(_: &Call) -> Read {
    Ok(Command::Ask(Ask::Restart))
}
