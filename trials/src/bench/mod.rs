//! Speed, as ratios taken in one run: each figure of ours beside the limit or the peer that it is measured against.
//!
//! A durable gateway is as fast as its disk's sync lets it be, and disks differ by a factor of fifty. So what is durable is
//! measured twice: on the disk, beside what that disk allows; and in memory, where nothing is left but our own work.

mod accept;
mod arrivals;
mod ground;
mod inbound;
mod journey;
mod linked;
mod peer;
mod polls;
mod protocol;
mod rest;
mod sessions;

use anyhow::Result;
use serde::Serialize;

pub use peer::serve as serve_peer;

use ground::Ground;

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
    /// Of the ratio where there is one, otherwise of the value. `None` for what is only told.
    pub goal: Option<f64>,
    pub met: Option<bool>,
}

impl Row {
    /// At least `goal` of the peer.
    fn ratio(name: impl Into<String>, value: f64, unit: &'static str, beside: f64, goal: f64) -> Self {
        let ratio = value / beside;
        let (goal, met) = (Some(goal), Some(ratio >= goal));
        Self { name: name.into(), value, unit, beside: Some(beside), ratio: Some(ratio), goal, met }
    }

    /// At most `goal`.
    fn at_most(name: impl Into<String>, value: f64, unit: &'static str, goal: f64) -> Self {
        let (goal, met) = (Some(goal), Some(value <= goal));
        Self { name: name.into(), value, unit, beside: None, ratio: None, goal, met }
    }

    /// Told without a goal.
    fn told(name: impl Into<String>, value: f64, unit: &'static str, beside: Option<f64>) -> Self {
        let ratio = beside.map(|beside| value / beside);
        Self { name: name.into(), value, unit, beside, ratio, goal: None, met: None }
    }
}

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub accepts: usize,
    pub journeys: usize,
    pub connections: usize,
    /// Orders waiting at the cold start.
    pub orders: usize,
    /// Messages in the journal before throughput is measured again.
    pub history: usize,
    /// Linked WhatsApp accounts at most.
    pub sessions: usize,
}

/// What can be measured by itself, in the table's order.
pub const PARTS: [&str; 7] = ["accept", "journey", "inbound", "polls", "rest", "protocol", "sessions"];

/// Measures these parts.
pub async fn run(size: Size, parts: &[&str]) -> Result<Vec<Row>> {
    let disk = Ground::disk()?;
    let sync_ms = disk.sync_ms()?;
    let mut rows = vec![Row::told("the disk: one sync of one page, median", sync_ms, "ms", None)];
    let wanted = |part: &str| parts.contains(&part);
    for ground in [Some(disk), Ground::memory()?].into_iter().flatten() {
        let peer = ground.peer().await?;
        if wanted("accept") {
            rows.extend(accept::run(size, &peer, &ground, sync_ms).await?);
        }
        if wanted("journey") {
            rows.extend(journey::run(size, &peer, &ground).await?);
        }
    }
    if wanted("inbound") {
        rows.extend(inbound::run().await?);
    }
    if wanted("polls") {
        rows.extend(polls::run().await?);
    }
    if wanted("rest") {
        rows.extend(rest::run(size).await?);
    }
    if wanted("protocol") {
        rows.extend(protocol::run(size).await?);
    }
    if wanted("sessions") {
        rows.extend(sessions::run(size).await?);
    }
    Ok(rows)
}

pub fn table(rows: &[Row]) -> String {
    let mut text = String::from("| what | ours | beside it | ratio | goal | met |\n|---|---|---|---|---|---|\n");
    for row in rows {
        let beside = row.beside.map_or("–".to_owned(), |beside| format!("{beside:.0} {}", row.unit));
        let ratio = row.ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
        let goal = match row.goal {
            None => "–".to_owned(),
            Some(goal) if row.ratio.is_some() => format!("≥ {goal}"),
            Some(goal) => format!("≤ {goal} {}", row.unit),
        };
        let met = row.met.map_or("–", |met| if met { "yes" } else { "not yet" });
        text += &format!("| {} | {:.2} {} | {beside} | {ratio} | {goal} | {met} |\n", row.name, row.value, row.unit);
    }
    text
}
