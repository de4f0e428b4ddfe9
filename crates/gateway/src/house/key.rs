//! The master key of the data: made for new ones, and never taken for another's.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sluice_config::Config;
use sluice_intake::seals;
use sluice_secret::{MasterKey, Sealer};
use sluice_store_sqlite::{Place, Proof, Sqlite, backup};

/// The database's name in the data folder (docs/guide/backup.md).
const DATABASE: &str = "sluice.db";

/// In the data folder: tells which key its secrets are sealed with, and nothing about the key.
const FINGERPRINT: &str = "key.fingerprint";

/// For commands that make no new data: a database lies in the data folder.
pub fn expect_data(config: &Config) -> Result<()> {
    if !is_data(config) {
        bail!("there is no database in {}: is this a gateway's data folder?", config.data.dir.display());
    }
    Ok(())
}

fn is_data(config: &Config) -> bool {
    database(config).exists()
}

pub fn database(config: &Config) -> PathBuf {
    config.data.dir.join(DATABASE)
}

/// From the configuration or from the key file, which must be there.
pub fn read(config: &Config) -> Result<MasterKey> {
    match &config.security.master_key {
        Some(key) => Ok(MasterKey::from_bytes(*key.expose())),
        None => {
            let file = config.key_file();
            MasterKey::load(&file).with_context(|| format!("the master key in {}", file.display()))
        }
    }
}

/// The key of the data folder, which is there. A key file is made for new data only, and a key that data are known not to be
/// sealed with is refused.
pub fn of_data(config: &Config) -> Result<MasterKey> {
    let dir = config.data.dir.display();
    let file = config.key_file();
    if !is_data(config) {
        let key = match &config.security.master_key {
            Some(_) => read(config)?,
            None => {
                MasterKey::load_or_create(&file).with_context(|| format!("the master key in {}", file.display()))?
            }
        };
        // Data that appear from now on are this key's, wherever they are opened first.
        key.leave_fingerprint(fingerprint(config))?;
        return Ok(key);
    }
    if config.security.master_key.is_none() && !file.exists() {
        bail!(
            "there is no master key at {}, and the data in {dir} are sealed with one: a new one would open none of their \
             secrets. Put the key's file back, or name it with `security.key_file` or SLUICE_SECURITY__MASTER_KEY",
            file.display()
        );
    }
    let key = read(config)?;
    match known(&fingerprint(config))? {
        Some(theirs) if theirs != key.fingerprint() => bail!(
            "{} (so says {}: where these data were brought here by hand, take that file away, and the key is tried on them)",
            wrong(config),
            fingerprint(config).display()
        ),
        _ => Ok(key),
    }
}

/// For data without a fingerprint, as those of early versions are: refuses a key that opens nothing of what is sealed in
/// them, and notes its fingerprint otherwise.
pub async fn prove(config: &Config, key: &MasterKey, store: &Sqlite) -> Result<()> {
    let file = fingerprint(config);
    if known(&file)?.is_some() {
        return Ok(());
    }
    if store.prove(opens(key)).await? == Proof::Foreign {
        bail!(wrong(config));
    }
    if let Err(error) = key.leave_fingerprint(&file) {
        tracing::warn!(%error, "it is not noted which key the data are sealed with");
    }
    Ok(())
}

/// For a copy of the data, which is good with this key only: refuses one that opens nothing of what is sealed in them,
/// whatever is noted beside them. A gateway may be running on them.
pub fn prove_for_copy(config: &Config, key: &MasterKey) -> Result<()> {
    if backup::prove(&config.data.dir, opens(key))? == Proof::Foreign {
        bail!(wrong(config));
    }
    Ok(())
}

/// Whether it is the key of a copy. What is sealed in it decides, and the copy's own note where nothing is: early versions
/// noted whichever key they were given.
pub fn is_of_copy(key: &MasterKey, copy: &Path, noted: &str) -> Result<bool> {
    Ok(match backup::prove(copy, opens(key))? {
        Proof::Own => true,
        Proof::Foreign => false,
        Proof::Untold => key.fingerprint() == noted,
    })
}

fn opens(key: &MasterKey) -> impl FnMut(Place<'_>, &[u8]) -> bool + Send + 'static {
    let sealer = Sealer::new(key);
    move |place, sealed| {
        let opened = match place {
            Place::Listener => sealer.open(seals::LISTENER, sealed),
            Place::Key => sealer.open(seals::KEY, sealed),
            Place::Proxy => sealer.open(seals::PROXY, sealed),
            Place::Vault(account, name) => sealer.open(&sluice_courier::sealed_for(account, name), sealed),
        };
        opened.is_ok()
    }
}

/// Notes which key the data are sealed with, for data that were just brought here.
pub fn note(config: &Config, key: &MasterKey) -> Result<()> {
    Ok(key.leave_fingerprint(fingerprint(config))?)
}

/// The file's place.
pub fn fingerprint(config: &Config) -> PathBuf {
    config.data.dir.join(FINGERPRINT)
}

fn known(file: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        // Left by another user's command, perhaps: then the key is tried on the data.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

fn wrong(config: &Config) -> String {
    let whose = match &config.security.master_key {
        Some(_) => "of `security.master_key` (SLUICE_SECURITY__MASTER_KEY)".to_owned(),
        None => format!("in {}", config.key_file().display()),
    };
    format!("the master key {whose} is not the one that the data in {} are sealed with", config.data.dir.display())
}
