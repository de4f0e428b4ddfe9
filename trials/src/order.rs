//! Trial 16: order within a chat, while attempts are refused and repeated, the connection drops, and the gateway is killed.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;

use crate::clients::{Load, drained, free_port};
use crate::invariants;
use crate::ledger::Ledger;
use crate::report::{Report, Size};

const MESSAGES: usize = 20;
/// Chats that are written to at once.
const AT_ONCE: usize = 200;
/// Kills and cuts for so many chats.
const DISTURBANCES: usize = 10;
/// The gateway's clock runs faster, so that pauses between attempts do not take the trial's time.
const SPEED: u32 = 10;
/// The sandbox refuses each message to it twice.
const REFUSED_TWICE: &str = "79990000429";
/// The sandbox drops the connection at each message to it.
const DROPS: &str = "79990000503";

/// `count` chats of 20 messages.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 16: order within a chat", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    // A kill takes an attempt with it: an order that meets three of them in a row would be told as uncertain, rightly, and
    // this trial wants each of them sent.
    let environment = vec![("SLUICE_COURIER__UNKNOWN_ATTEMPTS".to_owned(), "100".to_owned())];
    let plan = Plan { speed: Some(SPEED), port: free_port().await?, environment, ..Plan::default() };
    let mut gateway = Gateway::start(plan).await?;
    let load = Load::on(&gateway);
    let (mut said, mut kills, mut cuts) = (BTreeMap::new(), 0, 0);
    let chats: Vec<usize> = (0..size.count).collect();
    for some in chats.chunks(AT_ONCE) {
        let writers: Vec<_> = some.iter().map(|chat| tokio::spawn(write(load.clone(), *chat))).collect();
        // Some of it while they write, some while what they wrote is being sent.
        for _ in 0..DISTURBANCES {
            tokio::time::sleep(Duration::from_millis(rng.random_range(50..500))).await;
            if rng.random_bool(0.5) {
                gateway.kill().await?;
                gateway.restart().await?;
                kills += 1;
            } else {
                gateway.sandbox("cut", json!({"for_ms": 1000})).await?;
                cuts += 1;
            }
        }
        for writer in writers {
            let (chat, words) = writer.await??;
            said.insert(chat, words);
        }
    }
    drained(&gateway).await?;
    let ledger = Ledger::read(gateway.data())?;
    invariants::kept(&mut report, &load.promises, &ledger);
    invariants::ordered(&mut report, &said, &ledger);
    report.row("chats", format!("{} of {MESSAGES} messages", said.len()));
    report.row("kills", kills);
    report.row("connections cut", cuts);
    report.say(&format!(
        "Two of the chats are with people to whom no attempt succeeds at once: {REFUSED_TWICE} refuses every message twice, \
         and at every message to {DROPS} the connection drops. The clock runs {SPEED} times faster."
    ));
    Ok(report)
}

/// One chat's messages, each accepted before the next is sent.
async fn write(load: Load, chat: usize) -> Result<(String, Vec<String>)> {
    let http = sluice_tests::http();
    let to = match chat {
        0 => REFUSED_TWICE.to_owned(),
        1 => DROPS.to_owned(),
        // Numbers that begin with 7999 are the sandbox's own.
        _ => format!("7998{chat:07}"),
    };
    let words: Vec<String> = (0..MESSAGES).map(|number| format!("c{chat}-n{number}")).collect();
    for words in &words {
        load.send(&http, &to, words.clone()).await?;
    }
    Ok((format!("phone:{to}"), words))
}
