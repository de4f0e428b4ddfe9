//! `sluice workspace list`, `add` and `key`: customers on the same gateway, and their owners' keys. Works on the data folder of a
//! stopped gateway.

use std::fmt::Write;
use std::sync::Arc;

use anyhow::{Result, bail};
use sluice_clock::Clock;
use sluice_config::Config;
use sluice_model::WorkspaceId;
use sluice_store::Store;

use super::{owner, print, serve};
use crate::cli::{OneWorkspace, Workspace};
use crate::house::{self, key};

pub async fn run(command: Workspace) -> Result<()> {
    match command {
        Workspace::List(folder) => list(&*there(&serve::load_for(folder)?).await?).await,
        Workspace::Add(args) => add(args).await,
        Workspace::Key(args) => another_key(args).await,
    }
}

async fn list(store: &dyn Store) -> Result<()> {
    let mut text = String::new();
    for workspace in store.workspaces().await? {
        let accounts = store.accounts_of(workspace.id).await?.len();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<32} accounts: {accounts}", workspace.name);
    }
    print(&text)
}

async fn add(args: OneWorkspace) -> Result<()> {
    let config = serve::load_for(args.folder)?;
    house::make_folder(&config)?;
    let store = open(&config).await?;
    if workspace(&*store, &args.name).await?.is_some() {
        bail!("there is a workspace {:?} already; `sluice workspace key` makes a key for it", args.name);
    }
    let made = store.add_workspace(&args.name, Clock::real().now()).await?;
    show_key(&*store, made.id, &args.name).await
}

async fn another_key(args: OneWorkspace) -> Result<()> {
    let store = there(&serve::load_for(args.folder)?).await?;
    match workspace(&*store, &args.name).await? {
        Some(id) => show_key(&*store, id, &args.name).await,
        None => bail!("there is no workspace {:?}; `sluice workspace list` shows which there are", args.name),
    }
}

/// The shelves of a folder that has some.
async fn there(config: &Config) -> Result<Arc<dyn Store>> {
    key::expect_data(config)?;
    open(config).await
}

async fn open(config: &Config) -> Result<Arc<dyn Store>> {
    house::open_store(config, &key::of_data(config)?).await
}

async fn workspace(store: &dyn Store, name: &str) -> Result<Option<WorkspaceId>> {
    Ok(store.workspaces().await?.into_iter().find(|known| known.name == name).map(|known| known.id))
}

async fn show_key(store: &dyn Store, workspace: WorkspaceId, name: &str) -> Result<()> {
    let key = owner::key(store, workspace, "owner", Clock::real().now()).await?;
    print(&format!("The owner's key of workspace {name:?} is shown this once; keep it:\n\n  {key}\n"))
}
