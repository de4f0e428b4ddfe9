//! Trial 11: slow-loris. Connections that say nothing, half a head or half a body hold up nobody else, and their descriptors
//! come back.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::load::{self, Run};
use crate::process::{Held, allow_descriptors};
use crate::report::{Report, Size};

/// Honest clients, and how often each calls.
const HONEST: usize = 4;
const PACE: Duration = Duration::from_millis(20);
const CALLS: usize = 600;
/// From so many on the trial is run by hand, with the product's own deadlines.
const FULL: usize = 2_000;
/// Half-open connections from one address.
const EACH: usize = 50;
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// `count` half-open connections, of three kinds.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 11: slow-loris", size.seed);
    allow_descriptors(size.count + 500)?;
    let is_full = size.count >= FULL;
    let deadlines = [("FIRST_BYTE_TIMEOUT", "2s"), ("HEADER_TIMEOUT", "4s"), ("BODY_TIMEOUT", "6s")];
    let shorter = deadlines.map(|(name, time)| (format!("SLUICE_SERVER__LIMITS__{name}"), time.to_owned()));
    // As shipped the door has 4,096 places in all, and more than those could not be held open.
    let places = ("SLUICE_SERVER__LIMITS__CONNECTIONS".to_owned(), (size.count + 500).to_string());
    let environment = if is_full { vec![places] } else { shorter.to_vec() };
    let gateway = Gateway::start(Plan { environment, ..Plan::default() }).await?;
    let process = gateway.process().context("process")?;

    honest(&gateway).await?;
    let before = Held::by(process)?;
    let quiet = honest(&gateway).await?;

    let address = gateway.base().trim_start_matches("http://");
    let mut open = Vec::new();
    for number in 0..size.count {
        // A gateway that is full may not take all of them; that is what its limit is for.
        if let Ok(stream) = half_open(address, number, gateway.word("/native/key")).await {
            open.push(stream);
        }
    }
    ensure!(open.len() >= size.count / 3, "only {} connections could be opened", open.len());
    let at_worst = Held::by(process)?;
    let beset = honest(&gateway).await?;

    let begun = Instant::now();
    let back = loop {
        let now = Held::by(process)?;
        if now.descriptors <= before.descriptors + HONEST {
            break Some(begun.elapsed());
        }
        if begun.elapsed() > BACK_WITHIN {
            report.fault(format!("{} descriptors are open, {} were before", now.descriptors, before.descriptors));
            break None;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let (calm, busy) = (quiet.quantile(0.99), beset.quantile(0.99));
    // The small size runs beside other work, where half a second means nothing.
    let allowed = if is_full { calm * 2 } else { calm * 2 + Duration::from_millis(500) };
    if busy > allowed {
        report.fault(format!("honest calls took {busy:?} at p99, {calm:?} before"));
    }
    report.row("half-open connections", open.len());
    report.row("descriptors before, with them", format!("{}, {}", before.descriptors, at_worst.descriptors));
    report.row("descriptors back after", back.map_or("never".to_owned(), |time| format!("{time:.1?}")));
    report.row("honest p99 before", format!("{calm:.1?}"));
    report.row("honest p99 with them", format!("{busy:.1?}"));
    report.row("memory with them", format!("{} kB more", at_worst.memory.saturating_sub(before.memory)));
    report.say("A third of them says nothing, a third half a head, a third half a body.");
    Ok(report)
}

async fn half_open(address: &str, number: usize, key: &str) -> Result<TcpStream> {
    // One address has a few places only.
    let attacker = number / EACH;
    let from = [127, 1, (attacker / 250) as u8, (attacker % 250) as u8 + 1];
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    let mut stream = socket.connect(address.parse()?).await?;
    let words = match number % 3 {
        0 => String::new(),
        1 => "POST /v1/messages HTTP/1.1\r\nhost: gateway\r\nx-half: a he".to_owned(),
        _ => format!(
            "POST /v1/messages HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: 200\r\n\r\n{{\"to\": \"7999"
        ),
    };
    stream.write_all(words.as_bytes()).await?;
    Ok(stream)
}

/// Calls that cost the gateway little: what is measured is the wait.
async fn honest(gateway: &Gateway) -> Result<Run> {
    let address = gateway.base().trim_start_matches("http://").to_owned();
    let key = gateway.word("/native/key");
    let request = load::get(&address, "/v1/accounts", &format!("authorization: Bearer {key}\r\n"));
    load::run(&address, HONEST, CALLS, Some(PACE), move |_| request.clone()).await
}
