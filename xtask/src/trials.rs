//! Starting the trials and the bench, always on release builds.

use anyhow::Result;

use crate::run;

/// Runs the bench; `json` asks it for figures a program can read.
pub fn bench(json: bool, mut args: Vec<String>) -> Result<()> {
    if json {
        args.insert(0, "--json".to_owned());
    }
    run("bench", &args)
}

/// Runs one binary of `sluice-trials` against a release build of the gateway.
pub fn run(name: &str, args: &[String]) -> Result<()> {
    let gateway = run::built("sluice-gateway", "sluice", true)?;
    let trial = ["run", "--release", "--package", "sluice-trials", "--bin", name, "--"];
    run::shown(run::cargo(&trial).args(args).env("SLUICE_BIN", gateway))
}
