//! Places, people, polls, invitations and buttons.

use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message as kinds;

use super::{Scene, key, settle_all, some};

#[test]
fn things_are_read() {
    let message = wa::Message::default;
    let cases: Vec<(&str, Scene, wa::Message)> = vec![
        (
            "a place",
            Scene::ann(),
            wa::Message {
                location_message: some(kinds::LocationMessage {
                    degrees_latitude: Some(55.75),
                    degrees_longitude: Some(f64::NAN),
                    name: Some("Red Square".into()),
                    address: Some(String::new()),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "a place that moves",
            Scene::ann(),
            wa::Message {
                live_location_message: some(kinds::LiveLocationMessage {
                    degrees_latitude: Some(1.5),
                    degrees_longitude: Some(2.5),
                    caption: Some("on my way".into()),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "a card",
            Scene::ann(),
            wa::Message {
                contact_message: some(kinds::ContactMessage {
                    display_name: Some("Bob".into()),
                    vcard: Some(
                        "BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nitem1.TEL;waid=79990000002:+7 999 000-00-02\nEND:VCARD"
                            .into(),
                    ),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "two cards, one without a number",
            Scene::ann(),
            wa::Message {
                contacts_array_message: some(kinds::ContactsArrayMessage {
                    contacts: vec![
                        kinds::ContactMessage {
                            display_name: Some("Eve".into()),
                            vcard: Some("BEGIN:VCARD\nTEL;TYPE=CELL:+7 999 000-00-05\nEND:VCARD".into()),
                            ..Default::default()
                        },
                        kinds::ContactMessage { display_name: Some("Nobody".into()), ..Default::default() },
                    ],
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "a poll",
            Scene::group(),
            wa::Message {
                poll_creation_message_v3: some(kinds::PollCreationMessage {
                    name: Some("Tea?".into()),
                    options: ["Yes", "No"]
                        .map(|name| kinds::poll_creation_message::Option {
                            option_name: Some(name.into()),
                            ..Default::default()
                        })
                        .into(),
                    selectable_options_count: Some(1),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "a vote",
            Scene::group(),
            wa::Message {
                poll_update_message: some(kinds::PollUpdateMessage {
                    poll_creation_message_key: key("P1", false, Some("9001@lid")),
                    vote: some(kinds::PollEncValue::default()),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "an invitation",
            Scene::ann(),
            wa::Message {
                group_invite_message: some(kinds::GroupInviteMessage {
                    group_jid: Some("120363000000000002@g.us".into()),
                    group_name: Some("Friends".into()),
                    invite_code: Some("code".into()),
                    invite_expiration: Some(1_700_000_000),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "buttons",
            Scene::ann(),
            wa::Message {
                interactive_message: some(kinds::InteractiveMessage {
                    body: some(kinds::interactive_message::Body { text: Some("Choose".into()) }),
                    interactive_message: Some(kinds::interactive_message::InteractiveMessage::NativeFlowMessage(
                        Box::new(kinds::interactive_message::NativeFlowMessage {
                            buttons: [
                                ("quick_reply", r#"{"display_text":"Yes","id":"y"}"#),
                                ("cta_url", r#"{"display_text":"Open","url":"https://example.org"}"#),
                                ("cta_copy", r#"{"display_text":"Copy","copy_code":"42"}"#),
                                ("cta_call", r#"{"display_text":"Call","phone_number":"+79990000001"}"#),
                                ("broken", "{"),
                            ]
                            .map(|(name, said)| kinds::interactive_message::native_flow_message::NativeFlowButton {
                                name: Some(name.into()),
                                button_params_json: Some(said.into()),
                            })
                            .into(),
                            ..Default::default()
                        }),
                    )),
                    ..Default::default()
                }),
                ..message()
            },
        ),
        (
            "a pressed row of a list",
            Scene::ann(),
            wa::Message {
                list_response_message: some(kinds::ListResponseMessage {
                    title: Some("Tea".into()),
                    single_select_reply: some(kinds::list_response_message::SingleSelectReply {
                        selected_row_id: Some("row 1".into()),
                    }),
                    context_info: some(wa::ContextInfo {
                        stanza_id: Some("3EB1".into()),
                        participant: Some("79991112233@s.whatsapp.net".into()),
                        ..Default::default()
                    }),
                    ..Default::default()
                }),
                ..message()
            },
        ),
    ];
    settle_all("things", &cases);
}
