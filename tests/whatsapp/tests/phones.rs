//! Phones among themselves, without any client.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sluice_whatsapp_world::proto::Message;
use sluice_whatsapp_world::{Manners, World};

const ANN: &str = "79990000001";
const BOB: &str = "79990000002";
const CAT: &str = "79990000003";

async fn world() -> Result<World> {
    let world = World::start().await?;
    for (phone, name) in [(ANN, "Ann"), (BOB, "Bob"), (CAT, "Cat")] {
        world.person(phone, name)?;
    }
    Ok(world)
}

fn texts(world: &World, phone: &str) -> Vec<String> {
    world.heard(phone).into_iter().filter_map(|heard| heard.message.conversation).collect()
}

#[tokio::test]
async fn words_go_there_and_back_and_are_confirmed() -> Result<()> {
    let world = world().await?;
    let id = world.say_text(ANN, BOB, "one")?;
    world.say_text(BOB, ANN, "two")?;
    world.say_text(ANN, &format!("{}@lid", world.lid(BOB)?), "three")?;
    ensure!(texts(&world, BOB) == ["one", "three"] && texts(&world, ANN) == ["two"]);
    let kinds: Vec<String> =
        world.receipts(ANN).into_iter().filter(|told| told.id == id).map(|told| told.kind).collect();
    ensure!(kinds == [""], "{kinds:?}");
    world.confirm(BOB, ANN, None, &id, "read")?;
    ensure!(world.receipts(ANN).iter().any(|told| told.id == id && told.kind == "read" && told.from == BOB));
    ensure!(world.unreadable(ANN) == 0 && world.unreadable(BOB) == 0);
    Ok(())
}

#[tokio::test]
async fn a_phone_that_is_off_confirms_nothing() -> Result<()> {
    let world = world().await?;
    world.manners(BOB, Manners { delivers: false, reads: false })?;
    world.say_text(ANN, BOB, "anybody?")?;
    ensure!(world.receipts(ANN).is_empty() && texts(&world, BOB) == ["anybody?"]);
    Ok(())
}

#[tokio::test]
async fn groups_and_stories_reach_their_members() -> Result<()> {
    let world = world().await?;
    let group = format!("{}@g.us", world.group(ANN, "Friends", &[BOB], true)?);
    world.say_text(ANN, &group, "to the group")?;
    world.say_text(BOB, &group, "back to it")?;
    ensure!(
        texts(&world, BOB) == ["to the group"] && texts(&world, ANN) == ["back to it"] && texts(&world, CAT).is_empty()
    );
    world.say_text(CAT, "status@broadcast", "a story")?;
    ensure!(texts(&world, ANN).contains(&"a story".to_owned()) && texts(&world, BOB).contains(&"a story".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_file_is_uploaded_and_fetched_over_http() -> Result<()> {
    use wacore::download::MediaType;
    let world = world().await?;
    let file = world.upload(b"some bytes", MediaType::Document)?;
    let document = sluice_whatsapp_world::proto::message::DocumentMessage {
        direct_path: Some(file.direct_path.clone()),
        media_key: Some(file.media_key),
        file_sha256: Some(file.sha256),
        file_enc_sha256: Some(file.enc_sha256),
        file_length: Some(file.length),
        ..Default::default()
    };
    let message =
        Message { document_message: sluice_whatsapp_world::buffa::MessageField::some(document), ..Message::default() };
    world.say(ANN, BOB, &message)?;
    let heard = world.heard(BOB).pop().context("nothing was heard")?;
    let document = heard.message.document_message.into_option().context("no document")?;
    ensure!(world.download(&document)? == b"some bytes");
    Ok(())
}

#[tokio::test]
async fn what_is_waited_for_wakes_the_waiter() -> Result<()> {
    let world = world().await?;
    let waiting = world.until(Duration::from_secs(10), "a word", |world| texts(world, BOB).pop());
    let (heard, said) = tokio::join!(waiting, async { world.say_text(ANN, BOB, "now") });
    said?;
    ensure!(heard? == "now");
    Ok(())
}

#[tokio::test]
async fn a_device_that_shows_no_code_cannot_be_linked() -> Result<()> {
    let world = world().await?;
    ensure!(world.scan("2@nobody,AAAA,AAAA,AAAA,1", ANN).is_err());
    ensure!(world.scan("nonsense", ANN).is_err());
    ensure!(world.enter_code(ANN, "ABCD1234").await.is_err());
    ensure!(world.say_text(ANN, "70000000000", "anybody?").is_err());
    Ok(())
}
