//! Every name, once.

pub mod label;
pub mod span;
#[cfg(test)]
mod tests;

/// A metric, for whoever needs all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    /// Help text, shown at `/metrics`.
    pub help: &'static str,
    /// The labels that every sample carries.
    pub labels: &'static [&'static str],
}

/// What a metric's number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How values are spread.
    Histogram,
}

/// One entry makes the constant, its documentation, its help text and its place in [`ALL`].
macro_rules! metrics {
    ($( $(#[doc = $help:literal])+ $kind:ident $constant:ident = $name:literal by [$($label:ident),*]; )+) => {
        $( $(#[doc = $help])+ pub const $constant: &str = $name; )+

        /// All metrics.
        pub const ALL: &[Metric] = &[$( Metric {
            name: $name,
            kind: Kind::$kind,
            help: concat!($($help),+).trim_ascii(),
            labels: &[$(label::$label),*],
        } ),+];
    };
}

metrics! {
    /// Requests answered, by class of status such as `2xx`.
    Counter INTAKE_REQUESTS = "sluice_intake_requests_total" by [DIALECT, ENDPOINT, STATUS];
    /// Seconds from a request's last header to the last byte of its answer; long polls and streams are not in it.
    Histogram INTAKE_REQUEST_SECONDS = "sluice_intake_request_seconds" by [DIALECT, ENDPOINT];
    /// Requests being worked on.
    Gauge INTAKE_REQUESTS_IN_FLIGHT = "sluice_intake_requests_in_flight" by [];
    /// Lines of the request log that found no room in time.
    Counter INTAKE_LINES_LOST = "sluice_intake_log_lines_lost_total" by [];
    /// Connections refused or cut at the door, by the limit that was met.
    Counter INTAKE_CONNECTIONS_REFUSED = "sluice_intake_connections_refused_total" by [REASON];

    /// Lines of the gateway's own log that nobody read in time.
    Counter LOG_LINES_LOST = "sluice_log_lines_lost_total" by [];

    /// Commits of the store, each a group of verbs.
    Counter STORE_COMMITS = "sluice_store_commits_total" by [OUTCOME];
    /// Seconds that a commit took, with its fsync.
    Histogram STORE_COMMIT_SECONDS = "sluice_store_commit_seconds" by [];
    /// Verbs that shared one commit.
    Histogram STORE_COMMIT_VERBS = "sluice_store_commit_verbs" by [];
    /// Entries recorded in the journal, by kind of event such as `message.delivered`.
    Counter STORE_EVENTS = "sluice_store_events_total" by [KIND];

    /// Orders claimed from the outbox.
    Counter COURIER_ORDERS_CLAIMED = "sluice_courier_orders_claimed_total" by [CONNECTOR];
    /// Orders settled, by the state they were left in.
    Counter COURIER_ORDERS_SETTLED = "sluice_courier_orders_settled_total" by [CONNECTOR, OUTCOME];
    /// Seconds that one attempt to perform an order took.
    Histogram COURIER_ATTEMPT_SECONDS = "sluice_courier_attempt_seconds" by [CONNECTOR, OUTCOME];
    /// Sessions, by state.
    Gauge COURIER_SESSIONS = "sluice_courier_sessions" by [CONNECTOR, STATE];
    /// Sessions opened again after they ended on their own.
    Counter COURIER_SESSION_RESTARTS = "sluice_courier_session_restarts_total" by [CONNECTOR];
    /// Live questions put to a session.
    Counter COURIER_ASKS = "sluice_courier_asks_total" by [CONNECTOR, OUTCOME];

    /// Attempts to deliver a notice to a listener.
    Counter RELAY_DELIVERIES = "sluice_relay_deliveries_total" by [DIALECT, OUTCOME];
    /// Seconds that one attempt to deliver took.
    Histogram RELAY_DELIVERY_SECONDS = "sluice_relay_delivery_seconds" by [DIALECT, OUTCOME];
    /// Deliveries that failed and wait for their next attempt.
    Gauge RELAY_RETRIES_WAITING = "sluice_relay_retries_waiting" by [];
}
