//! Places that gave no answer. A listener whose messages each name their own place would let one place that hangs hold up
//! all the others; so a place that was silent is left alone for a moment, and then one request tries whether it is back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sluice_model::Timestamp;

/// Shorter than the first pause of a schedule, so that an attempt that was held back is followed by one that is made.
const QUIET: Duration = Duration::from_secs(4);

/// Longer than any request takes: one that never said what came of it is not waited for.
const TRY: Duration = Duration::from_secs(60);

/// A server is silent when so many of its places in a row were.
const PLACES: u32 = 3;

/// What is remembered at most; the oldest is forgotten first.
const MOST: usize = 10_000;

/// Which places are silent at present.
#[derive(Debug, Default)]
pub struct Silence {
    rows: Mutex<HashMap<String, Row>>,
}

#[derive(Debug, Clone)]
struct Row {
    since: Timestamp,
    /// Places in a row without an answer: of a place itself one, of a server several.
    missed: u32,
    /// The last of them, so that one place does not silence its server.
    place: String,
    /// When a request set out to try whether it is back.
    tried: Option<Timestamp>,
}

impl Silence {
    /// Whether a request to `url` may be made at `now`; whoever may must say what came of it.
    pub fn admits(&self, url: &str, now: Timestamp) -> bool {
        let (place, server) = names(url);
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let is_quiet = |row: &Row, least| {
            let is_tried = row.tried.is_some_and(|tried| now < tried.plus(TRY));
            row.missed >= least && (is_tried || now < row.since.plus(QUIET))
        };
        let held = rows.get(place).is_some_and(|row| is_quiet(row, 1))
            || rows.get(server).is_some_and(|row| is_quiet(row, PLACES));
        if !held {
            for name in [place, server] {
                if let Some(row) = rows.get_mut(name) {
                    row.tried = Some(now);
                }
            }
        }
        !held
    }

    /// What came of a request that was made to `url`.
    pub fn note(&self, url: &str, answered: bool, now: Timestamp) {
        let (place, server) = names(url);
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        for name in [place, server] {
            if answered {
                rows.remove(name);
                continue;
            }
            if rows.len() >= MOST
                && !rows.contains_key(name)
                && let Some(oldest) = rows.iter().min_by_key(|(_, row)| row.since).map(|(name, _)| name.clone())
            {
                rows.remove(&oldest);
            }
            let row = rows.entry(name.to_owned()).or_insert_with(|| Row {
                since: now,
                missed: 0,
                place: String::new(),
                tried: None,
            });
            if row.place != place {
                place.clone_into(&mut row.place);
                row.missed = row.missed.saturating_add(1);
            }
            (row.since, row.tried) = (now, None);
        }
    }
}

/// The place, which is the URL without its query, and the server, which is what stands before the path.
pub fn names(url: &str) -> (&str, &str) {
    let place = url.split(['?', '#']).next().unwrap_or(url);
    let host = place.find("://").map_or(0, |at| at + 3);
    let server = place[host..].find('/').map_or(place, |at| &place[..host + at]);
    (place, server)
}

#[cfg(test)]
mod tests;
