//! Live questions to the pretend messenger.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sluice_connector::{Home, Inbound};
use sluice_model::ask::{Checked, Person};
use sluice_model::content::{Media, MediaKind, Source};
use sluice_model::failure::{Retry, Why};
use sluice_model::{Address, Answer, Ask, Channel, Failure};

use super::group_calls;
use crate::abilities::MEDIA_LIMIT;
use crate::inward;
use crate::magic::{self, Fate};
use crate::people;
use crate::world::World;

/// A picture up to so many bytes is shown as a `data:` URL.
const SHOWN_INLINE: u64 = 64 * 1024;

/// Answers all but `Logout`, which is the session's.
pub(crate) async fn answer(ask: Ask, home: &Home, world: &World) -> Result<Answer, Failure> {
    let now = home.clock.now();
    let act = serde_json::to_value(&ask).unwrap_or_default();
    match ask {
        Ask::Check { who } => Ok(Answer::Checked { found: who.into_iter().map(|who| check(who, world)).collect() }),
        Ask::Avatar { of } => {
            let url = exists(&of).then(|| avatar(&of));
            Ok(Answer::Avatar { available: url.is_some(), url })
        }
        Ask::Person { of } => person(of, world),
        Ask::MarkRead { .. } | Ask::Typing { .. } | Ask::Disappearing { .. } | Ask::DeleteChat { .. } => {
            world.note_act(now, act);
            Ok(Answer::Done)
        }
        Ask::Archive { chat, on } => {
            world.note_act(now, act);
            world.change_facts(|facts| put(&mut facts.archived, chat, on)).map_err(not_kept)
        }
        Ask::Block { who, on } => {
            world.note_act(now, act);
            world.change_facts(|facts| put(&mut facts.blocked, who, on)).map_err(not_kept)
        }
        Ask::Presence { of, on } => {
            world.note_act(now, act);
            world.change_facts(|facts| put(&mut facts.watched, of, on)).map_err(not_kept)
        }
        Ask::RejectCall { remote } => {
            world.note_act(now, act);
            let declined = world.decline(&remote).then_some(Answer::Done);
            declined.ok_or_else(|| Failure::refused(Why::NotFound, "No such call rings."))
        }
        Ask::SaveContact { who, name } => {
            world.note_act(now, act);
            save_contact(&who, name, world)
        }
        Ask::Profile { about, picture } => {
            world.note_act(now, act);
            profile(about, picture, home, world).await
        }
        Ask::Group { call } => {
            world.note_act(now, act);
            group_calls::carry_out(call, home, world).await
        }
        Ask::StoryViews { remote } => {
            let Some(told_at) = world.story_told_at(&remote) else {
                return Err(Failure::refused(Why::NotFound, "There is no such story."));
            };
            let seen_at = told_at.plus(magic::READ_AFTER);
            let viewers = ["79990000001", "79990000002"].map(|digits| (world.people.person(digits), seen_at));
            Ok(Answer::StoryViews { viewers: if now < seen_at { Vec::new() } else { viewers.into() } })
        }
        Ask::FetchMedia { .. } => {
            Err(Failure::refused(Why::NotFound, "The pretend messenger keeps no files: they come in with the message."))
        }
        Ask::Login { .. } | Ask::LoginInput { .. } | Ask::Logout | Ask::Restart | Ask::Control { .. } => {
            Err(Failure::refused(Why::Unsupported, "This is asked of the connector, not of a session."))
        }
        Ask::Device { .. } => Err(Failure::refused(Why::Unsupported, "This account is no phone.")),
    }
}

fn check(asked: Address, world: &World) -> Checked {
    let exists = exists(&asked);
    let address = match (&asked, world.people.channel) {
        (Address::Phone(_), Channel::Whatsapp) => world.people.alias(&asked),
        (Address::Phone(digits), _) => Some(world.people.person(digits)),
        _ => Some(asked.clone()),
    };
    Checked { address: address.filter(|_| exists), asked, exists }
}

fn exists(who: &Address) -> bool {
    !matches!(who, Address::Name(_) | Address::Story) && !matches!(magic::fate(who), Fate::Absent | Fate::NotMember)
}

fn person(of: Address, world: &World) -> Result<Answer, Failure> {
    if !exists(&of) {
        return Err(Failure::refused(Why::NotOnMessenger, "This person is not on the messenger."));
    }
    let party = world.party(&of);
    let person = Person {
        alias: party.alias,
        name: party.name,
        saved_name: party.saved_name,
        about: Some("I am made up.".to_owned()),
        avatar_url: Some(avatar(&of)),
        business: false,
        address: of,
    };
    Ok(Answer::Person { person: Box::new(person) })
}

fn put(set: &mut std::collections::BTreeSet<Address>, address: Address, on: bool) -> Answer {
    if on {
        set.insert(address);
    } else {
        set.remove(&address);
    }
    Answer::Done
}

fn save_contact(who: &Address, name: Option<String>, world: &World) -> Result<Answer, Failure> {
    world
        .change_facts(|facts| match name {
            Some(name) => drop(facts.contacts.insert(who.clone(), name)),
            None => drop(facts.contacts.remove(who)),
        })
        .map_err(not_kept)?;
    world.bring(Inbound::People(vec![world.party(who)]));
    Ok(Answer::Done)
}

async fn profile(
    about: Option<String>,
    picture: Option<Source>,
    home: &Home,
    world: &World,
) -> Result<Answer, Failure> {
    let picture_url = match picture {
        Some(source) => inline(source, home).await?,
        None => None,
    };
    if about.is_some() {
        world.change_facts(|facts| facts.about = about).map_err(not_kept)?;
    }
    Ok(Answer::Profile { picture_url })
}

/// Makes sure that a picture is there. Its URL holds it whole, or is missing where it is too large for that.
pub(super) async fn inline(source: Source, home: &Home) -> Result<Option<String>, Failure> {
    let picture = Media::new(MediaKind::Image, source, "");
    let file = home.media.obtain(&picture, MEDIA_LIMIT).await?;
    if file.blob.size > SHOWN_INLINE {
        return Ok(None);
    }
    let bytes = tokio::fs::read(&file.path).await.map_err(not_kept)?;
    let mime = if file.mime.is_empty() { "image/jpeg" } else { &file.mime };
    Ok(Some(format!("data:{mime};base64,{}", STANDARD.encode(bytes))))
}

/// The picture of a person: one colour, made of their name. It is whole in its URL, because there is no server to
/// fetch it from.
fn avatar(of: &Address) -> String {
    let colour = people::name_of(of)
        .bytes()
        .fold([0x40_u8, 0x70, 0xA0], |[r, g, b], byte| [g.rotate_left(1) ^ byte, b.wrapping_add(byte), r]);
    format!("data:image/png;base64,{}", STANDARD.encode(inward::picture(colour)))
}

pub(crate) fn not_kept(error: std::io::Error) -> Failure {
    Failure::not_sent(Why::Unknown, Retry::BackOff, format!("The sandbox's files cannot be used: {error}"))
}

pub(super) fn not_found(what: &str) -> Failure {
    Failure::refused(Why::NotFound, format!("There is no such {what}."))
}

/// What is remembered of everything seldom, for the lever `groups`.
pub(crate) fn groups(world: &World) -> serde_json::Value {
    world.fact(|facts| json!({ "groups": facts.groups.values().collect::<Vec<_>>(), "left": facts.left }))
}
