//! What must hold whatever happens, written once: every trial that breaks something judges by these.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use reqwest::Method;
use sluice_tests::Gateway;

use crate::clients::{Promise, Promises, stored};
use crate::ledger::{Ledger, Repeat};
use crate::report::Report;

/// How the messages that were promised fared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fate {
    pub promised: usize,
    pub lost: usize,
    /// Sent again under the same id, and dropped by the messenger.
    pub repeats: usize,
}

/// **Nothing lost, nothing twice, nothing unasked**: what was acknowledged is at the messenger, under one id, and so is
/// nothing else that these clients said.
pub fn kept(report: &mut Report, promises: &Promises, ledger: &Ledger) -> Fate {
    kept_but(report, promises, ledger, &BTreeSet::new())
}

/// As [`kept`], where of the words that are `excused` the caller was told that they may not have arrived.
pub fn kept_but(report: &mut Report, promises: &Promises, ledger: &Ledger, excused: &BTreeSet<String>) -> Fate {
    let (promises, taken) = (promises.all(), ledger.by_words());
    let mut fate = Fate { promised: promises.len(), ..Fate::default() };
    for text in promises.keys() {
        match taken.get(text.as_str()) {
            None if excused.contains(text) => {}
            None => {
                fate.lost += 1;
                report.fault(format!("{text} was acknowledged and never sent"));
            }
            Some(ids) if ids.len() > 1 => report.fault(format!("{text} was sent under {} ids", ids.len())),
            Some(ids) => fate.repeats += ids.values().sum::<usize>() - 1,
        }
    }
    for text in taken.keys().filter(|text| crate::clients::is_ours(text) && !promises.contains_key(**text)) {
        report.fault(format!("{text} was sent and never acknowledged"));
    }
    report.row("messages acknowledged", fate.promised);
    report.row("acknowledged and lost", fate.lost);
    report.row("sent again under the same id, and dropped by the messenger", fate.repeats);
    fate
}

/// **Repeated only in doubt**: where a message came to the messenger once more, a kill fell between, and until that kill the
/// gateway had not noted that it was sent. `kills` are when a process was gone, in milliseconds since 1970, in order. That
/// a repeat has the same id is in [`kept`]. Returns how many there were.
pub async fn repeated_in_doubt(
    report: &mut Report,
    promises: &Promises,
    ledger: &Ledger,
    kills: &[i64],
    gateway: &Gateway,
) -> Result<usize> {
    let (promises, mut in_doubt, mut left_something) = (promises.all(), 0, BTreeSet::new());
    for Repeat { words, kill } in ledger.repeats(kills) {
        // What was never promised is a fault of its own.
        let Some(promise) = promises.get(words) else { continue };
        let Some(kill) = kill else {
            report.fault(format!("{words} was sent again with no kill between"));
            continue;
        };
        if noted_as_sent(gateway, promise).await?.is_none_or(|at| at < kills[kill]) {
            report.fault(format!("{words} was sent again and had not been in flight at a kill"));
            continue;
        }
        in_doubt += 1;
        left_something.insert(kill);
    }
    report.row("of these in flight at the kill before, as each must be", in_doubt);
    report.row("kills that left such messages behind", left_something.len());
    Ok(in_doubt)
}

/// When the gateway learned that a message is with the messenger, in milliseconds since 1970.
async fn noted_as_sent(gateway: &Gateway, promise: &Promise) -> Result<Option<i64>> {
    let path = format!("/v1/accounts/{}/messages/{}/trace", gateway.account(), promise.id);
    let (status, trace) = gateway.native(Method::GET, &path, None).await?;
    ensure!(status == 200, "{status} {trace}");
    let events = trace["events"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sent = events.iter().find(|event| event["type"] == "message.sent").and_then(|event| event["at"].as_str());
    Ok(sent.map(str::parse::<jiff::Timestamp>).transpose()?.map(jiff::Timestamp::as_millisecond))
}

/// **On disk before yes**: what was acknowledged is in the gateway's memory, under the id that was told. Returns how many
/// are not.
pub async fn remembered(report: &mut Report, promises: &Promises, gateway: &Gateway) -> Result<usize> {
    let (promises, stored) = (promises.all(), stored(gateway).await?);
    let lost: Vec<&String> = promises
        .iter()
        .filter(|(words, promise)| stored.get(*words) != Some(&promise.id))
        .map(|(words, _)| words)
        .collect();
    for words in &lost {
        report.fault(format!("{words} was acknowledged and is not remembered"));
    }
    report.row("acknowledged and forgotten", lost.len());
    Ok(lost.len())
}

/// **Settled once**: each message became `sent` once. Looks at the stories of up to 300 messages.
pub async fn settled_once(report: &mut Report, promises: &Promises, gateway: &Gateway) -> Result<()> {
    let promises = promises.all();
    let (mut looked, step) = (0, promises.len().div_ceil(300).max(1));
    for (words, promise) in promises.iter().step_by(step) {
        let path = format!("/v1/accounts/{}/messages/{}/trace", gateway.account(), promise.id);
        let (_, trace) = gateway.native(Method::GET, &path, None).await?;
        let events = trace["events"].as_array().map(Vec::as_slice).unwrap_or_default();
        let sent = events.iter().filter(|event| event["type"] == "message.sent").count();
        if sent != 1 {
            report.fault(format!("{words} was settled as sent {sent} times"));
        }
        looked += 1;
    }
    report.row("stories looked at, each settled once", looked);
    Ok(())
}

/// **Order within a chat**: a messenger sees the messages of a chat in the order in which they were accepted. `said` has
/// each chat's words in that order. Returns the inversions.
pub fn ordered(report: &mut Report, said: &BTreeMap<String, Vec<String>>, ledger: &Ledger) -> usize {
    let mut inversions = 0;
    let mut seen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for taken in &ledger.0 {
        // A repeat comes later than its first, and is not read.
        if known.insert(&taken.words) {
            seen.entry(&taken.chat).or_default().push(&taken.words);
        }
    }
    for (chat, said) in said {
        let place: BTreeMap<&str, usize> =
            said.iter().enumerate().map(|(place, words)| (words.as_str(), place)).collect();
        let places: Vec<usize> =
            seen.get(chat.as_str()).into_iter().flatten().filter_map(|words| place.get(words).copied()).collect();
        let wrong = places.windows(2).filter(|pair| pair[0] > pair[1]).count();
        if wrong > 0 {
            report.fault(format!("{chat} has {wrong} inversions: {places:?}"));
        }
        inversions += wrong;
    }
    report.row("inversions", inversions);
    inversions
}
