//! Receipts that come before the store knows whose they are.
//!
//! Where the messenger names a message itself, the name is on disk only once the attempt is settled, and a receipt that
//! was recorded before that moved nothing. It is remembered here and recorded again right after the settle.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use sluice_model::event::Receipt;

/// Receipts remembered at most; they are few, and only while an attempt is under way.
const KEPT: usize = 1024;

/// Shared by a session's inbox and its claims.
#[derive(Debug, Default)]
pub struct Early(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Orders in hand that have no name at the messenger yet.
    nameless: usize,
    receipts: VecDeque<Receipt>,
}

impl Early {
    /// An order without a name was taken in hand.
    pub fn begin(&self) {
        self.lock().nameless += 1;
    }

    /// Such an order was settled: what was said about `remote` meanwhile, in order.
    pub fn end(&self, remote: Option<&str>) -> Vec<Receipt> {
        let mut inner = self.lock();
        inner.nameless = inner.nameless.saturating_sub(1);
        let about = |receipt: &Receipt| {
            let remote = receipt.remotes.iter().find(|name| Some(name.as_str()) == remote)?;
            Some(Receipt { remotes: vec![remote.clone()], ..receipt.clone() })
        };
        let found = inner.receipts.iter().filter_map(about).collect();
        if inner.nameless == 0 {
            inner.receipts.clear();
        }
        found
    }

    /// To be called before the receipt is recorded: a settle in between then finds it here.
    pub fn remember(&self, receipt: &Receipt) {
        let mut inner = self.lock();
        if inner.nameless == 0 {
            return;
        }
        if inner.receipts.len() == KEPT {
            inner.receipts.pop_front();
        }
        inner.receipts.push_back(receipt.clone());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use sluice_model::Timestamp;
    use sluice_model::message::Step;

    use super::*;

    fn receipt(remotes: &[&str], step: Step) -> Receipt {
        let remotes = remotes.iter().map(|&remote| remote.to_owned()).collect();
        Receipt { remotes, step, at: Timestamp::default(), trouble: None }
    }

    #[test]
    fn a_receipt_waits_for_its_settle_and_for_no_other() {
        let early = Early::default();
        early.remember(&receipt(&["a"], Step::Deliver));
        early.begin();
        early.begin();
        early.remember(&receipt(&["a", "b"], Step::Deliver));
        early.remember(&receipt(&["a"], Step::Read));
        assert_eq!(early.end(Some("b")), [receipt(&["b"], Step::Deliver)]);
        assert_eq!(early.end(Some("a")), [receipt(&["a"], Step::Deliver), receipt(&["a"], Step::Read)]);
        early.begin();
        assert_eq!(early.end(Some("a")), [], "nothing is remembered longer than it may be needed");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let early = Early::default();
        early.begin();
        (0..2 * KEPT).for_each(|_| early.remember(&receipt(&["a"], Step::Deliver)));
        assert_eq!(early.end(Some("a")).len(), KEPT);
    }
}
