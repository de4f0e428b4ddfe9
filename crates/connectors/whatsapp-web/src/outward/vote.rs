//! A vote: the chosen options as hashes, sealed with the poll's secret.

use sluice_model::Failure;
use sluice_model::content::Vote;
use sluice_model::failure::Why;
use whatsapp_rust::Jid;
use whatsapp_rust::buffa::MessageField;
use whatsapp_rust::wacore::poll::{compute_option_hash, encrypt_poll_vote_with_secret};
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message::{PollEncValue, PollUpdateMessage};

use super::names::Names;
use crate::desk::addresses::{address_of, jid_of};
use crate::desk::{Desk, gone};

pub async fn write(desk: &Desk, vote: &Vote, chat: &Jid, names: &Names, now_ms: i64) -> Result<wa::Message, Failure> {
    let key = names.key(chat, &vote.target)?;
    let remote = &vote.target.remote;
    let (creator, secret) = match desk.ballot(remote).await.map_err(gone)? {
        Some(ballot) => (ballot.creator.clone(), ballot.secret()),
        None => poll_of_before(desk, chat, vote, names).await?,
    };
    let own = names.own.jid(creator.ends_with("@lid")).ok_or_else(unknown)?;
    let hashes: Vec<Vec<u8>> = vote.chosen.iter().map(|option| compute_option_hash(option).to_vec()).collect();
    let sealed = encrypt_poll_vote_with_secret(&hashes, &secret, remote, &creator, &own.to_string());
    let (payload, iv) = sealed.map_err(|_| unknown())?;
    Ok(wa::Message {
        poll_update_message: MessageField::some(PollUpdateMessage {
            poll_creation_message_key: MessageField::some(key),
            vote: MessageField::some(PollEncValue { enc_payload: Some(payload), enc_iv: Some(iv.to_vec()) }),
            sender_timestamp_ms: Some(now_ms),
            ..Default::default()
        }),
        ..Default::default()
    })
}

/// A poll that we do not remember: the client may have kept its secret, under either address of its author and chat.
async fn poll_of_before(desk: &Desk, chat: &Jid, vote: &Vote, names: &Names) -> Result<(String, Vec<u8>), Failure> {
    let backend = desk.client.persistence_manager().backend();
    let author = names.author(chat, &vote.target)?.ok_or_else(unknown)?;
    for chat in both(chat, names) {
        for creator in both(&author, names) {
            let (chat, creator) = (chat.to_non_ad_string(), creator.to_non_ad_string());
            if let Ok(Some(secret)) = backend.get_msg_secret(&chat, &creator, &vote.target.remote).await {
                return Ok((creator, secret));
            }
        }
    }
    Err(unknown())
}

/// A jid, and the other one of the same person where it is known.
fn both(jid: &Jid, names: &Names) -> Vec<Jid> {
    let other = address_of(jid).and_then(|address| names.pairs.other(&address)).and_then(|other| jid_of(&other).ok());
    std::iter::once(jid.clone()).chain(other).collect()
}

fn unknown() -> Failure {
    Failure::refused(Why::NotFound, "This poll is not known here, so no vote in it can be sealed.")
}
