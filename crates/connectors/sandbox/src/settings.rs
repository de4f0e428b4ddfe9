use std::path::PathBuf;

/// How the pretend messenger behaves.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The folder where it remembers what it took: `<dir>/<account>.jsonl`. `None` keeps it in memory only, which a
    /// killed gateway forgets.
    pub dir: Option<PathBuf>,
    /// The same seed and the same calls give the same world.
    pub seed: u64,
    /// For measuring the gateway: a message is taken at once, and nothing follows it.
    pub instant: bool,
}
