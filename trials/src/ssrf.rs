//! Trial 10: whatever way a private address is written, resolved or redirected to, nothing of ours is reached.
//!
//! The spellings, the canary and the lying name server are those of `sluice-outside`'s own tests, which go through every one
//! of them and check the refusals' words; here any number of attempts is drawn from them, mixed and mutated by chance.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sluice_outside::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::report::{Report, Size};

#[path = "../../crates/outside/tests/ssrf/corpus.rs"]
mod corpus;
#[path = "../../crates/outside/tests/ssrf/places.rs"]
mod places;

use corpus::{PRIVATE_4, corpus as spelled, spellings};
use places::{Canary, Liar, client, post};

/// Names that lead inwards; each in one of five ways.
const NAMES: usize = 250;

/// `count` attempts, after every spelling was tried once.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 10: SSRF corpus", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    let canary = Canary::start().await?;
    let urls = spelled(canary.port);
    let (strict, _) = client(&[], liar(&mut rng));
    let (mut refused, mut kinds) = (0, [0_usize; 4]);
    for url in &urls {
        refused += usize::from(!reached(&strict, url).await);
    }
    let redirects = redirecting(urls.clone()).await?;
    let (through, _) = client(&[&format!("127.0.0.1:{redirects}")], liar(&mut rng));
    for _ in 0..size.count {
        let kind = rng.random_range(0..4);
        kinds[kind] += 1;
        let port = canary.port;
        let got_in = match kind {
            0 => reached(&strict, urls.choose(&mut rng).map_or("", String::as_str)).await,
            1 => reached(&strict, &mutated(&urls, &mut rng)).await,
            2 => reached(&strict, &format!("http://n{}.example:{port}/", rng.random_range(0..NAMES))).await,
            _ => {
                let url = format!("http://127.0.0.1:{redirects}/{}", rng.random_range(0..urls.len()));
                through.download(&url, 1024, &mut tokio::io::sink()).await.is_ok()
            }
        };
        refused += usize::from(!got_in);
    }
    let inside = canary.seen().await?;
    if inside > 0 {
        report.fault(format!("the canary was reached {inside} times"));
    }
    let control = control(&canary).await?;
    if control == 0 {
        report.fault("the control did not reach the canary either: it proves nothing".to_owned());
    }
    rebinding(&mut report, &canary).await?;
    report.row("spellings, each tried once", urls.len());
    report.row("further attempts: spelled, mutated, by name, by redirect", format!("{kinds:?}"));
    report.row("refused", refused);
    report.row("connections to the canary", inside);
    report.row("control: spellings that reach it when loopback is allowed", control);
    Ok(report)
}

/// Whether an answer came; a URL that was mutated into a public one has no answer here either.
async fn reached(client: &Client, url: &str) -> bool {
    client.send(post(url)).await.is_ok()
}

/// A spelling in other letters: their case turned, one of them escaped, or something between them that some readers pass
/// over. It still says what it said, so that no attempt goes to a stranger.
fn mutated(urls: &[String], rng: &mut StdRng) -> String {
    let mut signs: Vec<char> = urls.choose(rng).map(|url| url.chars().collect()).unwrap_or_default();
    for _ in 0..rng.random_range(1..4) {
        let place = rng.random_range(7..signs.len().max(8)).min(signs.len() - 1);
        match rng.random_range(0..4) {
            0 => signs[place] = signs[place].to_ascii_uppercase(),
            1 => signs.insert(place, ['\u{ad}', '\t', '\n', '\u{200b}', '\u{2060}'][rng.random_range(0..5)]),
            2 if signs[place] == '.' => signs[place] = ['\u{3002}', '\u{ff0e}', '\u{ff61}'][rng.random_range(0..3)],
            _ => {
                let mut bytes = [0; 4];
                let bytes = signs[place].encode_utf8(&mut bytes).as_bytes();
                let escaped: Vec<char> =
                    bytes.iter().flat_map(|byte| format!("%{byte:02x}").chars().collect::<Vec<_>>()).collect();
                signs.splice(place..=place, escaped);
            }
        }
    }
    signs.into_iter().collect()
}

/// A name server that leads inwards: at once, beside a public address, in IPv6, or only at the second question.
fn liar(rng: &mut StdRng) -> Liar {
    let mut names = Liar::default();
    let public: IpAddr = Ipv4Addr::new(8, 8, 8, 8).into();
    for number in 0..NAMES {
        let private: IpAddr =
            PRIVATE_4.choose(rng).map_or(Ipv4Addr::LOCALHOST, |address| Ipv4Addr::from(*address)).into();
        let mapped = match private {
            IpAddr::V4(plain) => plain.to_ipv6_mapped().into(),
            IpAddr::V6(_) => private,
        };
        let answers = match number % 4 {
            0 => vec![vec![private]],
            1 => vec![vec![public, private]],
            2 => vec![vec![mapped]],
            _ => vec![vec![private, public], vec![private]],
        };
        names.answers.insert(format!("n{number}.example"), answers);
    }
    names
}

/// A server of the public kind that redirects to the spelling whose number is the path; its port.
async fn redirecting(targets: Vec<String>) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 2048];
            let length = stream.read(&mut head).await.unwrap_or(0);
            let text = String::from_utf8_lossy(&head[..length]);
            let place: usize = text.split(['/', ' ']).nth(2).and_then(|number| number.parse().ok()).unwrap_or(0);
            let answer = format!(
                "HTTP/1.1 302 Found\r\nlocation: {}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
                targets[place]
            );
            // Who hung up does not want it.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Ok(port)
}

/// How many of the spellings get there when they may.
async fn control(canary: &Canary) -> Result<usize> {
    let (allowed, _) = client(&["loopback"], Liar::default());
    let mut inside = 0;
    for host in spellings([127, 0, 0, 1]) {
        inside += usize::from(reached(&allowed, &format!("http://{host}:{}/", canary.port)).await);
    }
    canary.seen().await?;
    Ok(inside)
}

/// A name that is public when it is checked and private when it is connected to gains nothing: there is one question.
async fn rebinding(report: &mut Report, canary: &Canary) -> Result<()> {
    let asked = Arc::new(AtomicUsize::new(0));
    let (here, inside) = (Ipv4Addr::new(127, 0, 0, 1).into(), Ipv4Addr::new(127, 0, 0, 2).into());
    let before = canary.seen().await?;
    for _ in 0..50 {
        let mut names = Liar::default();
        names.answers.insert("rebind.example".to_owned(), vec![vec![here], vec![inside]]);
        // 127.0.0.1 plays the public address.
        let (rebound, names) = client(&["127.0.0.1"], names);
        for _ in 0..3 {
            reached(&rebound, &format!("http://rebind.example:{}/", canary.port)).await;
        }
        asked.fetch_add(names.asked.load(Ordering::SeqCst), Ordering::SeqCst);
    }
    let reached = canary.seen().await? - before;
    let asked = asked.load(Ordering::SeqCst);
    if reached != 50 || asked != 150 {
        report.fault(format!("of 150 calls to rebinding names {reached} came in, 50 should have; {asked} questions"));
    }
    report.row(
        "calls to names that change their mind: in while public, refused after",
        format!("{reached}, {}", 150 - reached),
    );
    Ok(())
}
