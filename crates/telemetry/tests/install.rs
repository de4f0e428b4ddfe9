//! Installs for real, which a process can do once: hence a test binary of its own with one test.

use sluice_telemetry::install::{Error, Format, Logs, Metrics};
use sluice_telemetry::names::{self, label};

#[test]
fn what_is_counted_after_install_is_rendered_and_a_second_install_is_refused() {
    let handle = Metrics::install().unwrap();
    metrics::counter!(
        names::INTAKE_REQUESTS,
        label::DIALECT => "wappi",
        label::ENDPOINT => "/api/sync/message/send",
        label::STATUS => "2xx",
    )
    .increment(2);
    handle.upkeep();
    let line = "sluice_intake_requests_total{dialect=\"wappi\",endpoint=\"/api/sync/message/send\",status=\"2xx\"} 2\n";
    assert!(handle.render().contains(line), "{}", handle.render());
    assert!(matches!(Metrics::install(), Err(Error::Recorder(_))));

    let _log = Logs::install(Format::Json, "warn", Some("info,sluice_relay=debug")).unwrap();
    assert!(tracing::enabled!(tracing::Level::INFO));
    assert!(!tracing::enabled!(tracing::Level::DEBUG));
    assert!(tracing::enabled!(target: "sluice_relay", tracing::Level::DEBUG));
    assert!(!tracing::info_span!(names::span::COURIER_PERFORM).is_disabled());
    assert!(matches!(Logs::install(Format::Text, "info", None), Err(Error::LogInstalled)));
}
