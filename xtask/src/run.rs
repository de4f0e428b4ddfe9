//! Running a command so that the reader of the log sees what ran and why it failed.

use std::io::{BufRead, BufReader, pipe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How long output may stay open after its command ended: a test may have left a process behind that holds it.
const LINGERING: Duration = Duration::from_secs(2);

/// The folder of the workspace.
pub fn root() -> PathBuf {
    // The variable is preferred: a binary built in one clone may be run in another.
    let xtask =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A command that runs in the workspace's folder and never waits for a person to type.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// `cargo` with these arguments, the same one that runs this tool.
pub fn cargo(args: &[&str]) -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Build scripts (ring's, for one) watch these, and would run again whenever xtask and a plain cargo take turns.
    for (name, _) in std::env::vars_os() {
        let plain = name.to_string_lossy();
        if plain.starts_with("CARGO_PKG_") || plain.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo.args(args);
    cargo
}

/// Runs it with its output shown. Fails when it does.
pub fn shown(command: &mut Command) -> Result<()> {
    let line = announce(command);
    let status = command.status().with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs it and returns what it wrote to stdout. Fails with the line of its complaint that names the cause.
pub fn captured(command: &mut Command) -> Result<String> {
    let line = spelled(command);
    let output = command.output().with_context(|| format!("could not start `{line}`"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let heard = || complaint.lines().filter(|line| !line.trim().is_empty());
        // pip and npm name the cause first and end with advice.
        let cause = heard().find(|line| line.to_lowercase().contains("error")).or(heard().next_back());
        bail!("`{line}` failed ({}): {}", output.status, cause.unwrap_or("it said nothing").trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` did not write UTF-8"))
}

/// Runs it and hands over each line of stdout and stderr, in the order written. Returns whether it succeeded.
pub fn followed(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool> {
    let line = announce(command);
    let (reader, writer) = pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("could not start `{line}`"))?;
    // The command still owns the writing end, with which the output would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let lines = lines_of(reader);
    loop {
        match lines.recv_timeout(LINGERING) {
            Ok(line) => each(&line),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if child.try_wait()?.is_some() => {
                each("warning: a process that a test started is still running and holds the output");
                break;
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    Ok(child.wait()?.success())
}

/// Builds what `selection` picks, with cargo's messages shown, and returns the path of one binary among it.
pub fn built(selection: &[&str], binary: &str) -> Result<PathBuf> {
    let mut build = cargo(&["build", "--message-format=json-render-diagnostics"]);
    build.args(selection);
    build.stderr(Stdio::inherit());
    announce(&build);
    let output = build.output().context("could not start cargo")?;
    if !output.status.success() {
        bail!("`{binary}` does not build");
    }
    // Only cargo knows where it put the file: the target folder and triple are set in many places.
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == binary && message["profile"]["test"] == false)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .with_context(|| format!("cargo built no `{binary}`"))
}

fn lines_of(reader: std::io::PipeReader) -> Receiver<String> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            if tell.send(line).is_err() {
                break;
            }
            bytes.clear();
        }
    });
    told
}

fn announce(command: &Command) -> String {
    let line = spelled(command);
    eprintln!("$ {line}");
    line
}

fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args()).map(|word| word.to_string_lossy());
    words.collect::<Vec<_>>().join(" ")
}
