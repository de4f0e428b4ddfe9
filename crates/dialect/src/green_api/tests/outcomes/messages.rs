//! Messages: sent, received, listed, and statuses.

use sluice_model::content::{Quoted, StoryStyle, Text};
use sluice_model::event::{Call, CallStage};
use sluice_model::failure::Why;
use sluice_model::id::Position;
use sluice_model::message::{Kept, Message, Origin, State, Trouble};
use sluice_model::outcome::Told;
use sluice_model::{AccountId, Address, Answer, Content, Entry, Event, EventId, Order, Outcome, WorkspaceId};

use super::{Case, accepted, ann, api, blob, image, kept, target};
use crate::green_api::tests::NOW;

pub fn sending() -> Vec<Case> {
    let sent = || Outcome::Accepted(vec![accepted(42)]);
    let kept = Outcome::Kept(blob());
    let mut all: Vec<_> = [
        "sendMessage",
        "sendFileByUrl",
        "sendFileByUpload",
        "sendPoll",
        "sendLocation",
        "sendContact",
        "sendInteractiveButtons",
        "sendInteractiveButtonsReply",
        "sendLink",
        "sendButtons",
        "sendTemplateButtons",
        "sendListMessage",
        "sendTemplate",
        "editMessage",
        "deleteMessage",
    ]
    .map(|method| (method, method, sent()))
    .into();
    all.push(("forwardMessages", "forwardMessages", Outcome::Accepted(vec![accepted(42), accepted(43)])));
    all.push(("uploadFile", "uploadFile", kept));
    all
}

pub fn receiving() -> Vec<Case> {
    let told = Told { event: EventId::of(AccountId(1), Position(7)), at: NOW, body: r#"{"typeWebhook":"x"}"#.into() };
    let file = Outcome::File { blob: blob(), mime: "image/jpeg".into(), file_name: Some("a.jpg".into()) };
    vec![
        ("receiveNotification", "receiveNotification", Outcome::Entries(vec![told])),
        ("receiveNotification_empty", "receiveNotification", Outcome::Entries(Vec::new())),
        ("deleteNotification", "deleteNotification", Outcome::Confirmed(true)),
        ("deleteNotification_unknown", "deleteNotification", Outcome::Confirmed(false)),
        ("publishNotification", "publishNotification", Outcome::Done),
        ("downloadFile", "downloadFile", file),
    ]
}

pub fn journals() -> Vec<Case> {
    let quoted = Quoted { target: target(), content: Some(Box::new(Content::text("Will you come?"))), at: None };
    let peer = kept(1, Origin::Peer, Content::text("hi"), State::Received);
    let reply = Kept { message: Message { quoted: Some(quoted), ..peer.message.clone() }, ..peer.clone() };
    let edited = Kept { edited: Some("hi!".into()), ..peer.clone() };
    let deleted = Kept { deleted: true, ..kept(2, Origin::Peer, image(), State::Received) };
    let edit = kept(3, Origin::Peer, Content::Edit { target: target(), text: "hi!".into() }, State::Received);
    let failed = Kept {
        trouble: Some(Trouble { why: Why::NotOnMessenger, note: String::new() }),
        ..kept(4, api(), Content::text("hello"), State::Failed)
    };
    let story = Message { chat: Address::Story, ..peer.message.clone() };
    let story = Kept { message: story, ..peer.clone() };
    let list = |messages: Vec<Kept>| Outcome::Messages { total: messages.len() as u64, messages };
    let order = |content| Order {
        workspace: WorkspaceId(1),
        account: AccountId(1),
        message: Message { content, ..kept(42, api(), Content::text(""), State::Waiting).message },
        due_at: NOW,
        expires_at: NOW,
        typing_ms: None,
        attempt: 0,
    };
    let queue = || Outcome::Queue { orders: vec![order(Content::text("later")), order(image())], total: 2 };
    let sent = kept(5, Origin::Phone, Content::text("from the phone"), State::Read);
    let call = |position, stage| Entry {
        account: AccountId(1),
        position: Position(position),
        at: NOW,
        event: Event::CallReceived { call: Call { remote: "CALL1".into(), from: ann(), video: true, stage } },
    };
    let calls = vec![call(2, CallStage::Missed), call(1, CallStage::Offered)];
    vec![
        ("lastIncomingCalls", "lastIncomingCalls", Outcome::History(calls)),
        ("lastOutgoingCalls", "lastOutgoingCalls", Outcome::Done),
        ("getChatHistory", "getChatHistory", list(vec![reply, edited, deleted, edit])),
        ("getMessage", "getMessage", Outcome::Message(Box::new(peer.clone()))),
        ("lastIncomingMessages", "lastIncomingMessages", list(vec![peer, story])),
        ("lastOutgoingMessages", "lastOutgoingMessages", list(vec![failed, sent])),
        ("lastOutgoingMessages_none", "lastOutgoingMessages", list(Vec::new())),
        ("showMessagesQueue", "showMessagesQueue", queue()),
        ("clearMessagesQueue", "clearMessagesQueue", Outcome::Cancelled(Vec::new())),
        ("getMessagesCount", "getMessagesCount", queue()),
        ("getWebhooksCount", "getWebhooksCount", Outcome::Count(3)),
        ("clearWebhooksQueue", "clearWebhooksQueue", Outcome::Done),
    ]
}

pub fn statuses() -> Vec<Case> {
    let sent = || Outcome::Accepted(vec![accepted(42)]);
    let style = StoryStyle { background: Some("#228B22".into()), font: Some("SERIF".into()) };
    let text = Content::Text(Text { text: "my day".into(), style: Some(style), ..Text::default() });
    let story = |mut kept: Kept| {
        kept.message.chat = Address::Story;
        Outcome::Messages { messages: vec![kept], total: 1 }
    };
    let views = Answer::StoryViews { viewers: vec![(Address::Phone("79001234567".into()), NOW)] };
    vec![
        ("sendTextStatus", "sendTextStatus", sent()),
        ("sendVoiceStatus", "sendVoiceStatus", sent()),
        ("sendMediaStatus", "sendMediaStatus", sent()),
        ("deleteStatus", "deleteStatus", sent()),
        ("getStatusStatistic", "getStatusStatistic", Outcome::Answer(views)),
        ("getIncomingStatuses", "getIncomingStatuses", story(kept(1, Origin::Peer, image(), State::Received))),
        ("getOutgoingStatuses", "getOutgoingStatuses", story(kept(2, api(), text, State::Sent))),
    ]
}
