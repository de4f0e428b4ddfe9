//! What the phone noticed, turned into what the house is handed in, each thing once (contract §1.3, §9.6).

use std::collections::{HashMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use sluice_connector::{Closed, Home, Inbound, Incoming};
use sluice_model::content::{self, Source};
use sluice_model::device::{From, Happening, Line, Noticed};
use sluice_model::event::{Call, CallStage, Receipt};
use sluice_model::order::Step;
use sluice_model::{Address, Content, Party, Timestamp};

use crate::board::Chat;
use crate::keep;

/// Ids of happenings remembered, in parts that are written one at a time.
const PART: usize = 128;
const PARTS: u64 = 32;
/// Notifications whose lines are remembered, and lines of each.
const NOTES: usize = 512;
const LINES: usize = 64;
/// Posted again within so long, a single line is the same one (contract §9.6: another time of posting is another message).
const REPOST_MS: i64 = 2_000;

/// What was noticed before.
#[derive(Default)]
pub(crate) struct Known {
    seen: HashSet<u64>,
    parts: VecDeque<(u64, Vec<u64>)>,
    notes: HashMap<String, Note>,
}

/// The lines that a notification showed last.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Note {
    key: String,
    lines: Vec<u64>,
    at: Timestamp,
}

/// Happenings that are new, and what is to be remembered once they are handed in.
#[derive(Default)]
pub(crate) struct News {
    pub inbound: Vec<Inbound>,
    pub chats: Vec<Chat>,
    pub eids: Vec<String>,
    hashes: Vec<u64>,
    notes: HashMap<String, Note>,
}

impl Known {
    pub async fn read(home: &Home) -> Result<Self, Closed> {
        let mut known = Self::default();
        for (name, part) in keep::list::<Vec<u64>>(&*home.vault, keep::SEEN).await? {
            let number = u64::from_str_radix(name.trim_start_matches(keep::SEEN), 16).unwrap_or_default();
            known.seen.extend(&part);
            known.parts.push_back((number, part));
        }
        for (_, note) in keep::list::<Note>(&*home.vault, keep::NOTES).await? {
            known.notes.insert(note.key.clone(), note);
        }
        Ok(known)
    }

    /// Which of these are new, and what they say. `chats` is who is known by which name.
    pub fn sift(&self, happenings: &[Happening], chats: &HashMap<Address, Chat>) -> News {
        let mut news = News::default();
        for happening in happenings {
            news.eids.push(happening.eid.clone());
            let hash = keep::hash(&[&happening.eid]);
            if self.seen.contains(&hash) || news.hashes.contains(&hash) {
                continue;
            }
            news.hashes.push(hash);
            self.unpack(happening, chats, &mut news);
        }
        news
    }

    fn unpack(&self, happening: &Happening, chats: &HashMap<Address, Chat>, news: &mut News) {
        let Happening { eid, at, what } = happening;
        match what {
            Noticed::Nothing => {}
            Noticed::Lines { key, from, lines } => {
                let shown: Vec<u64> = lines.iter().map(hash_of).collect();
                let before = news.notes.get(key).or_else(|| self.notes.get(key));
                let fresh = before.map_or(0, |before| overlap(before, &shown, lines, *at));
                for (index, line) in lines.iter().enumerate().skip(fresh) {
                    let content = if line.placeholder {
                        Content::Unreadable { what: line.text.clone() }
                    } else {
                        Content::text(line.text.clone())
                    };
                    let writer = From { name: line.sender.clone().or_else(|| from.name.clone()), ..from.clone() };
                    // A repeat of the happening makes the same ids.
                    let remote = format!("{eid}/{index}");
                    news.message(remote, &writer, false, content, line.at.unwrap_or(*at), chats);
                }
                let kept = shown.len().saturating_sub(LINES);
                let note = Note { key: key.clone(), lines: shown[kept..].to_vec(), at: *at };
                news.notes.insert(key.clone(), note);
            }
            Noticed::Message { from, text, media, from_phone } => {
                let content = match media {
                    None => Content::text(text.clone()),
                    Some(media) => Content::Media(content::Media {
                        kind: media.kind,
                        source: Source::Blob(media.blob.clone()),
                        mime: media.mime.clone(),
                        file_name: media.name.clone(),
                        caption: Some(text.clone()).filter(|text| !text.is_empty()),
                        seconds: None,
                        size: None,
                        thumbnail: None,
                        animated: false,
                    }),
                };
                news.message(eid.clone(), from, *from_phone, content, *at, chats);
            }
            Noticed::Receipt { id, read } => {
                let step = if *read { Step::Read } else { Step::Deliver };
                let receipt = Receipt { remotes: vec![id.clone()], step, at: *at, trouble: None };
                news.inbound.push(Inbound::Receipt(receipt));
            }
            Noticed::Call { from, video, missed } => {
                let stage = if *missed { CallStage::Missed } else { CallStage::Offered };
                let from = party(from, chats);
                news.inbound.push(Inbound::Call(Call { remote: eid.clone(), from, video: *video, stage }));
            }
        }
    }

    /// These were handed in. Returns what is to be written.
    pub fn remember(&mut self, news: &News) -> Vec<(String, Option<Vec<u8>>)> {
        let mut changes = Vec::new();
        for hash in &news.hashes {
            if self.parts.back().is_none_or(|(_, part)| part.len() >= PART) {
                let number = self.parts.back().map_or(0, |(number, _)| number + 1);
                self.parts.push_back((number, Vec::new()));
                if self.parts.len() as u64 > PARTS
                    && let Some((number, part)) = self.parts.pop_front()
                {
                    self.seen.retain(|hash| !part.contains(hash));
                    changes.push((seen(number), None));
                }
            }
            self.seen.insert(*hash);
            if let Some((number, part)) = self.parts.back_mut() {
                part.push(*hash);
                changes.retain(|(name, _)| *name != seen(*number));
                changes.push((seen(*number), Some(keep::bytes(part))));
            }
        }
        for (key, note) in &news.notes {
            changes.push((keep::named(keep::NOTES, key), Some(keep::bytes(note))));
            self.notes.insert(key.clone(), note.clone());
        }
        while self.notes.len() > NOTES
            && let Some(oldest) = self.notes.values().min_by_key(|note| note.at).map(|note| note.key.clone())
        {
            self.notes.remove(&oldest);
            changes.push((keep::named(keep::NOTES, &oldest), None));
        }
        changes
    }
}

fn seen(number: u64) -> String {
    format!("{}{number:016x}", keep::SEEN)
}

fn hash_of(line: &Line) -> u64 {
    let at = line.at.map(|at| at.millis().to_string()).unwrap_or_default();
    keep::hash(&[line.sender.as_deref().unwrap_or_default(), &line.text, &at])
}

/// How many of the lines shown now stood there before: the longest end of the old ones that the new ones begin with.
fn overlap(before: &Note, shown: &[u64], lines: &[Line], at: Timestamp) -> usize {
    let old = &before.lines;
    let most = old.len().min(shown.len());
    let same = (1..=most).rev().find(|length| old[old.len() - length..] == shown[..*length]).unwrap_or(0);
    // One line without a time of its own, the same as before: posted anew, it was written anew.
    let written_anew = same == 1
        && shown.len() == 1
        && old.len() == 1
        && lines[0].at.is_none()
        && at.millis().abs_diff(before.at.millis()) > REPOST_MS.unsigned_abs();
    if written_anew { 0 } else { same }
}

impl News {
    fn message(
        &mut self,
        remote: String,
        from: &From,
        from_phone: bool,
        content: Content,
        at: Timestamp,
        chats: &HashMap<Address, Chat>,
    ) {
        let sender = party(from, chats);
        let chat = match &from.group {
            Some(group) => Address::Name(group.clone()),
            None => sender.address.clone(),
        };
        if from.group.is_none() && !from_phone {
            let known = chats.get(&chat).cloned().unwrap_or_else(|| Chat::new(chat.clone()));
            let name = from.name.clone().or_else(|| known.name.clone());
            let wrote_at = known.wrote_at.max(at);
            self.chats.retain(|other| other.address != chat);
            self.chats.push(Chat { name, wrote_at, ..known });
        }
        self.inbound.push(Inbound::Message(Box::new(Incoming {
            remote,
            from_phone,
            chat,
            chat_alias: None,
            chat_name: from.group.clone().or_else(|| from.name.clone()),
            sender: (!from_phone).then_some(sender),
            content,
            quoted: None,
            forwarded: 0,
            at,
        })));
    }
}

/// By the number, where there is one; a name that one number alone is known by is that number; any other name stays a
/// name.
fn party(from: &From, chats: &HashMap<Address, Chat>) -> Party {
    let name = from.name.clone();
    let as_number = || name.as_deref().filter(|name| name.len() >= 7).and_then(Address::phone);
    let by_name = || {
        let mut known = chats
            .values()
            .filter(|chat| chat.name.is_some() && chat.name == name && matches!(chat.address, Address::Phone(_)));
        let first = known.next()?;
        known.next().is_none().then(|| first.address.clone())
    };
    let number = from.number.as_deref().and_then(|number| Address::phone(number.trim_start_matches('+')));
    let address = number.or_else(as_number).or_else(by_name);
    let unnamed = || Address::Name(name.clone().unwrap_or_else(|| "unknown".to_owned()));
    Party { name: name.clone(), ..Party::new(address.unwrap_or_else(unnamed)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line { text: text.to_owned(), sender: None, at: None, placeholder: false }
    }

    fn posted(eid: &str, lines: &[&str], at: i64) -> Happening {
        let from = From { name: Some("Ann".to_owned()), ..From::default() };
        let lines = lines.iter().map(|text| line(text)).collect();
        let what = Noticed::Lines { key: "0|com.whatsapp|1".to_owned(), from, lines };
        Happening { eid: eid.to_owned(), at: Timestamp::from_seconds(at), what }
    }

    fn words(known: &mut Known, happenings: &[Happening]) -> Vec<String> {
        let news = known.sift(happenings, &HashMap::new());
        known.remember(&news);
        let word = |inbound: &Inbound| match inbound {
            Inbound::Message(message) => message.content.words().to_owned(),
            other => format!("{other:?}"),
        };
        news.inbound.iter().map(word).collect()
    }

    #[test]
    fn a_notification_that_grows_tells_each_line_once() {
        let mut known = Known::default();
        assert_eq!(words(&mut known, &[posted("e1", &["one"], 1)]), ["one"]);
        assert_eq!(words(&mut known, &[posted("e2", &["one", "two"], 5)]), ["two"]);
        assert_eq!(words(&mut known, &[posted("e3", &["one", "two", "one"], 9)]), ["one"]);
        let together = [posted("e4", &["two", "one", "four"], 12), posted("e5", &["one", "four", "five"], 13)];
        assert_eq!(words(&mut known, &together), ["four", "five"]);
        assert!(words(&mut known, &[posted("e2", &["one", "two"], 5), together[1].clone()]).is_empty(), "repeats");
        assert!(words(&mut known, &[posted("e6", &["one", "four", "five"], 60)]).is_empty(), "posted again as it is");
    }

    #[test]
    fn the_same_words_are_another_message_when_they_are_posted_later() {
        let mut known = Known::default();
        assert_eq!(words(&mut known, &[posted("e1", &["ok"], 1)]), ["ok"]);
        assert!(words(&mut known, &[posted("e2", &["ok"], 2)]).is_empty(), "an update of the notification");
        assert_eq!(words(&mut known, &[posted("e3", &["ok"], 40)]), ["ok"]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut known = Known::default();
        for number in 0..6_000 {
            let at = posted(&format!("e{number}"), &[&format!("{number}")], number);
            let key = format!("k{number}");
            let what = match at.what {
                Noticed::Lines { from, lines, .. } => Noticed::Lines { key, from, lines },
                other => other,
            };
            assert_eq!(words(&mut known, &[Happening { what, ..at }]).len(), 1);
        }
        assert!(known.seen.len() <= PART * PARTS as usize && known.notes.len() <= NOTES);
    }

    #[test]
    fn a_name_is_the_number_that_it_is_known_by() {
        let mut chats = HashMap::new();
        let ann = Address::Phone("79990000001".to_owned());
        chats.insert(ann.clone(), Chat { name: Some("Ann".to_owned()), ..Chat::new(ann.clone()) });
        let from = |name: &str| From { name: Some(name.to_owned()), ..From::default() };
        assert_eq!(party(&from("Ann"), &chats).address, ann);
        assert_eq!(party(&from("+7 999 000-00-02"), &chats).address, Address::Phone("79990000002".to_owned()));
        assert_eq!(party(&from("Bob"), &chats).address, Address::Name("Bob".to_owned()));
        let other = Address::Phone("79990000003".to_owned());
        chats.insert(other.clone(), Chat { name: Some("Ann".to_owned()), ..Chat::new(other) });
        assert_eq!(party(&from("Ann"), &chats).address, Address::Name("Ann".to_owned()), "two of that name");
    }
}
