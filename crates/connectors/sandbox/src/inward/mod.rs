//! From the messenger to the gateway: parcels become what a session hands in.

pub(crate) mod content;
mod files;

pub(crate) use self::files::picture;

use sluice_connector::{Home, Inbound, Incoming};
use sluice_model::content::Target;
use sluice_model::event::{self, CallStage};
use sluice_model::order::Step;
use sluice_model::{Address, Content, Timestamp};

use crate::magic::Reply;
use crate::world::World;
use crate::world::parcel::{Answer, Parcel};

/// Makes a turn's parcels into what is handed in, in order. Receipts of one moment go together.
pub(crate) async fn unpack<P: AsRef<Parcel> + Sync>(parcels: &[P], home: &Home, world: &World) -> Vec<Inbound> {
    let mut inbound = Vec::with_capacity(parcels.len());
    for parcel in parcels {
        match parcel.as_ref() {
            Parcel::Receipt { remote, step, at } => add_receipt(&mut inbound, remote, *step, *at),
            Parcel::Answer(answer) => inbound.push(unpack_answer(answer, home, world).await),
            Parcel::Ready(ready) => inbound.push((**ready).clone()),
        }
    }
    inbound
}

fn add_receipt(inbound: &mut Vec<Inbound>, remote: &str, step: Step, at: Timestamp) {
    if let Some(Inbound::Receipt(last)) = inbound.last_mut()
        && (last.step, last.at) == (step, at)
    {
        last.remotes.push(remote.to_owned());
        return;
    }
    inbound.push(Inbound::Receipt(event::Receipt { remotes: vec![remote.to_owned()], step, at, trouble: None }));
}

async fn unpack_answer(answer: &Answer, home: &Home, world: &World) -> Inbound {
    let Answer { reply, remote, about, chat, words, at } = answer;
    let theirs = || Target { remote: about.clone(), from_me: false, sender: Some(chat.clone()) };
    let content = match reply {
        Reply::MissedCall => {
            let from = world.party(chat);
            let call = event::Call { remote: remote.clone(), from, video: false, stage: CallStage::Missed };
            return Inbound::Call(call);
        }
        Reply::Echo if words.is_empty() => Content::text("(no words)"),
        Reply::Echo => Content::text(words),
        Reply::Opening => Content::text("I shall think better of this."),
        Reply::Image => content::image(home, None).await,
        Reply::Voice => content::voice(home).await,
        Reply::Document => content::document(home, None).await,
        Reply::Location => content::location(),
        Reply::Contact => content::contact(),
        Reply::Poll => content::poll(),
        Reply::Vote => content::vote(theirs(), chat),
        Reply::Reaction => {
            let ours = Target { remote: about.clone(), from_me: true, sender: None };
            Content::Reaction { target: ours, emoji: Some("👍".to_owned()) }
        }
        Reply::Edit => Content::Edit { target: theirs(), text: format!("I have thought better of this: {words}") },
        Reply::Delete => Content::Delete { target: theirs(), for_everyone: true },
    };
    Inbound::Message(Box::new(message(world, remote.clone(), chat, chat, content, *at)))
}

/// A message of `sender` in `chat`, with what the messenger knows of both.
pub(crate) fn message(
    world: &World,
    remote: String,
    chat: &Address,
    sender: &Address,
    content: Content,
    at: Timestamp,
) -> Incoming {
    Incoming {
        remote,
        from_phone: false,
        chat: chat.clone(),
        chat_alias: world.people.alias(chat),
        chat_name: Some(world.chat_name(chat)),
        sender: Some(world.party(sender)),
        content,
        quoted: None,
        forwarded: 0,
        at,
    }
}
