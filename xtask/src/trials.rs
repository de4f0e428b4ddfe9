//! Starting the trials and the bench, always on release builds.

use anyhow::Result;

use crate::run;

/// The bench has the pretend WhatsApp beside it, which a release build takes two switches for.
const BENCH: &[&str] =
    &["--features", "sluice-gateway/whatsapp-test-server,sluice-gateway/whatsapp-test-server-in-release"];

/// Runs the bench; `json` asks it for figures a program can read.
pub fn bench(json: bool, mut args: Vec<String>) -> Result<()> {
    if json {
        args.insert(0, "--json".to_owned());
    }
    run("bench", BENCH, &args)
}

/// Runs one trial at its full size, or as its arguments say.
pub fn trial(name: &str, mut args: Vec<String>) -> Result<()> {
    args.insert(0, name.to_owned());
    run("trial", &[], &args)
}

/// Runs one binary of `sluice-trials` against a release build of the gateway.
fn run(name: &str, features: &[&str], args: &[String]) -> Result<()> {
    let gateway = ["--release", "--package", "sluice-gateway", "--bin", "sluice"];
    let gateway = run::built(&[&gateway, features].concat(), "sluice")?;
    let trial = ["run", "--release", "--package", "sluice-trials", "--bin", name, "--"];
    run::shown(run::cargo(&trial).args(args).env("SLUICE_BIN", gateway))
}
