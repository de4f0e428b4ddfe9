//! From outcomes to replies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Value, json};
use sluice_model::content::Blob;
use sluice_model::outcome::Told;
use sluice_model::refusal::Noun;
use sluice_model::{Answer, LoginStep, Outcome, Refusal};

use super::read::page;
use super::shape::{
    Accepted, Account, Attempt, Avatar, Cancelled, Chat, Checked, Contact, Count, Done, Event, Group, Invite, Kept,
    Key, List, Listener, Login, Message, Pen, Person, Picture, Queued, Request, Template, Trace, Trouble, Viewer,
};
use super::{ids, openapi, page as docs, problem};
use crate::{Call, Reply, qr};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every reply names its request, so that a caller can ask about it.
pub fn reply(call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
    let reply = match outcome.and_then(|outcome| answered(call, outcome)) {
        Ok(reply) => reply,
        // Whoever asks again and again for the step finds out that it is done.
        Err(Refusal::LoggedInAlready) if is(call, "get_login") => private(ok(&Login::Done)),
        // An event's path names its account, which the caller did not.
        Err(Refusal::NotFound(Noun::Account)) if is(call, "get_event") => {
            problem::reply(call, &Refusal::NotFound(Noun::Event))
        }
        Err(refusal) => problem::reply(call, &refusal),
    };
    match HeaderValue::from_str(&ids::request(&call.spelling, call.id)) {
        Ok(id) => reply.with(REQUEST_ID, id),
        Err(_) => reply,
    }
}

fn answered(call: &Call, outcome: Outcome) -> Result<Reply, Refusal> {
    let pen = Pen::of(call);
    let page = page(call);
    Ok(match outcome {
        Outcome::Done => done(call),
        Outcome::Accepted(accepted) => {
            let items: Vec<_> = accepted.iter().map(|accepted| Accepted::of(accepted, pen)).collect();
            match items.first() {
                Some(one) if !is(call, "send_batch") => Reply::json(StatusCode::ACCEPTED, one),
                _ => Reply::json(StatusCode::ACCEPTED, &List::whole(items)),
            }
        }
        Outcome::Sent { accepted, state, trouble } => {
            let trouble = trouble.as_ref().map(Trouble::of);
            let sent = Accepted { state: state.name(), trouble, ..Accepted::of(&accepted, pen) };
            Reply::json(StatusCode::ACCEPTED, &sent)
        }
        Outcome::Cancelled(none) if none.is_empty() && is(call, "cancel_message") => {
            return Err(Refusal::Conflict("the message is not waiting, so it cannot be taken back".to_owned()));
        }
        Outcome::Cancelled(messages) => {
            ok(&Cancelled { cancelled: messages.iter().map(|id| ids::message(&call.spelling, *id)).collect() })
        }
        Outcome::Answer(answer) => live(call, answer),
        Outcome::Login(step) if is(call, "get_qr") => return picture(step.as_ref()),
        Outcome::Login(step) => private(ok(&Login::of(step.as_ref()))),
        Outcome::LoginFollows | Outcome::EntriesFollow => Reply::stream(),

        Outcome::Account(view) => private(made(call, &Account::of(&view, pen))),
        Outcome::Accounts(views) => ok(&List::whole(views.iter().map(|view| Account::of(view, pen)).collect())),
        Outcome::History(entries) => {
            ok(&List::part(entries.iter().map(|entry| Event::of(entry, pen)).collect(), None, page))
        }

        Outcome::Message(kept) => ok(&Message::kept(&kept, pen)),
        Outcome::Messages { messages, total } => {
            ok(&List::part(messages.iter().map(|kept| Message::kept(kept, pen)).collect(), Some(total), page))
        }
        Outcome::Trace(trace) => ok(&Trace::of(&trace, pen)),
        Outcome::Queue { orders, total } => {
            ok(&List::part(orders.iter().map(|order| Queued::of(order, pen)).collect(), Some(total), page))
        }
        Outcome::Chats { chats, total } => {
            ok(&List::part(chats.iter().map(|chat| Chat::of(chat, pen)).collect(), Some(total), page))
        }
        Outcome::Dialogs { dialogs, total } => {
            let chats = dialogs.iter().map(|dialog| Chat::of(&dialog.chat, pen));
            ok(&List::part(chats.collect(), Some(total), page))
        }
        Outcome::Chat(chat) => ok(&Chat::of(&chat, pen)),
        Outcome::Contacts { contacts, total } => {
            ok(&List::part(contacts.iter().map(Contact::of).collect(), Some(total), page))
        }
        Outcome::Contact(contact) => ok(&Contact::of(&contact)),
        Outcome::Event(entry) => ok(&Event::of(&entry, pen)),

        // No operation of this API sends in the name of several accounts.
        Outcome::Each(_) => done(call),
        // Nor for a stretch of the journal: streams and listeners tell it.
        Outcome::Stretch { .. } => done(call),
        // No operation of this API asks for switches; a dialect that has them answers in its own words.
        Outcome::Switches { account, .. } => ok(&Account::of(&account, pen)),
        Outcome::Entries(told) => received(call, &told),
        Outcome::Confirmed(_) => ok(&Done { done: true }),
        Outcome::Count(count) => ok(&Count { count }),

        Outcome::Listeners(views) => ok(&List::whole(views.iter().map(|view| Listener::of(view, pen)).collect())),
        Outcome::Listener(view) => private(made(call, &Listener::of(&view, pen))),
        Outcome::Attempt(attempt) => ok(&Attempt::of(&attempt, pen)),
        Outcome::Attempts(attempts) => {
            ok(&List::part(attempts.iter().map(|attempt| Attempt::of(attempt, pen)).collect(), None, page))
        }

        Outcome::Keys(keys) => ok(&List::whole(keys.iter().map(|key| Key::of(key, None, pen)).collect())),
        Outcome::KeyAdded { key, token } => private(made(call, &Key::of(&key, Some(token), pen))),
        // Nobody signs in here: keys of this API have no end that a caller would have to look after.
        Outcome::SignedIn { .. } => ok(&Done { done: true }),

        Outcome::Templates(templates) => {
            ok(&List::whole(templates.iter().map(|template| Template::of(template)).collect()))
        }
        Outcome::Template(template) => made(call, &Template::of(&template)),

        Outcome::Kept(blob) => made(
            call,
            &Kept {
                media: pen.workspace.map(|workspace| pen.links.name(workspace, &blob)).unwrap_or_default(),
                size: blob.size,
            },
        ),
        Outcome::File { blob, mime, file_name } => file(blob, &mime, file_name.as_deref()),

        Outcome::Requests(requests) => {
            ok(&List::part(requests.iter().map(|request| Request::of(request, pen)).collect(), None, page))
        }
        Outcome::Request(request) => ok(&Request::of(&request, pen)),
    })
}

/// What a live question brought.
fn live(call: &Call, answer: Answer) -> Reply {
    match answer {
        Answer::Done => ok(&Done { done: true }),
        Answer::Login { step } => private(ok(&Login::of(Some(&step)))),
        Answer::Checked { found } => ok(&List::whole(found.iter().map(Checked::of).collect())),
        Answer::Avatar { url, available } => ok(&Avatar { url, available }),
        Answer::Person { person } => ok(&Person::of(&person)),
        Answer::Profile { picture_url } => ok(&Picture { url: picture_url }),
        Answer::Group { group } => made(call, &Group::of(&group)),
        Answer::InviteLink { url } => ok(&Invite { url }),
        Answer::Media { blob, mime, file_name } => file(blob, &mime, file_name.as_deref()),
        Answer::StoryViews { viewers } => ok(&List::whole(viewers.iter().map(Viewer::of).collect())),
        Answer::Control { result } => ok(&result),
        // The one is asked in the phone's own dialect only, the other is refused before it comes here.
        Answer::Device { .. } | Answer::Misread { .. } => ok(&Done { done: true }),
    }
}

fn ok(body: &impl Serialize) -> Reply {
    Reply::json(StatusCode::OK, body)
}

/// 201 where the call made the thing, 200 where it showed it.
fn made(call: &Call, body: &impl Serialize) -> Reply {
    let makes = ["add_account", "create_group", "add_listener", "add_key", "add_template", "upload_media"];
    let status = if makes.iter().any(|name| is(call, name)) { StatusCode::CREATED } else { StatusCode::OK };
    Reply::json(status, body)
}

/// May hold a secret, so nobody on the way keeps it.
fn private(reply: Reply) -> Reply {
    reply.with(CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

/// Done; or one of the operations that are answered out of the code itself.
fn done(call: &Call) -> Reply {
    match call.endpoint.map(|endpoint| endpoint.name) {
        Some("get_openapi") => Reply::bytes(StatusCode::OK, "application/json", openapi::document()),
        Some("get_docs") => docs::html(),
        Some("get_docs_style") => docs::style(),
        _ => ok(&Done { done: true }),
    }
}

/// The QR code of a login as a picture.
fn picture(step: Option<&LoginStep>) -> Result<Reply, Refusal> {
    let none = || Refusal::Conflict("no QR code is to be scanned now; begin a login of the way 'qr' first".to_owned());
    let Some(LoginStep::ShowQr { data, .. }) = step else {
        return Err(none());
    };
    let png = qr::png_base64(data).and_then(|text| STANDARD.decode(text).ok()).ok_or_else(none)?;
    Ok(private(Reply::bytes(StatusCode::OK, "image/png", png)))
}

/// Notices as they are posted to webhooks, and what to acknowledge when they were handled.
fn received(call: &Call, told: &[Told]) -> Reply {
    let items: Vec<Value> = told.iter().filter_map(|told| serde_json::from_str(&told.body).ok()).collect();
    let mut upto: Vec<&Told> = Vec::new();
    for told in told {
        upto.retain(|known| known.event.account() != told.event.account());
        upto.push(told);
    }
    let upto: Vec<String> = upto.iter().map(|told| call.spelling.event(told.event)).collect();
    ok(&json!({ "items": items, "upto": upto }))
}

/// A file as it is. It came from anybody, so a browser that opens it is told not to run it.
fn file(blob: Blob, mime: &str, name: Option<&str>) -> Reply {
    let name = utf8_percent_encode(name.unwrap_or("file"), NON_ALPHANUMERIC);
    let reply = Reply::file(blob, mime).with(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    match HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}")) {
        Ok(value) => reply.with(CONTENT_DISPOSITION, value),
        Err(_) => reply,
    }
}

fn is(call: &Call, name: &str) -> bool {
    call.endpoint.is_some_and(|endpoint| endpoint.name == name)
}
