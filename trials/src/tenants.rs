//! Trial 20: every endpoint of every dialect, called by one tenant with the ids of another. The trial itself is a test of
//! `sluice-tests`, where each new dialect adds its own; here its figure gets a page.

use anyhow::Result;

use crate::report::{Report, Size};

#[path = "../../tests/tests/tenants.rs"]
mod endpoints;

/// `count` rounds, each with a gateway of its own.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 20: tenants", size.seed);
    let mut called = 0;
    for _ in 0..size.count {
        match endpoints::every_endpoint().await {
            Ok(endpoints) => called += endpoints,
            Err(foreign) => report.fault(format!("{foreign:#}")),
        }
    }
    report.row("endpoints called with a foreign tenant's ids", called);
    report.row("calls that showed, changed or broke something", report.faults.len());
    Ok(report)
}
