//! Groups, contacts and chats.

use sluice_model::ask::{Checked, Group, Member, Person};
use sluice_model::message::{Chat, Contact};
use sluice_model::{Address, Answer, Outcome};

use super::{Case, ann};
use crate::green_api::tests::NOW;

pub fn groups() -> Vec<Case> {
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
    let group = || answer(Answer::Group { group: Box::new(group.clone()) });
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

pub fn service() -> Vec<Case> {
    let phone = Address::Phone("79001234567".into());
    let checked = |exists| {
        let found = Checked { asked: phone.clone(), exists, address: exists.then(|| Address::Lid("787".into())) };
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
    let contact = Contact { party: ann(), updated_at: NOW };
    let chat = |address: &str| Chat {
        address: address.parse().unwrap(),
        alias: None,
        name: Some("Ann".into()),
        unread: 0,
        archived: false,
        deleted: false,
        last_at: NOW,
        last: None,
    };
    let chats =
        || Outcome::Chats { chats: vec![chat("phone:79001234567"), chat("group:1203"), chat("story:")], total: 3 };
    let avatar = Answer::Avatar { url: Some("https://a.example/1.jpg".into()), available: true };
    let mut all = vec![
        ("checkWhatsapp", "checkWhatsapp", checked(true)),
        ("checkWhatsapp_no", "checkWhatsapp", checked(false)),
        ("checkAccount", "checkAccount", checked(true)),
        ("checkAccount_no", "checkAccount", checked(false)),
        ("getAvatar", "getAvatar", Outcome::Answer(avatar)),
        ("getContacts", "getContacts", Outcome::Contacts { contacts: vec![contact], total: 1 }),
        ("getContacts_groups", "getContacts", chats()),
        ("getChats", "getChats", chats()),
        ("getContactInfo", "getContactInfo", Outcome::Answer(Answer::Person { person: Box::new(person) })),
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
