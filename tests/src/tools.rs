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

/// curl, which the seeds' own lines are written for.
pub fn curl() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join("curl")).find(|file| file.is_file());
    if found.is_none() {
        println!("SKIPPED: the seeds' curl lines because there is no curl; install curl");
    }
    found
}

/// How large a trial is to be: `small` in the test command.
pub fn is_small() -> bool {
    std::env::var("SLUICE_TRIAL_SIZE").is_ok_and(|size| size == "small")
}

fn find(variable: &str, what: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        println!("SKIPPED: {what} because {variable} is not set; run `cargo xtask test`");
    }
    found
}
