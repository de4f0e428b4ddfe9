//! Small libraries in C that stand between a program and the C library, built here with the machine's `cc` and loaded by the
//! dynamic linker. Nothing of ours knows of them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// Builds `source`, a path below `trials/src`, into `folder`.
pub async fn build(source: &str, folder: &Path) -> Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(source);
    let library = folder.join("shim.so");
    let output = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-o"])
        .arg(&library)
        .arg(&source)
        .args(["-ldl", "-lpthread"])
        .output()
        .await
        .context("this trial needs a C compiler, `cc`")?;
    ensure!(output.status.success(), "{}: {}", source.display(), String::from_utf8_lossy(&output.stderr));
    Ok(library)
}
