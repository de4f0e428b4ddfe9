//! Every endpoint, in the order of the vendor's docs (contract §2). One row is one call under all of its bases and
//! spellings.

use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;
use sluice_model::{Command, Refusal, Scope};

use super::answer::{self, Answer};
use super::answer::{
    chats as chats_a, contacts as contacts_a, groups as groups_a, login as login_a, messages as messages_a,
};
use super::answer::{profile as profile_a, sent, tasks as tasks_a, webhook as webhook_a};
use super::platform::{ALL, BOT, Base, PEOPLE, TG, TG_MX, WA, WA_TG};
use super::read;
use super::read::{chats, contacts, groups, login, messages, profile, remark, send, tasks, webhook};
use crate::{Body, Call, Endpoint, Needs};

pub struct Row {
    /// The path as the docs have it, without the base.
    pub name: &'static str,
    /// Empty for a path that has no base.
    bases: &'static [Base],
    methods: &'static [Method],
    paths: &'static [&'static str],
    needs: Needs,
    body: Body,
    pub read: fn(&Call) -> Result<Command, Refusal>,
    pub answer: Answer,
}

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const EITHER: &[Method] = &[Method::GET, Method::POST];
const REMOVE: &[Method] = &[Method::POST, Method::DELETE];
const BARE: &[Base] = &[];

const OPEN: Needs = Needs::Nothing;
const HOLDER: Needs = Needs::Key(Scope::Manage);
const MANAGE: Needs = Needs::Account(Scope::Manage);
const READ: Needs = Needs::Account(Scope::Read);
const SEND: Needs = Needs::Account(Scope::Send);

const fn row(
    bases: &'static [Base],
    methods: &'static [Method],
    paths: &'static [&'static str],
    (needs, body): (Needs, Body),
    read: fn(&Call) -> Result<Command, Refusal>,
    answer: Answer,
) -> Row {
    Row { name: paths[0], bases, methods, paths, needs, body, read, answer }
}

/// Telegram's code goes the same path as WhatsApp's pairing code, so that their names must differ.
const fn named(name: &'static str, row: Row) -> Row {
    Row { name, ..row }
}

const NO: Body = Body::None;
const SMALL: Body = Body::Small;
const LARGE: Body = Body::Large;

#[rustfmt::skip]
static ROWS: &[Row] = &[
    // Profiles
    row(ALL, POST, &["profile/add"], (HOLDER, NO), profile::add, profile_a::added),
    row(ALL, REMOVE, &["profile/delete", "sync/profile/delete"], (MANAGE, NO), profile::delete, profile_a::deleted),
    row(ALL, GET, &["profile/all/get"], (HOLDER, NO), profile::all, profile_a::all),
    row(ALL, GET, &["profile/restart"], (MANAGE, NO), profile::restart, profile_a::restarted),
    row(ALL, GET, &["profile/logout"], (MANAGE, NO), profile::logout, profile_a::logged_out),
    row(ALL, GET, &["sync/get/status", "async/get/status"], (READ, NO), profile::one, profile_a::status),
    row(ALL, POST, &["token/settings/set"], (HOLDER, SMALL), profile::set_switch, profile_a::switch_set),
    row(BARE, GET, &["panel/profile/auth/history"], (READ, NO), profile::history, profile_a::history),
    row(BARE, POST, &["payments/balance/add_days"], (HOLDER, SMALL), profile::add_days, profile_a::days_added),
    row(WA, POST, &["sync/use/here"], (MANAGE, NO), profile::restart, answer::done),
    row(WA, GET, &["openapi.yaml"], (OPEN, NO), read::nothing, answer::description),
    row(WA_TG, POST, &["addInstall"], (OPEN, NO), read::nothing, profile_a::noted),

    // Authorisation
    row(PEOPLE, GET, &["sync/qr/get", "sync/get/qr", "sync/auth/qr"], (MANAGE, NO), login::qr, login_a::qr_code),
    named("sync/auth/code (pairing)", row(WA, GET, &["sync/auth/code"], (MANAGE, NO), login::pairing_code, login_a::pairing_code)),
    row(TG_MX, POST, &["sync/auth/phone"], (MANAGE, SMALL), login::phone, login_a::next),
    row(TG_MX, POST, &["sync/auth/code"], (MANAGE, SMALL), login::code, login_a::next),
    row(TG_MX, POST, &["sync/auth/2fa"], (MANAGE, SMALL), login::password, login_a::next),

    // Sending
    row(ALL, POST, &["sync/message/send", "message/send"], (SEND, SMALL), send::text, sent::in_time),
    row(PEOPLE, POST, &["sync/message/img/send"], (SEND, LARGE), send::image, sent::in_time),
    row(PEOPLE, POST, &["sync/message/video/send"], (SEND, LARGE), send::video, sent::in_time),
    row(PEOPLE, POST, &["sync/message/audio/send"], (SEND, LARGE), send::audio, sent::in_time),
    row(PEOPLE, POST, &["sync/message/document/send"], (SEND, LARGE), send::document, sent::in_time),
    row(PEOPLE, POST, &["sync/message/file/url/send"], (SEND, SMALL), send::file_by_url, sent::in_time),
    row(BOT, POST, &["message/file/url/send"], (SEND, SMALL), send::file_by_url, sent::in_time),
    row(PEOPLE, POST, &["sync/message/location/send"], (SEND, SMALL), send::location, sent::in_time),
    row(PEOPLE, POST, &["sync/contact/send"], (SEND, SMALL), send::contact, sent::in_time),
    row(WA, POST, &["sync/message/buttons/send"], (SEND, SMALL), send::buttons, sent::in_time),
    row(WA, POST, &["sync/message/list/send"], (SEND, SMALL), send::list, sent::in_time),
    row(PEOPLE, POST, &["sync/poll/create"], (SEND, SMALL), send::poll, sent::in_time),
    row(WA, POST, &["sync/message/file/send"], (SEND, LARGE), send::bare_file, sent::in_time),
    row(TG, POST, &["sync/stories/send"], (SEND, SMALL), send::story, sent::story),
    row(WA, POST, &["async/story/send"], (SEND, SMALL), send::story, sent::queued_story),
    row(TG, POST, &["gifts/send"], (SEND, SMALL), send::gift, sent::in_time),

    // Sending, without waiting
    row(PEOPLE, POST, &["async/message/send"], (SEND, SMALL), send::text, sent::queued),
    row(PEOPLE, POST, &["async/message/file/url/send"], (SEND, SMALL), send::file_by_url, sent::queued),
    row(PEOPLE, POST, &["async/message/img/send"], (SEND, LARGE), send::image, sent::queued),
    row(PEOPLE, POST, &["async/message/document/send"], (SEND, LARGE), send::document, sent::queued),
    row(PEOPLE, POST, &["async/message/video/send"], (SEND, LARGE), send::video, sent::queued),
    row(PEOPLE, POST, &["async/message/audio/send"], (SEND, LARGE), send::audio, sent::queued),
    row(PEOPLE, POST, &["async/message/location/send"], (SEND, SMALL), send::location, sent::queued),
    row(PEOPLE, POST, &["async/contact/send"], (SEND, SMALL), send::contact, sent::queued),
    row(PEOPLE, POST, &["async/message/forward"], (SEND, SMALL), remark::forward, sent::queued),
    row(PEOPLE, POST, &["async/message/reply"], (SEND, SMALL), remark::reply, sent::queued),
    row(WA, POST, &["async/message/file/send"], (SEND, LARGE), send::bare_file, sent::queued),
    row(WA, POST, &["async/poll/create"], (SEND, SMALL), send::poll, sent::in_time),

    // Acting on messages
    row(PEOPLE, POST, &["sync/message/reply"], (SEND, SMALL), remark::reply, sent::in_time),
    row(PEOPLE, POST, &["sync/message/forward"], (SEND, SMALL), remark::forward, sent::in_time),
    row(PEOPLE, POST, &["sync/message/edit"], (SEND, SMALL), remark::edit, sent::in_time),
    row(PEOPLE, POST, &["sync/message/delete"], (SEND, SMALL), remark::delete, sent::deleted),
    row(PEOPLE, POST, &["sync/message/reaction"], (SEND, SMALL), remark::reaction, sent::in_time),
    row(PEOPLE, POST, &["sync/message/mark/read"], (SEND, SMALL), remark::mark_read, messages_a::marked_read),

    // Reading messages
    row(PEOPLE, GET, &["sync/messages/get"], (READ, NO), messages::of_chat, messages_a::list),
    row(PEOPLE, GET, &["sync/messages/id/get"], (READ, NO), messages::one, messages_a::one),
    row(PEOPLE, GET, &["sync/messages/all/get"], (READ, NO), messages::all, messages_a::list),
    row(PEOPLE, GET, &["sync/messages/history"], (READ, NO), messages::history, messages_a::history),
    row(PEOPLE, POST, &["sync/messages/search"], (READ, SMALL), messages::search, messages_a::found),
    row(PEOPLE, GET, &["sync/message/media/download"], (READ, NO), messages::media, messages_a::media),
    row(WA, GET, &["sync/messages/unread/get"], (READ, NO), chats::unread, chats_a::unread),

    // Chats
    row(PEOPLE, EITHER, &["sync/chats/get"], (READ, SMALL), chats::all, chats_a::all),
    row(PEOPLE, GET, &["sync/chats/filter"], (READ, NO), chats::filter, chats_a::all),
    row(PEOPLE, GET, &["sync/chats/days/get"], (READ, NO), chats::of_days, chats_a::all),
    row(PEOPLE, POST, &["sync/chat/archive"], (SEND, SMALL), chats::archive, chats_a::changed),
    row(PEOPLE, POST, &["sync/chat/unarchive"], (SEND, SMALL), chats::unarchive, chats_a::changed),
    row(PEOPLE, POST, &["sync/chat/delete"], (SEND, SMALL), chats::delete, chats_a::changed),
    row(PEOPLE, POST, &["sync/chat/typing/start", "sync/chats/typing/start"], (SEND, SMALL), chats::typing, answer::task_done),
    row(PEOPLE, POST, &["sync/chat/typing/stop", "sync/chats/typing/stop"], (SEND, SMALL), chats::typing_ends, answer::task_done),
    row(WA, POST, &["sync/chat/seen/send"], (SEND, SMALL), chats::seen, answer::done),

    // Contacts
    row(PEOPLE, GET, &["sync/contacts/get"], (READ, NO), contacts::all, contacts_a::all),
    row(PEOPLE, GET, &["sync/contact/get"], (READ, NO), contacts::one, contacts_a::one),
    row(PEOPLE, GET, &["sync/contact/check"], (READ, NO), contacts::check, contacts_a::checked),
    row(PEOPLE, POST, &["sync/contact/registered/check"], (READ, NO), contacts::check, contacts_a::checked),
    row(WA, GET, &["sync/contact/info"], (READ, NO), contacts::info, contacts_a::info),
    row(PEOPLE, POST, &["sync/contact/add"], (SEND, SMALL), contacts::add, contacts_a::added),
    row(WA, POST, &["sync/contact/block"], (SEND, NO), contacts::block, contacts_a::blocked),
    row(WA, POST, &["sync/contact/unblock"], (SEND, NO), contacts::unblock, contacts_a::blocked),

    // Groups
    row(PEOPLE, POST, &["sync/group/create"], (SEND, SMALL), groups::create, groups_a::created),
    row(PEOPLE, POST, &["sync/group/leave"], (SEND, SMALL), groups::leave, groups_a::changed),
    row(PEOPLE, POST, &["sync/group/participant/add"], (SEND, SMALL), groups::add, groups_a::changed),
    row(PEOPLE, POST, &["sync/group/participant/remove"], (SEND, SMALL), groups::remove, groups_a::changed),
    row(PEOPLE, POST, &["sync/group/admin/promote", "sync/group/admin/promove"], (SEND, SMALL), groups::promote, groups_a::changed),
    row(PEOPLE, POST, &["sync/group/admin/demote"], (SEND, SMALL), groups::demote, groups_a::changed),
    row(PEOPLE, POST, &["sync/group/description/set"], (SEND, SMALL), groups::describe, groups_a::changed),
    row(PEOPLE, POST, &["sync/group/name/set"], (SEND, SMALL), groups::rename, groups_a::changed),
    row(PEOPLE, GET, &["sync/group/invitelink/get"], (READ, NO), groups::invite_link, groups_a::invite_link),
    row(WA, GET, &["sync/group/participants/get"], (READ, NO), groups::info, groups_a::members),
    row(WA, GET, &["sync/group/admins/get"], (READ, NO), groups::info, groups_a::admins),

    // The account's own
    row(WA, POST, &["sync/status/set"], (MANAGE, SMALL), contacts::set_about, answer::task_done),
    row(WA, POST, &["sync/status/delete"], (MANAGE, NO), contacts::delete_about, answer::task_done),
    row(TG, GET, &["sync/stories/getViews", "sync/stories/getviews"], (READ, NO), contacts::story_views, contacts_a::story_views),
    row(TG, GET, &["gifts/get"], (READ, NO), read::nothing, messages_a::no_gifts),

    // Webhooks
    row(ALL, POST, &["webhook/url/set"], (MANAGE, SMALL), webhook::set_url, webhook_a::url_set),
    row(ALL, GET, &["webhook/url/get"], (MANAGE, NO), webhook::get_url, webhook_a::url_shown),
    row(ALL, POST, &["webhook/url/delete"], (MANAGE, NO), webhook::delete_url, webhook_a::url_deleted),
    row(ALL, POST, &["webhook/types/set"], (MANAGE, SMALL), webhook::set_types, webhook_a::types_set),

    // Proxy, queue, tasks
    row(PEOPLE, GET, &["proxy/get"], (MANAGE, NO), profile::one, profile_a::proxy_shown),
    row(PEOPLE, POST, &["proxy/set"], (MANAGE, NO), profile::set_proxy, profile_a::proxy_set),
    row(PEOPLE, POST, &["proxy/delete"], (MANAGE, NO), profile::delete_proxy, profile_a::proxy_deleted),
    row(ALL, GET, &["profile/queue/get"], (READ, NO), tasks::queue, tasks_a::queue),
    row(ALL, GET, &["profile/queue/purge"], (SEND, NO), tasks::purge, tasks_a::purged),
    row(ALL, POST, &["tasks/clear/pending"], (SEND, NO), tasks::purge, tasks_a::purged),
    row(ALL, GET, &["task/get"], (READ, NO), tasks::one, tasks_a::one),
    row(ALL, GET, &["tasks/get"], (READ, NO), tasks::all, tasks_a::all),
];

/// The rows unfolded: each method of each spelling under each base.
pub static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(|| ROWS.iter().flat_map(Row::endpoints).collect());

static BY_NAME: LazyLock<HashMap<&'static str, &'static Row>> =
    LazyLock::new(|| ROWS.iter().map(|row| (row.name, row)).collect());

pub fn row_named(name: &str) -> Option<&'static Row> {
    BY_NAME.get(name).copied()
}

impl Row {
    fn endpoints(&self) -> Vec<Endpoint> {
        let paths: Vec<String> = match self.bases {
            [] => self.paths.iter().map(|path| format!("/{path}")).collect(),
            bases => {
                bases.iter().flat_map(|base| self.paths.iter().map(|path| format!("/{}/{path}", base.word()))).collect()
            }
        };
        let rows = paths.into_iter().flat_map(|path| {
            // Once for the life of the program: a pattern is needed as long as the table is.
            let path: &'static str = path.leak();
            self.methods.iter().map(move |method| (method.clone(), path))
        });
        let endpoint = |(method, path)| Endpoint {
            name: self.name,
            method,
            path,
            needs: self.needs,
            body: self.body,
            read: read::any,
        };
        rows.map(endpoint).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own() {
        assert_eq!(BY_NAME.len(), ROWS.len());
    }
}
