//! Span names, `<room>.<verb>` with the verbs of the design (§10): `tracing::info_span!(names::span::COURIER_PERFORM)`.

/// One request, from its headers to its answer.
pub const INTAKE_REQUEST: &str = "intake.request";
/// One commit of the store.
pub const STORE_COMMIT: &str = "store.commit";
/// One attempt to perform an order.
pub const COURIER_PERFORM: &str = "courier.perform";
/// One live question.
pub const COURIER_ASK: &str = "courier.ask";
/// The life of one account's session.
pub const COURIER_SESSION: &str = "courier.session";
/// One attempt to deliver a notice.
pub const RELAY_DELIVER: &str = "relay.deliver";

/// All of them.
pub const ALL: &[&str] = &[INTAKE_REQUEST, STORE_COMMIT, COURIER_PERFORM, COURIER_ASK, COURIER_SESSION, RELAY_DELIVER];
