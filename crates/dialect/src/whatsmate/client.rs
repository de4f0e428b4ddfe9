//! The client's id, which goes beside its secret (contract §3).

use sluice_model::{Key, Refusal};
use subtle::ConstantTimeEq;

use crate::Call;

const ID: &str = "x-wm-client-id";
pub const SECRET: &str = "x-wm-client-secret";

/// The member of a key's settings that holds its client's id; a key without it is known by its name.
const SETTING: &str = "client_id";

/// Refuses a client that shows another id than its key's.
pub fn check(call: &Call) -> Result<(), Refusal> {
    let shown = call.header(ID).map(str::trim).filter(|id| !id.is_empty()).ok_or(Refusal::KeyMissing)?;
    let known = id_of(call.key().ok_or(Refusal::KeyMissing)?);
    if bool::from(known.as_bytes().ct_eq(shown.as_bytes())) { Ok(()) } else { Err(Refusal::KeyInvalid) }
}

fn id_of(key: &Key) -> &str {
    key.settings[SETTING].as_str().unwrap_or(&key.name)
}
