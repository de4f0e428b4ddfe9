//! One of everything that can be sent or asked.

use sluice_model::ask::GroupCall;
use sluice_model::content::{
    Blob, ButtonReply, Buttons, Card, GroupInvite, Location, Media, MediaKind, Poll, Source, Target, Template, Vote,
};
use sluice_model::{Address, Ask, Content};

use super::Stage;

/// A 1 x 1 GIF: the smallest picture there is.
const PICTURE: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// One of every content there is; `ours` is a message sent earlier.
pub fn contents(stage: &Stage<'_>, ours: &str) -> Vec<Content> {
    let Ok(picture) = stage.media.lay(PICTURE) else { panic!("no place for a picture") };
    let target = || Target { remote: ours.to_owned(), from_me: true, sender: None };
    let kinds = [
        (MediaKind::Image, "image/gif"),
        (MediaKind::Video, "video/mp4"),
        (MediaKind::VideoNote, "video/mp4"),
        (MediaKind::Audio, "audio/mpeg"),
        (MediaKind::Voice, "audio/ogg"),
        (MediaKind::Document, "application/octet-stream"),
        (MediaKind::Sticker, "image/webp"),
    ];
    let mut all: Vec<Content> = kinds.map(|(kind, mime)| Content::Media(media(kind, mime, &picture))).into();
    all.extend([
        Content::text("a text"),
        Content::Location(Location { latitude: 1.5, longitude: -2.5, name: Some("Here".to_owned()), address: None }),
        Content::Contacts { cards: vec![Card::new("Ann", "79990000000")] },
        Content::Poll(Poll { question: "Yes?".to_owned(), options: vec!["Yes".into(), "No".into()], choices: 1 }),
        Content::Reaction { target: target(), emoji: Some("👍".to_owned()) },
        Content::Edit { target: target(), text: "the kit says good day".to_owned() },
        Content::Buttons(Buttons { header: None, body: "Choose".to_owned(), footer: None, buttons: Vec::new() }),
        Content::Template(Template { id: "hello".into(), language: "en".into(), params: vec![], rendered: None }),
        Content::Delete { target: target(), for_everyone: true },
        Content::Vote(Vote { target: target(), question: "Yes?".into(), chosen: vec![], tally: vec![], choices: 1 }),
        Content::ButtonReply(ButtonReply { target: target(), id: "1".into(), text: "Yes".into() }),
        Content::GroupInvite(GroupInvite {
            group: Address::Group("120363000000000000".into()),
            group_name: "Kit".into(),
            code: "code".into(),
            expires_at: None,
            caption: None,
        }),
        Content::Unreadable { what: "anything".into() },
    ]);
    all
}

fn media(kind: MediaKind, mime: &str, blob: &Blob) -> Media {
    Media {
        kind,
        source: Source::Blob(blob.clone()),
        mime: mime.to_owned(),
        file_name: Some("kit.bin".to_owned()),
        caption: None,
        seconds: None,
        size: None,
        thumbnail: None,
        animated: false,
    }
}

/// One of every question about `peer`, except those about groups.
pub fn questions(stage: &Stage<'_>, peer: &Address, ours: &str) -> Vec<Ask> {
    let Ok(picture) = stage.media.lay(PICTURE) else { panic!("no place for a picture") };
    let peer = || peer.clone();
    vec![
        Ask::Check { who: vec![peer()] },
        Ask::Avatar { of: peer() },
        Ask::Person { of: peer() },
        Ask::MarkRead { chat: peer(), remotes: Vec::new() },
        Ask::Typing { chat: peer(), recording: false, for_ms: 1_000 },
        Ask::Typing { chat: peer(), recording: false, for_ms: 0 },
        Ask::Archive { chat: peer(), on: true },
        Ask::DeleteChat { chat: peer() },
        Ask::Block { who: peer(), on: true },
        Ask::Block { who: peer(), on: false },
        Ask::Presence { of: peer(), on: true },
        Ask::Presence { of: peer(), on: false },
        Ask::RejectCall { remote: "no call".to_owned() },
        Ask::Disappearing { chat: peer(), seconds: 86_400 },
        Ask::SaveContact { who: peer(), name: Some("Kit".to_owned()) },
        Ask::Profile { about: Some("here".to_owned()), picture: Some(Source::Blob(picture)) },
        Ask::StoryViews { remote: ours.to_owned() },
    ]
}

pub fn group_calls(group: &Address, member: &Address) -> Vec<GroupCall> {
    let (group, members) = (|| group.clone(), || vec![member.clone()]);
    vec![
        GroupCall::Info { group: group() },
        GroupCall::Rename { group: group(), name: "Kit 2".to_owned() },
        GroupCall::Promote { group: group(), members: members() },
        GroupCall::Demote { group: group(), members: members() },
        GroupCall::Remove { group: group(), members: members() },
        GroupCall::Add { group: group(), members: members() },
        GroupCall::InviteLink { group: group() },
        GroupCall::Leave { group: group() },
    ]
}
