use std::path::PathBuf;

use super::Error;

/// `SLUICE_` names that are no keys of the configuration, and what they are.
pub const RESERVED: [(&str, &str); 8] = [
    ("SLUICE_CONFIG", "path of the TOML file"),
    ("SLUICE_URL", "the gateway that client commands call"),
    ("SLUICE_TOKEN", "the key that client commands call it with"),
    ("SLUICE_LOG", "log filter, such as `info,sluice_relay=debug`; overrides `log.level`"),
    ("SLUICE_BIN", "the binary that the black-box tests start"),
    ("SLUICE_PYTHON", "the Python that the black-box tests use"),
    ("SLUICE_NODE", "the Node.js that the black-box tests use"),
    ("SLUICE_TRIAL_SIZE", "how large the trials are run"),
];

/// Where a configuration is read from. All of it is an argument, so that a test never touches the process.
/// No `Debug`: the texts may hold secrets.
#[derive(Default)]
pub struct Sources {
    /// The file named by `--config`; it must exist. None: the one named by `SLUICE_CONFIG`, which must exist too,
    /// else `sluice.toml` in `folder` if there is one.
    pub file: Option<PathBuf>,
    /// Where `sluice.toml` is looked for; empty is the working folder.
    pub folder: PathBuf,
    /// Variables; those without the prefix `SLUICE_` are ignored.
    pub env: Vec<(String, String)>,
    /// Dotted key and text, such as `("server.listen", "127.0.0.1:9000")`.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// The working folder and the environment of this process.
    ///
    /// # Errors
    /// [`Error::NotText`] for a `SLUICE_` variable that is not UTF-8.
    pub fn of_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Result<Self, Error> {
        let mut env = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Some(name) = name.to_str().filter(|name| name.starts_with("SLUICE_")) else {
                continue;
            };
            let name = name.to_owned();
            match value.into_string() {
                Ok(value) => env.push((name, value)),
                Err(_) => return Err(Error::NotText { name }),
            }
        }
        Ok(Self { file, folder: PathBuf::new(), env, flags })
    }

    pub(super) fn file(&self) -> Result<Option<PathBuf>, Error> {
        let by_env = || {
            self.env
                .iter()
                .find(|(name, value)| name == "SLUICE_CONFIG" && !value.is_empty())
                .map(|(_, value)| PathBuf::from(value))
        };
        if let Some(named) = self.file.clone().or_else(by_env) {
            return Ok(Some(named));
        }
        let usual = self.folder.join("sluice.toml");
        match usual.try_exists() {
            Ok(there) => Ok(there.then_some(usual)),
            Err(source) => Err(Error::Read { path: usual, source }),
        }
    }
}
