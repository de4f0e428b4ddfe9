//! `sluice config check` and `sluice config print-env`.

use anyhow::Result;

use super::{print, serve};
use crate::cli::Config;

pub fn run(command: Config) -> Result<()> {
    match command {
        Config::Check(settings) => {
            let config = serve::load(settings, Vec::new())?;
            print(&format!("The configuration is good. The gateway would listen on {}.\n", config.server.listen))
        }
        Config::PrintEnv(settings) => {
            let config =
                sluice_config::Config::load(&sluice_config::Sources::of_process(settings.config, settings.set)?)?;
            print(&sluice_config::print_env(&config))
        }
    }
}
