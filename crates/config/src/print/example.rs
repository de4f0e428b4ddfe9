use crate::Config;
use crate::schema::{Key, sections};

impl Config {
    /// A TOML file with every key at its default and a comment on each; it loads as the defaults.
    /// Keys without a default are commented out, with an example.
    #[must_use]
    pub fn example_toml() -> String {
        let sections: Vec<_> = sections()
            .iter()
            .filter(|section| !section.keys.is_empty())
            .map(|section| {
                let keys: Vec<_> = section.keys.iter().map(written).collect();
                format!("# {}\n[{}]\n\n{}\n", section.words, section.path, keys.join("\n\n"))
            })
            .collect();
        format!("# Sluicegate: every key at its default. Delete what you do not change.\n\n{}", sections.join("\n"))
    }
}

fn written(key: &Key) -> String {
    let (words, expects, name) = (&key.words, &key.expects, &key.name);
    let line = match toml::Value::try_from(&key.default) {
        Ok(default) => format!("{name} = {default}"),
        // TOML has no null, and a key that is not set has no other value.
        Err(_) => format!("# {name} = \"{}\"", key.example.as_deref().unwrap_or("..")),
    };
    format!("# {words}\n# Form: {expects}.\n{line}")
}
