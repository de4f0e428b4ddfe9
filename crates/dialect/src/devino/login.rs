//! What a caller shows: an API key, or the login and the password that are its two halves (contract §1).
//!
//! So there is one secret, one hash of it, and one place where it is revoked.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::AUTHORIZATION;

use crate::Call;

/// Hex digits of a key.
pub const DIGITS: usize = 40;

/// Those of them that are the login. The 32 that are left, 128 bits, are the password.
const LOGIN: usize = 8;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The two halves of a key.
pub fn of(token: &str) -> Option<(&str, &str)> {
    (token.len() == DIGITS).then(|| token.split_at_checked(LOGIN)).flatten()
}

/// `Key <key>` or `Basic <base64 of login:password>`; the scheme in any case of letters. Any other scheme shows nothing.
pub fn token(call: &Call) -> Option<String> {
    let (scheme, shown) = call.header(AUTHORIZATION.as_str())?.trim().split_once([' ', '\t'])?;
    let shown = shown.trim();
    if scheme.eq_ignore_ascii_case("key") {
        return Some(shown.to_owned());
    }
    scheme.eq_ignore_ascii_case("basic").then(|| joined(shown))
}

/// The key that a login and a password make. Any other division of it is no login, and so no key.
fn joined(basic: &str) -> String {
    let pair = BASE64.decode(basic).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    match pair.split_once(':') {
        Some((login, password)) if login.len() == LOGIN => format!("{login}{password}"),
        _ => format!("no login: {pair}"),
    }
}
