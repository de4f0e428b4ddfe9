//! What this API says of itself.

use sluice_model::Command;

use super::Read;
use crate::Call;

/// This description
///
/// OpenAPI 3.1, made from the code that answers.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "About",
    responses((status = 200, description = "The description", content_type = "application/json", body = Object)))]
pub fn get_openapi(_: &Call) -> Read {
    Ok(Command::Nothing)
}

/// This description as a page
#[utoipa::path(get, path = "/v1/docs", tag = "About",
    responses((status = 200, description = "The page", content_type = "text/html", body = String)))]
pub fn get_docs(_: &Call) -> Read {
    Ok(Command::Nothing)
}

/// The looks of the page
#[utoipa::path(get, path = "/v1/docs.css", tag = "About",
    responses((status = 200, description = "The style sheet", content_type = "text/css", body = String)))]
pub fn get_docs_style(_: &Call) -> Read {
    Ok(Command::Nothing)
}
