//! Whose presence is told.

use sluice_connector::Closed;
use sluice_model::failure::Why;
use sluice_model::{Address, Answer, Failure};

use crate::desk::addresses::{jid_of, person_of};
use crate::desk::watched::MOST;
use crate::desk::{Desk, gone, of_question};

/// From now on, or no more.
pub async fn watch(desk: &Desk, of: &Address, on: bool) -> Result<Answer, Failure> {
    let jid = person_of(of)?;
    if on && desk.pairs([jid.clone()]).await.other(of).is_none() {
        // In groups people may go by their LID alone: only whose LID is known is known there.
        let found = desk.check(vec![jid.clone()]).await?;
        if !found.iter().any(|found| found.exists) {
            return Err(Failure::refused(Why::NotOnMessenger, "This person is not on WhatsApp."));
        }
    }
    let who = desk.pairs([jid.clone()]).await.party(&jid, None);
    let who = who.ok_or_else(|| Failure::refused(Why::InvalidRecipient, "Nobody has this address."))?;
    // Both times by the same of their addresses.
    let jid = person_of(&who.address)?;
    if !on {
        desk.watch_no_more(&who).await.map_err(gone)?;
        Box::pin(desk.client.presence().unsubscribe(&jid)).await.map_err(|error| of_question(&error, "the person"))?;
        return Ok(Answer::Done);
    }
    if !desk.watch(&who).await.map_err(gone)? {
        let note = format!("The presence of {MOST} people is told already; give up some of them first.");
        return Err(Failure::refused(Why::RateLimited, note));
    }
    // It is the owner's wish from now on: where the line breaks here, the next connection asks.
    Box::pin(desk.client.presence().subscribe(jid)).await.map_err(|error| of_question(&error, "the person"))?;
    Ok(Answer::Done)
}

/// Asks WhatsApp for everybody whom an earlier session asked for.
pub async fn resume(desk: &Desk) -> Result<(), Closed> {
    for who in desk.watched_before().await? {
        let Ok(jid) = jid_of(&who) else { continue };
        if let Err(error) = Box::pin(desk.client.presence().subscribe(jid)).await {
            tracing::debug!(%error, "the presence of somebody could not be asked for");
        }
    }
    Ok(())
}
