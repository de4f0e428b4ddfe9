//! How far a lane is when its entries finish in any order.

use std::collections::VecDeque;

use sluice_model::Position;

/// Follows the entries begun, and knows up to where all of them are finished.
#[derive(Debug)]
pub struct Prefix {
    reached: Position,
    /// Behind `reached`, oldest first, with whether it is finished.
    open: VecDeque<(Position, bool)>,
}

impl Prefix {
    /// Everything up to `reached` is finished.
    pub fn new(reached: Position) -> Self {
        Self { reached, open: VecDeque::new() }
    }

    /// Entries are begun in the journal's order.
    pub fn begin(&mut self, position: Position) {
        debug_assert!(position > self.read_to(), "{position} begun after {}", self.read_to());
        self.open.push_back((position, false));
    }

    pub fn finish(&mut self, position: Position) {
        if let Ok(index) = self.open.binary_search_by_key(&position, |(position, _)| *position) {
            self.open[index].1 = true;
        }
        while let Some((position, true)) = self.open.front() {
            self.reached = *position;
            self.open.pop_front();
        }
    }

    /// Everything up to here is finished.
    pub const fn reached(&self) -> Position {
        self.reached
    }

    /// Where the journal is to be read on.
    pub fn read_to(&self) -> Position {
        self.open.back().map_or(self.reached, |(position, _)| *position)
    }

    /// Entries between the two.
    pub fn spread(&self) -> usize {
        self.open.len()
    }
}

#[cfg(test)]
mod tests;
