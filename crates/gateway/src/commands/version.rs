//! `sluice version`.

use anyhow::Result;

use super::print;

/// The version, what the build speaks and what it reaches, so that a support person sees at once what they deal with.
pub fn run() -> Result<()> {
    let dialects: Vec<&str> = sluice_dialect::ALL.iter().map(|dialect| dialect.name()).collect();
    let connectors: Vec<&str> =
        crate::house::connectors(&sluice_config::Config::default()).iter().map(|connector| connector.name()).collect();
    print(&format!(
        "sluice {}\ndialects: {}\nconnectors: {}\n",
        env!("CARGO_PKG_VERSION"),
        dialects.join(", "),
        connectors.join(", ")
    ))
}
