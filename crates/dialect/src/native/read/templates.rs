//! Templates of the workspace, for the APIs that send by template (Devino).

use serde::Deserialize;
use sluice_model::refusal::Noun;
use sluice_model::template::{
    self, LANGUAGE_LIMIT, PARAMETER_LIMIT, check_language, check_name, check_text, same_language,
};
use sluice_model::{Command, Refusal, command};
use utoipa::ToSchema;

use super::Read;
use crate::Call;
use crate::native::shape::{Done, List, Template};
use crate::native::strict;

/// List templates
#[utoipa::path(get, path = "/v1/templates", tag = "Templates",
    responses((status = 200, description = "All of them, by name", body = List<Template>)))]
pub fn list_templates(_: &Call) -> Read {
    Ok(Command::Templates)
}

/// A template to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "account_activated",
    "languages": [{"language": "en", "text": "Your account is ready. Call {{1}} or see {{2}}."}]}))]
pub struct NewTemplate {
    /// Letters a to z, digits, `_`, `-` and `.`
    name: String,
    /// Characters that each parameter may have; 1024 unless said.
    parameter_limit: Option<u32>,
    languages: Vec<NewWording>,
}

/// A template's words in one language.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWording {
    /// `ru`, `en`, `pt_BR`
    #[schema(example = "en")]
    language: String,
    /// `{{1}}` stands for the first parameter, `{{2}}` for the second, and so on.
    #[schema(example = "Hello, {{1}}")]
    text: String,
    /// What is not approved is not sent. Approved unless said.
    #[serde(default = "yes")]
    approved: bool,
}

const fn yes() -> bool {
    true
}

/// Add a template
///
/// Messages by template are sent with the words that it has when they are accepted.
#[utoipa::path(post, path = "/v1/templates", tag = "Templates", request_body = NewTemplate,
    responses((status = 201, description = "The template", body = Template)))]
pub fn add_template(call: &Call) -> Read {
    let new: NewTemplate = strict::body(call)?;
    check_name(&new.name).map_err(|note| Refusal::invalid("name", note))?;
    Ok(Command::AddTemplate(command::NewTemplate {
        name: new.name,
        parameter_limit: limit(new.parameter_limit)?.unwrap_or(PARAMETER_LIMIT),
        wordings: wordings(new.languages)?,
    }))
}

/// Show a template
#[utoipa::path(get, path = "/v1/templates/{template}", tag = "Templates",
    responses((status = 200, description = "The template", body = Template)))]
pub fn get_template(call: &Call) -> Read {
    named(call).map(Command::Template)
}

/// What is to be changed of a template; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"languages": [{"language": "en", "text": "Welcome, {{1}}!"}]}))]
pub struct ChangedTemplate {
    parameter_limit: Option<u32>,
    /// All of them anew.
    languages: Option<Vec<NewWording>>,
}

/// Change a template
///
/// It holds for messages accepted from now on.
#[utoipa::path(patch, path = "/v1/templates/{template}", tag = "Templates", request_body = ChangedTemplate,
    responses((status = 200, description = "The template as it is now", body = Template)))]
pub fn change_template(call: &Call) -> Read {
    let change: ChangedTemplate = strict::body(call)?;
    let change = command::TemplateChange {
        parameter_limit: limit(change.parameter_limit)?,
        wordings: change.languages.map(wordings).transpose()?,
    };
    Ok(Command::ChangeTemplate { name: named(call)?, change })
}

/// Remove a template
#[utoipa::path(delete, path = "/v1/templates/{template}", tag = "Templates",
    responses((status = 200, description = "It is gone", body = Done)))]
pub fn remove_template(call: &Call) -> Read {
    named(call).map(Command::RemoveTemplate)
}

/// The name in the path; what is none names nothing that exists.
fn named(call: &Call) -> Result<String, Refusal> {
    let name = call.param("template");
    check_name(name).map(|()| name.to_owned()).map_err(|_| Refusal::NotFound(Noun::Template))
}

fn limit(given: Option<u32>) -> Result<Option<u32>, Refusal> {
    match given {
        Some(limit) if limit == 0 || limit > PARAMETER_LIMIT => {
            Err(Refusal::invalid("parameter_limit", format!("must be 1 to {PARAMETER_LIMIT}")))
        }
        other => Ok(other),
    }
}

fn wordings(given: Vec<NewWording>) -> Result<Vec<template::Wording>, Refusal> {
    if !(1..=LANGUAGE_LIMIT).contains(&given.len()) {
        return Err(Refusal::invalid("languages", format!("must be 1 to {LANGUAGE_LIMIT}")));
    }
    let mut wordings: Vec<template::Wording> = Vec::with_capacity(given.len());
    for (place, NewWording { language, text, approved }) in given.into_iter().enumerate() {
        let of = |member: &str| format!("languages[{place}].{member}");
        check_language(&language).map_err(|note| Refusal::invalid(of("language"), note))?;
        check_text(&text).map_err(|note| Refusal::invalid(of("text"), note))?;
        if wordings.iter().any(|known| same_language(&known.language, &language)) {
            return Err(Refusal::invalid(of("language"), "stands there twice"));
        }
        wordings.push(template::Wording { language, text, approved });
    }
    Ok(wordings)
}
