//! Groups that callers know by their names.

use sluice_model::ask::{Group, GroupCall};
use sluice_model::command::{GroupSought, Slice, Wish};
use sluice_model::message::Chat;
use sluice_model::refusal::Noun;
use sluice_model::{Address, Answer, Ask, Content, Outcome, Refusal};

use super::sift::sift;
use super::{Errand, Result};

/// Groups of one name whose administrators are asked for.
const NAMESAKES: usize = 10;

impl Errand<'_> {
    pub(super) async fn send_to_group(&self, sought: GroupSought, content: Content) -> Result {
        let group = self.group_called(sought).await?;
        self.send(vec![Wish::new(group, content)]).await
    }

    /// The group of that name among the account's chats. Only where there are several is the messenger asked whose they
    /// are: a message into a group that is known by its name waits here as any other does.
    async fn group_called(&self, sought: GroupSought) -> Result<Address> {
        let account = self.call.account()?;
        let GroupSought { name, admin } = sought;
        let is_called = |chat: &Chat| chat.address.is_group() && chat.name.as_deref() == Some(name.as_str());
        let page = Slice::first(NAMESAKES as u64);
        let search = |page| self.room.store.chats(account.id, Some(name.clone()), page);
        let (mut groups, total) = sift(page, is_called, search).await?;
        let unclear = || Refusal::Conflict(format!("{total} groups are called so"));
        match (groups.len(), admin) {
            (0, _) => Err(Refusal::NotFound(Noun::Group).into()),
            (1, _) => Ok(groups.remove(0).address),
            (_, None) => Err(unclear().into()),
            (_, Some(_)) if total > NAMESAKES as u64 => Err(unclear().into()),
            (_, Some(admin)) => {
                let mut led = Vec::new();
                for group in groups {
                    if self.is_led_by(&group.address, &admin).await? {
                        led.push(group.address);
                    }
                }
                match led.len() {
                    0 => Err(Refusal::NotFound(Noun::Group).into()),
                    1 => Ok(led.remove(0)),
                    _ => Err(unclear().into()),
                }
            }
        }
    }

    async fn is_led_by(&self, group: &Address, admin: &str) -> Result<bool> {
        let ask = Ask::Group { call: GroupCall::Info { group: group.clone() } };
        match self.ask(ask).await? {
            Outcome::Answer(Answer::Group { group }) => Ok(leads(&group, admin)),
            _ => Ok(false),
        }
    }
}

fn leads(group: &Group, admin: &str) -> bool {
    let is = |address: &Address| matches!(address, Address::Phone(digits) if digits == admin);
    let leaders = group.members.iter().filter(|member| member.admin || member.owner);
    group.owner.as_ref().is_some_and(is)
        || leaders.flat_map(|member| [Some(&member.address), member.alias.as_ref()]).flatten().any(is)
}
