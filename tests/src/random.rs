//! Random requests for trial 13: the same on every run with the same seed.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

/// Requests under way at a time, each of a lane with things of its own.
pub const LANES: usize = 4;

/// How many answers had each status.
pub type Tally = BTreeMap<u16, usize>;

/// How many random requests a dialect is sent (trial 13).
pub fn requests() -> usize {
    crate::tools::trial_size(1_000, 100_000).unwrap_or(1_000)
}

/// Runs the lanes side by side, each its share of [`requests`]: what was answered, which must not be refusals alone.
pub async fn in_lanes(lane: impl AsyncFn(usize) -> Result<Tally>) -> Result<Tally> {
    let (one, two, three, four) = tokio::join!(lane(0), lane(1), lane(2), lane(3));
    let mut tally = Tally::new();
    for (status, count) in [one?, two?, three?, four?].into_iter().flatten() {
        *tally.entry(status).or_default() += count;
    }
    ensure!(tally.values().sum::<usize>() == requests(), "not {} answers: {tally:?}", requests());
    let taken: usize = tally.range(200..300).map(|(_, count)| count).sum();
    ensure!(taken > requests() / 4, "{tally:?}");
    Ok(tally)
}

/// SplitMix64.
pub struct Random(u64);

impl Random {
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw() % end as u64).unwrap_or(0)
    }

    pub fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub fn of<'t, T>(&mut self, choices: &'t [T]) -> &'t T {
        &choices[self.below(choices.len())]
    }

    /// A value that nobody means, with members of these names.
    pub fn odd(&mut self, names: &[&str], depth: usize) -> Value {
        match self.below(if depth == 0 { 7 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.one_in(2)),
            2 => json!(self.draw() as i64),
            3 => json!(self.draw() as f64 / 1e3 - 1e9),
            4 => json!(""),
            5 => {
                let zeros = "0".repeat(40);
                json!(self.of(&[
                    "ёж",
                    "\u{0}\u{1F600}",
                    "-1",
                    "79 79",
                    "@",
                    "a@b@c",
                    "t.me/",
                    &zeros,
                    "../../etc",
                    "null"
                ]))
            }
            6 => json!("x".repeat(self.below(300))),
            7 => (0..self.below(4)).map(|_| self.odd(names, depth - 1)).collect(),
            _ => (0..self.below(4)).map(|_| ((*self.of(names)).to_owned(), self.odd(names, depth - 1))).collect(),
        }
    }

    /// A body that is no JSON, or hardly.
    pub fn broken_body(&mut self) -> String {
        let bodies = [
            "",
            "{",
            "[]",
            "'single'",
            "{\"body\":\"a\" \"b\"}",
            "nothing",
            "{\"a\":1e999}",
            "\u{feff}{}",
            "a=b&c",
            "[[[[[[[[",
        ];
        (*self.of(&bodies)).to_owned()
    }
}
