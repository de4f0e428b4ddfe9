//! Every operation, in the order of the documentation.

use http::Method;
use sluice_model::{Command, Refusal, Scope};

use super::read::{
    about, accounts, calls, chats, contacts, events, groups, keys, listeners, login, media, messages, requests,
    sandbox, templates,
};
use super::strict;
use crate::{Body, Call, Endpoint, Needs};

const OPEN: Needs = Needs::Nothing;
const READ: Needs = Needs::Key(Scope::Read);
const SEND: Needs = Needs::Key(Scope::Send);
const LISTEN: Needs = Needs::Key(Scope::Listen);
const MANAGE: Needs = Needs::Key(Scope::Manage);
const READ_OF: Needs = Needs::Account(Scope::Read);
const SEND_AS: Needs = Needs::Account(Scope::Send);
const LISTEN_TO: Needs = Needs::Account(Scope::Listen);
const MANAGE_OF: Needs = Needs::Account(Scope::Manage);

type Reader = fn(&Call) -> Result<Command, Refusal>;

/// An operation whose query has no parameters.
macro_rules! plain {
    ($read:path) => {{
        fn read(call: &Call) -> Result<Command, Refusal> {
            strict::no_query(call)?;
            $read(call)
        }
        read
    }};
}

#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    get("get_openapi", "/v1/openapi.json", OPEN, Body::None, about::get_openapi),
    get("get_docs", "/v1/docs", OPEN, Body::None, about::get_docs),
    get("get_docs_style", "/v1/docs.css", OPEN, Body::None, about::get_docs_style),

    get("list_accounts", "/v1/accounts", READ, Body::None, plain!(accounts::list_accounts)),
    post("add_account", "/v1/accounts", MANAGE, Body::Small, plain!(accounts::add_account)),
    get("get_account", "/v1/accounts/{account}", READ_OF, Body::None, plain!(accounts::get_account)),
    patch("change_account", "/v1/accounts/{account}", MANAGE_OF, Body::Small, plain!(accounts::change_account)),
    delete("remove_account", "/v1/accounts/{account}", MANAGE_OF, Body::None, plain!(accounts::remove_account)),
    get("get_history", "/v1/accounts/{account}/history", READ_OF, Body::None, accounts::get_history),

    post("begin_login", "/v1/accounts/{account}/login", MANAGE_OF, Body::Small, plain!(login::begin_login)),
    get("get_login", "/v1/accounts/{account}/login", MANAGE_OF, Body::None, login::get_login),
    get("follow_login", "/v1/accounts/{account}/login/events", MANAGE_OF, Body::None, plain!(login::follow_login)),
    post("continue_login", "/v1/accounts/{account}/login/input", MANAGE_OF, Body::Small, plain!(login::continue_login)),
    get("get_qr", "/v1/accounts/{account}/login/qr.png", MANAGE_OF, Body::None, login::get_qr),
    post("logout", "/v1/accounts/{account}/logout", MANAGE_OF, Body::None, plain!(login::logout)),
    post("restart", "/v1/accounts/{account}/restart", MANAGE_OF, Body::None, plain!(login::restart)),

    post("send_own_message", "/v1/messages", SEND_AS, Body::Large, messages::send_own_message),
    post("send_message", "/v1/accounts/{account}/messages", SEND_AS, Body::Large, messages::send_message),
    post("send_batch", "/v1/accounts/{account}/messages/batch", SEND_AS, Body::Large, plain!(messages::send_batch)),
    get("list_messages", "/v1/accounts/{account}/messages", READ_OF, Body::None, messages::list_messages),
    get("get_message", "/v1/accounts/{account}/messages/{message}", READ_OF, Body::None, plain!(messages::get_message)),
    get("trace_message", "/v1/accounts/{account}/messages/{message}/trace", READ_OF, Body::None, plain!(messages::trace_message)),
    delete("cancel_message", "/v1/accounts/{account}/messages/{message}", SEND_AS, Body::None, plain!(messages::cancel_message)),
    get("get_message_media", "/v1/accounts/{account}/messages/{message}/media", READ_OF, Body::None, plain!(messages::get_message_media)),
    post("forward_message", "/v1/accounts/{account}/messages/{message}/forward", SEND_AS, Body::Small, plain!(messages::forward_message)),
    post("mark_message_read", "/v1/accounts/{account}/messages/{message}/read", SEND_AS, Body::Small, plain!(messages::mark_message_read)),
    get("get_queue", "/v1/accounts/{account}/queue", READ_OF, Body::None, messages::get_queue),
    delete("clear_queue", "/v1/accounts/{account}/queue", SEND_AS, Body::None, plain!(messages::clear_queue)),

    get("list_chats", "/v1/accounts/{account}/chats", READ_OF, Body::None, chats::list_chats),
    get("get_chat", "/v1/accounts/{account}/chats/{chat}", READ_OF, Body::None, plain!(chats::get_chat)),
    post("mark_chat_read", "/v1/accounts/{account}/chats/{chat}/read", SEND_AS, Body::None, plain!(chats::mark_chat_read)),
    post("show_typing", "/v1/accounts/{account}/chats/{chat}/typing", SEND_AS, Body::Small, plain!(chats::show_typing)),
    post("archive_chat", "/v1/accounts/{account}/chats/{chat}/archive", SEND_AS, Body::Small, plain!(chats::archive_chat)),
    post("set_disappearing", "/v1/accounts/{account}/chats/{chat}/disappearing", SEND_AS, Body::Small, plain!(chats::set_disappearing)),
    get("get_story_views", "/v1/accounts/{account}/stories/{message}/views", READ_OF, Body::None, plain!(chats::get_story_views)),

    get("list_contacts", "/v1/accounts/{account}/contacts", READ_OF, Body::None, contacts::list_contacts),
    post("check_contacts", "/v1/accounts/{account}/contacts/check", READ_OF, Body::Small, plain!(contacts::check_contacts)),
    get("get_contact", "/v1/accounts/{account}/contacts/{contact}", READ_OF, Body::None, plain!(contacts::get_contact)),
    put("save_contact", "/v1/accounts/{account}/contacts/{contact}", SEND_AS, Body::Small, plain!(contacts::save_contact)),
    get("get_profile", "/v1/accounts/{account}/contacts/{contact}/profile", READ_OF, Body::None, plain!(contacts::get_profile)),
    get("get_avatar", "/v1/accounts/{account}/contacts/{contact}/avatar", READ_OF, Body::None, plain!(contacts::get_avatar)),
    post("block_contact", "/v1/accounts/{account}/contacts/{contact}/block", SEND_AS, Body::Small, plain!(contacts::block_contact)),
    post("watch_presence", "/v1/accounts/{account}/contacts/{contact}/presence", SEND_AS, Body::Small, plain!(contacts::watch_presence)),
    put("set_profile", "/v1/accounts/{account}/profile", MANAGE_OF, Body::Large, plain!(contacts::set_profile)),

    post("reject_call", "/v1/accounts/{account}/calls/{call}/reject", SEND_AS, Body::None, plain!(calls::reject_call)),

    post("create_group", "/v1/accounts/{account}/groups", SEND_AS, Body::Small, plain!(groups::create_group)),
    get("get_group", "/v1/accounts/{account}/groups/{group}", READ_OF, Body::None, plain!(groups::get_group)),
    put("rename_group", "/v1/accounts/{account}/groups/{group}/name", SEND_AS, Body::Small, plain!(groups::rename_group)),
    put("describe_group", "/v1/accounts/{account}/groups/{group}/description", SEND_AS, Body::Small, plain!(groups::describe_group)),
    put("set_group_picture", "/v1/accounts/{account}/groups/{group}/picture", SEND_AS, Body::Large, plain!(groups::set_group_picture)),
    put("set_group_rights", "/v1/accounts/{account}/groups/{group}/rights", SEND_AS, Body::Small, plain!(groups::set_group_rights)),
    post("add_members", "/v1/accounts/{account}/groups/{group}/members/add", SEND_AS, Body::Small, plain!(groups::add_members)),
    post("remove_members", "/v1/accounts/{account}/groups/{group}/members/remove", SEND_AS, Body::Small, plain!(groups::remove_members)),
    post("promote_members", "/v1/accounts/{account}/groups/{group}/members/promote", SEND_AS, Body::Small, plain!(groups::promote_members)),
    post("demote_members", "/v1/accounts/{account}/groups/{group}/members/demote", SEND_AS, Body::Small, plain!(groups::demote_members)),
    get("get_invite", "/v1/accounts/{account}/groups/{group}/invite", READ_OF, Body::None, plain!(groups::get_invite)),
    post("leave_group", "/v1/accounts/{account}/groups/{group}/leave", SEND_AS, Body::None, plain!(groups::leave_group)),

    get("follow_events", "/v1/accounts/{account}/events", LISTEN_TO, Body::None, events::follow_events),
    post("publish_event", "/v1/accounts/{account}/events", MANAGE_OF, Body::Small, plain!(events::publish_event)),
    get("get_event", "/v1/events/{event}", LISTEN_TO, Body::None, plain!(events::get_event)),
    get("receive_events", "/v1/queues/{listener}", LISTEN, Body::None, events::receive_events),
    post("acknowledge_events", "/v1/queues/{listener}/ack", LISTEN, Body::Small, plain!(events::acknowledge_events)),
    get("count_events", "/v1/queues/{listener}/count", LISTEN, Body::None, plain!(events::count_events)),
    delete("clear_events", "/v1/queues/{listener}", LISTEN, Body::None, plain!(events::clear_events)),

    get("list_listeners", "/v1/listeners", MANAGE, Body::None, plain!(listeners::list_listeners)),
    post("add_listener", "/v1/listeners", MANAGE, Body::Small, plain!(listeners::add_listener)),
    get("get_listener", "/v1/listeners/{listener}", MANAGE, Body::None, plain!(listeners::get_listener)),
    patch("change_listener", "/v1/listeners/{listener}", MANAGE, Body::Small, plain!(listeners::change_listener)),
    delete("remove_listener", "/v1/listeners/{listener}", MANAGE, Body::None, plain!(listeners::remove_listener)),
    post("test_listener", "/v1/listeners/{listener}/test", MANAGE, Body::Small, plain!(listeners::test_listener)),
    get("list_deliveries", "/v1/listeners/{listener}/deliveries", MANAGE, Body::None, listeners::list_deliveries),
    post("resend_event", "/v1/listeners/{listener}/deliveries/{event}/resend", MANAGE, Body::None, plain!(listeners::resend_event)),
    post("replay_events", "/v1/listeners/{listener}/replay", MANAGE, Body::Small, plain!(listeners::replay_events)),

    get("list_keys", "/v1/keys", MANAGE, Body::None, plain!(keys::list_keys)),
    post("add_key", "/v1/keys", MANAGE, Body::Small, plain!(keys::add_key)),
    delete("revoke_key", "/v1/keys/{key}", MANAGE, Body::None, plain!(keys::revoke_key)),

    get("list_templates", "/v1/templates", READ, Body::None, plain!(templates::list_templates)),
    post("add_template", "/v1/templates", MANAGE, Body::Small, plain!(templates::add_template)),
    get("get_template", "/v1/templates/{template}", READ, Body::None, plain!(templates::get_template)),
    patch("change_template", "/v1/templates/{template}", MANAGE, Body::Small, plain!(templates::change_template)),
    delete("remove_template", "/v1/templates/{template}", MANAGE, Body::None, plain!(templates::remove_template)),

    post("upload_media", "/v1/media", SEND, Body::File, plain!(media::upload_media)),
    get("download_media", "/v1/media/{media}", READ, Body::None, plain!(media::download_media)),

    get("list_requests", "/v1/requests", READ, Body::None, requests::list_requests),
    get("get_request", "/v1/requests/{request}", READ, Body::None, plain!(requests::get_request)),

    post("pull_lever", "/v1/sandbox/{account}/{lever}", MANAGE_OF, Body::Large, plain!(sandbox::pull_lever)),
];

const fn get(name: &'static str, path: &'static str, needs: Needs, body: Body, read: Reader) -> Endpoint {
    Endpoint { name, method: Method::GET, path, needs, body, read }
}

const fn post(name: &'static str, path: &'static str, needs: Needs, body: Body, read: Reader) -> Endpoint {
    Endpoint { name, method: Method::POST, path, needs, body, read }
}

const fn put(name: &'static str, path: &'static str, needs: Needs, body: Body, read: Reader) -> Endpoint {
    Endpoint { name, method: Method::PUT, path, needs, body, read }
}

const fn patch(name: &'static str, path: &'static str, needs: Needs, body: Body, read: Reader) -> Endpoint {
    Endpoint { name, method: Method::PATCH, path, needs, body, read }
}

const fn delete(name: &'static str, path: &'static str, needs: Needs, body: Body, read: Reader) -> Endpoint {
    Endpoint { name, method: Method::DELETE, path, needs, body, read }
}
