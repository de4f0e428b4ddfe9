//! Templates.

use serde::Serialize;
use sluice_model::template;
use utoipa::ToSchema;

use crate::native::when::When;

/// Words with gaps, kept in the workspace and sent by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Template {
    #[schema(example = "account_activated")]
    pub name: String,
    /// Characters that each parameter may have.
    pub parameter_limit: u32,
    pub languages: Vec<Wording>,
    pub created_at: When,
    pub changed_at: When,
}

/// A template's words in one language.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wording {
    #[schema(example = "ru")]
    pub language: String,
    #[schema(example = "Hello, {{1}}")]
    pub text: String,
    /// What is not approved is not sent.
    pub approved: bool,
    /// How many parameters it takes.
    pub parameters: usize,
}

impl Template {
    pub fn of(template: &template::Template) -> Self {
        let wording = |wording: &template::Wording| Wording {
            language: wording.language.clone(),
            text: wording.text.clone(),
            approved: wording.approved,
            parameters: wording.parameters(),
        };
        Self {
            name: template.name.clone(),
            parameter_limit: template.parameter_limit,
            languages: template.wordings.iter().map(wording).collect(),
            created_at: When(template.created_at),
            changed_at: When(template.changed_at),
        }
    }
}
