//! The suite that makes this an engine.

use std::sync::Arc;

use sluice_store::Store;
use sluice_store::conformance::spelling;
use sluice_store_sqlite::{Options, Sqlite};

async fn open() -> (Arc<dyn Store>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options { readers: 2, ..Options::new(folder.path().to_owned(), spelling()) };
    (Sqlite::open(options).expect("a fresh store opens"), folder)
}

async fn open_in_step() -> (Arc<dyn Store>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options::new(folder.path().to_owned(), spelling());
    (Sqlite::open_in_step(options).expect("a fresh store opens"), folder)
}

sluice_store::conformance_suite!(open);

/// Without threads it is the same engine.
mod in_step {
    use super::open_in_step;

    sluice_store::conformance_suite!(open_in_step);
}
