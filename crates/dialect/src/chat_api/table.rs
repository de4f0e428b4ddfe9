//! Every method, in the order of the vendor's docs (contract §2). Each is taken by GET and by POST, because clients do both.

use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;
use sluice_model::{Command, Refusal, Scope};

use super::answer::{self, Answer};
use super::read::{account, chats, groups, messages, sending};
use crate::{Body, Call, Endpoint, Needs};

pub struct Row {
    pub name: &'static str,
    needs: Needs,
    body: Body,
    read: fn(&Call) -> Result<Command, Refusal>,
    pub answer: Answer,
    /// What it cannot do is told as `sent: false`.
    pub sends: bool,
}

const MANAGE: Needs = Needs::Account(Scope::Manage);
const READ: Needs = Needs::Account(Scope::Read);
const SEND: Needs = Needs::Account(Scope::Send);

const fn row(name: &'static str, needs: Needs, read: fn(&Call) -> Result<Command, Refusal>, answer: Answer) -> Row {
    Row { name, needs, body: Body::Small, read, answer, sends: false }
}

/// Files come inside of bodies, and PHP's clients send any text as `multipart/form-data`.
const fn send(name: &'static str, read: fn(&Call) -> Result<Command, Refusal>, answer: Answer) -> Row {
    Row { name, needs: SEND, body: Body::Large, read, answer, sends: true }
}

#[rustfmt::skip]
static ROWS: &[Row] = &[
    // Account
    row("status", MANAGE, account::status, answer::account::status),
    row("qr_code", MANAGE, account::qr_code, answer::account::qr_code),
    row("settings", MANAGE, account::settings, answer::account::settings),
    row("webhook", MANAGE, account::webhook, answer::account::webhook),
    row("me", READ, account::me, answer::account::me),
    row("logout", MANAGE, account::logout, answer::account::asked_logout),
    row("reboot", MANAGE, account::restart, answer::account::rebooted),
    row("takeover", MANAGE, account::restart, answer::account::asked_takeover),
    row("retry", MANAGE, account::restart, answer::account::asked_retry),
    row("expiry", MANAGE, account::expiry, answer::account::asked_expiry),
    row("setStatus", MANAGE, account::set_status, answer::account::rebooted),

    // Messages
    send("sendMessage", sending::text, answer::sent::queued),
    send("message", sending::text, answer::sent::queued),
    send("sendFile", sending::file, answer::sent::queued),
    send("sendPTT", sending::voice, answer::sent::queued),
    send("sendLink", sending::link, answer::sent::queued),
    send("sendContact", sending::contact, answer::sent::queued),
    send("sendVCard", sending::vcard, answer::sent::queued),
    send("sendLocation", sending::location, answer::sent::queued),
    send("forwardMessage", sending::forward, answer::sent::queued),
    send("deleteMessage", sending::delete, answer::sent::deleted),
    row("messages", READ, messages::since, answer::messages::since),
    row("messagesHistory", READ, messages::history, answer::messages::history),

    // Chats
    row("dialogs", READ, chats::all, answer::chats::all),
    row("dialog", READ, chats::one, answer::chats::one),
    row("readChat", SEND, chats::read, answer::chats::marked_read),
    row("typing", SEND, chats::typing, answer::chats::done),
    row("recording", SEND, chats::recording, answer::chats::done),
    row("removeChat", SEND, chats::remove, answer::chats::removed),
    row("checkPhone", READ, chats::check, answer::chats::checked),

    // Groups
    row("group", SEND, groups::create, answer::groups::created),
    row("addGroupParticipant", SEND, groups::add, answer::groups::added),
    row("removeGroupParticipant", SEND, groups::remove, answer::groups::removed),
    row("promoteGroupParticipant", SEND, groups::promote, answer::groups::promoted),
    row("demoteGroupParticipant", SEND, groups::demote, answer::groups::demoted),
    row("leaveGroup", SEND, groups::leave, answer::groups::left),

    // Queues
    row("showMessagesQueue", READ, messages::queue, answer::messages::queue),
    row("clearMessagesQueue", SEND, messages::clear_queue, answer::messages::queue_cleared),
    row("showActionsQueue", READ, messages::nothing, answer::messages::no_actions),
    row("clearActionsQueue", SEND, messages::nothing, answer::messages::no_actions_cleared),
];

pub static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(|| ROWS.iter().flat_map(Row::endpoints).collect());

static BY_NAME: LazyLock<HashMap<&'static str, &'static Row>> =
    LazyLock::new(|| ROWS.iter().map(|row| (row.name, row)).collect());

pub fn row_named(name: &str) -> Option<&'static Row> {
    BY_NAME.get(name).copied()
}

impl Row {
    fn endpoints(&self) -> [Endpoint; 2] {
        // Once for the life of the program: a pattern is needed as long as the table is.
        let path: &'static str = format!("/instance{{id}}/{}", self.name).leak();
        let Row { name, needs, body, read, .. } = *self;
        [Method::GET, Method::POST].map(|method| Endpoint { name, method, path, needs, body, read })
    }
}
