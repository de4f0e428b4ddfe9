use std::fmt::Write;

use crate::RESERVED;
use crate::schema::{Key, Section, as_text, sections};

const INTRODUCTION: &str = "# Configuration reference

Generated from the code: change the doc comments there, not this page.

Settings come from four layers, the later over the earlier: the defaults below, a TOML file, the environment, flags.
The file is the one named by `--config`, else by `SLUICE_CONFIG`, else `sluice.toml` in the working folder if there is
one. An unknown key, in the file or under `SLUICE_`, is an error.

- **Environment.** `SLUICE_`, then the key in upper case with `__` for each dot. Lists are separated by commas; an
  empty value empties a list and unsets a key that has no default. A list replaces the list of the layer below.
- **Lengths of time** are a number and a unit: `250ms`, `5s`, `10m`, `24h`, `30d`. A day is 24 hours. `m` is minutes.
- **Sizes** are a number and a unit. `kB`, `MB`, `GB` count in thousands (1 kB is 1000 bytes); `KiB`, `MiB`, `GiB` in
  1024s. Upper and lower case are the same.
- **Relative paths** start at the working folder.
";

/// The page of every section and key, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut out = INTRODUCTION.to_owned();
    for section in sections() {
        out.push_str(&chapter(&section));
    }
    out.push_str("\n## Variables that are no keys\n\n| variable | what it is |\n|---|---|\n");
    for (name, what) in RESERVED {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| `{name}` | {what} |");
    }
    out
}

fn chapter(section: &Section) -> String {
    let head = format!("\n## `[{}]`\n\n{}\n", section.path, section.words);
    if section.keys.is_empty() {
        return head;
    }
    let rows: String = section.keys.iter().map(row).collect();
    format!("{head}\n| key | environment | default | what it does | form |\n|---|---|---|---|---|\n{rows}")
}

fn row(key: &Key) -> String {
    let default = match as_text(&key.default) {
        text if text.is_empty() && key.default.is_array() => "(empty)".to_owned(),
        text if text.is_empty() => "(not set)".to_owned(),
        text => format!("`{text}`"),
    };
    let cells = [format!("`{}`", key.path), format!("`{}`", key.env), default, key.words.clone(), key.expects.clone()];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}
