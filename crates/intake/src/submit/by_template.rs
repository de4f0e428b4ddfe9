//! One message by a template of the workspace, refused at once when the template is not there or does not fit.

use std::time::Duration;

use sluice_model::command::{Which, Wish};
use sluice_model::failure::Why;
use sluice_model::{Ability, Content, Outcome, Refusal, Template};

use super::{Errand, Result};

impl Errand<'_> {
    pub(super) async fn send_template(&self, mut wish: Wish, wait: Duration) -> Result {
        self.fill_in(&mut wish.content).await?;
        let Outcome::Sent { accepted, state, trouble } = self.send_and_wait(wish, wait).await? else {
            return Err(sluice_store::Fault::other("a message was sent and there is no word of it").into());
        };
        let mut kept = self.find(&Which::Id(accepted.id)).await?;
        // As it was when it was said: a repeat under an idempotency key gets the same bytes.
        (kept.state, kept.state_at, kept.trouble) = (state, accepted.at, trouble);
        Ok(Outcome::Message(Box::new(kept)))
    }

    async fn fill_in(&self, content: &mut Content) -> Result<()> {
        let Content::Template(named) = content else { return Ok(()) };
        let found = self.room.store.template(self.workspace()?, &named.id).await?;
        let found = found.ok_or_else(|| Refusal::invalid("template_id", Template::unknown(&named.id).note))?;
        let words = found.fill(&named.language, &named.params).map_err(|trouble| {
            let field = match trouble.why {
                Why::TemplateUnknown | Why::TemplateUnapproved => "template_language",
                _ => "template_params",
            };
            Refusal::invalid(field, trouble.note)
        })?;
        if self.abilities(self.call.account()?)?.has(Ability::Template) {
            named.rendered = Some(words);
        } else {
            *content = Content::text(words);
        }
        Ok(())
    }
}
