//! Golden notices: `cases/notices/*.txt` hold entries as the journal keeps them, and the webhook that each becomes.

use std::collections::BTreeSet;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sluice_model::{AccountId, Channel, Entry, Event, Position};

use super::world;
use crate::golden::{files, settle};
use crate::wappi::{Wappi, switches};
use crate::{Dialect, Notice, Setting};

fn tell(case: &str) -> (String, &'static str, Option<Notice>) {
    let end = case.find("\n--- ").unwrap_or(case.len());
    let head = case[..end].trim_end();
    let setting = |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("@{name} ")[..]));
    let channel = setting("channel").and_then(Channel::named).unwrap_or(Channel::Whatsapp);
    let types: Vec<&str> = setting("types").map_or(switches::KNOWN.to_vec(), |types| types.split(' ').collect());
    let bytes = setting("bytes").map(|text| bytes::Bytes::from(STANDARD.decode(text).unwrap()));
    let json: String = head.lines().filter(|line| !line.starts_with(['#', '@'])).collect();
    let event: Event = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    let name = event.name();
    let entry = Entry { account: AccountId(3), position: Position(7), at: world::NOW, event };
    let notice = Wappi.notice(
        &entry,
        &Setting {
            account: &world::account(channel),
            listener: &world::listener(&types),
            secret: setting("secret"),
            spelling: &world::spelling(),
            links: &world::links(),
            bytes: bytes.as_ref(),
            at: world::NOW,
            attempt: 1,
        },
    );
    let mut told = format!("{head}\n");
    match &notice {
        None => told.push_str("--- nothing"),
        Some(notice) => {
            told.push_str("--- notice\n");
            for (header, value) in notice.headers.iter().filter(|(name, _)| *name != "content-type") {
                writeln!(told, "{header}: {}", value.to_str().unwrap()).unwrap();
            }
            told.push_str(&notice.body);
        }
    }
    (told, name, notice)
}

/// The bodies of all notices in a file.
pub fn bodies(file: &str) -> Vec<String> {
    let file = files("wappi", "cases/notices").into_iter().find(|path| path.ends_with(file)).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    text.trim_end().split("\n=====\n").filter_map(|case| tell(case).2).map(|notice| notice.body).collect()
}

#[test]
fn every_entry_is_told_byte_for_byte_and_every_event_and_type_has_a_case() {
    let (mut events, mut types) = (BTreeSet::new(), BTreeSet::<&str>::new());
    for file in files("wappi", "cases/notices") {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut told = Vec::new();
        for case in text.trim_end().split("\n=====\n") {
            let (one, event, notice) = tell(case);
            told.push(one);
            events.insert(event);
            types.extend(switches::KNOWN.into_iter().filter(|wh_type| {
                notice.as_ref().is_some_and(|notice| notice.body.contains(&format!("\"wh_type\":\"{wh_type}\"")))
            }));
        }
        settle(&file, &format!("{}\n", told.join("\n=====\n")));
    }
    let without: Vec<_> = Event::NAMES.iter().filter(|name| !events.contains(*name)).collect();
    assert!(without.is_empty(), "no case for {without:?}");
    assert_eq!(types.len(), switches::KNOWN.len(), "{types:?}");
}
