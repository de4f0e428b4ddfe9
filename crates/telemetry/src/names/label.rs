//! Label names. A label's values are a closed, small set; who counts owns the set unless it is said here.

/// How it ended. For commits `ok` or `failed`.
pub const OUTCOME: &str = "outcome";
/// A connector's name, such as `sandbox`.
pub const CONNECTOR: &str = "connector";
/// A dialect's name, such as `green_api`.
pub const DIALECT: &str = "dialect";
/// An endpoint's name from the dialect's table, never the path of a request: that could hold a token.
pub const ENDPOINT: &str = "endpoint";
/// A kind of event, such as `message.delivered`.
pub const KIND: &str = "kind";
/// Which limit was met, such as `per_address`.
pub const REASON: &str = "reason";
/// State of a session, such as `open`.
pub const STATE: &str = "state";
/// Class of an HTTP status: `2xx`, `3xx`, `4xx` or `5xx`.
pub const STATUS: &str = "status";
