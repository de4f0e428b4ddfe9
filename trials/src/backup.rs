//! Trial 18: backups while messages flow, each restored elsewhere. What was acknowledged before a backup began is in it, and
//! what is restored sends nothing until it is told to.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::Gateway;
use sluice_tests::gateway::{Plan, answer};

use crate::clients::{Load, drained, free_port, stored};
use crate::command::sluice;
use crate::ledger::Ledger;
use crate::report::{Report, Size};

const CLIENTS: usize = 16;
/// How long a restored gateway is watched for a message that it should not send.
const WATCHED: Duration = Duration::from_secs(3);

/// `count` backups.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 18: online backup and restore", size.seed);
    let mut gateway = Gateway::start(Plan { port: free_port().await?, ..Plan::default() }).await?;
    let file = keep_file(&gateway).await?;
    let folder = tempfile::tempdir()?;
    let load = Load::on(&gateway);
    let clients = load.start(CLIENTS);
    let (mut slowest, mut backups) = (Duration::ZERO, Vec::new());
    for number in 0..size.count {
        load.progress(200).await?;
        // What is accepted from here on waits, so that there is something that a restored gateway could send.
        gateway.sandbox("cut", json!({"for_ms": 2000})).await?;
        load.progress(50).await?;
        let before = load.promises.all();
        let (copy, begun) = (folder.path().join(format!("backup{number}")), Instant::now());
        sluice(["backup".as_ref(), "--data".as_ref(), gateway.data().as_os_str(), "--to".as_ref(), copy.as_os_str()])
            .await?;
        slowest = slowest.max(begun.elapsed());
        backups.push((copy, before));
    }
    let during = load.longest.load(std::sync::atomic::Ordering::SeqCst);
    load.stop(clients).await?;
    drained(&gateway).await?;
    let original = Ledger::read(gateway.data())?;
    ensure!(gateway.terminate().await?.success(), "the original did not end well");

    let (mut found, mut missing, mut waited, mut by_itself) = (0, 0, 0, 0);
    for (number, (copy, before)) in backups.iter().enumerate() {
        let data = folder.path().join(format!("restored{number}"));
        restore(copy, gateway.data(), &data).await?;
        let restored = Gateway::start(Plan { data: Some(data.clone()), ..Plan::default() }).await?;
        let there = stored(&restored).await?;
        for (words, promise) in before {
            match there.get(words) {
                Some(id) if *id == promise.id => found += 1,
                other => {
                    missing += 1;
                    report.fault(format!(
                        "backup {number}: {words} was promised as {}, restored is {other:?}",
                        promise.id
                    ));
                }
            }
        }
        if file.download(&restored).await?.as_deref() != Some(FILE) {
            report.fault(format!("backup {number}: a file that was kept is not the same"));
        }
        waited += rests(&mut report, &mut by_itself, &restored, &data).await?;
        goes_on(&mut report, &restored, &data, &original).await?;
        std::fs::remove_dir_all(copy)?;
    }
    report.row("backups, each restored", size.count);
    report.row("acknowledged before a backup began, and in it", found);
    report.row("acknowledged before, and missing", missing);
    report.row("orders that waited in the restored outboxes", waited);
    report.row("messages that restored gateways sent by themselves", by_itself);
    report.row("slowest backup", format!("{slowest:.0?}"));
    report.row("longest wait for an answer while backups ran", format!("{during} ms"));
    Ok(report)
}

async fn restore(copy: &Path, original: &Path, data: &Path) -> Result<()> {
    let key = original.join("master.key");
    let words = [
        "restore".as_ref(),
        "--from".as_ref(),
        copy.as_os_str(),
        "--data".as_ref(),
        data.as_os_str(),
        "--key".as_ref(),
        key.as_os_str(),
    ];
    sluice(words).await.map(drop)
}

/// A restored outbox takes orders and sends none. Returns how many wait.
async fn rests(report: &mut Report, by_itself: &mut usize, restored: &Gateway, data: &Path) -> Result<u64> {
    let load = Load::on(restored);
    load.send(&restored.http, "79993009999", "c9999-n0".to_owned()).await?;
    tokio::time::sleep(WATCHED).await;
    let sent = Ledger::read(data)?.0.len();
    *by_itself += sent;
    if sent > 0 {
        report.fault(format!("a restored gateway sent {sent} messages before it was told to"));
    }
    let path = format!("/v1/accounts/{}/queue", restored.account());
    let (_, queue) = restored.native(Method::GET, &path, None).await?;
    queue["total"].as_u64().context("total")
}

/// Told to resume, it sends what waits, under the ids that the original used.
async fn goes_on(report: &mut Report, restored: &Gateway, data: &Path, original: &Ledger) -> Result<()> {
    sluice(["resume".as_ref(), "--data".as_ref(), data.as_os_str()]).await?;
    drained(restored).await?;
    let ledger = Ledger::read(data)?;
    let (now, then) = (ledger.by_words(), original.by_words());
    if !now.contains_key("c9999-n0") {
        report.fault("what was accepted during the pause was not sent after it".to_owned());
    }
    for (words, ids) in &now {
        let ids: BTreeSet<_> = ids.keys().collect();
        if then.get(words).is_some_and(|before| before.keys().collect::<BTreeSet<_>>() != ids) {
            report.fault(format!("{words} was sent under another id than by the original"));
        }
    }
    Ok(())
}

const FILE: &[u8] = b"a file that was kept before the backup";

/// A file in the gateway's keeping.
struct Kept {
    id: String,
}

async fn keep_file(gateway: &Gateway) -> Result<Kept> {
    let url = format!("{}/v1/media", gateway.base());
    let call = gateway.http.post(url).bearer_auth(gateway.word("/native/key")).header("content-type", "text/plain");
    let (status, kept) = answer(call.body(FILE)).await?;
    ensure!(status < 300, "{status} {kept}");
    Ok(Kept { id: kept["media"].as_str().context("media")?.to_owned() })
}

impl Kept {
    async fn download(&self, gateway: &Gateway) -> Result<Option<Vec<u8>>> {
        let url = format!("{}/v1/media/{}", gateway.base(), self.id);
        let answer = gateway.http.get(url).bearer_auth(gateway.word("/native/key")).send().await?;
        Ok(if answer.status() == 200 { Some(answer.bytes().await?.to_vec()) } else { None })
    }
}
