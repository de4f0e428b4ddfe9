//! A message over WhatsApp's own protocol, in and out, against the pretend WhatsApp: what it costs the gateway's processor,
//! with its store on disk, the ciphers, and one webhook.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sluice_tests::Gateway;
use sluice_whatsapp_world::World;

use super::arrivals::Arrivals;
use super::ground::Ground;
use super::linked::{environment, link, phone};
use super::{Row, Size};
use crate::load;
use crate::process::worked;

const ACCOUNTS: usize = 16;
/// Each writes with each account.
const PEOPLE: usize = 16;
const MESSAGES: usize = 5_000;
/// On their way in at a time; calls at a time on the way out.
const AT_ONCE: usize = 64;

pub async fn run(size: Size) -> Result<Vec<Row>> {
    // A gateway built without the test server's feature would not start with its keys.
    if size.sessions == 0 {
        return Ok(Vec::new());
    }
    let world = World::start().await?;
    for number in 0..PEOPLE {
        world.person(&person(number), "Customer")?;
    }
    let house = Ground::disk()?.gateway(environment(&world)).await?;
    let mut accounts = link(&house.gateway, &world, 0..ACCOUNTS).await?;
    accounts.sort_unstable();
    let talk = Talk {
        gateway: &house.gateway,
        world: &world,
        accounts: accounts.into_iter().map(|(_, id)| id).collect(),
        received: Arrivals::hear(&house.gateway, "message.received").await?,
        delivered: Arrivals::count(&house.gateway, "message.delivered").await?,
    };
    // Each pair gets acquainted before anything is measured: the first message opens their session.
    talk.inwards(ACCOUNTS * PEOPLE).await?;
    talk.outwards(ACCOUNTS * PEOPLE).await?;
    let inwards = talk.inwards(MESSAGES).await?;
    let outwards = talk.outwards(MESSAGES).await?;
    Ok(vec![
        Row::at_most("WhatsApp message in to webhook, processor time a message", inwards.processor_ms(), "ms", 0.3),
        Row::told("WhatsApp message in to webhook, messages a second", inwards.rate(), "/s", None),
        Row::at_most(
            "WhatsApp send, accept to delivered, processor time a message",
            outwards.processor_ms(),
            "ms",
            0.9,
        ),
        Row::told("WhatsApp send, accept to delivered, messages a second", outwards.rate(), "/s", None),
    ])
}

fn person(number: usize) -> String {
    format!("7911{number:07}")
}

struct Talk<'a> {
    gateway: &'a Gateway,
    world: &'a World,
    accounts: Vec<String>,
    received: Arrivals,
    delivered: Arrivals,
}

/// What some messages took.
struct Cost {
    messages: usize,
    took: Duration,
    /// Of the gateway.
    processor: Duration,
}

impl Cost {
    fn processor_ms(&self) -> f64 {
        self.processor.as_secs_f64() * 1000.0 / self.messages as f64
    }

    fn rate(&self) -> f64 {
        self.messages as f64 / self.took.as_secs_f64()
    }
}

impl Talk<'_> {
    /// Customers write with their phones.
    async fn inwards(&self, messages: usize) -> Result<Cost> {
        self.received.clear();
        let process = self.gateway.process().context("it has ended")?;
        let (begun, before) = (Instant::now(), worked(process)?);
        for number in 0..messages {
            self.received.at_least(number.saturating_sub(AT_ONCE)).await?;
            self.received.depart(number);
            let (to, from) = (phone(number % ACCOUNTS), person(number / ACCOUNTS % PEOPLE));
            self.world.say_text(&from, &to, &format!("bench#{number}#"))?;
        }
        self.received.at_least(messages).await?;
        Ok(Cost { messages, took: begun.elapsed(), processor: worked(process)? - before })
    }

    /// Messages are accepted, sent, and confirmed by the customers' phones.
    async fn outwards(&self, messages: usize) -> Result<Cost> {
        self.delivered.clear();
        let process = self.gateway.process().context("it has ended")?;
        let address = self.gateway.base().trim_start_matches("http://").to_owned();
        let key = format!("authorization: Bearer {}\r\n", self.gateway.word("/native/key"));
        let (begun, before) = (Instant::now(), worked(process)?);
        let (to, accounts) = (address.clone(), self.accounts.clone());
        load::run(&address, AT_ONCE, messages, None, move |number| {
            let path = format!("/v1/accounts/{}/messages", accounts[number % ACCOUNTS]);
            let body = format!(r#"{{"to":"{}","text":"bench {number}"}}"#, person(number / ACCOUNTS % PEOPLE));
            load::post(&to, &path, &key, &body)
        })
        .await?;
        self.delivered.at_least(messages).await?;
        Ok(Cost { messages, took: begun.elapsed(), processor: worked(process)? - before })
    }
}
