//! What a process holds, as the system tells it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// A look at a running process.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Resident memory in MB of 10^6 bytes.
    pub memory: f64,
    /// What of it is not pages of files, in MB.
    pub own_memory: f64,
    pub descriptors: usize,
    pub threads: u64,
}

impl Held {
    pub fn by(process: u32) -> Result<Self> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).with_context(|| name.to_owned())
        };
        // proc(5) says kB and means 1024 bytes.
        let megabytes = |name: &str| anyhow::Ok(number(name)? as f64 * 1024.0 / 1e6);
        Ok(Self {
            memory: megabytes("VmRSS:")?,
            own_memory: megabytes("RssAnon:")?,
            descriptors: std::fs::read_dir(format!("/proc/{process}/fd"))?.count(),
            threads: number("Threads:")?,
        })
    }
}

/// User and system time of a process (fields 14 and 15 of proc(5) stat, in ticks of a hundredth of a second).
pub fn worked(process: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit_once(')').context("stat")?.1.split_whitespace().collect();
    let ticks = fields.get(11).context("utime")?.parse::<u64>()? + fields.get(12).context("stime")?.parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}

/// Allows this process, and those that it starts from now on, so many open descriptors.
pub fn allow_descriptors(wanted: usize) -> Result<()> {
    let allowed = rlimit::increase_nofile_limit(wanted as u64)?;
    ensure!(allowed >= wanted as u64, "{wanted} descriptors are needed and {allowed} allowed: raise `ulimit -Hn`");
    Ok(())
}
