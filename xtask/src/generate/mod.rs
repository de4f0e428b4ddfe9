//! The reference pages that the binary writes about itself, so that they cannot drift from the code.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run;
use crate::tidy::{self, Finding};

/// Every generated page: where it lies, and the arguments of `sluice` that print it.
const PAGES: &[(&str, &[&str])] = &[
    ("docs/reference/cli.md", &["reference", "cli"]),
    ("docs/reference/config.md", &["reference", "config"]),
    ("docs/reference/errors.md", &["reference", "errors"]),
    ("docs/reference/openapi.json", &["openapi"]),
];

/// The gateway alone, as it is shipped.
const GATEWAY: &[&str] = &["--package", "sluice-gateway", "--bin", "sluice"];

/// Writes every page.
pub fn write() -> Result<()> {
    let sluice = run::built(GATEWAY, "sluice")?;
    for (file, args) in PAGES {
        let page = printed(&sluice, args)?;
        let path = run::root().join(file);
        if fs::read_to_string(&path).is_ok_and(|old| old == page) {
            println!("{file}: fresh");
            continue;
        }
        fs::create_dir_all(path.parent().context("a page lies in a folder")?)?;
        fs::write(&path, page).with_context(|| format!("could not write {file}"))?;
        println!("{file}: written");
    }
    Ok(())
}

/// Fails when a page differs from what the binary would write.
pub fn check() -> Result<()> {
    check_with(&run::built(GATEWAY, "sluice")?)
}

/// The same, with a binary that is built already.
pub fn check_with(sluice: &Path) -> Result<()> {
    let mut findings = Vec::new();
    for (file, args) in PAGES {
        let fresh = printed(sluice, args)?;
        let stored = fs::read_to_string(run::root().join(file)).unwrap_or_default();
        findings.extend(difference(file, &stored, &fresh));
    }
    tidy::report(&findings)
}

fn difference(file: &str, stored: &str, fresh: &str) -> Option<Finding> {
    if stored == fresh {
        return None;
    }
    let same = stored.lines().zip(fresh.lines()).take_while(|(old, new)| old == new).count();
    let advice = match fresh.lines().nth(same) {
        _ if stored.is_empty() => "the page is missing; run `cargo xtask generate`".to_owned(),
        Some(line) => format!("expected `{line}` here; run `cargo xtask generate`"),
        None => "expected nothing more here; run `cargo xtask generate`".to_owned(),
    };
    Some(Finding::new(file, same + 1, "generated", advice))
}

fn printed(sluice: &Path, args: &[&str]) -> Result<String> {
    let mut command = run::command(sluice);
    // The pages show the defaults, not what this machine's environment says.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SLUICE_") {
            command.env_remove(name);
        }
    }
    let page = run::captured(command.args(args))?;
    if page.trim().is_empty() {
        bail!("`sluice {}` printed nothing", args.join(" "));
    }
    Ok(format!("{}\n", page.trim_end()))
}

#[cfg(test)]
mod tests;
