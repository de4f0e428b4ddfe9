//! `sluice version`.

use anyhow::Result;

use super::print;

/// The version, what the build speaks and what it reaches, so that a support person sees at once what they deal with.
pub fn run() -> Result<()> {
    let dialects: Vec<&str> = sluice_dialect::ALL.iter().map(|dialect| dialect.name()).collect();
    let outside = sluice_outside::Client::new(sluice_outside::Settings::default())?;
    let connectors = crate::house::connectors(&sluice_config::Config::default(), &outside);
    let connectors: Vec<&str> = connectors.iter().map(|connector| connector.name()).collect();
    let unsafe_build = if sluice_whatsapp_web::TEST_SERVER {
        "built for tests: whatsapp-test-server (WhatsApp's root key is not checked; not for real accounts)\n"
    } else {
        ""
    };
    print(&format!(
        "sluice {}\ndialects: {}\nconnectors: {}\n{unsafe_build}",
        env!("CARGO_PKG_VERSION"),
        dialects.join(", "),
        connectors.join(", ")
    ))
}
