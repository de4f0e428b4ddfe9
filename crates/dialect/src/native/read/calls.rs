//! Calls at the messenger. Nobody here can take one.

use sluice_model::{Ask, Command};

use super::Read;
use crate::Call;
use crate::native::shape::Done;

/// Decline a call
///
/// While it rings. The id is the one that `call.received` tells as `remote`.
#[utoipa::path(post, path = "/v1/accounts/{account}/calls/{call}/reject", tag = "Calls",
    responses((status = 200, description = "It rings no longer", body = Done)))]
pub fn reject_call(call: &Call) -> Read {
    Ok(Command::Ask(Ask::RejectCall { remote: call.param("call").to_owned() }))
}
