//! Live questions to the account, and what their answers teach the archive.

use std::time::Duration;

use sluice_model::account::State;
use sluice_model::command::Which;
use sluice_model::failure::Why;
use sluice_model::refusal::Noun;
use sluice_model::{Account, AccountId, Answer, Ask, Outcome, Party, Refusal};

use super::{Errand, Result};

/// A question not answered by then is not answered in time.
const LIMIT: Duration = Duration::from_secs(20);

impl Errand<'_> {
    pub(super) async fn ask(&self, mut ask: Ask) -> Result {
        let account = self.call.account()?;
        if let Some(ability) = ask.needs()
            && !self.abilities(account)?.has(ability)
        {
            return Err(Refusal::Unsupported(ability).into());
        }
        check_state(account, &ask)?;
        if let Ask::DeleteChat { chat } = &ask {
            let known = self.room.store.chat(account.id, chat).await?;
            known.filter(|known| !known.deleted).ok_or(Refusal::NotFound(Noun::Chat))?;
        }
        if let Ask::StoryViews { remote } = &mut ask
            && let Some(known) =
                self.find_if_any(&Which::Remote(remote.clone())).await?.and_then(|kept| kept.message.remote)
        {
            *remote = known;
        }
        self.keep_inline_asked(&mut ask).await?;
        let answer = self.put(account, ask.clone()).await?;
        self.learn(account.id, ask, &answer).await?;
        Ok(Outcome::Answer(answer))
    }

    /// Lays the question on the desk and waits for its answer.
    pub(super) async fn put(&self, account: &Account, ask: Ask) -> Result<Answer> {
        match tokio::time::timeout(LIMIT, self.room.asks.ask(account.id, ask)).await {
            Err(_) => Err(Refusal::TimedOut.into()),
            Ok(None) => Err(Refusal::NotConnected(account.condition.state).into()),
            // The courier waits less long than we do: whoever gave up, nobody has refused anything.
            Ok(Some(Err(failure))) if failure.why() == Why::Timeout => Err(Refusal::TimedOut.into()),
            Ok(Some(Err(failure))) => Err(Refusal::Failed(failure).into()),
            Ok(Some(Ok(Answer::Misread { field, note }))) => Err(Refusal::invalid(field, note).into()),
            Ok(Some(Ok(answer))) => Ok(answer),
        }
    }

    /// Writes down what the messenger has just agreed to or said.
    async fn learn(&self, account: AccountId, ask: Ask, answer: &Answer) -> Result<()> {
        let store = &self.room.store;
        match (ask, answer) {
            (Ask::MarkRead { chat, .. }, _) => store.mark_read(account, &chat).await?,
            (Ask::Archive { chat, on }, _) => store.set_archived(account, &chat, on).await?,
            (Ask::DeleteChat { chat }, _) => drop(store.delete_chat(account, &chat).await?),
            (Ask::SaveContact { who, name }, _) => {
                let party = Party { saved_name: name, ..Party::new(who) };
                store.know(account, vec![party], self.call.at).await?;
            }
            (Ask::Person { .. }, Answer::Person { person }) => {
                let party = Party {
                    address: person.address.clone(),
                    alias: person.alias.clone(),
                    name: person.name.clone(),
                    saved_name: person.saved_name.clone(),
                };
                store.know(account, vec![party], self.call.at).await?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Refuses what the account's state rules out, without troubling anybody.
fn check_state(account: &Account, ask: &Ask) -> Result<()> {
    let state = account.condition.state;
    match ask {
        Ask::Login { .. } | Ask::LoginInput { .. } if state.is_logged_in() => Err(Refusal::LoggedInAlready.into()),
        Ask::Login { .. } | Ask::LoginInput { .. } | Ask::Logout | Ask::Restart | Ask::Control { .. } => Ok(()),
        // The session itself knows whether the phone may speak: it is how a block ends.
        Ask::Device { .. } => Ok(()),
        _ if matches!(state, State::LoginNeeded | State::Blocked | State::Off) => {
            Err(Refusal::NotConnected(state).into())
        }
        _ => Ok(()),
    }
}
