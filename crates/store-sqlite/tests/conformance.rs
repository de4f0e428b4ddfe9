//! The suite that makes this an engine.

use std::sync::Arc;

use sluice_store::{Bell, Store};
use sluice_store_sqlite::{Options, Sqlite};

async fn open() -> (Arc<dyn Store>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options { dir: folder.path().to_owned(), readers: 2, bell: Bell::default() };
    (Sqlite::open(options).expect("a fresh store opens"), folder)
}

async fn open_in_step() -> (Arc<dyn Store>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options { dir: folder.path().to_owned(), readers: 1, bell: Bell::default() };
    (Sqlite::open_in_step(options).expect("a fresh store opens"), folder)
}

sluice_store::conformance_suite!(open);

/// Without threads it is the same engine.
mod in_step {
    use super::open_in_step;

    sluice_store::conformance_suite!(open_in_step);
}
