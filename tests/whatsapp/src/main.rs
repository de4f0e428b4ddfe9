//! The pretend WhatsApp, run by hand.
//!
//! `sluice-whatsapp-world [ADDRESS]` prints where it listens and the root key, then obeys one command a line on standard input:
//! `person NUMBER NAME`, `scan NUMBER QR`, `code NUMBER CODE`, `say NUMBER TO TEXT`, `group NUMBER SUBJECT MEMBER…`, `heard NUMBER`,
//! `unlink NUMBER`, `cut NUMBER`, `error NUMBER CODE`.
#![expect(clippy::print_stdout, reason = "a program that is run by hand speaks on stdout")]

use anyhow::{Context, Result, bail};
use sluice_whatsapp_world::World;
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::main]
async fn main() -> Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let world = World::listen(&address).await?;
    let root: String = world.root_key().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("server {}", world.url());
    println!("media  {}", world.media_url());
    println!("root   {root}");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match obey(&world, &line).await {
            Ok(said) => println!("{said}"),
            Err(error) => println!("error: {error:#}"),
        }
    }
    Ok(())
}

async fn obey(world: &World, line: &str) -> Result<String> {
    let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (phone, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    match command {
        "person" => world.person(phone, rest)?,
        "scan" => world.scan(rest, phone)?,
        "code" => world.enter_code(phone, rest).await?,
        "say" => {
            let (to, text) = rest.split_once(' ').context("say NUMBER TO TEXT")?;
            return world.say_text(phone, to, text);
        }
        "group" => {
            let words: Vec<&str> = rest.split(' ').collect();
            let (subject, members) = words.split_first().context("group NUMBER SUBJECT MEMBER…")?;
            return world.group(phone, subject, members, true);
        }
        "heard" => {
            let heard = world
                .heard(phone)
                .into_iter()
                .map(|heard| format!("{} in {}: {:?}", heard.from, heard.chat, heard.message.conversation));
            return Ok(heard.collect::<Vec<_>>().join("\n"));
        }
        "unlink" => world.unlink(phone)?,
        "cut" => world.cut(phone)?,
        "error" => world.stream_error(phone, rest.parse()?)?,
        _ => bail!("no such command"),
    }
    Ok("done".to_owned())
}
