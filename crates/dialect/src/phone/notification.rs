//! A notification of a messenger, read for what people wrote (contract §1.3). Lossy by nature: muted and open chats make
//! none, long texts are cut, files are a glyph and a word.

use serde_json::Value;
use sluice_model::Timestamp;
use sluice_model::device::{From, Line, Noticed};

use super::read::from;
use super::words::{is_app, is_file, is_summary};

/// What a phone shows of a notification.
#[derive(Debug, Default)]
pub struct Shown {
    pub package: String,
    pub title: String,
    pub text: String,
    pub big_text: Option<String>,
    /// Texts, or objects with `text` and perhaps `sender` and `time`.
    pub messages: Vec<Value>,
    pub key: Option<String>,
    /// The sender's number, where the phone found it out.
    pub number: Option<String>,
}

/// Packages whose notifications are messages of this account's messenger.
const PACKAGES: [&str; 3] = ["", "com.whatsapp", "com.whatsapp.w4b"];
/// Lines and characters read of one notification.
const LINES: usize = 64;
const CHARS: usize = 4_096;

pub fn read(shown: &Shown, at: Timestamp) -> Noticed {
    if !PACKAGES.contains(&shown.package.as_str()) || shown.title.is_empty() && shown.number.is_none() {
        return Noticed::Nothing;
    }
    if is_app(&shown.title) {
        return Noticed::Nothing;
    }
    let (from, member) = who(&shown.title, shown.number.clone());
    let mut lines: Vec<Line> = said(shown, at).filter(|line| !is_summary(&line.text)).collect();
    if lines.is_empty() {
        return Noticed::Nothing;
    }
    for line in &mut lines {
        line.sender = line.sender.take().or_else(|| member.clone());
    }
    let skip = lines.len().saturating_sub(LINES);
    let key = shown.key.clone().unwrap_or_else(|| shown.title.clone());
    Noticed::Lines { key: format!("{}|{key}", shown.package), from, lines: lines.split_off(skip) }
}

/// The chat, and in a group its member: `Name`, `Group: Member`, `Member @ Group`, each perhaps with a count.
fn who(title: &str, number: Option<String>) -> (From, Option<String>) {
    let title = uncounted(title);
    let named = |member: &str, group: &str| {
        let member = uncounted(member);
        (From { group: Some(uncounted(group)), ..from(Some(member.clone()), None) }, Some(member))
    };
    if let Some((member, group)) = title.split_once(" @ ") {
        return named(member, group);
    }
    match title.split_once(": ") {
        Some((group, member)) => named(member, group),
        None => (from(Some(title), number), None),
    }
}

/// Without `(3 messages)` at its end.
fn uncounted(name: &str) -> String {
    let name = name.trim();
    if let Some((before, count)) = name.rsplit_once(" (")
        && let Some(count) = count.strip_suffix(')')
        && count.starts_with(|first: char| first.is_ascii_digit())
        && count.contains(' ')
    {
        return before.trim_end().to_owned();
    }
    name.to_owned()
}

fn said(shown: &Shown, now: Timestamp) -> Box<dyn Iterator<Item = Line> + '_> {
    if !shown.messages.is_empty() {
        return Box::new(shown.messages.iter().filter_map(move |message| of_list(message, now)));
    }
    if let Some(big) = shown.big_text.as_deref().filter(|big| !big.trim().is_empty()) {
        return Box::new(std::iter::once(line(big)));
    }
    Box::new(Some(&shown.text).filter(|text| !text.trim().is_empty()).map(|text| line(text)).into_iter())
}

fn of_list(message: &Value, now: Timestamp) -> Option<Line> {
    let text = message.as_str().or_else(|| message["text"].as_str()).filter(|text| !text.trim().is_empty())?;
    let sender = message["sender"].as_str().filter(|sender| !sender.is_empty()).map(str::to_owned);
    let at = message["time"].as_i64().filter(|time| *time > 0).map(Timestamp::from_millis).filter(|at| *at <= now);
    Some(Line { sender, at, ..line(text) })
}

fn line(text: &str) -> Line {
    let text: String = text.chars().take(CHARS).collect();
    Line { placeholder: is_file(&text), text, sender: None, at: None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_729_499_277);

    fn shown(title: &str, text: &str) -> Shown {
        Shown { package: "com.whatsapp".into(), title: title.into(), text: text.into(), ..Shown::default() }
    }

    fn lines(shown: &Shown) -> (From, Vec<Line>) {
        match read(shown, NOW) {
            Noticed::Lines { from, lines, .. } => (from, lines),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn titles_say_who_writes_and_where() {
        let (from, _) = lines(&shown("Ann", "hi"));
        assert_eq!((from.name.as_deref(), from.group), (Some("Ann"), None));
        for title in ["Family (3 messages): Ann", "Family: Ann", "Ann @ Family", "Ann @ Family (12 сообщений)"]
        {
            let (from, lines) = lines(&shown(title, "hi"));
            assert_eq!((from.name.as_deref(), from.group.as_deref()), (Some("Ann"), Some("Family")), "{title}");
            assert_eq!(lines[0].sender.as_deref(), Some("Ann"));
        }
        let numbered = Shown { number: Some("+7 999 000-00-01".into()), ..shown("Ann", "hi") };
        assert_eq!(lines(&numbered).0.number.as_deref(), Some("79990000001"));
        assert_eq!(lines(&shown("Bob (work)", "hi")).0.name.as_deref(), Some("Bob (work)"));
    }

    #[test]
    fn what_nobody_wrote_is_nothing() {
        for (title, text) in [
            ("WhatsApp", "5 new messages"),
            ("WhatsApp", "Checking for new messages…"),
            ("Ann", "2 новых сообщения"),
            ("Ann", "📞 Missed voice call"),
            ("Ann", ""),
            ("", "hi"),
        ] {
            assert_eq!(read(&shown(title, text), NOW), Noticed::Nothing, "{title}: {text}");
        }
        assert_eq!(read(&Shown { package: "com.bank".into(), ..shown("Ann", "hi") }, NOW), Noticed::Nothing);
    }

    #[test]
    fn lists_and_long_texts_are_preferred() {
        let mut listed = shown("Ann", "3 new messages");
        listed.messages =
            vec![json!("one"), json!({"text": "two", "time": 1_729_499_000_000_i64}), json!("4 messages"), json!(7)];
        let (_, said) = lines(&listed);
        assert_eq!(said.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(said[1].at, Some(Timestamp::from_millis(1_729_499_000_000)));
        let long = Shown { big_text: Some("the whole of it".into()), ..shown("Ann", "the wh…") };
        assert_eq!(lines(&long).1[0].text, "the whole of it");
        assert!(lines(&shown("Ann", "📷 Photo")).1[0].placeholder);
    }
}
