//! How calls are read: who calls, and what they mean.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_model::command::{ReplyTo, Says, Which};
use sluice_model::content::{MediaKind, Source};
use sluice_model::id::{EventId, Id};
use sluice_model::refusal::Noun;
use sluice_model::{
    AccountId, Address, Ask, Command, Content, Event, ListenerId, MessageId, Position, Refusal, Spelling,
};

use super::world::{ACCOUNT, NOW, call, get, message_id, of_account, post, read, send, spelling};
use crate::native::{ENDPOINTS, Native, address, ids};
use crate::{Credentials, Dialect, Named};

#[test]
fn a_key_is_shown_in_either_header() {
    let token = |headers: Value| Native.credentials(&call("GET", "/v1/accounts", &headers, "")).token;
    assert_eq!(token(json!({"authorization": "Bearer sg_a"})).as_deref(), Some("sg_a"));
    assert_eq!(token(json!({"authorization": "bearer  sg_a "})).as_deref(), Some("sg_a"));
    assert_eq!(token(json!({"x-api-key": "sg_b"})).as_deref(), Some("sg_b"));
    for none in [
        json!({}),
        json!({"authorization": "Basic c2c6"}),
        json!({"authorization": "Bearer"}),
        json!({"x-api-key": ""}),
    ] {
        assert_eq!(token(none), None);
    }
}

#[test]
fn the_path_names_the_account() {
    let named = |path: &str| {
        let Credentials { account, .. } = Native.credentials(&get(path));
        account
    };
    assert_eq!(named(&of_account("/messages")), Named::Account(ACCOUNT));
    assert_eq!(named("/v1/accounts/acc_ffffffffffff"), Named::Nonsense);
    assert_eq!(named("/v1/accounts/7"), Named::Nonsense);
    assert_eq!(named("/v1/listeners"), Named::No);
    let event = spelling().event(EventId::of(AccountId(9), Position(3)));
    assert_eq!(named(&format!("/v1/events/{event}")), Named::Account(AccountId(9)));
    assert_eq!(named("/v1/events/evt_1"), Named::Nonsense);
}

#[test]
fn every_account_path_is_checked_against_the_account_it_names() {
    for endpoint in ENDPOINTS {
        let names = endpoint.path.contains("{account}");
        let needs = matches!(endpoint.needs, crate::Needs::Account(_));
        let by_key_or_event = ["send_own_message", "get_event"].contains(&endpoint.name);
        assert!(names == needs || by_key_or_event, "{endpoint:?}");
    }
}

#[test]
fn addresses_are_understood_as_people_write_them() {
    let phone = || Address::Phone("79990000000".into());
    for text in [
        "79990000000",
        "+7 (999) 000-00-00",
        "phone:79990000000",
        "phone:+7 999 0000000",
        "79990000000@c.us",
        "79990000000@s.whatsapp.net",
    ] {
        assert_eq!(address::read(text), Some(phone()), "{text}");
    }
    let others = [
        ("120363@g.us", Address::Group("120363".into())),
        ("group:-100", Address::Group("-100".into())),
        ("1609@lid", Address::Lid("1609".into())),
        ("@ann", Address::Username("ann".into())),
        ("username:ann", Address::Username("ann".into())),
        ("user:42", Address::User("42".into())),
        ("77@newsletter", Address::Channel("77".into())),
        ("story", Address::Story),
        ("status@broadcast", Address::Story),
    ];
    for (text, address) in others {
        assert_eq!(address::read(text), Some(address.clone()), "{text}");
        assert_eq!(address::read(&address.to_string()), Some(address), "what is written is read again");
    }
    for text in ["", "@", "ann", "pigeon:7", "ann@example.com", "@g.us", "123", "phone:", &"7".repeat(300)] {
        assert_eq!(address::read(text), None, "{text}");
    }
}

#[test]
fn a_text_is_sent_with_all_its_wishes() {
    let Ok(Command::Send(wishes)) = send(&json!({
        "to": 79_990_000_000_u64, "text": "hi", "tag": "order 5", "forwarded": true, "typing_ms": 900,
        "reply_to": ids::message(&spelling(), message_id()),
        "send_at": "2026-10-01T15:30:00+03:00", "expires_in": 60,
    })) else {
        panic!("not a send")
    };
    let [wish] = &wishes[..] else { panic!("{wishes:?}") };
    assert_eq!((&wish.chat, &wish.content), (&Address::Phone("79990000000".into()), &Content::text("hi")));
    assert_eq!(wish.reply_to, Some(ReplyTo::Which(Which::Id(message_id()))));
    assert_eq!((wish.tag.as_deref(), wish.forwarded, wish.typing_ms), (Some("order 5"), 1, Some(900)));
    let due = NOW.plus(Duration::from_secs(1800));
    assert_eq!((wish.due_at, wish.expires_at), (Some(due), Some(due.plus(Duration::from_secs(60)))));
}

#[test]
fn every_kind_of_file_may_come_from_three_places() {
    let kinds = [
        ("image", MediaKind::Image),
        ("video", MediaKind::Video),
        ("video_note", MediaKind::VideoNote),
        ("audio", MediaKind::Audio),
        ("voice", MediaKind::Voice),
        ("document", MediaKind::Document),
        ("sticker", MediaKind::Sticker),
    ];
    for (word, kind) in kinds {
        for place in [
            json!({"url": "https://example.com/a"}),
            json!({"media": super::world::file_name()}),
            json!({"base64": "aGk="}),
        ] {
            let mut content = place.as_object().unwrap().clone();
            content.insert("type".into(), word.into());
            let Ok(Command::Send(wishes)) = send(&json!({"to": "79990000000", "content": content})) else {
                panic!("{word}")
            };
            let Content::Media(media) = &wishes[0].content else { panic!("{word}") };
            assert_eq!(media.kind, kind);
            assert_eq!(matches!(media.source, Source::Inline { .. }), content.contains_key("base64"));
        }
    }
}

#[test]
fn a_data_url_brings_its_type() {
    let content = json!({"type": "image", "base64": "data:image/png;base64,aGk="});
    let Ok(Command::Send(wishes)) = send(&json!({"to": "79990000000", "content": content})) else {
        panic!("not a send")
    };
    let Content::Media(media) = &wishes[0].content else { panic!("not a file") };
    assert_eq!((media.mime.as_str(), &media.source), ("image/png", &Source::Inline { base64: "aGk=".into() }));
}

#[test]
fn a_word_about_a_message_needs_no_chat() {
    let react =
        json!({"content": {"type": "reaction", "message": ids::message(&spelling(), message_id()), "emoji": "👍"}});
    let Ok(Command::SendAbout { about, remark, wait: None }) = send(&react) else { panic!("not a remark") };
    assert_eq!((about, &remark.says), (Which::Id(message_id()), &Says::React(Some("👍".into()))));
    let edit = json!({"content": {"type": "edit", "message": "3EB0AA", "text": "new"}});
    let Ok(Command::SendAbout { about, remark, .. }) = send(&edit) else { panic!("not a remark") };
    assert_eq!((about, &remark.says), (Which::Remote("3EB0AA".into()), &Says::Edit("new".into())));
    let later = json!({"send_at": "2027-01-01T00:00:00Z", "content": {"type": "delete", "message": "3EB0AA"}});
    assert!(matches!(send(&later), Err(Refusal::Invalid { field, .. }) if field == "send_at"));
    let batch = post(&of_account("/messages/batch"), &json!({"messages": [react]}));
    assert!(matches!(read(&batch), Err(Refusal::Invalid { field, .. }) if field == "messages"));
}

#[test]
fn a_send_may_wait_for_the_messenger() {
    let path = of_account("/messages?wait=5");
    let read = read(&post(&path, &json!({"to": "79990000000", "text": "hi"})));
    assert!(matches!(read, Ok(Command::SendAndWait { wait, .. }) if wait == Duration::from_secs(5)));
}

#[test]
fn what_can_be_no_id_is_not_found() {
    let nouns = [
        ("/messages/msg_1", Noun::Message),
        ("/chats/nobody", Noun::Chat),
        ("/contacts/nobody", Noun::Contact),
        ("/groups/nobody", Noun::Group),
    ];
    for (path, noun) in nouns {
        assert_eq!(read(&get(&of_account(path))), Err(Refusal::NotFound(noun)));
    }
    assert_eq!(read(&get("/v1/listeners/lst_1")), Err(Refusal::NotFound(Noun::Listener)));
    assert_eq!(read(&get("/v1/requests/req_1")), Err(Refusal::NotFound(Noun::Request)));
    assert_eq!(read(&call("DELETE", "/v1/keys/key_1", &json!({}), "")), Err(Refusal::NotFound(Noun::Key)));
    assert_eq!(read(&get("/v1/events/evt_1")), Err(Refusal::NotFound(Noun::Event)));
}

#[test]
fn ids_of_another_gateway_are_nothing_here() {
    let theirs = Spelling::new(&[1; 32]);
    let id = ids::message(&theirs, MessageId(Id::new(77).unwrap()));
    assert_eq!(read(&get(&of_account(&format!("/messages/{id}")))), Err(Refusal::NotFound(Noun::Message)));
}

#[test]
fn a_stream_goes_on_where_it_broke() {
    let event = EventId::of(ACCOUNT, Position(3));
    let id = spelling().event(event);
    let by_header = call("GET", &of_account("/events"), &json!({"last-event-id": id}), "");
    assert_eq!(read(&by_header), Ok(Command::Follow { after: Some(event), events: vec![] }));
    let Ok(Command::Follow { after: None, events }) = read(&get(&of_account("/events?events=account.*,message.read")))
    else {
        panic!("not a stream")
    };
    assert_eq!(
        events,
        ["account.connected", "account.disconnected", "account.logged_out", "account.blocked", "message.read"]
    );
    assert!(matches!(read(&get(&of_account("/events?events=message.recieved"))),
        Err(Refusal::Invalid { note, .. }) if note.contains("did you mean 'message.received'?")));
}

#[test]
fn a_queue_is_acknowledged_as_it_was_received() {
    let listener = ids::listener(&spelling(), ListenerId(5));
    let events = [EventId::of(AccountId(7), Position(2)), EventId::of(AccountId(8), Position(4))];
    let spelled = events.map(|event| spelling().event(event));
    let ack = |upto: Value| read(&post(&format!("/v1/queues/{listener}/ack"), &json!({"upto": upto})));
    let confirm = |upto| Ok(Command::ConfirmEvents { listener: ListenerId(5), upto });
    assert_eq!(ack(json!(spelled)), confirm(events.to_vec()));
    assert_eq!(ack(json!(spelled[0])), confirm(vec![events[0]]));
    assert_eq!(ack(json!([])), confirm(vec![]));
    assert_eq!(ack(json!("evt_1")), Err(Refusal::NotFound(Noun::Event)));
    assert!(matches!(ack(json!(5)), Err(Refusal::Invalid { field, .. }) if field == "upto"));
}

#[test]
fn a_change_keeps_null_apart_from_nothing() {
    let change = |body: Value| match read(&call("PATCH", &of_account(""), &json!({}), body.to_string())) {
        Ok(Command::ChangeAccount(change)) => change,
        other => panic!("{other:?}"),
    };
    assert_eq!(change(json!({})).proxy, None);
    assert_eq!(change(json!({"settings": {"proxy": null}})).proxy, Some(None));
    assert_eq!(change(json!({"settings": {"proxy": "socks5://a"}})).proxy, Some(Some("socks5://a".into())));
}

#[test]
fn the_lever_of_the_path_wins() {
    let path = format!("/v1/sandbox/{}/scan", of_account("").rsplit('/').next().unwrap());
    let lever = read(&post(&path, &json!({"lever": "ban", "phone": "7999"})));
    assert_eq!(lever, Ok(Command::Ask(Ask::Control { lever: json!({"lever": "scan", "phone": "7999"}) })));
}

#[test]
fn a_listener_is_a_webhook_or_a_queue() {
    let new = |body: Value| read(&post("/v1/listeners", &body));
    assert!(
        matches!(new(json!({"url": "https://a.b/c"})), Ok(Command::AddListener(new)) if new.dialect.as_deref() == Some("native"))
    );
    assert!(
        matches!(new(json!({"pull": true, "events": ["*"]})), Ok(Command::AddListener(new)) if new.events.is_empty())
    );
    assert_eq!(new(json!({})), Err(Refusal::Missing("url")));
    assert!(new(json!({"url": "https://a.b", "pull": true})).is_err());
    assert!(
        new(json!({"url": "https://a.b", "dialect": "wapi"}))
            .is_err_and(|refusal| refusal.to_string().contains("did you mean 'wappi'?"))
    );
    assert!(new(json!({"url": "https://a.b", "secret": "abc"})).is_err());
}

#[test]
fn every_event_can_be_asked_for_and_tried() {
    let listener = ids::listener(&spelling(), ListenerId(5));
    for name in Event::NAMES {
        let test = read(&post(&format!("/v1/listeners/{listener}/test"), &json!({"event": name})));
        assert_eq!(test, Ok(Command::TestListener { id: ListenerId(5), event: name.to_owned() }));
    }
}
