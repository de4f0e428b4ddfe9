//! What is done with a chat.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sluice_model::failure::{Retry, Why};
use sluice_model::{Address, Answer, Failure};
use whatsapp_rust::Jid;

use crate::desk::addresses::jid_of;
use crate::desk::{Desk, gone, of_question};
use crate::outward::{Names, of_app_state};

/// WhatsApp itself stops showing somebody as typing after about so long.
const SHOWN: Duration = Duration::from_secs(25);

/// Read marks go to the authors of the messages; the account's other devices are told as well.
pub async fn mark_read(desk: &Desk, chat: &Address, remotes: &[String]) -> Result<Answer, Failure> {
    let jid = jid_of(chat)?;
    let mut by_author: HashMap<(Jid, Option<Jid>), Vec<String>> = HashMap::new();
    let unread = desk.take_unread(chat, remotes);
    let forgotten = |remote: &String| unread.iter().all(|note| note.remote != *remote);
    for (author, remote) in older(desk, chat, &jid, remotes, forgotten).await? {
        by_author.entry((jid.clone(), author)).or_default().push(remote);
    }
    for note in unread.iter().cloned() {
        by_author.entry((note.jid, note.sender)).or_default().push(note.remote);
    }
    for ((jid, sender), remotes) in &by_author {
        let remotes: Vec<&str> = remotes.iter().map(String::as_str).collect();
        let marked = Box::pin(desk.client.mark_as_read(jid, sender.as_ref(), &remotes)).await;
        marked.map_err(|_| Failure::not_sent(Why::Unknown, Retry::BackOff, "The read marks could not be sent."))?;
    }
    if by_author.is_empty() && remotes.is_empty() {
        let marked = Box::pin(desk.client.chat_actions().mark_chat_as_read(&jid, true, None)).await;
        if let Err(error) = marked {
            tracing::debug!(%error, "the other devices were not told that a chat is read");
        }
    }
    Ok(Answer::Done)
}

/// What this session does not have in mind, with its author where one has to be named: the house knows.
async fn older(
    desk: &Desk,
    chat: &Address,
    jid: &Jid,
    remotes: &[String],
    forgotten: impl Fn(&String) -> bool + Send,
) -> Result<Vec<(Option<Jid>, String)>, Failure> {
    let has_authors = chat.is_group() || *chat == Address::Story;
    let wanted: Vec<String> = remotes.iter().filter(|remote| forgotten(remote)).cloned().collect();
    if wanted.is_empty() && !remotes.is_empty() {
        return Ok(Vec::new());
    }
    if !has_authors && !wanted.is_empty() {
        return Ok(wanted.into_iter().map(|remote| (None, remote)).collect());
    }
    let mut known = desk.home.recall.received(chat, &wanted).await.map_err(gone)?;
    known.retain(|message| forgotten(&message.remote));
    if !has_authors {
        return Ok(known.into_iter().map(|message| (None, message.remote)).collect());
    }
    let names = Names::of(desk, jid, known.iter().filter_map(|message| message.sender.as_ref()), !known.is_empty());
    let names = names.await?;
    let named = known.into_iter().filter_map(|message| {
        let author = names.member(&message.sender?).ok()?;
        Some((Some(author), message.remote))
    });
    Ok(named.collect())
}

pub async fn typing(desk: &Desk, chat: &Address, recording: bool, for_ms: u32) -> Result<Answer, Failure> {
    let jid = jid_of(chat)?;
    let state = desk.client.chatstate();
    let shown = match (for_ms, recording) {
        (0, _) => Box::pin(state.send_paused(&jid)).await,
        (_, true) => Box::pin(state.send_recording(&jid)).await,
        (_, false) => Box::pin(state.send_composing(&jid)).await,
    };
    shown.map_err(|error| of_question(&error, "the chat"))?;
    let span = Duration::from_millis(for_ms.into());
    if !span.is_zero() && span < SHOWN {
        let (client, clock) = (Arc::downgrade(&desk.client), desk.home.clock.clone());
        tokio::spawn(async move {
            clock.sleep(span).await;
            // The session may be over by then.
            if let Some(client) = client.upgrade() {
                let _ = client.chatstate().send_paused(&jid).await;
            }
        });
    }
    Ok(Answer::Done)
}

pub async fn archive(desk: &Desk, chat: &Address, on: bool) -> Result<Answer, Failure> {
    let jid = jid_of(chat)?;
    let actions = desk.client.chat_actions();
    let done = if on {
        Box::pin(actions.archive_chat(&jid, None)).await
    } else {
        Box::pin(actions.unarchive_chat(&jid, None)).await
    };
    done.map(|()| Answer::Done).map_err(|error| of_app_state(&error))
}

pub async fn delete(desk: &Desk, chat: &Address) -> Result<Answer, Failure> {
    let jid = jid_of(chat)?;
    let actions = desk.client.chat_actions();
    let done = Box::pin(actions.delete_chat(&jid, true, None)).await;
    done.map(|()| Answer::Done).map_err(|error| of_app_state(&error))
}

/// In a group it is a right of its admins; to a person it is a message.
pub async fn disappearing(desk: &Desk, chat: &Address, seconds: u32) -> Result<Answer, Failure> {
    let jid = jid_of(chat)?;
    if chat.is_group() {
        let groups = desk.client.groups();
        Box::pin(groups.set_ephemeral(&jid, seconds)).await.map_err(|error| of_question(&error, "the group"))?;
    } else {
        let set = Box::pin(desk.client.set_chat_disappearing_timer(jid, seconds)).await;
        set.map_err(|error| crate::trouble::of_send(&error))?;
    }
    desk.learn_chat(chat, |chat| chat.timer = seconds).await;
    Ok(Answer::Done)
}
