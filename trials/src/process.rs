//! What a process holds, as the system tells it.

use anyhow::{Context, Result};

/// A look at a running process.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Resident memory in kB.
    pub memory: u64,
    pub descriptors: usize,
    pub threads: u64,
}

impl Held {
    pub fn by(process: u32) -> Result<Self> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).with_context(|| name.to_owned())
        };
        Ok(Self {
            memory: number("VmRSS:")?,
            descriptors: std::fs::read_dir(format!("/proc/{process}/fd"))?.count(),
            threads: number("Threads:")?,
        })
    }
}
