use std::fmt;
use std::path::PathBuf;

use super::{Entry, RESERVED, keys, spelled};
use crate::schema::{Key, Section, as_text};

/// Why there is no configuration. Never quotes a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is absent, unreadable or not UTF-8.
    #[error("cannot read the configuration file {}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    /// The file is no TOML; `message` is the parser's and does not quote the line.
    #[error("{} line {line} is not TOML: {message}", path.display())]
    Syntax { path: PathBuf, line: usize, message: String },
    /// A `SLUICE_` variable is not UTF-8.
    #[error("the environment variable {name} is not UTF-8 text")]
    NotText { name: String },
    /// At least one; each prints as one line.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mistakes(Vec<Mistake>),
}

/// One value that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Dotted path as far as it can be told.
    pub path: String,
    pub origin: Origin,
    pub trouble: Trouble,
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    File { path: PathBuf, line: usize },
    Variable { name: String },
    Flag { path: String },
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such key; `nearest` is spelled as its origin would.
    Unknown { nearest: Option<String> },
    /// A section was given a value.
    Section,
    /// `found` is `None` where it must not be shown.
    Wrong { expects: String, found: Option<String> },
}

impl Mistake {
    pub(super) fn wrong(key: &Key, entry: &Entry) -> Self {
        Self {
            path: key.path.clone(),
            origin: entry.origin.clone(),
            trouble: Trouble::Wrong {
                expects: key.expects.clone(),
                found: (!key.secret).then(|| match entry.origin {
                    // With its quotes: `"4"` is no number, and the quotes are why.
                    Origin::File { .. } => entry.value.to_string(),
                    _ => as_text(&entry.value),
                }),
            },
        }
    }

    pub(super) fn section(entry: &Entry) -> Self {
        Self { path: entry.path.clone(), origin: entry.origin.clone(), trouble: Trouble::Section }
    }

    pub(super) fn unknown(sections: &[Section], entry: &Entry) -> Self {
        let nearest = match &entry.origin {
            Origin::Variable { name } => {
                let reserved = RESERVED.iter().map(|(name, _)| *name);
                let names = keys(sections).map(|key| key.env.as_str()).chain(reserved);
                nearest(&spelled::dotted(name), names, spelled::dotted)
            }
            _ => {
                let paths = keys(sections).map(|key| key.path.as_str());
                nearest(&entry.path, paths, str::to_owned)
            }
        };
        Self { path: entry.path.clone(), origin: entry.origin.clone(), trouble: Trouble::Unknown { nearest } }
    }
}

/// The candidate most like `wrong`, if any is: by the whole path, or by its last part where the section is wrong.
fn nearest<'k>(
    wrong: &str,
    candidates: impl Iterator<Item = &'k str>,
    path_of: impl Fn(&str) -> String,
) -> Option<String> {
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let alike = |candidate: &str| {
        let path = path_of(candidate);
        let whole = strsim::normalized_damerau_levenshtein(wrong, &path);
        let part = strsim::normalized_damerau_levenshtein(&last(wrong), &last(&path));
        whole.max(part * 0.9)
    };
    candidates
        .map(|candidate| (alike(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate.to_owned())
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, origin, trouble } = self;
        match trouble {
            Trouble::Unknown { nearest } => {
                write!(out, "{origin}: there is no key `{path}`")?;
                match nearest {
                    Some(nearest) => write!(out, "; did you mean `{nearest}`?"),
                    None => write!(out, "; the reference lists all keys"),
                }
            }
            Trouble::Section => {
                write!(out, "{origin}: `{path}` is a section and takes no value; set the keys inside it")
            }
            Trouble::Wrong { expects, found } => {
                write!(out, "{origin}: `{path}` must be {expects}")?;
                match found {
                    Some(found) if found.is_empty() => write!(out, ", not empty"),
                    Some(found) => write!(out, ", not `{found}`"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(out, "{} line {line}", path.display()),
            Self::Variable { name } => write!(out, "environment variable {name}"),
            Self::Flag { path } => write!(out, "flag for {path}"),
        }
    }
}
