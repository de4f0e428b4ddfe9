//! People whom an account is to know.

use sluice_model::ask::Checked;
use sluice_model::failure::{Failure, Why};
use sluice_model::refusal::Noun;
use sluice_model::{Ability, Address, Answer, Ask, Outcome, Party, Refusal};

use super::{Errand, Result};

impl Errand<'_> {
    /// Who is known already is not asked about: a messenger counts such questions.
    pub(super) async fn meet(&self, who: Address, name: Option<String>, known: bool) -> Result {
        let account = self.call.account()?.id;
        let store = &self.room.store;
        let party = match store.contact(account, &who).await? {
            Some(found) if name.is_none() => return Ok(Outcome::Contact(Box::new(found))),
            Some(found) => found.party,
            None if known => return Err(Refusal::NotFound(Noun::Contact).into()),
            None => self.look_up(who).await?,
        };
        let address = party.address.clone();
        let party = Party { saved_name: name.or(party.saved_name), ..party };
        store.know(account, vec![party], self.call.at).await?;
        let written = store.contact(account, &address).await?;
        Ok(Outcome::Contact(Box::new(written.ok_or(Refusal::NotFound(Noun::Contact))?)))
    }

    pub(super) async fn forget(&self, who: &Address) -> Result {
        let was_there = self.room.store.forget(self.call.account()?.id, who).await?;
        if was_there { Ok(Outcome::Done) } else { Err(Refusal::NotFound(Noun::Contact).into()) }
    }

    /// As the messenger knows them, now. Where it answers no such questions, they are believed to be there.
    async fn look_up(&self, who: Address) -> Result<Party> {
        if !self.abilities(self.call.account()?)?.has(Ability::NumberCheck) {
            return Ok(Party::new(who));
        }
        let answer = self.ask(Ask::Check { who: vec![who.clone()] }).await?;
        let Outcome::Answer(Answer::Checked { found }) = answer else {
            return Err(sluice_store::Fault::other("asked about a person and got no word of one").into());
        };
        match found.into_iter().next() {
            Some(Checked { exists: true, address: Some(own), .. }) if own != who => {
                // A number stays what a person is called by where it is; elsewhere it is the messenger's own name.
                let (address, alias) = if matches!(own, Address::Lid(_)) { (who, own) } else { (own, who) };
                Ok(Party { alias: Some(alias), ..Party::new(address) })
            }
            Some(Checked { exists: true, .. }) => Ok(Party::new(who)),
            _ => {
                Err(Refusal::Failed(Failure::refused(Why::NotOnMessenger, "the person is not on the messenger")).into())
            }
        }
    }
}
