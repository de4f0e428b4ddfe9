//! Whose turn it is. Each asker's queries wait in a line of their own, and one of them runs at a time.

use std::collections::VecDeque;

pub struct Turns<K, T> {
    /// No line is empty; the first has waited longest for its turn.
    lines: VecDeque<(K, VecDeque<T>)>,
    running: Vec<K>,
}

impl<K, T> Default for Turns<K, T> {
    fn default() -> Self {
        Self { lines: VecDeque::new(), running: Vec::new() }
    }
}

impl<K: Copy + PartialEq, T> Turns<K, T> {
    pub fn push(&mut self, whose: K, query: T) {
        match self.lines.iter_mut().find(|(key, _)| *key == whose) {
            Some((_, line)) => line.push_back(query),
            None => self.lines.push_back((whose, VecDeque::from([query]))),
        }
    }

    /// The next query of an asker who has none running; that asker's others go behind everybody else's.
    pub fn begin(&mut self) -> Option<(K, T)> {
        let at = self.lines.iter().position(|(whose, _)| !self.running.contains(whose))?;
        let (whose, mut line) = self.lines.remove(at)?;
        let query = line.pop_front()?;
        if !line.is_empty() {
            self.lines.push_back((whose, line));
        }
        self.running.push(whose);
        Some((whose, query))
    }

    pub fn end(&mut self, whose: K) {
        self.running.retain(|running| *running != whose);
    }
}
