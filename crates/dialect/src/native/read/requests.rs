//! The request log.

use serde::Deserialize;
use sluice_model::Command;
use utoipa::IntoParams;

use super::{Read, part};
use crate::Call;
use crate::native::shape::{List, Request};
use crate::native::{ids, strict};

/// Which calls.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequestFilter {
    /// Only those answered with 400 and above.
    #[serde(default)]
    refused: bool,
    /// How many at most; 50 unless said, 500 at most.
    limit: Option<u64>,
    /// How many to skip.
    offset: Option<u64>,
}

/// List calls of the API
///
/// Of every dialect, with secrets masked.
#[utoipa::path(get, path = "/v1/requests", tag = "Requests", params(RequestFilter),
    responses((status = 200, description = "Newest first", body = List<Request>)))]
pub fn list_requests(call: &Call) -> Read {
    let filter: RequestFilter = strict::query(call)?;
    Ok(Command::Requests { refused: filter.refused, page: part(filter.limit, filter.offset)? })
}

/// Show a call of the API
///
/// Every answer names its own in the header `X-Request-Id`, every problem in `instance`.
#[utoipa::path(get, path = "/v1/requests/{request}", tag = "Requests",
    responses((status = 200, description = "The call and its answer", body = Request)))]
pub fn get_request(call: &Call) -> Read {
    ids::request_in(call).map(Command::Request)
}
