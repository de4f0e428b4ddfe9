//! `messageData` of a notification (contract greenapi.md §3.3).

use serde_json::Value;
use sluice_model::content::{Action, Buttons, GroupInvite, Template, Text, Vote};
use sluice_model::{Address, Content, Message};

use super::{UNREADABLE, cards, extended, file, file_type, forwarding, interactive, location, poll, quoted};
use crate::green_api::frame::Frame;
use crate::green_api::ids;
use crate::green_api::members::Members;

/// `typeMessage`, its data under its own key, and the message answered to.
pub fn message_data(frame: &Frame<'_>, message: &Message) -> Members {
    let chat = frame.chat(&message.chat, message.chat_alias.as_ref());
    let (kind, key, data) = told(frame, message);
    let members = Members::default().with("typeMessage", kind).with(key, data);
    match (&message.content, &message.quoted) {
        // What is reacted to is shown as what is answered to, by its id alone.
        (Content::Reaction { target, .. }, _) => {
            let about = Members::default()
                .with("stanzaId", target.remote.as_str())
                .with("participant", frame.author(target, &chat));
            members.with("quotedMessage", about)
        }
        (_, Some(quote)) => members.with("quotedMessage", quoted(frame, quote, &chat)),
        (_, None) => members,
    }
}

/// The word, the key of its data, and the data.
fn told(frame: &Frame<'_>, message: &Message) -> (&'static str, &'static str, Members) {
    let forwarding = || forwarding(message.forwarded);
    match &message.content {
        Content::Text(text) => text_data(frame, message, text),
        Content::Media(media) => {
            let id = ids::of_message(message, frame.spelling);
            (file_type(media.kind), "fileMessageData", file(frame, media, &id).and(forwarding()))
        }
        Content::Location(place) => ("locationMessage", "locationMessageData", location(place).and(forwarding())),
        Content::Contacts { cards: all } => match all.as_slice() {
            [one] => ("contactMessage", "contactMessageData", super::card(one).and(forwarding())),
            // Not a slip: the vendor's key is that of the object around it.
            all => {
                let data = Members::default().with("contacts", cards(all)).and(forwarding());
                ("contactsArrayMessage", "messageData", data)
            }
        },
        Content::Poll(asked) => ("pollMessage", "pollMessageData", poll(asked)),
        Content::Vote(vote) => ("pollUpdateMessage", "pollMessageData", votes(frame, vote)),
        Content::Reaction { emoji, .. } => {
            let data = Members::default().with("text", emoji.as_deref().unwrap_or_default());
            ("reactionMessage", "extendedTextMessageData", data)
        }
        Content::Edit { target, text } => {
            let data = Members::default().with("textMessage", text.as_str()).with("stanzaId", target.remote.as_str());
            ("editedMessage", "editedMessageData", data)
        }
        Content::Delete { target, .. } => {
            let data = Members::default().with("stanzaId", target.remote.as_str());
            ("deletedMessage", "deletedMessageData", data)
        }
        Content::Buttons(buttons) if message.is_outgoing() => {
            ("interactiveButtons", "interactiveButtons", interactive(buttons))
        }
        Content::Buttons(buttons) => old_buttons(buttons, forwarding()),
        Content::ButtonReply(reply) => {
            let data = Members::default()
                .with("stanzaId", reply.target.remote.as_str())
                .with("selectedId", reply.id.as_str())
                .with("selectedDisplayText", reply.text.as_str());
            ("interactiveButtonsResponse", "interactiveButtonsResponse", data)
        }
        Content::GroupInvite(invite) => ("groupInviteMessage", "groupInviteMessageData", group_invite(frame, invite)),
        Content::Template(template) => {
            ("templateMessage", "templateMessage", template_data(template).and(forwarding()))
        }
        Content::Unreadable { .. } => {
            ("textMessage", "textMessageData", Members::default().with("textMessage", UNREADABLE))
        }
    }
}

/// What the API sent comes back as extendedTextMessage, plain text typed on a phone as textMessage (contract §0.8).
fn text_data(frame: &Frame<'_>, message: &Message, text: &Text) -> (&'static str, &'static str, Members) {
    if is_plain(message, text) {
        return ("textMessage", "textMessageData", Members::default().with("textMessage", text.text.as_str()));
    }
    let mut data = extended(&text.text, text.preview.as_ref()).and(forwarding(message.forwarded));
    if let Some(quote) = &message.quoted {
        // Where the form of before 2024 had them; its readers look here.
        let chat = frame.chat(&message.chat, message.chat_alias.as_ref());
        data =
            data.with("stanzaId", quote.target.remote.as_str()).with("participant", frame.author(&quote.target, &chat));
    }
    ("extendedTextMessage", "extendedTextMessageData", data)
}

/// Whether a text is shown as textMessage: nothing was done to it but to type it.
pub fn is_plain(message: &Message, text: &Text) -> bool {
    !message.origin.is_api() && message.quoted.is_none() && message.forwarded == 0 && text.preview.is_none()
}

fn votes(frame: &Frame<'_>, vote: &Vote) -> Members {
    let tally = vote.tally.iter().map(|option| {
        let voters = option.voters.iter().map(|voter| Value::from(frame.chat(voter, None)));
        let told = Members::default().with("optionName", option.option.as_str());
        Value::from(told.with("optionVoters", voters.collect::<Vec<_>>()))
    });
    Members::default()
        .with("stanzaId", vote.target.remote.as_str())
        .with("name", vote.question.as_str())
        .with("votes", tally.collect::<Vec<_>>())
        .with("multipleAnswers", vote.choices != 1)
}

/// Buttons from outside keep to the two old types: a stranger's message of a type that the Java SDK does not know would
/// stop its queue for good (contract §3.2).
fn old_buttons(buttons: &Buttons, forwarding: Members) -> (&'static str, &'static str, Members) {
    let footer = buttons.footer.as_deref().unwrap_or_default();
    if buttons.buttons.iter().all(|button| button.action == Action::Reply) {
        let each = buttons.buttons.iter().map(|button| {
            let told = Members::default().with("buttonId", button.id.as_str());
            Value::from(told.with("buttonText", button.text.as_str()))
        });
        let data = Members::default()
            .with("contentText", buttons.body.as_str())
            .with("footer", footer)
            .with("buttons", each.collect::<Vec<_>>());
        return ("buttonsMessage", "buttonsMessage", data.and(forwarding));
    }
    let each = buttons.buttons.iter().enumerate().map(|(index, button)| {
        let text = Members::default().with("displayText", button.text.as_str());
        let (key, data) = match &button.action {
            Action::Url(url) => ("urlButton", text.with("url", url.as_str())),
            Action::Call(phone) => ("callButton", text.with("phoneNumber", phone.as_str())),
            Action::Reply => ("quickReplyButton", text.with("id", button.id.as_str())),
            Action::Copy(code) => ("quickReplyButton", text.with("id", code.as_str())),
        };
        Value::from(Members::default().with("index", index + 1).with(key, data))
    });
    let data = Members::default()
        .with("namespace", "")
        .with("elementName", "")
        .with("contentText", buttons.body.as_str())
        .with("footer", footer)
        .with("buttons", each.collect::<Vec<_>>());
    ("templateMessage", "templateMessage", data.and(forwarding))
}

fn template_data(template: &Template) -> Members {
    Members::default()
        .with("namespace", "")
        .with("elementName", template.id.as_str())
        .with("contentText", template.rendered.as_deref().unwrap_or_default())
        .with("footer", "")
        .with("buttons", Vec::<Value>::new())
}

fn group_invite(frame: &Frame<'_>, invite: &GroupInvite) -> Members {
    // Text, as the JavaScript and Java readers have it; seconds.
    let end = invite.expires_at.map(|end| end.seconds().to_string());
    let group: &Address = &invite.group;
    Members::default()
        .with("groupJid", frame.chat(group, None))
        .with("inviteCode", invite.code.as_str())
        .with("inviteExpiration", end.unwrap_or_default())
        .with("groupName", invite.group_name.as_str())
        .with("caption", invite.caption.as_deref().unwrap_or_default())
        .with("jpegThumbnail", "")
}
