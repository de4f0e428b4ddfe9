//! The store that the courier is tested over.

use std::path::Path;
use std::sync::Arc;

use sluice_model::Spelling;
use sluice_store::Store;
use sluice_store_sqlite::{Options, Sqlite};

pub fn open(dir: &Path) -> Arc<dyn Store> {
    Sqlite::open(Options::new(dir.to_owned(), Spelling::new(&[7; 32]))).unwrap()
}
