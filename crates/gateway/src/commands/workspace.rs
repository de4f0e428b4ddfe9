//! `sluice workspace add` and `key`: customers on the same gateway, and their owners' keys. Works on the data folder of a stopped gateway.

use anyhow::{Result, bail};
use sluice_store::Store;

use super::{owner, print, serve};
use crate::cli::{AddWorkspace, Workspace};
use crate::house;

pub async fn run(command: Workspace) -> Result<()> {
    let (is_new, AddWorkspace { name, settings, data }) = match command {
        Workspace::Add(args) => (true, args),
        Workspace::Key(args) => (false, args),
    };
    let flags = data.map(|folder| ("data.dir".to_owned(), folder)).into_iter().collect();
    let config = serve::load(settings, flags)?;
    house::make_folder(&config)?;
    let spelling = house::spelling(&house::master_key(&config)?);
    let store = house::open_store(&config, spelling)?;
    let now = sluice_clock::Clock::real().now();
    let found = store.workspaces().await?.into_iter().find(|known| known.name == name);
    let workspace = match (is_new, found) {
        (true, None) => store.add_workspace(&name, now).await?,
        (false, Some(workspace)) => workspace,
        (true, Some(_)) => bail!("there is a workspace {name:?} already; `sluice workspace key` makes a key for it"),
        (false, None) => bail!("there is no workspace {name:?}"),
    };
    let key = owner::key(&*store as &dyn Store, workspace.id, "owner", now).await?;
    print(&format!("The owner's key of workspace {name:?} is shown this once; keep it:\n\n  {key}\n"))
}
