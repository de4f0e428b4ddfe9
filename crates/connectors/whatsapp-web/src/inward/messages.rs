//! Messages, one at a time: from people and in groups, stories, and what the owner wrote on the phone.

use sluice_connector::{Inbound, Incoming};
use sluice_model::content::{Poll, Vote};
use sluice_model::{Address, Content, Timestamp};
use whatsapp_rust::Jid;
use whatsapp_rust::types::events::UndecryptableMessage;
use whatsapp_rust::types::message::{MessageCategory, MessageInfo};
use whatsapp_rust::wacore::types::events::{DecryptFailMode, UnavailableType};
use whatsapp_rust::wacore_binary::JidExt;
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::waproto::whatsapp::message::PollUpdateMessage;

use super::content::{self, Meaning};
use super::envelope;
use super::files;
use super::frame::Frame;
use crate::desk::addresses::{address_of, jid_of};
use crate::desk::polls::Ballot;
use crate::desk::unread::Note;
use crate::desk::{Chat, Desk, Own, Pairs};

/// Where a message stands and whose it is.
pub struct Place {
    pub own: Own,
    pub pairs: Pairs,
    pub chat: Jid,
    pub sender: Jid,
    pub from_me: bool,
}

impl Place {
    /// By what the stanza says, with the other addresses of everybody named in it.
    pub async fn find(desk: &Desk, info: &MessageInfo, named: Vec<Jid>) -> Self {
        let source = &info.source;
        // A message to a list of people is one to each of them.
        let of_list = source.chat.is_broadcast_list() && !source.chat.is_status_broadcast();
        let chat = if of_list { &source.sender } else { &source.chat }.to_non_ad();
        let mut pairs = desk.pairs([chat.clone(), source.sender.clone()].into_iter().chain(named)).await;
        if let Some(other) = &source.sender_alt {
            pairs.learn(&source.sender, other);
        }
        if let Some(other) = &source.recipient_alt {
            pairs.learn(&chat, other);
        }
        Self { own: desk.own(), pairs, chat, sender: source.sender.clone(), from_me: source.is_from_me }
    }

    pub fn frame<'a>(&'a self, remote: &'a str) -> Frame<'a> {
        let Self { own, pairs, chat, sender, from_me } = self;
        Frame { own, pairs, remote, chat, sender, from_me: *from_me }
    }

    /// `None` for what is no chat of the house's.
    pub fn incoming(&self, remote: &str, push_name: Option<&str>, at: Timestamp, content: Content) -> Option<Incoming> {
        let (chat, chat_alias) = self.pairs.both(&self.chat)?;
        Some(Incoming {
            remote: remote.to_owned(),
            from_phone: self.from_me,
            chat,
            chat_alias,
            chat_name: None,
            sender: if self.from_me { None } else { self.pairs.party(&self.sender, push_name) },
            content,
            quoted: None,
            forwarded: 0,
            at,
        })
    }
}

pub async fn read(desk: &Desk, message: &wa::Message, info: &MessageInfo) -> Option<Inbound> {
    if info.category == MessageCategory::Peer {
        return None;
    }
    let place = Place::find(desk, info, envelope::people(message)).await;
    let frame = place.frame(&info.id);
    let at = Timestamp::from_seconds(info.timestamp.timestamp());
    let chat = place.pairs.address(&place.chat)?;
    let mut content = match content::read(message, &frame) {
        Meaning::Content(content) => content,
        Meaning::Vote(update) => vote(desk, update, &frame).await?,
        Meaning::Timer(seconds) => {
            desk.learn_chat(&chat, |chat| chat.timer = seconds).await;
            return None;
        }
        Meaning::Nothing => return None,
    };
    if let Content::Poll(poll) = &content {
        remember_poll(desk, poll, message, &frame, at).await;
    }
    learn(desk, &chat, message, info).await;
    files::bring_in(desk, &mut content).await;
    if !place.from_me && content.stands_alone() {
        let sender = (chat.is_group() || chat == Address::Story).then(|| place.sender.clone());
        desk.came_in(Note { remote: info.id.clone(), chat: chat.clone(), jid: place.chat.clone(), sender });
    }
    let verified = info.verified_name.as_ref().and_then(|name| name.name.as_deref());
    let push_name = Some(info.push_name.as_str()).filter(|name| !name.is_empty()).or(verified);
    let mut incoming = place.incoming(&info.id, push_name, at, content)?;
    if chat.is_group() {
        incoming.chat_name = desk.group_name(&place.chat, &chat).await;
    }
    around(&mut incoming, message, &frame);
    Some(Inbound::Message(Box::new(incoming)))
}

/// Whom the message answers, and how often it was forwarded.
pub fn around(incoming: &mut Incoming, message: &wa::Message, frame: &Frame<'_>) {
    let Some(context) = envelope::context(envelope::open(message)) else {
        return;
    };
    incoming.quoted = frame.quoted(context);
    // A forwarded message may be one without saying how often.
    let least = u32::from(context.is_forwarded.unwrap_or_default());
    incoming.forwarded = context.forwarding_score.unwrap_or_default().max(least);
}

/// Whoever writes is on WhatsApp, and says the chat's timer where it has one. That it has none any more is a message of
/// its own.
async fn learn(desk: &Desk, chat: &Address, message: &wa::Message, info: &MessageInfo) {
    let context = envelope::context(envelope::open(message));
    let timer = context.and_then(|context| context.expiration).or(info.ephemeral_expiration).filter(|timer| *timer > 0);
    let change = |known: &mut Chat| {
        known.met = true;
        known.timer = timer.filter(|_| *chat != Address::Story).unwrap_or(known.timer);
    };
    desk.learn_chat(chat, change).await;
}

/// A poll is remembered by its secret, so that votes in it can be read.
pub async fn remember_poll(desk: &Desk, poll: &Poll, message: &wa::Message, frame: &Frame<'_>, at: Timestamp) {
    let inner = envelope::open(message).message_context_info.as_option();
    let outer = message.message_context_info.as_option();
    let secret = [inner, outer].into_iter().flatten().find_map(|context| context.message_secret.as_deref());
    if let Some(secret) = secret {
        let ballot = Ballot::new(poll.clone(), frame.sender.to_non_ad_string(), secret, at);
        if desk.open_ballot(frame.remote, &ballot).await.is_err() {
            tracing::debug!("a poll could not be remembered");
        }
    }
}

/// A vote, unsealed with its poll's secret and counted.
async fn vote(desk: &Desk, update: &PollUpdateMessage, frame: &Frame<'_>) -> Option<Content> {
    let target = frame.target(update.poll_creation_message_key.as_option()?)?;
    let voter = frame.pairs.address(frame.sender)?;
    let counted = async {
        let mut ballot = desk.ballot(&target.remote).await.ok()??;
        let hashes = unsealed(desk, update, &ballot, &target.remote, frame).await?;
        let vote = ballot.count(target.clone(), voter, &hashes);
        desk.keep_ballot(&target.remote, &ballot).await.ok()?;
        Some(Content::Vote(Vote { target, ..vote }))
    };
    // A vote that cannot be read must not be dropped: it says at least that there is one.
    Some(counted.await.unwrap_or_else(|| Content::Unreadable { what: "vote in a poll that is not known here".into() }))
}

async fn unsealed(
    desk: &Desk,
    update: &PollUpdateMessage,
    ballot: &Ballot,
    poll: &str,
    frame: &Frame<'_>,
) -> Option<Vec<Vec<u8>>> {
    let sealed = update.vote.as_option()?;
    let ciphertext = whatsapp_rust::PollVoteCiphertext {
        enc_payload: sealed.enc_payload.as_deref()?,
        enc_iv: sealed.enc_iv.as_deref()?,
    };
    let creator: Jid = ballot.creator.parse().ok()?;
    let secret = ballot.secret();
    let polls = desk.client.polls();
    // The author and the voter are sealed in as each knew the other then: by number or by LID.
    let other = |jid: &Jid| frame.pairs.other(&address_of(jid)?);
    let creators = [Some(creator.clone()), other(&creator).and_then(|a| jid_of(&a).ok())];
    let voter = frame.sender.to_non_ad();
    let voters = [Some(voter.clone()), other(&voter).and_then(|a| jid_of(&a).ok())];
    for creator in creators.iter().flatten() {
        for voter in voters.iter().flatten() {
            if let Ok(hashes) = Box::pin(polls.decrypt_vote(ciphertext, &secret, poll, creator, voter)).await {
                return Some(hashes);
            }
        }
    }
    None
}

/// A message that came and could not be decrypted. What may still come after all, sent again by its author, is told
/// under an id of its own: the message itself must not be taken for one that is known already.
pub async fn undecrypted(desk: &Desk, lost: &UndecryptableMessage) -> Option<Inbound> {
    let info = &lost.info;
    if lost.decrypt_fail_mode == DecryptFailMode::Hide || info.category == MessageCategory::Peer {
        return None;
    }
    let place = Place::find(desk, info, Vec::new()).await;
    let (remote, what) = match lost.unavailable_type {
        UnavailableType::ViewOnce => (info.id.clone(), "message that can be seen once, on the phone only"),
        UnavailableType::Hosted => (info.id.clone(), "message for the phone only"),
        UnavailableType::Bot => (info.id.clone(), "answer of a bot, for the phone only"),
        UnavailableType::Unknown => (format!("{}-undecrypted", info.id), "message that could not be decrypted"),
    };
    let at = Timestamp::from_seconds(info.timestamp.timestamp());
    let content = Content::Unreadable { what: what.to_owned() };
    let incoming = place.incoming(&remote, Some(&info.push_name), at, content)?;
    Some(Inbound::Message(Box::new(incoming)))
}
