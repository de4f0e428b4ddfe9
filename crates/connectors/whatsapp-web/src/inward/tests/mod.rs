//! Golden cases: `cases/*.txt` hold a message as it comes, and what is read of it. `UPDATE_CASES=1` writes them anew.

mod about;
mod files;
mod hostile;
mod things;
mod words;

use whatsapp_rust::Jid;
use whatsapp_rust::buffa::MessageField;
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message as kinds;

use super::content::{self, Meaning};
use super::frame::Frame;
use super::messages::{Place, around};
use crate::desk::plain::{plain, settle};
use crate::desk::{Own, Pairs};

fn jid(text: &str) -> Jid {
    text.parse().unwrap()
}

/// Who is where: everybody's numbers and LIDs are known but Carl's, who is LID 1003.
struct Scene {
    own: Own,
    pairs: Pairs,
    chat: Jid,
    sender: Jid,
    from_me: bool,
}

impl Scene {
    fn new(chat: &str, sender: &str, from_me: bool) -> Self {
        let mut pairs = Pairs::default();
        for (phone, lid) in [("79990000001", "1001"), ("79990000002", "1002"), ("79991112233", "9001")] {
            pairs.learn(&Jid::pn(phone), &Jid::lid(lid));
        }
        let own = Own { phone: Some(jid("79991112233:5@s.whatsapp.net")), lid: Some(jid("9001:5@lid")) };
        Self { own, pairs, chat: jid(chat), sender: jid(sender), from_me }
    }

    fn ann() -> Self {
        Self::new("79990000001@s.whatsapp.net", "79990000001@s.whatsapp.net", false)
    }

    fn phone() -> Self {
        Self::new("79990000001@s.whatsapp.net", "79991112233@s.whatsapp.net", true)
    }

    fn group() -> Self {
        Self::new("120363000000000001@g.us", "1001:3@lid", false)
    }

    fn frame(&self) -> Frame<'_> {
        let Self { own, pairs, chat, sender, from_me } = self;
        Frame { own, pairs, remote: "IN1", chat, sender, from_me: *from_me }
    }

    fn tell(&self, message: &wa::Message) -> String {
        let frame = self.frame();
        let content = match content::read(message, &frame) {
            Meaning::Content(content) => content,
            Meaning::Vote(vote) => return format!("a vote in {:?}", vote.poll_creation_message_key.id),
            other => return format!("{other:?}"),
        };
        let said = serde_json::to_value(&content).unwrap();
        let place = Place {
            own: self.own.clone(),
            pairs: self.pairs.clone(),
            chat: self.chat.clone(),
            sender: self.sender.clone(),
            from_me: self.from_me,
        };
        let at = sluice_model::Timestamp::default();
        let mut incoming = place.incoming("IN1", Some("Ann"), at, content).unwrap();
        around(&mut incoming, message, &frame);
        let sender = incoming.sender.map(|party| format!("{} {:?}", party.address, party.alias.map(|a| a.to_string())));
        let chat = format!("{} {:?}", incoming.chat, incoming.chat_alias.map(|alias| alias.to_string()));
        let mut told = format!("chat {chat}\nsender {sender:?}\n");
        if incoming.forwarded > 0 {
            told.push_str(&format!("forwarded {}\n", incoming.forwarded));
        }
        if let Some(quoted) = incoming.quoted {
            told.push_str(&format!("quoted {:#}\n", plain(&quoted)));
        }
        format!("{told}{:#}", plain(&said))
    }
}

fn some<T: Default>(value: T) -> MessageField<T> {
    MessageField::some(value)
}

fn text(words: &str) -> wa::Message {
    wa::Message { conversation: Some(words.into()), ..Default::default() }
}

fn wrapped(message: wa::Message) -> MessageField<kinds::FutureProofMessage> {
    some(kinds::FutureProofMessage { message: some(message) })
}

fn key(id: &str, from_me: bool, participant: Option<&str>) -> MessageField<wa::MessageKey> {
    some(wa::MessageKey {
        remote_jid: Some("79991112233@s.whatsapp.net".into()),
        from_me: Some(from_me),
        id: Some(id.into()),
        participant: participant.map(str::to_owned),
    })
}

fn protocol(protocol: kinds::ProtocolMessage) -> wa::Message {
    wa::Message { protocol_message: some(protocol), ..Default::default() }
}

fn image() -> kinds::ImageMessage {
    kinds::ImageMessage {
        url: Some("https://media.example/x".into()),
        mimetype: Some("image/JPEG; x=1".into()),
        caption: Some("Look".into()),
        file_sha256: Some(vec![2; 4]),
        file_enc_sha256: Some(vec![3; 4]),
        media_key: Some(vec![1; 4]),
        file_length: Some(1234),
        direct_path: Some("/v/t62/x".into()),
        media_key_timestamp: Some(1_700_000_000),
        width: Some(640),
        height: Some(480),
        jpeg_thumbnail: Some(vec![0xFF, 0xD8]),
        ..Default::default()
    }
}

fn settle_all(name: &str, cases: &[(&str, Scene, wa::Message)]) {
    let told = cases
        .iter()
        .map(|(name, scene, message)| format!("# {name}\n{:#}\n--- read\n{}", plain(message), scene.tell(message)));
    let told: Vec<String> = told.collect();
    settle(&format!("inward/cases/{name}.txt"), &format!("{}\n", told.join("\n=====\n")));
}
