//! The store that the courier is tested over.

use std::path::Path;
use std::sync::Arc;

use sluice_store::{Bell, Store};
use sluice_store_sqlite::{Options, Sqlite};

pub fn open(dir: &Path) -> Arc<dyn Store> {
    Sqlite::open(Options { dir: dir.to_owned(), readers: 1, bell: Bell::default() }).unwrap()
}
