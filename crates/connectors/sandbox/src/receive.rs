//! The lever `receive`: somebody writes to the account, or its owner does on the phone.

use serde::Deserialize;
use serde_json::{Value, json};
use sluice_connector::{Home, Incoming, Misread};
use sluice_model::content::{Quoted, Source, Target};
use sluice_model::failure::Why;
use sluice_model::{Address, Channel, Content, Failure, Timestamp};

use crate::abilities::MEDIA_LIMIT;
use crate::inward::{self, content};
use crate::lever::{self, refused};
use crate::outward::questions::not_kept;
use crate::people::People;
use crate::world::World;

/// What is said, in the lever's words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saying {
    /// A number, `kind:value`, or a WhatsApp id; may be left out of what the owner writes. `{n}` stands for the number of
    /// the message among `count`, in five digits: so many people write one message each.
    from: Option<String>,
    /// The group or, for what the owner writes, the other side.
    chat: Option<String>,
    /// `{n}` stands for the number of the message among `count`.
    text: Option<String>,
    /// A content as the gateway's own model writes it.
    content: Option<Content>,
    /// Or one made up, by the name of its kind.
    kind: Option<String>,
    #[serde(default)]
    from_phone: bool,
    /// The sender's name.
    name: Option<String>,
    /// The id of a message that is answered to, or all of it.
    quoted: Option<Quote>,
    /// The id, instead of one made up.
    remote: Option<String>,
    #[serde(default)]
    forwarded: u32,
    at: Option<Timestamp>,
    /// The same so many times.
    count: Option<u32>,
    /// Answer only when the gateway has it.
    #[serde(default = "yes")]
    wait: bool,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Quote {
    Id(String),
    Whole(Quoted),
}

const fn yes() -> bool {
    true
}

/// Where the number of a message goes.
const PLACE: &str = "{n}";

/// Messages of one pull at most.
const MOST: u32 = 100_000;

impl Saying {
    /// Looks at what its form alone does not say.
    pub(crate) fn check(&self, people: People) -> Result<(), Misread> {
        self.sides(people)?;
        if self.count.is_some_and(|count| count == 0 || count > MOST) {
            return Err(Misread::new("count", format!("must be from 1 to {MOST}")));
        }
        match self.kind.as_deref() {
            Some(kind) if self.content.is_none() && !content::KINDS.contains(&kind) => Err(unknown_kind()),
            _ => Ok(()),
        }
    }

    /// The chat, and who writes in it.
    fn sides(&self, people: People) -> Result<(Address, Address), Misread> {
        // Of a crowd the first stands for all.
        let from = self.from.as_ref().map(|from| from.replace(PLACE, "00001"));
        let from = lever::address("from", from.as_ref(), people)?;
        let chat = lever::address("chat", self.chat.as_ref(), people)?;
        match (chat, from, self.from_phone) {
            (Some(chat), _, true) | (None, Some(chat), true) => Ok((chat, people.own_address())),
            (chat, Some(from), false) => Ok((chat.unwrap_or_else(|| from.clone()), from)),
            (Some(chat), None, false) if !chat.is_group() => Ok((chat.clone(), chat)),
            _ => Err(Misread::new("from", "is required: the number that writes")),
        }
    }
}

fn unknown_kind() -> Misread {
    Misread::new("kind", format!("is one of {}; any other goes into 'content'", content::KINDS.join(", ")))
}

pub(crate) async fn receive(saying: Saying, home: &Home, world: &World) -> Result<Value, Failure> {
    let mut saying = saying;
    let crowd = saying.from.take_if(|from| from.contains(PLACE));
    let of = |number: u32| crowd.as_ref().map(|crowd| crowd.replace(PLACE, &format!("{number:05}")));
    saying.from = of(1).or(saying.from);
    let mut message = compose(&saying, home, world).await?;
    let count = saying.count.unwrap_or(1);
    let mut remotes = Vec::new();
    let mut last = None;
    for number in 1..=count {
        if number > 1 && crowd.is_some() {
            saying.from = of(number);
            message = compose(&saying, home, world).await?;
        }
        let mut message = message.clone();
        if number > 1 {
            message.remote = fresh_remote(home, world);
        }
        number_words(&mut message.content, number);
        remotes.push(message.remote.clone());
        last = Some(world.bring_message(message, home.clock.now()).map_err(not_kept)?);
    }
    let mut answer = json!({ "remote": remotes.first() });
    // One goes after the other, so the last one's word is the word for all.
    if let Some(taken) = last.filter(|_| saying.wait) {
        answer["held"] = json!(taken.await.is_err());
    }
    if count > 1 {
        answer["remotes"] = json!(remotes);
    }
    Ok(answer)
}

async fn compose(saying: &Saying, home: &Home, world: &World) -> Result<Incoming, Failure> {
    let (chat, sender) = saying.sides(world.people).map_err(refused)?;
    let content = content(saying, home).await?;
    let at = saying.at.unwrap_or_else(|| home.clock.now());
    let remote = saying.remote.clone().unwrap_or_else(|| fresh_remote(home, world));
    let mut message = inward::message(world, remote, &chat, &sender, content, at);
    message.from_phone = saying.from_phone;
    message.forwarded = saying.forwarded;
    message.quoted = saying.quoted.clone().map(|quote| match quote {
        Quote::Whole(quoted) => quoted,
        Quote::Id(remote) => {
            // An id that the sandbox did not make up is one of ours.
            let from_me = !remote.starts_with("3A");
            let sender = (!from_me).then(|| chat.clone());
            Quoted { target: Target { remote, from_me, sender }, content: None, at: None }
        }
    });
    if saying.from_phone {
        message.sender = None;
    } else if let (Some(name), Some(sender)) = (&saying.name, &mut message.sender) {
        sender.name = Some(name.clone());
        if !chat.is_group() {
            message.chat_name = Some(name.clone());
        }
    }
    Ok(message)
}

async fn content(saying: &Saying, home: &Home) -> Result<Content, Failure> {
    if let Some(content) = saying.content.clone() {
        return fetched(content, home).await;
    }
    let kind = saying.kind.as_deref().unwrap_or("text");
    let made_up = content::of_kind(kind, saying.text.as_deref(), home).await;
    made_up.ok_or_else(|| refused(unknown_kind()))
}

/// A file that is named by its URL is fetched, as a messenger brings it with the message.
async fn fetched(mut content: Content, home: &Home) -> Result<Content, Failure> {
    if let Content::Media(media) = &mut content
        && matches!(media.source, Source::Url(_))
    {
        let file = home.media.obtain(media, MEDIA_LIMIT).await?;
        if media.mime.is_empty() {
            media.mime = file.mime;
        }
        media.file_name = media.file_name.take().or(file.file_name);
        media.source = Source::Blob(file.blob);
    }
    Ok(content)
}

fn number_words(content: &mut Content, number: u32) {
    if let Content::Text(text) = content {
        text.text = text.text.replace(PLACE, &number.to_string());
    }
}

/// An id that no other message of this or an earlier run has.
pub(crate) fn fresh_remote(home: &Home, world: &World) -> String {
    world.people.remote(&format!("{}/{}", home.clock.now(), home.dice.below(u64::MAX)))
}

/// An address as people write it: digits, `@name`, `kind:value`, or WhatsApp's `…@c.us` and `…@g.us`.
pub(crate) fn read_address(text: &str, people: People) -> Result<Address, Failure> {
    let text = text.trim();
    let read = match text.split_once('@') {
        Some((number, "c.us" | "s.whatsapp.net")) => Address::phone(number),
        Some((group, "g.us")) => Some(Address::Group(group.to_owned())),
        Some((lid, "lid")) => Some(Address::Lid(lid.to_owned())),
        Some(("", name)) => Some(Address::Username(name.to_owned())),
        Some(_) => None,
        None if text.contains(':') => text.parse().ok(),
        None if people.channel != Channel::Whatsapp && text.starts_with('-') => Some(Address::Group(text.to_owned())),
        None => Address::phone(text).map(|phone| people.person(phone.value())),
    };
    read.ok_or_else(|| Failure::refused(Why::InvalidRecipient, format!("'{text}' is no address")))
}
