use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::Error;
use crate::names::{ALL, Kind};

/// From a lookup in memory to the longest deadline of an attempt; the goals (5, 10, 25 ms) are edges.
const SECONDS: [f64; 15] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// A lone verb to a commit under full load.
const VERBS: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// The Prometheus recorder that every `metrics::counter!` of the process reports to.
pub struct Metrics;

impl Metrics {
    /// Installs the recorder for the whole process, with help texts.
    ///
    /// # Errors
    /// [`Error::Recorder`] the second time.
    pub fn install() -> Result<Handle, Error> {
        let recorder = recorder()?;
        let handle = Handle(recorder.handle());
        ::metrics::set_global_recorder(recorder).map_err(metrics_exporter_prometheus::BuildError::from)?;
        describe();
        Ok(handle)
    }
}

/// Reads what was counted; cheap to clone.
#[derive(Clone)]
pub struct Handle(PrometheusHandle);

impl Handle {
    /// Everything counted so far, in the Prometheus text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds the samples of histograms together. Call it every few seconds: between two calls or renderings each
    /// sample is kept on its own, so without it memory grows while nobody scrapes.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }

    #[cfg(test)]
    pub(super) fn of(recorder: &PrometheusRecorder) -> Self {
        Self(recorder.handle())
    }
}

pub(super) fn recorder() -> Result<PrometheusRecorder, Error> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_verbs".to_owned()), &VERBS)?;
    Ok(builder.build_recorder())
}

/// Gives the recorder in force every help text.
pub(super) fn describe() {
    for metric in ALL {
        match metric.kind {
            Kind::Counter => ::metrics::describe_counter!(metric.name, metric.help),
            Kind::Gauge => ::metrics::describe_gauge!(metric.name, metric.help),
            Kind::Histogram => ::metrics::describe_histogram!(metric.name, metric.help),
        }
    }
}
