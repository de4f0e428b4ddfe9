//! One outcome for every method, and more where the answer differs.

use std::sync::Arc;

use serde_json::{Value, json};
use sluice_model::account::LoginStep;
use sluice_model::ask::{Checked, Group, Member, Person};
use sluice_model::content::{Blob, Media, MediaKind, Quoted, Source, StoryStyle, Target, Text};
use sluice_model::event::LogoutBy;
use sluice_model::failure::Why;
use sluice_model::id::Position;
use sluice_model::message::{Chat, Contact, Kept, Message, Origin, State, Trouble};
use sluice_model::outcome::{Accepted, AccountView, Told};
use sluice_model::{
    AccountId, Address, Answer, Content, Entry, Event, EventId, Id, Key, KeyId, MessageId, Order, Outcome,
    Party, Scope, Timestamp, WorkspaceId,
};

use super::{NOW, account, listener};

/// The case's name, the method, the outcome.
pub fn all() -> Vec<(&'static str, &'static str, Outcome)> {
    [
        accounts(),
        sending(),
        receiving(),
        journals(),
        groups(),
        service(),
        statuses(),
        partner(),
    ]
    .concat()
}

fn accounts() -> Vec<(&'static str, &'static str, Outcome)> {
    let switches = Outcome::Switches {
        account: Box::new(view()),
        listener: Some(Arc::new(listener())),
        secret: Some("hook-token".into()),
    };
    let of_account = Outcome::Account(Box::new(view()));
    let entry = |position, event| Entry {
        account: AccountId(1),
        position: Position(position),
        at: NOW,
        event,
    };
    let history = vec![
        entry(
            3,
            Event::AccountLoggedOut {
                by: LogoutBy::Device,
                note: String::new(),
            },
        ),
        entry(
            2,
            Event::AccountDisconnected {
                why: Why::Disconnected,
                note: String::new(),
            },
        ),
        entry(
            1,
            Event::AccountConnected {
                phone: Some("79990000000".into()),
            },
        ),
    ];
    let key = Key {
        id: KeyId(2),
        workspace: WorkspaceId(1),
        account: Some(AccountId(1)),
        dialect: Some("green_api".into()),
        name: String::new(),
        prefix: "ab".into(),
        scopes: vec![Scope::Manage],
        settings: Value::Null,
        sealed: None,
        created_at: NOW,
        expires_at: None,
    };
    let login = |step| Outcome::Answer(Answer::Login { step });
    let done = || login(LoginStep::AskPassword { hint: None });
    let picture = Answer::Profile {
        picture_url: Some("https://a.example/me.jpg".into()),
    };
    vec![
        ("getSettings", "getSettings", switches.clone()),
        ("setSettings", "setSettings", switches.clone()),
        ("getStateInstance", "getStateInstance", of_account.clone()),
        (
            "getStateInstanceHistory",
            "getStateInstanceHistory",
            Outcome::History(history),
        ),
        ("getStatusInstance", "getStatusInstance", of_account.clone()),
        ("reboot", "reboot", Outcome::Answer(Answer::Done)),
        ("logout", "logout", Outcome::Answer(Answer::Done)),
        (
            "qr_pending_password",
            "qr",
            login(LoginStep::AskPassword { hint: None }),
        ),
        (
            "qr_failed",
            "qr",
            login(LoginStep::Failed {
                note: "the phone refused".into(),
            }),
        ),
        (
            "getAuthorizationCode",
            "getAuthorizationCode",
            login(LoginStep::ShowCode {
                code: "KK15A12B".into(),
                expires_at: NOW,
            }),
        ),
        (
            "startAuthorization",
            "startAuthorization",
            login(LoginStep::AskCode { sent_to: "+7".into() }),
        ),
        ("sendAuthorizationCode", "sendAuthorizationCode", done()),
        (
            "sendAuthorizationCode_wrong",
            "sendAuthorizationCode",
            login(LoginStep::Failed {
                note: "the code is wrong".into(),
            }),
        ),
        (
            "sendAuthorizationPassword",
            "sendAuthorizationPassword",
            login(LoginStep::Done),
        ),
        ("setProfilePicture", "setProfilePicture", Outcome::Answer(picture)),
        ("getWaSettings", "getWaSettings", of_account.clone()),
        ("getAccountSettings", "getAccountSettings", of_account.clone()),
        (
            "updateApiToken",
            "updateApiToken",
            Outcome::KeyAdded {
                key: Arc::new(key),
                token: "ab".repeat(25),
            },
        ),
        ("getDeviceInfo", "getDeviceInfo", of_account),
        ("setSystemProxy", "setSystemProxy", switches),
    ]
}

fn sending() -> Vec<(&'static str, &'static str, Outcome)> {
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
    all.push((
        "forwardMessages",
        "forwardMessages",
        Outcome::Accepted(vec![accepted(42), accepted(43)]),
    ));
    all.push(("uploadFile", "uploadFile", kept));
    all
}

fn receiving() -> Vec<(&'static str, &'static str, Outcome)> {
    let told = Told {
        event: EventId::of(AccountId(1), Position(7)),
        at: NOW,
        body: r#"{"typeWebhook":"x"}"#.into(),
    };
    let file = Outcome::File {
        blob: blob(),
        mime: "image/jpeg".into(),
        file_name: Some("a.jpg".into()),
    };
    vec![
        (
            "receiveNotification",
            "receiveNotification",
            Outcome::Entries(vec![told]),
        ),
        (
            "receiveNotification_empty",
            "receiveNotification",
            Outcome::Entries(Vec::new()),
        ),
        (
            "deleteNotification",
            "deleteNotification",
            Outcome::Confirmed(true),
        ),
        (
            "deleteNotification_unknown",
            "deleteNotification",
            Outcome::Confirmed(false),
        ),
        ("publishNotification", "publishNotification", Outcome::Done),
        ("downloadFile", "downloadFile", file),
    ]
}

fn journals() -> Vec<(&'static str, &'static str, Outcome)> {
    let quoted = Quoted {
        target: target(),
        content: Some(Box::new(Content::text("Will you come?"))),
        at: None,
    };
    let peer = kept(1, Origin::Peer, Content::text("hi"), State::Received);
    let reply = Kept {
        message: Message {
            quoted: Some(quoted),
            ..peer.message.clone()
        },
        ..peer.clone()
    };
    let edited = Kept {
        edited: Some("hi!".into()),
        ..peer.clone()
    };
    let deleted = Kept {
        deleted: true,
        ..kept(2, Origin::Peer, image(), State::Received)
    };
    let edit = kept(
        3,
        Origin::Peer,
        Content::Edit {
            target: target(),
            text: "hi!".into(),
        },
        State::Received,
    );
    let failed = Kept {
        trouble: Some(Trouble {
            why: Why::NotOnMessenger,
            note: String::new(),
        }),
        ..kept(4, api(), Content::text("hello"), State::Failed)
    };
    let story = Message {
        chat: Address::Story,
        ..peer.message.clone()
    };
    let story = Kept {
        message: story,
        ..peer.clone()
    };
    let list = |messages: Vec<Kept>| Outcome::Messages {
        total: messages.len() as u64,
        messages,
    };
    let order = |content| Order {
        workspace: WorkspaceId(1),
        account: AccountId(1),
        message: Message {
            content,
            ..kept(42, api(), Content::text(""), State::Waiting).message
        },
        due_at: NOW,
        expires_at: NOW,
        typing_ms: None,
        attempt: 0,
    };
    let queue = || Outcome::Queue {
        orders: vec![order(Content::text("later")), order(image())],
        total: 2,
    };
    let sent = kept(5, Origin::Phone, Content::text("from the phone"), State::Read);
    vec![
        (
            "getChatHistory",
            "getChatHistory",
            list(vec![reply, edited, deleted, edit]),
        ),
        (
            "getMessage",
            "getMessage",
            Outcome::Message(Box::new(peer.clone())),
        ),
        (
            "lastIncomingMessages",
            "lastIncomingMessages",
            list(vec![peer, story]),
        ),
        (
            "lastOutgoingMessages",
            "lastOutgoingMessages",
            list(vec![failed, sent]),
        ),
        (
            "lastOutgoingMessages_none",
            "lastOutgoingMessages",
            list(Vec::new()),
        ),
        ("showMessagesQueue", "showMessagesQueue", queue()),
        (
            "clearMessagesQueue",
            "clearMessagesQueue",
            Outcome::Cancelled(Vec::new()),
        ),
        ("getMessagesCount", "getMessagesCount", queue()),
        ("getWebhooksCount", "getWebhooksCount", Outcome::Count(3)),
        ("clearWebhooksQueue", "clearWebhooksQueue", Outcome::Done),
    ]
}

fn groups() -> Vec<(&'static str, &'static str, Outcome)> {
    let answer = |answer| Outcome::Answer(answer);
    let done = || answer(Answer::Done);
    let member = Member {
        address: Address::Lid("787".into()),
        alias: Some(Address::Phone("79001234567".into())),
        admin: true,
        owner: true,
    };
    let group = Group {
        address: Address::Group("120363043968066561".into()),
        name: "Team".into(),
        description: None,
        owner: Some(Address::Phone("79001234567".into())),
        created_at: NOW,
        invite_link: Some("https://chat.whatsapp.com/abc".into()),
        members: vec![member],
        members_edit: true,
        members_send: true,
    };
    let group = || {
        answer(Answer::Group {
            group: Box::new(group.clone()),
        })
    };
    let picture = answer(Answer::Profile { picture_url: None });
    let mut all = vec![
        ("createGroup", "createGroup", group()),
        ("getGroupData", "getGroupData", group()),
        ("setGroupPicture", "setGroupPicture", picture),
    ];
    all.extend(
        [
            "updateGroupName",
            "addGroupParticipant",
            "removeGroupParticipant",
            "setGroupAdmin",
            "removeAdmin",
            "updateGroupSettings",
            "leaveGroup",
        ]
        .map(|method| (method, method, done())),
    );
    all
}

fn service() -> Vec<(&'static str, &'static str, Outcome)> {
    let phone = Address::Phone("79001234567".into());
    let checked = |exists| {
        let found = Checked {
            asked: phone.clone(),
            exists,
            address: exists.then(|| Address::Lid("787".into())),
        };
        Outcome::Answer(Answer::Checked { found: vec![found] })
    };
    let person = Person {
        address: phone.clone(),
        alias: None,
        name: Some("Ann".into()),
        saved_name: None,
        about: Some("at work".into()),
        avatar_url: None,
        business: false,
    };
    let contact = Contact {
        party: ann(),
        updated_at: NOW,
    };
    let chat = |address: &str| Chat {
        address: address.parse().unwrap(),
        alias: None,
        name: Some("Ann".into()),
        unread: 0,
        archived: false,
        last_at: NOW,
        last: None,
    };
    let chats = || Outcome::Chats {
        chats: vec![chat("phone:79001234567"), chat("group:1203"), chat("story:")],
        total: 3,
    };
    let avatar = Answer::Avatar {
        url: Some("https://a.example/1.jpg".into()),
        available: true,
    };
    let mut all = vec![
        ("checkWhatsapp", "checkWhatsapp", checked(true)),
        ("checkWhatsapp_no", "checkWhatsapp", checked(false)),
        ("checkAccount", "checkAccount", checked(true)),
        ("checkAccount_no", "checkAccount", checked(false)),
        ("getAvatar", "getAvatar", Outcome::Answer(avatar)),
        (
            "getContacts",
            "getContacts",
            Outcome::Contacts {
                contacts: vec![contact],
                total: 1,
            },
        ),
        ("getContacts_groups", "getContacts", chats()),
        ("getChats", "getChats", chats()),
        (
            "getContactInfo",
            "getContactInfo",
            Outcome::Answer(Answer::Person {
                person: Box::new(person),
            }),
        ),
    ];
    all.extend(
        [
            "readChat",
            "archiveChat",
            "unarchiveChat",
            "setDisappearingChat",
            "sendTyping",
            "addContact",
            "editContact",
            "deleteContact",
        ]
        .map(|method| (method, method, Outcome::Answer(Answer::Done))),
    );
    all
}

fn statuses() -> Vec<(&'static str, &'static str, Outcome)> {
    let sent = || Outcome::Accepted(vec![accepted(42)]);
    let style = StoryStyle {
        background: Some("#228B22".into()),
        font: Some("SERIF".into()),
    };
    let text = Content::Text(Text {
        text: "my day".into(),
        style: Some(style),
        ..Text::default()
    });
    let story = |mut kept: Kept| {
        kept.message.chat = Address::Story;
        Outcome::Messages {
            messages: vec![kept],
            total: 1,
        }
    };
    let views = Answer::StoryViews {
        viewers: vec![(Address::Phone("79001234567".into()), NOW)],
    };
    vec![
        ("sendTextStatus", "sendTextStatus", sent()),
        ("sendVoiceStatus", "sendVoiceStatus", sent()),
        ("sendMediaStatus", "sendMediaStatus", sent()),
        ("deleteStatus", "deleteStatus", sent()),
        ("getStatusStatistic", "getStatusStatistic", Outcome::Answer(views)),
        (
            "getIncomingStatuses",
            "getIncomingStatuses",
            story(kept(1, Origin::Peer, image(), State::Received)),
        ),
        (
            "getOutgoingStatuses",
            "getOutgoingStatuses",
            story(kept(2, api(), text, State::Sent)),
        ),
    ]
}

fn partner() -> Vec<(&'static str, &'static str, Outcome)> {
    let made = AccountView {
        token: Some("ab".repeat(25)),
        ..view()
    };
    vec![
        (
            "getInstances",
            "getInstances",
            Outcome::Accounts(vec![made.clone()]),
        ),
        (
            "createInstance",
            "createInstance",
            Outcome::Account(Box::new(made)),
        ),
    ]
}

fn view() -> AccountView {
    AccountView {
        account: Arc::new(account()),
        listener: None,
        messages: 0,
        waiting: 0,
        token: None,
    }
}

fn accepted(id: u64) -> Accepted {
    Accepted {
        id: message_id(id),
        remote: None,
        at: NOW,
    }
}

fn message_id(id: u64) -> MessageId {
    MessageId(Id::new(id).unwrap())
}

fn blob() -> Blob {
    Blob {
        hash: "ab".repeat(32),
        size: 3,
    }
}

fn ann() -> Party {
    let phone = Address::Phone("79001234567".into());
    Party {
        name: Some("Ann".into()),
        saved_name: Some("Ann from work".into()),
        ..Party::new(phone)
    }
}

fn target() -> Target {
    Target {
        remote: "BAE5BDDA56FAA465".into(),
        from_me: true,
        sender: None,
    }
}

fn api() -> Origin {
    Origin::Api {
        dialect: "green_api".into(),
        key: None,
        request: None,
        tag: None,
    }
}

fn image() -> Content {
    Content::Media(Media {
        kind: MediaKind::Image,
        source: Source::Blob(blob()),
        mime: "image/jpeg".into(),
        file_name: None,
        caption: Some("look".into()),
        seconds: None,
        size: None,
        thumbnail: None,
        animated: false,
    })
}

fn kept(id: u64, origin: Origin, content: Content, state: State) -> Kept {
    let sender = matches!(origin, Origin::Peer).then(ann);
    let message = Message {
        id: message_id(id),
        remote: Some(format!("3A{id:018}")),
        origin,
        chat: Address::Phone("79001234567".into()),
        chat_alias: None,
        chat_name: None,
        sender,
        content,
        quoted: None,
        forwarded: 0,
        at: Timestamp::from_seconds(1_743_439_819),
    };
    Kept {
        message,
        state,
        state_at: NOW,
        trouble: None,
        edited: None,
        deleted: false,
    }
}
