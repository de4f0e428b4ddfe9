//! What came of a call, in GREEN-API's words. Every success is a 200: the Python SDK takes nothing else for one
//! (contract greenapi.md §0.3).

mod account;
mod groups;
mod journals;
mod partner;
mod receiving;
mod sending;
mod service;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderValue,
};
use http::{Method, StatusCode};
use serde_json::Value;
use sluice_model::account::State;
use sluice_model::refusal::Noun;
use sluice_model::{Answer, LoginStep, Outcome, Refusal};

use super::errors;
use super::frame::Frame;
use crate::{Call, Reply, SentEvent, StreamItem};

pub fn answer(call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
    // A browser asks before every call, without a word about the key; it must hear yes even when the key is wrong, or it
    // never shows its page the 401 (contract §1.1).
    if call.method == Method::OPTIONS {
        return preflight();
    }
    let reply = match outcome {
        Ok(outcome) => told(call, outcome),
        Err(refusal) => refused(call, &refusal),
    };
    open_to_browsers(reply)
}

/// A message of the WebSocket that shows QR codes (contract §1.1).
pub fn frame(call: &Call, item: StreamItem<'_>) -> Option<SentEvent> {
    let frame = match item {
        StreamItem::Entry(..) => return None,
        StreamItem::LoginOver => account::nobody_scanned(),
        // Logged in before anybody asked, or just now.
        StreamItem::Login(LoginStep::Done, _) if call.account().is_ok_and(|a| a.condition.state.is_logged_in()) => {
            account::already_logged()
        }
        StreamItem::Login(LoginStep::Done, account) => account::logged_in(account),
        StreamItem::Login(step, _) => account::qr_code(Some(step)),
    };
    let event = frame["type"].as_str().unwrap_or_default().to_owned();
    Some(SentEvent { id: None, event, data: frame.to_string() })
}

fn told(call: &Call, outcome: Outcome) -> Reply {
    let name = call.endpoint.map_or("", |endpoint| endpoint.name);
    // The partner's methods are about no account; everything else is.
    let body = match call.account() {
        Ok(account) => of_account(call, &Frame::of_call(call, account), name, &outcome),
        Err(_) => of_partner(name, &outcome).map(|body| json(&body)),
    };
    body.unwrap_or_else(|| unspoken(call, name, &outcome))
}

fn of_partner(name: &str, outcome: &Outcome) -> Option<Value> {
    Some(match (name, outcome) {
        ("getInstances", Outcome::Accounts(views)) => partner::instances(views),
        ("createInstance", Outcome::Account(view)) => partner::created(view),
        ("deleteInstanceAccount", Outcome::Done) => partner::deleted(),
        _ => return None,
    })
}

/// `None` when the outcome is none of this method's.
fn of_account(call: &Call, frame: &Frame<'_>, name: &str, outcome: &Outcome) -> Option<Reply> {
    let spelling = &call.spelling;
    Some(json(&match (name, outcome) {
        ("getSettings", Outcome::Switches { account, listener, secret }) => {
            account::settings(&account.account, listener.as_deref(), secret.as_deref())
        }
        ("setSettings", Outcome::Switches { .. }) => account::saved(),
        ("setSystemProxy", Outcome::Switches { .. }) => account::system_proxy(),
        ("getStateInstance", Outcome::Account(view)) => account::state(&view.account),
        ("getStatusInstance", Outcome::Account(view)) => account::status(&view.account),
        ("getWaSettings" | "getAccountSettings", Outcome::Account(view)) => account::wa_settings(&view.account),
        ("getDeviceInfo", Outcome::Account(_)) => account::device(),
        ("getStateInstanceHistory", Outcome::History(entries)) => account::state_history(frame.account, entries),
        ("updateApiToken", Outcome::KeyAdded { token, .. }) => account::api_token(token),

        ("scanqrcode", Outcome::LoginFollows) => return Some(Reply::socket()),

        ("forwardMessages", Outcome::Accepted(accepted)) => sending::forwarded(accepted, spelling),
        ("sendFileByUpload", Outcome::Accepted(accepted)) => sending::uploaded(call, accepted),
        ("uploadFile", Outcome::Kept(blob)) => sending::kept(call, blob),
        ("deleteMessage" | "deleteStatus", Outcome::Accepted(_)) => return Some(service::nothing()),
        (_, Outcome::Accepted(accepted)) => sending::accepted(accepted, spelling),

        ("receiveNotification", Outcome::Entries(entries)) => return Some(receiving::entry(entries.first())),
        ("deleteNotification", Outcome::Confirmed(moved)) => receiving::deleted(*moved),
        ("publishNotification", Outcome::Done) => receiving::published(),

        ("getMessage", Outcome::Message(kept)) => match journals::message(call, frame, kept) {
            Some(row) => row,
            None => return Some(errors::reply(call, &Refusal::NotFound(Noun::Message))),
        },
        ("downloadFile", Outcome::File { blob, mime, file_name }) => {
            journals::file(call, blob, mime, file_name.as_deref())
        }
        ("lastIncomingMessages" | "lastOutgoingMessages", Outcome::Messages { messages, .. }) => {
            journals::without_stories(frame, messages)
        }
        (_, Outcome::Messages { messages, .. }) => journals::messages(frame, messages),
        ("lastIncomingCalls", Outcome::History(entries)) => journals::calls(frame, entries),
        ("lastOutgoingCalls", Outcome::Done) => journals::calls(frame, &[]),
        ("getMessagesCount", Outcome::Queue { total, .. }) => journals::count(*total),
        ("showMessagesQueue", Outcome::Queue { orders, .. }) => journals::queue(frame, orders),
        ("clearMessagesQueue", Outcome::Cancelled(_)) => journals::queue_cleared(),
        ("getWebhooksCount", Outcome::Count(count)) => journals::count(*count),
        ("clearWebhooksQueue", Outcome::Done) => journals::webhooks_cleared(),

        ("getContacts", Outcome::Contacts { contacts, .. }) => service::contacts(frame, contacts),
        ("getContacts", Outcome::Chats { chats, .. }) => service::groups(frame, chats),
        ("getChats", Outcome::Chats { chats, .. }) => service::chats(frame, chats),
        (_, Outcome::Answer(answer)) => return asked(call, frame, name, answer),
        _ => return None,
    }))
}

/// What the messenger said to a live question.
fn asked(call: &Call, frame: &Frame<'_>, name: &str, answer: &Answer) -> Option<Reply> {
    Some(json(&match (name, answer) {
        ("qr", Answer::Login { step }) => account::qr_code(Some(step)),
        ("getAuthorizationCode", Answer::Login { step }) => account::authorization_code(step),
        ("startAuthorization" | "sendAuthorizationCode" | "sendAuthorizationPassword", Answer::Login { step }) => {
            account::authorization(step)
        }
        // Taken; what follows is the next call's.
        ("sendAuthorizationCode" | "sendAuthorizationPassword", Answer::Done) => {
            account::authorization(&LoginStep::Done)
        }
        ("reboot", Answer::Done) => account::rebooted(),
        ("logout", Answer::Done) => account::logged_out(),
        ("setProfilePicture", Answer::Profile { picture_url }) => account::profile_picture(picture_url.clone()),
        ("setProfilePicture", Answer::Done) => account::profile_picture(None),

        ("createGroup", Answer::Group { group }) => groups::created(frame, group),
        ("getGroupData", Answer::Group { group }) => groups::data(frame, group),
        ("setGroupPicture", Answer::Profile { picture_url }) => groups::picture(picture_url.clone()),
        ("setGroupPicture", _) => groups::picture(None),
        ("updateGroupSettings", _) => groups::settings_updated(),
        ("leaveGroup", _) => groups::left(),
        ("addGroupParticipant", _) => groups::done("addParticipant"),
        ("removeGroupParticipant", _) => groups::done("removeParticipant"),
        ("updateGroupName" | "setGroupAdmin" | "removeAdmin", _) => groups::done(name),

        ("readChat", Answer::Done) => service::read(),
        ("checkWhatsapp", Answer::Checked { found }) => service::checked(frame, found),
        ("checkAccount", Answer::Checked { found }) => service::account_checked(frame, found),
        ("getAvatar", Answer::Avatar { url, available }) => service::avatar(url.as_deref(), *available),
        ("getContactInfo", Answer::Person { person }) => service::person(frame, person),
        ("setDisappearingChat", Answer::Done) => service::disappearing(call),
        ("archiveChat" | "unarchiveChat" | "sendTyping", Answer::Done) => return Some(service::nothing()),
        ("addContact" | "editContact" | "deleteContact", Answer::Done) => service::contact_changed(name),
        ("getStatusStatistic", Answer::StoryViews { viewers }) => service::views(frame, viewers),
        _ => return None,
    }))
}

fn refused(call: &Call, refusal: &Refusal) -> Reply {
    softly(call, call.endpoint.map_or("", |endpoint| endpoint.name), refusal)
        .unwrap_or_else(|| errors::reply(call, refusal))
}

/// Refusals that some methods tell otherwise, most of them with a 200 (contract §1.2).
fn softly(call: &Call, name: &str, refusal: &Refusal) -> Option<Reply> {
    match (name, refusal) {
        ("receiveNotification", Refusal::TimedOut) => Some(receiving::entry(None)),
        ("receiveNotification" | "deleteNotification", Refusal::Conflict(_)) => {
            Some(errors::reply(call, &Refusal::Conflict(errors::WEBHOOK_IS_SET.to_owned())))
        }
        ("clearWebhooksQueue", Refusal::TooMany { retry_after }) => {
            Some(json(&journals::webhooks_not_cleared(errors::whole_seconds(*retry_after))))
        }
        ("qr", Refusal::LoggedInAlready) => Some(json(&account::already_logged())),
        ("qr", Refusal::TimedOut) => Some(json(&account::qr_code(None))),
        ("logout", Refusal::NotConnected(State::LoginNeeded)) => Some(json(&account::logged_out())),
        ("startAuthorization" | "sendAuthorizationCode" | "sendAuthorizationPassword", Refusal::Failed(_)) => {
            Some(json(&account::not_authorized(call, refusal)))
        }
        ("setProfilePicture" | "setGroupPicture", _) => account::picture_refused(call, refusal, name),
        ("createGroup", _) => groups::not_created(call, refusal),
        ("getGroupData", _) => groups::unknown(refusal),
        ("addContact" | "editContact" | "deleteContact", _) => service::contact_not_changed(call, name, refusal),
        // Intake checks addresses by its own names for them.
        ("setSettings" | "createInstance", Refusal::Invalid { field, note }) => {
            let field = match field.as_str() {
                "url" | "webhook_url" => "webhookUrl",
                "proxy" => "proxyInstance",
                _ => return None,
            };
            Some(errors::reply(call, &Refusal::invalid(field, note)))
        }
        _ => None,
    }
}

fn json(body: &Value) -> Reply {
    Reply::json(StatusCode::OK, body)
}

/// Intake carried out something else than what was read: our own fault.
fn unspoken(call: &Call, name: &str, outcome: &Outcome) -> Reply {
    let kind = format!("{outcome:?}");
    let kind = kind.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    errors::reply(call, &Refusal::Fault { code: format!("{name} has no answer of kind {kind}") })
}

fn open_to_browsers(reply: Reply) -> Reply {
    const ANY: HeaderValue = HeaderValue::from_static("*");
    reply.with(ACCESS_CONTROL_ALLOW_ORIGIN, ANY).with(ACCESS_CONTROL_EXPOSE_HEADERS, ANY)
}

fn preflight() -> Reply {
    open_to_browsers(Reply::empty(StatusCode::OK))
        .with(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS, DELETE, HEAD"))
        .with(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"))
        .with(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("1728000"))
}
