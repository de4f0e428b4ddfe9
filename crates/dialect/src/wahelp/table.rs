//! Every endpoint, in the order of the contract. One row is one call under both of its prefixes; slashes at the end and
//! doubled ones do not count, and nothing is ever redirected (contract §1).

use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;
use sluice_model::{Command, Refusal, Scope};

use super::answer::{self, Answer};
use super::answer::{channels as channels_a, hooks as hooks_a, messages as messages_a, session as session_a};
use super::answer::{projects as projects_a, users as users_a};
use super::read;
use super::read::{channels, hooks, messages, projects, send, session, users};
use crate::{Body, Call, Endpoint, Needs};

/// The seed writes both.
const PREFIXES: [&str; 2] = ["/api/app/", "/app/"];

pub struct Row {
    pub name: &'static str,
    method: Method,
    path: &'static str,
    needs: Needs,
    body: Body,
    pub read: fn(&Call) -> Result<Command, Refusal>,
    pub answer: Answer,
}

const fn row(
    name: &'static str,
    method: Method,
    path: &'static str,
    (needs, body): (Needs, Body),
    read: fn(&Call) -> Result<Command, Refusal>,
    answer: Answer,
) -> Row {
    Row { name, method, path, needs, body, read, answer }
}

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

const OPEN: Needs = Needs::Nothing;
const HOLDER: Needs = Needs::Key(Scope::Manage);
const LOOKER: Needs = Needs::Key(Scope::Read);
const MANAGE: Needs = Needs::Account(Scope::Manage);
const READ: Needs = Needs::Account(Scope::Read);
const SEND: Needs = Needs::Account(Scope::Send);

const NO: Body = Body::None;
const SMALL: Body = Body::Small;
const LARGE: Body = Body::Large;

#[rustfmt::skip]
static ROWS: &[Row] = &[
    row("openapi", GET, "openapi.yaml", (OPEN, NO), read::nothing, answer::description),

    // Login and token (§3)
    row("login", POST, "user/login", (OPEN, SMALL), session::login, session_a::login),
    row("refresh", GET, "user/refresh-token", (LOOKER, NO), session::refresh, session_a::refreshed),
    row("me", GET, "user", (LOOKER, NO), read::nothing, session_a::me),

    // Projects (§5)
    row("project_add", POST, "projects", (HOLDER, SMALL), projects::add, projects_a::one),
    row("projects", GET, "projects", (LOOKER, NO), projects::all, projects_a::all),
    row("project", GET, "projects/{project}", (LOOKER, NO), projects::one, projects_a::one),
    row("project_change", PUT, "projects/{project}", (HOLDER, SMALL), projects::change, projects_a::one),

    // Channels (§5)
    row("channel_add", POST, "projects/{project}/channels", (HOLDER, SMALL), channels::add, channels_a::one),
    row("channels", GET, "projects/{project}/channels", (LOOKER, NO), channels::all, channels_a::all),
    row("channel", GET, "projects/{project}/channels/{channel}", (READ, NO), channels::one, channels_a::one),
    row("channel_change", PUT, "projects/{project}/channels/{channel}", (MANAGE, SMALL), channels::change, channels_a::one),
    row("channel_remove", DELETE, "projects/{project}/channels/{channel}", (MANAGE, NO), channels::remove, answer::done),
    row("status", GET, "projects/{project}/channels/{channel}/status", (READ, NO), channels::one, channels_a::status),
    row("setup", GET, "projects/{project}/channels/{channel}/setup", (MANAGE, NO), channels::one, channels_a::setup),
    row("setup_change", POST, "projects/{project}/channels/{channel}/setup", (MANAGE, SMALL), channels::set_up, channels_a::step),
    row("qr", GET, "projects/{project}/channels/{channel}/settings/whatsapp/qr", (MANAGE, NO), channels::qr, channels_a::step),

    // Channel users (§6)
    row("user_add", POST, "projects/{project}/channels/{channel}/users", (SEND, SMALL), users::add, users_a::one),
    row("users", GET, "projects/{project}/channels/{channel}/users", (READ, NO), users::all, users_a::all),
    row("user", GET, "projects/{project}/channels/{channel}/users/{user}", (READ, NO), users::one, users_a::one),
    row("user_change", PUT, "projects/{project}/channels/{channel}/users/{user}", (SEND, SMALL), users::change, users_a::one),
    row("user_remove", DELETE, "projects/{project}/channels/{channel}/users/{user}", (SEND, NO), users::remove, answer::done),
    row("contact_by_phone", POST, "projects/{project}/contacts/contact_by_phone", (LOOKER, SMALL), users::contact, users_a::contact),

    // Sending (§7)
    row("send_message", POST, "projects/{project}/channels/{channel}/send_message/{user}", (SEND, LARGE), send::message, messages_a::sent),

    // Messages (§8)
    row("messages", GET, "projects/{project}/channels/{channel}/messages", (READ, NO), messages::all, messages_a::all),
    row("message", GET, "projects/{project}/channels/{channel}/messages/{message}", (READ, NO), messages::one, messages_a::one),
    row("message_change", PUT, "projects/{project}/channels/{channel}/messages/{message}", (SEND, SMALL), messages::edit, messages_a::edited),
    row("message_remove", DELETE, "projects/{project}/channels/{channel}/messages/{message}", (SEND, NO), messages::delete, messages_a::deleted),

    // Webhooks (§9)
    row("hook", PUT, "projects/{project}/hook", (HOLDER, SMALL), hooks::set, hooks_a::one),
    row("webhooks", GET, "projects/{project}/webhooks", (HOLDER, NO), hooks::all, hooks_a::all),
    row("webhook_add", POST, "projects/{project}/webhooks", (HOLDER, SMALL), hooks::add, hooks_a::one),
    row("webhook_change", PUT, "projects/{project}/webhooks/{webhook}", (HOLDER, SMALL), hooks::change, hooks_a::one),
    row("webhook_remove", DELETE, "projects/{project}/webhooks/{webhook}", (HOLDER, NO), hooks::remove, answer::done),
];

/// The rows unfolded: each under each prefix.
pub static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(|| ROWS.iter().flat_map(Row::endpoints).collect());

static BY_NAME: LazyLock<HashMap<&'static str, &'static Row>> =
    LazyLock::new(|| ROWS.iter().map(|row| (row.name, row)).collect());

pub fn row_named(name: &str) -> Option<&'static Row> {
    BY_NAME.get(name).copied()
}

impl Row {
    /// Whether the call is there to have the channel connected.
    pub fn connects(&self) -> bool {
        matches!(self.name, "qr" | "setup_change")
    }

    fn endpoints(&self) -> impl Iterator<Item = Endpoint> + '_ {
        PREFIXES.into_iter().map(|prefix| Endpoint {
            name: self.name,
            method: self.method.clone(),
            // Once for the life of the program: a pattern is needed as long as the table is.
            path: format!("{prefix}{}", self.path).leak(),
            needs: self.needs,
            body: self.body,
            read: read::any,
        })
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
