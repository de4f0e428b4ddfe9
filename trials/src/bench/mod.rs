//! Speed, as ratios taken in one run: each figure of ours beside the limit or the peer that it is measured against.

mod accept;
mod journey;
mod peer;

use anyhow::Result;
use serde::Serialize;

pub use peer::serve as serve_peer;

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    /// The limit's or the peer's figure of the same run, in the same unit.
    pub beside: Option<f64>,
    /// `value` divided by `beside`.
    pub ratio: Option<f64>,
    /// Of the ratio where there is one, otherwise of the value.
    pub goal: f64,
    pub met: bool,
}

impl Row {
    /// At least `goal` of the peer.
    fn ratio(name: &str, value: f64, unit: &'static str, beside: f64, goal: f64) -> Self {
        let ratio = value / beside;
        Self { name: name.into(), value, unit, beside: Some(beside), ratio: Some(ratio), goal, met: ratio >= goal }
    }

    /// At most `goal`.
    fn at_most(name: &str, value: f64, unit: &'static str, goal: f64) -> Self {
        Self { name: name.into(), value, unit, beside: None, ratio: None, goal, met: value <= goal }
    }
}

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub accepts: usize,
    pub journeys: usize,
    pub connections: usize,
}

pub async fn run(size: Size) -> Result<Vec<Row>> {
    let peer = peer::Peer::start().await?;
    let mut rows = accept::run(size, &peer).await?;
    rows.extend(journey::run(size, &peer).await?);
    Ok(rows)
}

pub fn table(rows: &[Row]) -> String {
    let mut text = String::from("| what | ours | beside it | ratio | goal | met |\n|---|---|---|---|---|---|\n");
    for row in rows {
        let beside = row.beside.map_or("–".to_owned(), |beside| format!("{beside:.0} {}", row.unit));
        let ratio = row.ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
        let goal =
            if row.ratio.is_some() { format!("≥ {}", row.goal) } else { format!("≤ {} {}", row.goal, row.unit) };
        let met = if row.met { "yes" } else { "not yet" };
        text += &format!("| {} | {:.2} {} | {beside} | {ratio} | {goal} | {met} |\n", row.name, row.value, row.unit);
    }
    text
}
