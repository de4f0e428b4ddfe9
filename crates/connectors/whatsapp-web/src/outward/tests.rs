//! Golden cases: `cases/*.txt` hold what is sent, in the house's JSON, and the message that is written of it.
//! `UPDATE_CASES=1` writes them anew.

use serde::Deserialize;
use sluice_model::content::{Quoted, Target};
use sluice_model::failure::Why;
use sluice_model::id::Mint;
use sluice_model::message::Origin;
use sluice_model::{Address, Content, Failure, Message, MessageId, Timestamp};
use whatsapp_rust::Jid;
use whatsapp_rust::waproto::whatsapp as wa;

use super::context;
use super::facts::{self, Facts};
use super::letter::{self, Parts};
use super::names::Names;
use super::preview::Picture;
use super::upload::Uploaded;
use crate::desk::addresses::jid_of;
use crate::desk::plain::{plain, settle};
use crate::desk::{Own, Pairs, Stored};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    chat: Address,
    content: Content,
    quoted: Option<Quoted>,
    #[serde(default)]
    forwarded: u32,
    #[serde(default)]
    timer: u32,
    /// The members of the group go by their LIDs.
    #[serde(default)]
    by_lid: bool,
}

fn jid(text: &str) -> Jid {
    text.parse().unwrap()
}

fn names(by_lid: bool) -> Names {
    let mut pairs = Pairs::default();
    pairs.learn(&jid("79990000001@s.whatsapp.net"), &jid("1001@lid"));
    let own = Own { phone: Some(jid("79991112233:5@s.whatsapp.net")), lid: Some(jid("9001:5@lid")) };
    Names { own, pairs, by_lid }
}

/// A file that lies on the servers.
fn file() -> Uploaded {
    Uploaded {
        stored: Stored {
            path: "/v/t62/x".into(),
            key: vec![1; 4],
            hash: vec![2; 4],
            sealed_hash: vec![3; 4],
            size: 1234,
            key_at: 1_700_000_000,
            mime: "test/file".into(),
            file_name: Some("kept.bin".into()),
            ..Stored::default()
        },
        url: Some("https://media.example/x".into()),
        sidecar: Some(vec![4; 4]),
        facts: Facts { size: Some((640, 480)), seconds: Some(7), animated: false },
    }
}

fn write(case: Case) -> Result<wa::Message, Failure> {
    let chat = jid_of(&case.chat)?;
    let names = names(case.by_lid);
    let message = Message {
        id: MessageId(Mint::new(0, None).next(Timestamp::default())),
        remote: Some("3EB0".into()),
        origin: Origin::Phone,
        chat: case.chat,
        chat_alias: None,
        chat_name: None,
        sender: None,
        content: case.content,
        quoted: case.quoted,
        forwarded: case.forwarded,
        at: Timestamp::default(),
    };
    let key = match &message.content {
        Content::Reaction { target, .. } => Some(names.key(&chat, target)?),
        Content::Delete { target, .. } => Some(names.key_to_delete(&chat, target)?),
        Content::Edit { target, .. } => Some(names.key_to_edit(&chat, target)?),
        _ => None,
    };
    let large = Some((file().stored, (640, 480)));
    let parts = Parts {
        now_ms: 1_700_000_000_123,
        context: context::of(&message, &chat, &names, case.timer)?,
        key,
        file: Some(file()),
        picture: Some(Picture { inline: Some(vec![0xFF, 0xD8]), large }),
        secret: vec![7; 4],
    };
    letter::write(&message.content, parts)
}

#[test]
fn every_content_is_written_as_the_app_would() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/outward/cases");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let told = text.split("\n=====\n").map(|case| {
            let asked = case.split("\n--- ").next().unwrap().trim();
            let written = match write(serde_json::from_str(asked).unwrap_or_else(|error| panic!("{asked}: {error}"))) {
                Ok(message) => format!("--- message\n{:#}", plain(&message)),
                Err(failure) => format!("--- failure\n{failure:?}"),
            };
            format!("{asked}\n{written}")
        });
        let told = told.collect::<Vec<_>>().join("\n=====\n");
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        settle(&format!("outward/cases/{name}"), &format!("{told}\n"));
    }
}

#[test]
fn every_kind_of_content_has_a_case() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/outward/cases");
    let all: String = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for kind in [
        "text",
        "location",
        "contacts",
        "poll",
        "vote",
        "reaction",
        "edit",
        "delete",
        "buttons",
        "button_reply",
        "group_invite",
        "template",
        "unreadable",
    ] {
        assert!(all.contains(&format!("\"type\": \"{kind}\"")), "no case of {kind}");
    }
    for kind in ["image", "video", "video_note", "audio", "voice", "document", "sticker"] {
        assert!(all.contains(&format!("\"kind\": \"{kind}\"")), "no case of {kind}");
    }
}

fn target(from_me: bool, sender: Option<&str>) -> Target {
    Target { remote: "3EB1".into(), from_me, sender: sender.map(|sender| sender.parse().unwrap()) }
}

#[test]
fn members_are_called_as_their_group_calls_them() {
    let group = jid("120363000000000001@g.us");
    for (by_lid, sender, called) in [
        (false, "phone:79990000001", "79990000001@s.whatsapp.net"),
        (false, "lid:1001", "79990000001@s.whatsapp.net"),
        (true, "phone:79990000001", "1001@lid"),
        (true, "lid:1001", "1001@lid"),
        (true, "phone:79990000002", "79990000002@s.whatsapp.net"),
        (false, "lid:1002", "1002@lid"),
    ] {
        let key = names(by_lid).key(&group, &target(false, Some(sender))).unwrap();
        assert_eq!(key.participant.as_deref(), Some(called), "{sender} by_lid={by_lid}");
    }
    let own = names(true).key(&group, &target(true, None)).unwrap();
    assert_eq!((own.from_me, own.participant), (Some(true), None));
}

#[test]
fn only_what_may_be_taken_back_is() {
    let (person, group) = (jid("79990000001@s.whatsapp.net"), jid("120363000000000001@g.us"));
    let theirs = target(false, Some("phone:79990000001"));
    let refused = names(false).key_to_delete(&person, &theirs).unwrap_err();
    assert_eq!(refused.why(), Why::Unsupported);
    assert!(names(false).key_to_delete(&group, &theirs).is_ok(), "an admin may");
    assert!(names(false).key_to_delete(&person, &target(true, None)).is_ok());
    assert_eq!(names(false).key_to_edit(&group, &theirs).unwrap_err().why(), Why::Unsupported);
    let edited = names(true).key_to_edit(&group, &target(true, None)).unwrap();
    assert_eq!(edited.participant.as_deref(), Some("9001@lid"));
    let nothing = Target { remote: String::new(), ..target(true, None) };
    assert_eq!(names(false).key(&person, &nothing).unwrap_err().why(), Why::NotFound);
}

/// Opus in Ogg, as far as the length is concerned: a head, and a last page at `position`.
fn ogg(skipped: u16, position: u64) -> Vec<u8> {
    let mut bytes = b"OggS\0\x02".to_vec();
    bytes.extend([0; 22]);
    bytes.extend(b"OpusHead\x01\x01");
    bytes.extend(skipped.to_le_bytes());
    bytes.extend([0; 7]);
    bytes.extend([0x55; 300]);
    bytes.extend(b"OggS\0\x04");
    bytes.extend(position.to_le_bytes());
    bytes.extend([0; 14]);
    bytes
}

#[tokio::test]
async fn files_tell_their_length_and_their_size() {
    let folder = tempfile::tempdir().unwrap();
    let look = async |bytes: &[u8], kind| {
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        facts::look(path, kind).await.unwrap()
    };
    use sluice_model::content::MediaKind::{Document, Image, Sticker, Voice};
    assert_eq!(look(&ogg(312, 312 + 96_000), Voice).await.seconds, Some(2));
    assert_eq!(look(&ogg(312, 312 + 96_001), Voice).await.seconds, Some(3), "begun is counted");
    assert_eq!(look(&ogg(312, 0), Voice).await.seconds, None);
    assert_eq!(look(b"OpusHead", Voice).await.seconds, None);
    assert_eq!(look(b"ID3", Voice).await, Facts::default());
    let gif = b"GIF89a\x03\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff";
    assert_eq!(look(gif, Image).await.size, Some((3, 2)));
    assert_eq!(look(gif, Document).await, Facts::default());
    let mut moving = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0".to_vec();
    moving.extend([0; 16]);
    assert!(look(&moving, Sticker).await.animated);
    assert_eq!(look(b"", Image).await, Facts::default());
}

#[test]
fn a_link_is_found_among_the_words() {
    assert_eq!(letter::first_link("see https://example.org/a?b, please"), Some("https://example.org/a?b"));
    assert_eq!(letter::first_link("(«http://example.org/.», https://no)"), Some("http://example.org/"));
    assert_eq!(letter::first_link("(https://example.org/A_(b)?)"), Some("https://example.org/A_(b)"));
    assert_eq!(letter::first_link("(https://example.org/A)."), Some("https://example.org/A"));
    assert_eq!(letter::first_link("nothing here"), None);
}

#[test]
fn a_quoted_message_is_outlined_whatever_it_is() {
    let content: Content = serde_json::from_value(serde_json::json!({"type": "unreadable", "what": "x"})).unwrap();
    assert_eq!(plain(&context::outline(&content)), serde_json::json!({"conversation": ""}));
}
