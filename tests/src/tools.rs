//! Independent clients, where the machine has them. `cargo xtask test` installs them and names them in the environment;
//! a test that lacks one says so in a line that the runner counts.

#![expect(clippy::print_stdout, reason = "the runner counts these lines")]

use std::path::PathBuf;

/// The Python that has the clients' packages.
pub fn python() -> Option<PathBuf> {
    find("SLUICE_PYTHON", "the Python clients")
}

/// The Node.js whose `NODE_PATH` has the clients' packages.
pub fn node() -> Option<PathBuf> {
    find("SLUICE_NODE", "the npm clients")
}

/// Node.js with Baileys, the WhatsApp client that plays the human.
pub fn baileys() -> Option<PathBuf> {
    let node = find("SLUICE_NODE", "the tests with Baileys")?;
    let has = |folder: &PathBuf| folder.join("baileys/package.json").is_file();
    let found = std::env::var_os("NODE_PATH").map(PathBuf::from).filter(has);
    if found.is_none() {
        println!("SKIPPED: the tests with Baileys because NODE_PATH has no baileys; run `cargo xtask test`");
    }
    found.map(|_| node)
}

/// curl, which the seeds' own lines are written for.
pub fn curl() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join("curl")).find(|file| file.is_file());
    if found.is_none() {
        println!("SKIPPED: the seeds' curl lines because there is no curl; install curl");
    }
    found
}

/// How much of a trial to run, as `SLUICE_TRIAL_SIZE` has it: `small`, `full` or a number; `None` where it says nothing.
pub fn trial_size(small: usize, full: usize) -> Option<usize> {
    match std::env::var("SLUICE_TRIAL_SIZE").ok()?.as_str() {
        "small" => Some(small),
        "full" => Some(full),
        number => number.parse().ok(),
    }
}

fn find(variable: &str, what: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        println!("SKIPPED: {what} because {variable} is not set; run `cargo xtask test`");
    }
    found
}
