//! `sluice workspace add`: another customer on the same gateway. Works on the data folder of a stopped gateway.

use anyhow::Result;
use sluice_store::Store;

use super::{owner, print, serve};
use crate::cli::{AddWorkspace, Workspace};
use crate::house;

pub async fn run(command: Workspace) -> Result<()> {
    let Workspace::Add(AddWorkspace { name, settings, data }) = command;
    let flags = data.map(|folder| ("data.dir".to_owned(), folder)).into_iter().collect();
    let config = serve::load(settings, flags)?;
    let store = house::open_store(&config)?;
    let now = sluice_clock::Clock::real().now();
    let workspace = store.add_workspace(&name, now).await?;
    let key = owner::key(&*store as &dyn Store, workspace.id, "owner", now).await?;
    print(&format!("Workspace {name:?} is made. Its owner's key is shown this once; keep it:\n\n  {key}\n"))
}
