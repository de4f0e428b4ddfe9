//! Values of the label `invariant`: the promises that the trials check and that production counts (trials.md).

/// An order was acknowledged and is not in the store.
pub const ACCEPTED_LOST: &str = "accepted_lost";
/// One idempotency key led to two orders.
pub const KEY_TWO_ORDERS: &str = "key_two_orders";
/// An order was settled twice.
pub const SETTLED_TWICE: &str = "settled_twice";
/// A settle under a lease that was no longer valid went through.
pub const STALE_SETTLE: &str = "stale_settle";
/// Two orders of a chat were sent in another order than they were accepted.
pub const CHAT_ORDER: &str = "chat_order";
/// An account had two sessions at once.
pub const CONNECTED_TWICE: &str = "connected_twice";
/// A head-of-line listener was sent an event before the one ahead of it was confirmed.
pub const LINE_JUMPED: &str = "line_jumped";

/// All of them, so that each is shown as 0 from the start.
pub const ALL: &[&str] = &[
    ACCEPTED_LOST,
    KEY_TWO_ORDERS,
    SETTLED_TWICE,
    STALE_SETTLE,
    CHAT_ORDER,
    CONNECTED_TWICE,
    LINE_JUMPED,
];
