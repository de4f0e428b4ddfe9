//! Lines of the request log.

use serde::Serialize;
use sluice_model::outcome::RequestView;
use utoipa::ToSchema;

use super::Pen;
use crate::native::ids;
use crate::native::when::When;

/// A call of the API, as it was seen here. Secrets are masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Request {
    #[schema(example = "req_0f1e2d3c4b5a6978")]
    pub id: String,
    pub at: When,
    /// The API that was spoken; `native` is this one.
    pub dialect: String,
    /// The operation's id.
    pub endpoint: String,
    pub method: String,
    pub path: String,
    pub status: u16,
    pub took_ms: u32,
    /// Where the call came from.
    pub address: String,
    /// The key's first characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_prefix: Option<String>,
    /// The body's `Content-Type`, where the caller named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The first 4 kB.
    pub body: String,
    /// The first 4 kB.
    pub answer: String,
    /// The problem's code, where it was refused: `SG-1203`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Request {
    pub fn of(request: &RequestView, pen: Pen<'_>) -> Self {
        Self {
            id: ids::request(pen.spelling, request.id),
            at: When(request.at),
            dialect: request.dialect.clone(),
            endpoint: request.endpoint.clone(),
            method: request.method.clone(),
            path: request.path.clone(),
            status: request.status,
            took_ms: request.took_ms,
            address: request.address.clone(),
            key_prefix: request.key_prefix.clone(),
            content_type: request.content_type.clone(),
            body: request.body.clone(),
            answer: request.answer.clone(),
            code: request.code.clone(),
        }
    }
}
