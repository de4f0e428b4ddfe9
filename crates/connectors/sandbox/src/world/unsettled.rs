//! Which of the ledger's lines still have something to follow: where a killed gateway has to go on.

use std::collections::BTreeMap;

/// Lines between two checkpoints while there is always something under way.
const APART: u64 = 1_024;

#[derive(Debug)]
pub(crate) struct Unsettled {
    /// Line number and how much is still to follow from it.
    open: BTreeMap<u64, u32>,
    /// All lines before this one are known to be settled.
    checked: u64,
}

impl Unsettled {
    pub const fn since(line: u64) -> Self {
        Self { open: BTreeMap::new(), checked: line }
    }

    pub fn add(&mut self, line: u64, count: u32) {
        if count > 0 {
            *self.open.entry(line).or_default() += count;
        }
    }

    /// One thing that followed from `line` is with the gateway.
    pub fn settle(&mut self, line: u64) {
        if let Some(count) = self.open.get_mut(&line) {
            *count -= 1;
            if *count == 0 {
                self.open.remove(&line);
            }
        }
    }

    /// The line before which all is settled, when it is time to write that down. `next` is the ledger's next line.
    pub fn checkpoint(&mut self, next: u64) -> Option<u64> {
        let before = self.open.keys().next().copied().unwrap_or(next);
        let worth_it = if self.open.is_empty() { before > self.checked } else { before >= self.checked + APART };
        worth_it.then(|| {
            // The checkpoint is itself a line, from which nothing follows.
            self.checked = if self.open.is_empty() { before + 1 } else { before };
            before
        })
    }
}
