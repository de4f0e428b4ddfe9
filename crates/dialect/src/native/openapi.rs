//! The description of this API (OpenAPI 3.1), made from the functions that read it and the objects that answer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sluice_model::Scope;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required};
use utoipa::{Modify, OpenApi, ToSchema};

use super::problem::Problem;
use super::read::content::NewContent;
use super::{ENDPOINTS, names, read, shape};
use crate::{Body, Endpoint, Needs};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sluicegate",
        description = include_str!("about.md"),
    ),
    paths(
        read::about::get_openapi,
        read::about::get_docs,
        read::about::get_docs_style,
        read::accounts::list_accounts,
        read::accounts::add_account,
        read::accounts::get_account,
        read::accounts::change_account,
        read::accounts::remove_account,
        read::accounts::get_history,
        read::login::begin_login,
        read::login::get_login,
        read::login::follow_login,
        read::login::continue_login,
        read::login::get_qr,
        read::login::logout,
        read::login::restart,
        read::messages::send_own_message,
        read::messages::send_message,
        read::messages::send_batch,
        read::messages::list_messages,
        read::messages::get_message,
        read::messages::trace_message,
        read::messages::cancel_message,
        read::messages::get_message_media,
        read::messages::forward_message,
        read::messages::mark_message_read,
        read::messages::get_queue,
        read::messages::clear_queue,
        read::chats::list_chats,
        read::chats::get_chat,
        read::chats::mark_chat_read,
        read::chats::show_typing,
        read::chats::archive_chat,
        read::chats::set_disappearing,
        read::chats::get_story_views,
        read::contacts::list_contacts,
        read::contacts::check_contacts,
        read::contacts::get_contact,
        read::contacts::save_contact,
        read::contacts::get_profile,
        read::contacts::get_avatar,
        read::contacts::block_contact,
        read::contacts::watch_presence,
        read::contacts::set_profile,
        read::calls::reject_call,
        read::groups::create_group,
        read::groups::get_group,
        read::groups::rename_group,
        read::groups::describe_group,
        read::groups::set_group_picture,
        read::groups::set_group_rights,
        read::groups::add_members,
        read::groups::remove_members,
        read::groups::promote_members,
        read::groups::demote_members,
        read::groups::get_invite,
        read::groups::leave_group,
        read::events::follow_events,
        read::events::publish_event,
        read::events::get_event,
        read::events::receive_events,
        read::events::acknowledge_events,
        read::events::count_events,
        read::events::clear_events,
        read::listeners::list_listeners,
        read::listeners::add_listener,
        read::listeners::get_listener,
        read::listeners::change_listener,
        read::listeners::remove_listener,
        read::listeners::test_listener,
        read::listeners::list_deliveries,
        read::listeners::resend_event,
        read::listeners::replay_events,
        read::keys::list_keys,
        read::keys::add_key,
        read::keys::revoke_key,
        read::templates::list_templates,
        read::templates::add_template,
        read::templates::get_template,
        read::templates::change_template,
        read::templates::remove_template,
        read::media::upload_media,
        read::media::download_media,
        read::requests::list_requests,
        read::requests::get_request,
        read::sandbox::pull_lever,
    ),
    components(schemas(Problem, shape::Event)),
    tags(
        (name = "Accounts", description = "Messenger accounts of your workspace"),
        (name = "Logins", description = "Bringing an account to its messenger"),
        (name = "Messages", description = "Sending, finding, tracing, taking back"),
        (name = "Chats", description = "Chats, and what one does in them besides sending"),
        (name = "Contacts", description = "The address book, and what the messenger says of people"),
        (name = "Calls", description = "Calls that ring at the account"),
        (name = "Groups", description = "Groups and their members"),
        (name = "Events", description = "Hearing what happens by asking: streams and queues"),
        (name = "Listeners", description = "Hearing what happens by being called: webhooks"),
        (name = "Keys", description = "API keys and what they may do"),
        (name = "Templates", description = "Words with gaps, sent by name"),
        (name = "Media", description = "Files to be sent"),
        (name = "Requests", description = "What callers asked and what they were answered"),
        (name = "Sandbox", description = "A pretended messenger to try everything with"),
        (name = "About", description = "This description"),
    ),
    modifiers(&Table),
)]
struct Description;

/// The description, as JSON.
pub fn document() -> &'static str {
    // Made of strings and maps with string keys, so it always serialises.
    static TEXT: LazyLock<String> = LazyLock::new(|| Description::openapi().to_pretty_json().unwrap_or_default());
    &TEXT
}

/// Writes down what the table of endpoints knows of each operation: its key, its path's variables, its problems.
struct Table;

impl Modify for Table {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
        document.info.license = None;
        let components = document.components.get_or_insert_default();
        components.security_schemes.insert(
            "bearer".to_owned(),
            RefOr::T(SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build())),
        );
        let header = ApiKey::Header(ApiKeyValue::new("X-Api-Key"));
        components.security_schemes.insert("header".to_owned(), RefOr::T(SecurityScheme::ApiKey(header)));
        components.responses.insert("Problem".to_owned(), RefOr::T(problem()));
        loosen(&mut components.schemas);
        for endpoint in ENDPOINTS {
            let item = document.paths.paths.get_mut(endpoint.path);
            if let Some(operation) = item.and_then(|item| operation(item, endpoint)) {
                complete(operation, endpoint);
            }
        }
    }
}

/// Two things that serde means and the macros do not know: what is one part of a content has `type` beside it, and
/// what is untagged may fit several shapes.
fn loosen(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let Some(RefOr::T(Schema::OneOf(contents))) = schemas.get(&*NewContent::name()) else {
        return;
    };
    let parts: Vec<String> = contents.items.iter().flat_map(parts).collect();
    for part in parts {
        if let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(&part) {
            object.additional_properties = None;
        }
    }
    if let Some(RefOr::T(news)) = schemas.get_mut(&*shape::News::name())
        && let Schema::OneOf(choices) = news
    {
        let any = choices.items.drain(..).fold(AnyOfBuilder::new(), AnyOfBuilder::item);
        *news = Schema::AnyOf(any.description(choices.description.take()).build());
    }
}

/// The names of the objects that a choice is made of.
fn parts(choice: &RefOr<Schema>) -> Vec<String> {
    let RefOr::T(Schema::AllOf(all)) = choice else {
        return Vec::new();
    };
    let references = all.items.iter().filter_map(|item| match item {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next(),
        RefOr::T(_) => None,
    });
    references.map(str::to_owned).collect()
}

fn operation<'a>(item: &'a mut PathItem, endpoint: &Endpoint) -> Option<&'a mut Operation> {
    match endpoint.method.as_str() {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

fn complete(operation: &mut Operation, endpoint: &Endpoint) {
    let scope = match endpoint.needs {
        Needs::Nothing => None,
        Needs::Key(scope) | Needs::Account(scope) => Some(scope),
    };
    match scope {
        None => operation.security = Some(vec![SecurityRequirement::default()]),
        Some(scope) => {
            let none: [&str; 0] = [];
            let schemes = ["bearer", "header"].map(|name| SecurityRequirement::new(name, none));
            operation.security = Some(schemes.to_vec());
            let words = operation.description.take().unwrap_or_default();
            let needs = format!("Needs a key with the scope `{}`.", names::scope(scope));
            operation.description = Some(if words.is_empty() { needs } else { format!("{words}\n\n{needs}") });
            let problem = RefOr::Ref(Ref::from_response_name("Problem"));
            operation.responses.responses.insert("default".to_owned(), problem);
        }
    }
    if matches!(endpoint.body, Body::Large | Body::File) {
        let words = operation.description.take().unwrap_or_default();
        let size = "The body may be as large as `server.limits.media_size`, 100 MB unless configured.";
        operation.description = Some(if words.is_empty() { size.to_owned() } else { format!("{words}\n\n{size}") });
    }
    let mut parameters: Vec<RefOr<Parameter>> = variables(endpoint.path).map(variable).map(RefOr::T).collect();
    parameters.extend(operation.parameters.take().unwrap_or_default());
    if scope == Some(Scope::Send) && matches!(endpoint.name, "send_message" | "send_own_message" | "send_batch") {
        parameters.push(RefOr::T(idempotency_key()));
    }
    operation.parameters = (!parameters.is_empty()).then_some(parameters);
}

fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'))
}

fn variable(name: &str) -> Parameter {
    let what = match name {
        "account" => "The account, `acc_…`",
        "message" => "The message: `msg_…`, or its id at the messenger",
        "chat" => "The chat: a phone number, or `kind:value` as in `chat.address`",
        "contact" => "The person: a phone number, or `kind:value` as in `address`",
        "call" => "The call, by its id at the messenger",
        "group" => "The group, `group:…`",
        "event" => "The event, `evt_…`",
        "listener" => "The listener, `lst_…`",
        "key" => "The key, `key_…`",
        "template" => "The template's name",
        "media" => "The file, as its upload named it",
        "request" => "The request, `req_…`",
        "lever" => "The lever's name",
        _ => "",
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(what))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Words of your own for this request: the same again gets the same answer and sends nothing"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn problem() -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new()
        .description("It was not done; the problem says why")
        .content("application/problem+json", content)
        .build()
}
