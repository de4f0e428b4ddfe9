//! Lays the file, the environment and the flags over the defaults, and says everything that is wrong with them.

mod file;
mod mistake;
mod sources;
mod spelled;
#[cfg(test)]
mod tests;

use figment::Figment;
use figment::providers::Serialized;
use serde_json::Value;

pub use mistake::{Error, Mistake, Origin, Trouble};
pub use sources::{RESERVED, Sources};

use crate::Config;
use crate::schema::{self, Key, Section};

/// One value that somebody wrote, and where.
struct Entry {
    /// Dotted path; for a key that is not known, the nearest to one that can be made of what was written.
    path: String,
    value: Value,
    origin: Origin,
}

impl Config {
    /// Reads every source, the later over the earlier: defaults, file, environment, flags.
    ///
    /// # Errors
    /// A file that cannot be read or is no TOML, or [`Error::Mistakes`]: all of them, each with its key, its place
    /// and what is expected. A wrong value is refused even where a later source overrides it.
    pub fn load(sources: &Sources) -> Result<Self, Error> {
        let sections = schema::sections();
        let mut entries = match sources.file()? {
            Some(path) => file::read(&path)?,
            None => Vec::new(),
        };
        entries.extend(spelled::variables(&sections, &sources.env));
        entries.extend(spelled::flags(&sections, &sources.flags));

        let mut config = Self::default();
        let mut layers = Figment::from(Serialized::defaults(&config));
        let mut mistakes = Vec::new();
        for entry in entries {
            let key = match find(&sections, &entry) {
                Ok(Some(key)) => key,
                Ok(None) => continue,
                Err(mistake) => {
                    mistakes.push(mistake);
                    continue;
                }
            };
            // Trying each value alone tells which one is wrong, so that one run names them all.
            let tried = layers.clone().merge(Serialized::default(&key.path, &entry.value));
            match tried.extract() {
                Ok(with_it) => (config, layers) = (with_it, tried),
                Err(_) => mistakes.push(Mistake::wrong(key, &entry)),
            }
        }
        if mistakes.is_empty() { Ok(config) } else { Err(Error::Mistakes(mistakes)) }
    }
}

/// The key an entry is for; `None` for the empty header of a section.
fn find<'s>(sections: &'s [Section], entry: &Entry) -> Result<Option<&'s Key>, Mistake> {
    let known = keys(sections).find(|key| match &entry.origin {
        // By its exact name: two spellings of one variable would have no order between them.
        Origin::Variable { name } => key.env == *name,
        _ => key.path == entry.path,
    });
    if known.is_some() {
        return Ok(known);
    }
    if !sections.iter().any(|section| section.path == entry.path) {
        return Err(Mistake::unknown(sections, entry));
    }
    match entry.value {
        Value::Object(_) => Ok(None),
        _ => Err(Mistake::section(entry)),
    }
}

fn keys(sections: &[Section]) -> impl Iterator<Item = &Key> {
    sections.iter().flat_map(|section| &section.keys)
}
