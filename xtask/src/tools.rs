//! The foreign clients that the black-box tests talk through, fetched by name into `.tools/`.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::run;

/// PyPI packages, exact. The bot library is the one that customers run; it stays unmodified.
const PYTHON: &[&str] =
    &["whatsapp-chatbot-python==1.1.1", "whatsapp-api-client-python==0.0.55", "standardwebhooks==1.1.0"];

/// npm packages, exact.
const NODE: &[&str] = &["standardwebhooks@1.1.1", "baileys@7.0.0-rc14"];

/// Where to look for a Python: the one on the path may lack `venv` while Debian's own has it.
const PYTHONS: &[&str] = &["python3", "/usr/bin/python3", "python"];

/// What the tests find in their environment.
pub type Environment = Vec<(&'static str, OsString)>;

/// Something this machine lacks, so that a part of the tests cannot run.
#[derive(Debug)]
pub struct Skip {
    /// What is left out.
    pub what: &'static str,
    /// Why it is left out.
    pub because: String,
    /// What the person at this machine can install to have it.
    pub install: &'static str,
}

impl fmt::Display for Skip {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SKIPPED: {} because {}; install {}", self.what, self.because, self.install)
    }
}

/// Prepares a Python that has the clients, as `SLUICE_PYTHON`.
pub fn python() -> Result<Environment, Skip> {
    let skip = |because: String, install| Skip { what: "the tests with Python clients", because, install };
    let home = run::root().join(".tools/python");
    let python = home.join("bin/python");
    // A virtual environment dies with the Python it was made from.
    if !is_fresh(&home, PYTHON) || !answers(&python, &["--version"]) {
        let system = PYTHONS
            .iter()
            .find(|python| answers(python, &["-c", "import venv, ensurepip"]))
            .ok_or_else(|| skip("no Python 3 with venv was found".to_owned(), "python3 and python3-venv"))?;
        renew(&home, PYTHON, || {
            run::captured(run::command(system).args(["-m", "venv"]).arg(&home))?;
            let install = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
            run::captured(run::command(&python).args(install).args(PYTHON))
        })
        .map_err(|trouble| skip(format!("{trouble:#}"), "a working pip with access to its package index"))?;
    }
    Ok(vec![("SLUICE_PYTHON", python.into())])
}

/// Prepares a Node that finds the clients, as `SLUICE_NODE` and `NODE_PATH`.
pub fn node() -> Result<Environment, Skip> {
    let skip = |because: String, install| Skip { what: "the tests with Node clients", because, install };
    let home = run::root().join(".tools/node");
    if !answers("node", &["--version"]) {
        return Err(skip("`node` was not found".to_owned(), "Node.js 18 or newer"));
    }
    if !is_fresh(&home, NODE) {
        if !answers("npm", &["--version"]) {
            return Err(skip("`npm` was not found".to_owned(), "npm"));
        }
        renew(&home, NODE, || {
            let install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
            run::captured(run::command("npm").args(install).arg(&home).args(NODE))
        })
        .map_err(|trouble| skip(format!("{trouble:#}"), "a working npm with access to its registry"))?;
    }
    Ok(vec![("SLUICE_NODE", "node".into()), ("NODE_PATH", home.join("node_modules").into())])
}

/// Says why a cargo subcommand cannot run, when its component is not part of this toolchain.
pub fn component(subcommand: &'static str, install: &'static str) -> Result<(), Skip> {
    match run::captured(run::cargo(&[subcommand]).arg("--version")) {
        Ok(_) => Ok(()),
        Err(_) => Err(Skip { what: subcommand, because: "this Rust toolchain lacks it".to_owned(), install }),
    }
}

/// Empties the folder, fills it, and stamps it: a fill that was cut off is started anew the next time.
fn renew(home: &Path, pins: &[&str], fill: impl FnOnce() -> Result<String>) -> Result<()> {
    if home.exists() {
        fs::remove_dir_all(home)?;
    }
    fs::create_dir_all(home)?;
    fill()?;
    fs::write(stamp(home), pins.join("\n"))?;
    Ok(())
}

fn is_fresh(home: &Path, pins: &[&str]) -> bool {
    fs::read_to_string(stamp(home)).is_ok_and(|stamped| stamped == pins.join("\n"))
}

fn stamp(home: &Path) -> std::path::PathBuf {
    home.join("pins")
}

fn answers(program: impl AsRef<OsStr>, args: &[&str]) -> bool {
    run::captured(run::command(program).args(args)).is_ok()
}
