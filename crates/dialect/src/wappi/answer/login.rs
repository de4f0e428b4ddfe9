//! Steps of a login (contract §2.3).

use sluice_model::{Answer, Channel, LoginStep, Outcome};

use crate::wappi::{errors, platform, profile_of};
use crate::{Call, Reply, qr};

use super::Body;

fn step(outcome: Outcome) -> Option<LoginStep> {
    match outcome {
        Outcome::Answer(Answer::Login { step }) => Some(step),
        Outcome::Login(step) => step,
        _ => None,
    }
}

/// WhatsApp's is a data URI in `qrCode`, the others' is bare base64 in `detail` (contract §1.7 trap 6).
pub fn qr_code(call: &Call, outcome: Outcome) -> Option<Reply> {
    let data = match step(outcome) {
        Some(LoginStep::ShowQr { data, .. }) => data,
        other => return Some(other_step(call, other)),
    };
    let picture = qr::png_base64(&data)?;
    let body = Body::task("done", call.at);
    // The older API's clients ask for the picture in so many words, and look for it under another name.
    if call.query("image_type").is_some() {
        return Some(body.and("qr_code", picture).of_call(call).ok());
    }
    Some(match platform::of(call) {
        Some(Channel::Whatsapp) => body.and("qrCode", format!("data:image/png;base64,{picture}")).of_call(call).ok(),
        _ => body.and("detail", picture).and("uuid", profile_of(call)).ok(),
    })
}

/// `M1VT-LFC1`
pub fn pairing_code(call: &Call, outcome: Outcome) -> Option<Reply> {
    let mut code = match step(outcome) {
        Some(LoginStep::ShowCode { code, .. }) => code,
        other => return Some(other_step(call, other)),
    };
    if code.len() == 8 && code.is_ascii() {
        code.insert(4, '-');
    }
    let phone: String = call.query("phone").unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    Some(Body::task("done", call.at).and("code", code).and("phone", phone).and("uuid", profile_of(call)).ok())
}

/// What is asked for next, or that it is over.
pub fn next(call: &Call, outcome: Outcome) -> Option<Reply> {
    let detail = match step(outcome) {
        Some(LoginStep::AskCode { .. }) => "waiting for code",
        Some(LoginStep::Done) => "auth_success",
        other => return Some(other_step(call, other)),
    };
    Some(Body::task("done", call.at).and("detail", detail).and("uuid", profile_of(call)).ok())
}

/// A step that the call did not ask for.
fn other_step(call: &Call, step: Option<LoginStep>) -> Reply {
    match step {
        Some(LoginStep::AskPassword { .. }) => {
            Body::task("done", call.at).and("detail", "2fa").and("uuid", profile_of(call)).ok()
        }
        Some(LoginStep::Done) => errors::by_messenger(call, errors::AUTHORIZED_ALREADY),
        Some(LoginStep::Failed { .. }) => errors::by_messenger(call, "auth_error"),
        Some(LoginStep::AskCode { .. }) => errors::by_messenger(call, "waiting for code"),
        Some(LoginStep::AskPhone) => errors::by_messenger(call, "waiting for phone"),
        Some(LoginStep::ShowQr { .. } | LoginStep::ShowCode { .. }) | None => {
            errors::by_messenger(call, "Timeout exception")
        }
    }
}
