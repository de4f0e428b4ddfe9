//! Figures on paper.

use std::cmp::Ordering;
use std::fmt::{Debug, Write as _};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// How much of a trial to run.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Kills, keys, seconds or what else the trial counts.
    pub count: usize,
    /// What chance begins with.
    pub seed: u64,
}

impl Size {
    /// Whether a run is held to the promises about time: it has `enough` of what the trial counts, and is built as it is
    /// shipped.
    pub const fn is_timed(self, enough: usize) -> bool {
        self.count >= enough && !cfg!(debug_assertions)
    }

    /// Why it is not; `counted` is what the trial counts.
    pub fn excuse(self, enough: usize, counted: &str) -> String {
        format!("because {} {counted} in a {} are no {enough} in a release build", self.count, build())
    }
}

/// What a trial found: rows of name and figure, and the faults, of which there must be none.
#[derive(Debug, Default)]
pub struct Report {
    pub title: String,
    pub seed: u64,
    pub rows: Vec<(String, String)>,
    /// What the figures do not say: how it was done, and what was left out.
    pub words: Vec<String>,
    /// What was not held to the promise's own bound: to what instead, and why.
    pub rooms: Vec<String>,
    pub faults: Vec<String>,
}

impl Report {
    pub fn new(title: &str, seed: u64) -> Self {
        Self { title: title.to_owned(), seed, ..Self::default() }
    }

    pub fn row(&mut self, name: &str, figure: impl std::fmt::Display) {
        self.rows.push((name.to_owned(), figure.to_string()));
    }

    pub fn say(&mut self, words: &str) {
        self.words.push(words.to_owned());
    }

    /// A figure that may be `most`: a row that says both, and beyond it a broken promise.
    pub fn at_most<T: PartialOrd + Debug>(&mut self, name: &str, figure: T, most: T) {
        let judged = format!("{figure:.2?} (at most {most:.2?})");
        // What cannot be compared holds nothing.
        if figure.partial_cmp(&most).is_none_or(Ordering::is_gt) {
            self.fault(format!("{name}: {judged}"));
        }
        self.row(name, judged);
    }

    /// This run was not held to a promise's own bound: what it was held to instead, and why. The verdict says so.
    pub fn room(&mut self, what: impl Into<String>) {
        self.rooms.push(what.into());
    }

    /// Takes in what a part of the trial found: its counts are added to those of the same name, its faults are the trial's.
    pub fn join(&mut self, part: Self) {
        for (name, figure) in part.rows {
            let count = |figure: &str| figure.parse::<u64>().ok();
            match self.rows.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) if let (Some(one), Some(other)) = (count(sum), count(&figure)) => {
                    *sum = (one + other).to_string();
                }
                _ => self.rows.push((name, figure)),
            }
        }
        part.faults.into_iter().for_each(|fault| self.fault(fault));
    }

    /// A broken promise. The first twenty are kept; more of them say nothing new.
    pub fn fault(&mut self, what: String) {
        if self.faults.len() < 20 {
            self.faults.push(what);
        }
    }

    pub fn markdown(&self) -> String {
        let mut page = format!("# {}\n\n", self.title);
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "Commit {}, seed {}, {}, {}.\n\n| figure | value |\n|---|---|",
            commit(),
            self.seed,
            machine(),
            build()
        );
        for (name, figure) in &self.rows {
            let _ = writeln!(page, "| {name} | {figure} |");
        }
        for words in &self.words {
            let _ = writeln!(page, "\n{words}");
        }
        let _ = writeln!(page, "\n{}", self.verdict());
        page
    }

    /// The page's last words.
    fn verdict(&self) -> String {
        let rooms = self.rooms.join("; ");
        match (self.faults.is_empty(), self.rooms.is_empty()) {
            (true, true) => "Every promise held.".to_owned(),
            (true, false) => format!("Held, but judged with room: {rooms}."),
            (false, true) => format!("**Broken promises:**\n\n- {}", self.faults.join("\n- ")),
            (false, false) => {
                format!("**Broken promises**, although judged with room ({rooms}):\n\n- {}", self.faults.join("\n- "))
            }
        }
    }

    /// Prints, and with `--write` puts the page under `docs/trials/`.
    pub fn publish(&self, name: &str, write: bool) -> Result<()> {
        let page = self.markdown();
        show(&page);
        if write {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/trials/{name}.md"));
            std::fs::write(&path, page).with_context(|| path.display().to_string())?;
        }
        anyhow::ensure!(self.faults.is_empty(), "{} broken promises", self.faults.len());
        Ok(())
    }
}

/// On standard output.
pub fn show(text: &str) {
    println!("{text}");
}

/// The commit under trial, with a mark when the work tree differs from it.
pub fn commit() -> String {
    let output = Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=10"]).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    if text.is_empty() { "unknown".to_owned() } else { text }
}

/// The trials are built as the gateway is, so their own build tells.
pub const fn build() -> &'static str {
    if cfg!(debug_assertions) { "debug build" } else { "release build" }
}

pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let memory = read("/proc/meminfo");
    let kilobytes = memory.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    // The system counts in 1024 bytes.
    let gigabytes = kilobytes * 1024 / 1_000_000_000;
    format!("{cores} x{}, {gigabytes} GB", model.trim_start_matches([' ', '\t', ':']).trim_end()).replacen('x', "x ", 1)
}
