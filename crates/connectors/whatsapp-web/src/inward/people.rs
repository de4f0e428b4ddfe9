//! What is learned of people: names, numbers, pictures.

use sluice_connector::Inbound;
use sluice_model::{Event, Party};
use whatsapp_rust::types::events::{ContactNumberChanged, ContactUpdate, PictureUpdate, PushNameUpdate};

use super::groups;
use crate::desk::addresses::{address_of, is_person, jid_of};
use crate::desk::{Desk, Pairs};

/// Longer than this nobody's picture is waited for: other news waits meanwhile.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The owner saved or renamed somebody on the phone. At first all of the address book comes: people, not news.
pub async fn saved(desk: &Desk, update: &ContactUpdate) -> Option<Inbound> {
    let mut pairs = desk.pairs([update.jid.clone()]).await;
    if let Some(lid) = update.action.lid_jid.as_deref().and_then(|lid| lid.parse().ok()) {
        pairs.learn(&update.jid, &lid);
        desk.keep_pair(&update.jid, &lid).await;
    }
    let mut party = pairs.party(&update.jid, None).filter(|party| jid_of(&party.address).is_ok())?;
    let names = [&update.action.full_name, &update.action.first_name];
    party.saved_name = names.into_iter().flatten().find(|name| !name.trim().is_empty()).cloned();
    if desk.save_person(&party.address, party.saved_name.is_some()).await.is_err() {
        tracing::debug!("whom the account has saved could not be kept");
    }
    Some(if update.from_full_sync { Inbound::People(vec![party]) } else { changed(party, None) })
}

/// Somebody calls themselves otherwise now. Their messages say it as well; it is news all the same.
pub async fn renamed(desk: &Desk, update: &PushNameUpdate) -> Option<Inbound> {
    let pairs = desk.pairs([update.jid.clone()]).await;
    let party = pairs.party(&update.jid, Some(&update.new_push_name))?;
    Some(changed(party, None))
}

/// Somebody has another number. Where they keep their LID, the house will know them under both.
pub fn renumbered(change: &ContactNumberChanged) -> Option<Inbound> {
    let mut pairs = Pairs::default();
    if let Some(lid) = &change.new_lid {
        pairs.learn(&change.new_jid, lid);
    }
    Some(changed(pairs.party(&change.new_jid, None)?, None))
}

/// Somebody or a group shows another picture. A person's new one is told with its address.
pub async fn picture(desk: &Desk, update: &PictureUpdate) -> Option<Inbound> {
    let address = address_of(&update.jid)?;
    if address.is_group() {
        return Some(groups::picture_changed(desk, address, update.author.as_ref()).await);
    }
    let of = Some(&update.jid).filter(|jid| is_person(jid))?;
    let url = if update.removed {
        None
    } else {
        let asked = Box::pin(async { desk.client.contacts().get_profile_picture(of, false).await });
        desk.home.clock.within(PATIENCE, asked).await.and_then(Result::ok).flatten().map(|picture| picture.url)
    };
    let party = desk.pairs([of.clone()]).await.party(of, None)?;
    Some(changed(party, url))
}

fn changed(party: Party, avatar_url: Option<String>) -> Inbound {
    Inbound::Event(Box::new(Event::ContactChanged { party, avatar_url }))
}
