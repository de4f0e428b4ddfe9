use super::Error;
use super::logs::chosen;
use super::metrics::{Handle, describe, recorder};
use crate::names::{ALL, Kind};

/// What is rendered after `counting`, with a recorder of its own.
fn rendered(counting: impl FnOnce()) -> String {
    let recorder = recorder().unwrap();
    metrics::with_local_recorder(&recorder, || {
        describe();
        counting();
    });
    Handle::of(&recorder).render()
}

#[test]
fn every_metric_is_rendered_with_its_help_and_type() {
    let page = rendered(|| {
        for metric in ALL {
            match metric.kind {
                Kind::Counter => metrics::counter!(metric.name).increment(1),
                Kind::Gauge => metrics::gauge!(metric.name).set(1.0),
                Kind::Histogram => metrics::histogram!(metric.name).record(1.0),
            }
        }
    });
    for metric in ALL {
        let (name, help) = (metric.name, metric.help);
        assert!(page.contains(&format!("# HELP {name} {help}\n")), "{name}");
        let kind = format!("{:?}", metric.kind).to_lowercase();
        assert!(page.contains(&format!("# TYPE {name} {kind}\n")), "{name}");
    }
}

#[test]
fn a_histogram_has_buckets() {
    let page = rendered(|| {
        metrics::histogram!(crate::names::STORE_COMMIT_SECONDS).record(0.003);
        metrics::histogram!(crate::names::STORE_COMMIT_VERBS).record(3.0);
    });
    for line in [
        "sluice_store_commit_seconds_bucket{le=\"0.0025\"} 0\n",
        "sluice_store_commit_seconds_bucket{le=\"0.005\"} 1\n",
        "sluice_store_commit_verbs_bucket{le=\"2\"} 0\n",
        "sluice_store_commit_verbs_bucket{le=\"4\"} 1\n",
    ] {
        assert!(page.contains(line), "{line}{page}");
    }
}

#[test]
fn the_filter_of_the_environment_replaces_the_level() {
    let said = |level, filter| chosen(level, filter).unwrap().to_string();
    assert_eq!(said("info", None), "info");
    assert_eq!(said("info", Some(" ")), "info");
    assert_eq!(said("info", Some("warn,sluice_relay=debug")), "sluice_relay=debug,warn");
    assert!(matches!(chosen("info", Some("sluice_relay=loud")), Err(Error::Filter(_))));
}
