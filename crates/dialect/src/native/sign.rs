//! Signatures of webhooks, by the Standard Webhooks specification 1.0 (standardwebhooks.com).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use sluice_model::Timestamp;

/// What a secret begins with; base64 of the key follows.
const PREFIX: &str = "whsec_";
/// The specification's bounds for a key, bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// `webhook-id`, `webhook-timestamp` (unix seconds of the attempt) and, where there is a secret, `webhook-signature`.
pub fn headers(id: &str, at: Timestamp, body: &str, secret: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    let timestamp = at.seconds().to_string();
    put("content-type", "application/json");
    put("webhook-id", id);
    put("webhook-timestamp", &timestamp);
    if let Some(secret) = secret {
        put("webhook-signature", &signature(id, &timestamp, body, &key(secret)));
    }
    headers
}

/// Whether a secret that a caller brings is one.
pub fn is_secret(secret: &str) -> bool {
    let Some(text) = secret.strip_prefix(PREFIX) else {
        return false;
    };
    decoded(text).is_some_and(|key| LENGTHS.contains(&key.len()))
}

/// `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.
fn signature(id: &str, timestamp: &str, body: &str, key: &[u8]) -> String {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => {
            let mac = mac.chain_update(format!("{id}.{timestamp}.")).chain_update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        }
        Err(_) => unreachable!("HMAC takes a key of any length"),
    }
}

/// A secret of another form (made for a dialect that shows it in a header) is used as it is written.
fn key(secret: &str) -> Vec<u8> {
    secret.strip_prefix(PREFIX).and_then(decoded).unwrap_or_else(|| secret.as_bytes().to_vec())
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()
}
