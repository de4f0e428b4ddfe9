//! `sluice openapi`.

use anyhow::Result;

use super::print;

pub fn run() -> Result<()> {
    print(&(sluice_dialect::openapi_json() + "\n"))
}
