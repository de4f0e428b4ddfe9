//! Whose turn it is. Queries wait in lines; of each line one runs at a time, and lines take turns.

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
    pub fn push(&mut self, key: K, query: T) {
        match self.lines.iter_mut().find(|(line, _)| *line == key) {
            Some((_, line)) => line.push_back(query),
            None => self.lines.push_back((key, VecDeque::from([query]))),
        }
    }

    /// The next query of a line that has none running, and that `may` run beside those that do; the line's others go
    /// behind everybody else's.
    pub fn begin(&mut self, may: impl Fn(&K, &[K]) -> bool) -> Option<(K, T)> {
        let fits = |key: &K| !self.running.contains(key) && may(key, &self.running);
        let at = self.lines.iter().position(|(key, _)| fits(key))?;
        let (key, mut line) = self.lines.remove(at)?;
        let query = line.pop_front()?;
        if !line.is_empty() {
            self.lines.push_back((key, line));
        }
        self.running.push(key);
        Some((key, query))
    }

    pub fn end(&mut self, key: K) {
        self.running.retain(|running| *running != key);
    }
}
