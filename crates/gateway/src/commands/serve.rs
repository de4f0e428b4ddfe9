//! `sluice serve`: the gateway itself.

use anyhow::{Result, bail};
use sluice_clock::Clock;
use sluice_config::sections::OwnerSetup;
use sluice_config::{Config, Severity, Sources};
use sluice_store::accounts::NewUser;
use sluice_telemetry::install::{Format, Logs, Metrics, say};

use super::{owner, print, signals};
use crate::cli::{DataFolder, Serve, Settings};
use crate::house::{self, House};

pub async fn run(args: Serve) -> Result<()> {
    let mut flags = Vec::new();
    flags.extend(args.listen.map(|address| ("server.listen".to_owned(), address)));
    flags.extend(args.data.map(|folder| ("data.dir".to_owned(), folder)));
    let config = load(args.settings, flags)?;
    let _log = install_logs(&config)?;
    let metrics = Metrics::install()?;
    let shutdown = signals::shutdown()?;
    let house = House::open(&config, Clock::real(), metrics).await?;
    if config.security.owner_setup == OwnerSetup::Print {
        greet_owner(&house).await?;
    }
    tracing::info!(address = %house.address, base = %house.base, data = %config.data.dir.display(), "listening");
    house.run(shutdown).await
}

/// Reads all settings and refuses those that would open a door; warnings go to standard error.
pub fn load(settings: Settings, mut flags: Vec<(String, String)>) -> Result<Config> {
    flags.extend(settings.set);
    let config = Config::load(&Sources::of_process(settings.config, flags)?)?;
    let mut problems = config.check();
    problems.extend(house::check(&config));
    for problem in &problems {
        say(format!("sluice: {problem}\n"));
    }
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        bail!("the configuration is not safe to start with");
    }
    Ok(config)
}

/// As [`load`], for commands that work on a data folder.
pub fn load_for(folder: DataFolder) -> Result<Config> {
    load(folder.settings, folder.data.map(|folder| ("data.dir".to_owned(), folder)).into_iter().collect())
}

/// To be held until the command is done.
pub fn install_logs(config: &Config) -> Result<Logs> {
    let format = match config.log.format {
        sluice_config::sections::Format::Text => Format::Text,
        sluice_config::sections::Format::Json => Format::Json,
    };
    let filter = std::env::var("SLUICE_LOG").ok();
    Ok(Logs::install(format, config.log.level.as_str(), filter.as_deref())?)
}

/// At the first start there is nobody who could sign in: a workspace, its owner and the owner's key are made. The key is
/// printed once, on standard output and not into the log.
async fn greet_owner(house: &House) -> Result<()> {
    if house.store.count_users().await? > 0 {
        return Ok(());
    }
    let now = house.clock.now();
    // One of its own, whatever customers there are already.
    let workspace = house.store.add_workspace("default", now).await?;
    let key = owner::key(&*house.store, workspace.id, "owner", now).await?;
    print(&format!(
        "This gateway has a first owner now. The owner's key is shown this once; keep it:\n\n  {key}\n\n\
         Try it: curl -H 'Authorization: Bearer {key}' {}/v1/accounts\n\
         Every call with its ready curl line: {}/v1/docs\n",
        house.base, house.base
    ))?;
    // The user comes last: if anything above failed, the key's printing too, the next start tries again.
    let owner = NewUser {
        workspace: workspace.id,
        login: "owner".to_owned(),
        password: None,
        role: "owner".to_owned(),
        at: now,
    };
    house.store.add_user(owner).await?;
    Ok(())
}
