//! Trial 8: receivers from hell. Nine kinds of them beside ninety-one good ones: the good ones hear as soon as they do beside
//! nine more good ones, memory stays flat, and the bad ones are called again when the schedule says so and not before.

mod receivers;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;

use crate::load;
use crate::process::{Held, worked};
use crate::report::{Report, Size};
use receivers::{Hell, Kind};

const GOOD: usize = 91;
/// Between two events; each goes to every receiver. All notices of an event wait for the same commits, so that a p99 is
/// one of events: a minute must have some hundreds of them. A debug build could not bear that.
const PACE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 100 });
/// From so many seconds a phase on the trial is run by hand, on a machine with nothing else to do.
const FULL: usize = 60;
/// Of the p99 beside as many good ones.
const SHARE: f64 = 1.1;
/// For a smaller run, beside other work, where a second comes and goes.
const ROOM: Duration = Duration::from_secs(1);
/// MB that nine hostile receivers may cost at once.
const MEMORY: f64 = 64.0;
/// The native schedule's first pause.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// What a 429 here asks for.
const ASKED_PAUSE: Duration = Duration::from_secs(7);

type Latencies = Arc<Mutex<Vec<Duration>>>;

/// `count` seconds with the good ones alone, as long with as many more good ones as there are bad ones, and as long with
/// the bad ones.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 8: receivers from hell", size.seed);
    let gateway = Gateway::demo().await?;
    let process = gateway.process().context("process")?;
    let latencies = Latencies::default();
    let good = load::receiver({
        let latencies = latencies.clone();
        move |body| latencies.lock().unwrap_or_else(PoisonError::into_inner).extend(latency(body))
    })
    .await?;
    for number in 0..GOOD {
        listen(&gateway, &format!("http://{good}/{number}")).await?;
    }
    // The first calls open connections; they are no part of the baseline.
    phase(&gateway, &latencies, 2).await?;
    let alone = phase(&gateway, &latencies, size.count).await?;
    // An event to a hundred receivers takes longer than one to ninety-one, whoever they are.
    let others = load::receiver(|_| {}).await?;
    let mut company = Vec::new();
    for number in 0..Kind::ALL.len() {
        company.push(listen(&gateway, &format!("http://{others}/{number}")).await?);
    }
    let calm = phase(&gateway, &latencies, size.count).await?;
    for listener in &company {
        let (status, answer) = gateway.native(Method::DELETE, &format!("/v1/listeners/{listener}"), None).await?;
        ensure!(status < 300, "{status} {answer}");
    }
    let before = Held::by(process)?;

    let hell = Hell::open(ASKED_PAUSE).await?;
    let mut listeners = Vec::new();
    for kind in Kind::ALL {
        listeners.push((kind, listen(&gateway, &hell.url(kind)).await?));
    }
    let beset = phase(&gateway, &latencies, size.count).await?;
    let costs = Kind::ALL.into_iter().map(|kind| Ok((kind, hell.worked(kind)?))).collect::<Result<Vec<_>>>()?;
    let after = Held::by(process)?;

    for phase in [&alone, &calm, &beset] {
        if phase.heard != phase.events * GOOD {
            report.fault(format!("{} of {} notices arrived at the good receivers", phase.heard, phase.events * GOOD));
        }
    }
    judge(&mut report, &hell);
    for (kind, listener) in &listeners {
        let (_, listener) = gateway.native(Method::GET, &format!("/v1/listeners/{listener}"), None).await?;
        let should_be = *kind != Kind::Gone;
        if listener["enabled"] != should_be {
            report.fault(format!("{kind:?}: the listener is {listener}"));
        }
    }
    report.row("good receivers", GOOD);
    let phases = [("alone", &alone), ("beside nine more good ones", &calm), ("beside the bad ones", &beset)];
    for (name, phase) in phases {
        let figures = format!("{} events, {:.1?}, {:.1?}", phase.events, phase.p50, phase.p99);
        report.row(&format!("events {name}, and to a good receiver: p50, p99"), figures);
    }
    for (name, phase) in phases {
        let (gateway, trial) = (per_event(phase.gateway, phase.events), per_event(phase.trial, phase.events));
        report.row(&format!("processor time of an event {name}: gateway, this trial"), format!("{gateway}, {trial}"));
    }
    for (kind, worked) in costs {
        let each = worked.as_secs_f64() * 1e6 / hell.calls(kind).len().max(1) as f64;
        let cost = format!("{}, {each:.0} us a call", per_event(worked, beset.events));
        report.row(&format!("of that of this trial: {}", kind.words()), cost);
    }
    let allowed = allowed(&mut report, size, calm.p99);
    report.at_most("p99 beside the bad ones", beset.p99, allowed);
    let beyond = format!("MB with the bad ones beyond the {:.1} before", before.memory);
    report.at_most(&beyond, after.memory - before.memory, MEMORY);
    report.row("descriptors", format!("{} before, {} with them", before.descriptors, after.descriptors));
    Ok(report)
}

/// What the p99 beside the bad ones may be, where beside as many good ones it is `calm`.
fn allowed(report: &mut Report, size: Size, calm: Duration) -> Duration {
    if size.is_timed(FULL) {
        return calm.mul_f64(SHARE);
    }
    let excuse = size.excuse(FULL, "seconds");
    report.room(format!(
        "the p99 beside the bad ones, at twice that beside good ones and {ROOM:?} and not at {SHARE} of it, {excuse}"
    ));
    calm * 2 + ROOM
}

/// The schedule was followed, as far as it can be seen within the run.
fn judge(report: &mut Report, hell: &Hell) {
    for kind in Kind::ALL {
        let calls = hell.calls(kind);
        report.row(&format!("calls to: {}", kind.words()), calls.len());
        let must_wait = match kind {
            Kind::TooMany => ASKED_PAUSE,
            _ => FIRST_PAUSE,
        };
        for (id, first, second) in calls.repeats() {
            let waited = second.duration_since(first);
            if waited < must_wait.mul_f64(0.95) {
                report.fault(format!("{kind:?} was called again for {id} after {waited:?}"));
            }
        }
        if kind == Kind::Gone && calls.most_of_one() > 1 {
            report.fault("who said 410 was called again for the same event".to_owned());
        }
        if calls.len() == 0 {
            report.fault(format!("{kind:?} was never called"));
        }
    }
    if hell.trapped() > 0 {
        report.fault(format!("a redirect was followed {} times", hell.trapped()));
    }
    report.row("redirects followed", hell.trapped());
}

/// What the good receivers heard in a while.
struct Heard {
    events: usize,
    heard: usize,
    p50: Duration,
    p99: Duration,
    /// Processor time of the gateway.
    gateway: Duration,
    /// Processor time of the load and all receivers.
    trial: Duration,
}

fn per_event(worked: Duration, events: usize) -> String {
    format!("{:.2} ms", worked.as_secs_f64() * 1e3 / events.max(1) as f64)
}

async fn phase(gateway: &Gateway, latencies: &Latencies, seconds: usize) -> Result<Heard> {
    let taken = || std::mem::take(&mut *latencies.lock().unwrap_or_else(PoisonError::into_inner));
    taken();
    let processes = [gateway.process().context("process")?, std::process::id()];
    let before = [worked(processes[0])?, worked(processes[1])?];
    let (begun, mut events, mut ticks) = (Instant::now(), 0, tokio::time::interval(PACE));
    while begun.elapsed() < Duration::from_secs(seconds as u64) {
        ticks.tick().await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
        gateway.receive(&format!("799930055{:02}", events % 100), &format!("at {now}")).await?;
        events += 1;
    }
    let mut heard = Vec::new();
    for _ in 0..200 {
        heard.extend(taken());
        if heard.len() >= events * GOOD {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ensure!(!heard.is_empty(), "the good receivers heard nothing");
    heard.sort_unstable();
    let at = |share: usize| heard[(heard.len() * share / 100).min(heard.len() - 1)];
    let [gateway, trial] = [worked(processes[0])? - before[0], worked(processes[1])? - before[1]];
    Ok(Heard { events, heard: heard.len(), p50: at(50), p99: at(99), gateway, trial })
}

/// How long ago the customer wrote what this notice tells.
fn latency(body: &[u8]) -> Option<Duration> {
    let notice: Value = serde_json::from_slice(body).ok()?;
    let text = notice.pointer("/data/message/content/text")?.as_str()?;
    let then = Duration::from_micros(text.strip_prefix("at ")?.parse().ok()?);
    SystemTime::now().duration_since(UNIX_EPOCH).ok()?.checked_sub(then)
}

async fn listen(gateway: &Gateway, url: &str) -> Result<String> {
    let listener = json!({"url": url, "events": ["message.received"]});
    let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;
    ensure!(status < 300, "{status} {made}");
    Ok(made["id"].as_str().context("id")?.to_owned())
}
