//! `sluice backup`, `restore` and `resume`.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sluice_clock::Clock;
use sluice_config::Config;
use sluice_secret::MasterKey;
use sluice_store_sqlite::backup::{self, Manifest};

use super::{print, serve};
use crate::cli::{Backup, DataFolder, Restore};
use crate::house::{self, key};

/// The key file's name in a backup that has one.
const KEY: &str = "master.key";

pub fn take(args: Backup) -> Result<()> {
    let config = serve::load_for(args.folder)?;
    key::expect_data(&config)?;
    let key = key::of_data(&config)?;
    key::prove_for_copy(&config, &key)?;
    let version = env!("CARGO_PKG_VERSION");
    let manifest = backup::take(&config.data.dir, &args.to, version, &key.fingerprint(), Clock::real().now())?;
    let key_file = config.key_file();
    let about_key = if config.security.master_key.is_some() {
        "The master key stands in your configuration, not in the backup: keep it as well.".to_owned()
    } else if args.with_key {
        copy_key(&key_file, &args.to.join(KEY))?;
        "The master key is in it: whoever has this backup has every secret.".to_owned()
    } else {
        format!(
            "The master key is not in it. Keep {} as well, elsewhere: without it no secret can be read.",
            key_file.display()
        )
    };
    print(&format!("{} is in {}.\n{about_key}\n", told(&manifest), args.to.display()))
}

pub fn restore(args: Restore) -> Result<()> {
    let config = serve::load_for(args.folder)?;
    let manifest = backup::read(&args.from)?;
    house::make_folder(&config)?;
    let key_file = config.key_file();
    let about_key = [key_file.clone(), key::fingerprint(&config)];
    let strange =
        std::fs::read_dir(&config.data.dir)?.filter_map(Result::ok).find(|entry| !about_key.contains(&entry.path()));
    if let Some(strange) = strange {
        bail!(
            "{} is not empty (there is {}); nothing was changed",
            config.data.dir.display(),
            strange.path().display()
        );
    }
    let in_backup = args.from.join(KEY);
    let brings_key = config.security.master_key.is_none() && !key_file.exists();
    if brings_key {
        let source = args.key.as_deref().or(in_backup.exists().then_some(in_backup.as_path()));
        let source = source.context("the backup has no master key in it: name the file with --key")?;
        copy_key(source, &key_file)?;
    }
    let key = key_of(&config, &args.from, &manifest);
    if brings_key && key.is_err() {
        // The right one must find its place free.
        std::fs::remove_file(&key_file)?;
    }
    let key = key?;
    backup::bring_back(&args.from, &config.data.dir)?;
    key::note(&config, &key)?;
    print(&format!(
        "{} is restored to {}.\nNothing will be sent until you say so: start the gateway, look at what waits, then run \
         `sluice resume`. See docs/guide/backup.md.\n",
        told(&manifest),
        config.data.dir.display()
    ))
}

/// The key that is there now, if it is the backup's.
fn key_of(config: &Config, from: &Path, manifest: &Manifest) -> Result<MasterKey> {
    let key = key::read(config)?;
    if !key::is_of_copy(&key, from, &manifest.key)? {
        bail!("this is not the master key that the backup's secrets are sealed with; nothing was changed");
    }
    Ok(key)
}

pub fn resume(args: DataFolder) -> Result<()> {
    let config = serve::load_for(args)?;
    print(match backup::resume(&config.data.dir)? {
        Some(_) => "The outbox goes on.\n",
        None => "The outbox was not resting.\n",
    })
}

fn told(manifest: &Manifest) -> String {
    let Manifest { database, media, .. } = manifest;
    format!("The backup ({} bytes of database, {} files of {} bytes)", database.bytes, media.files, media.bytes)
}

/// For our own user only, whoever may read the original: a key file that others may read is refused at the start.
fn copy_key(from: &Path, to: &Path) -> Result<()> {
    let copied = || {
        let key = std::fs::read(from)?;
        let mut copy = File::options().write(true).create_new(true).mode(0o600).open(to)?;
        copy.write_all(&key)?;
        copy.sync_all()?;
        to.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    copied().with_context(|| format!("the master key cannot be copied from {} to {}", from.display(), to.display()))
}
