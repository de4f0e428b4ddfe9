//! Templates of the workspace.

use sluice_model::command::{NewTemplate, TemplateChange};
use sluice_model::refusal::Noun;
use sluice_model::{Outcome, Refusal, Template};

use super::{Errand, Result};

impl Errand<'_> {
    pub(super) async fn templates(&self) -> Result {
        Ok(Outcome::Templates(self.room.store.templates_of(self.workspace()?).await?))
    }

    pub(super) async fn template(&self, name: &str) -> Result {
        let found = self.room.store.template(self.workspace()?, name).await?;
        Ok(Outcome::Template(found.ok_or(Refusal::NotFound(Noun::Template))?))
    }

    pub(super) async fn add_template(&self, new: NewTemplate) -> Result {
        let template = Template {
            workspace: self.of_workspace()?,
            name: new.name,
            parameter_limit: new.parameter_limit,
            wordings: new.wordings,
            created_at: self.call.at,
            changed_at: self.call.at,
        };
        if !self.room.store.add_template(template.clone()).await? {
            return Err(Refusal::Conflict(format!("there is a template '{}' already", template.name)).into());
        }
        Ok(Outcome::Template(template.into()))
    }

    pub(super) async fn change_template(&self, name: &str, change: TemplateChange) -> Result {
        let missing = Refusal::NotFound(Noun::Template);
        let Some(known) = self.room.store.template(self.of_workspace()?, name).await? else {
            return Err(missing.into());
        };
        let template = Template {
            parameter_limit: change.parameter_limit.unwrap_or(known.parameter_limit),
            wordings: change.wordings.unwrap_or_else(|| known.wordings.clone()),
            changed_at: self.call.at,
            ..Template::clone(&known)
        };
        let changed = self.room.store.change_template(template.clone()).await?;
        if changed { Ok(Outcome::Template(template.into())) } else { Err(missing.into()) }
    }

    pub(super) async fn remove_template(&self, name: &str) -> Result {
        let removed = self.room.store.remove_template(self.of_workspace()?, name).await?;
        if removed { Ok(Outcome::Done) } else { Err(Refusal::NotFound(Noun::Template).into()) }
    }
}
