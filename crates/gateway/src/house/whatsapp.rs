//! What the connector `whatsapp-web` is given, and which builds may talk to a pretend WhatsApp.

use sluice_config::{Config, Problem, Severity};
use sluice_outside::Client;
use sluice_whatsapp_web::{Settings, TEST_SERVER, Version};

#[cfg(all(feature = "whatsapp-test-server", not(debug_assertions), not(feature = "whatsapp-test-server-in-release")))]
compile_error!(
    "the feature `whatsapp-test-server` leaves out the check of WhatsApp's root key and must not get into a release build; \
     where that is really wanted, for a load test, say so with `whatsapp-test-server-in-release` as well"
);

pub fn settings(config: &Config, outside: &Client) -> Settings {
    let section = &config.connectors.whatsapp_web;
    Settings {
        outside: outside.clone(),
        server: section.server_url.clone(),
        version: section.version.as_deref().and_then(version),
        link_previews: section.link_previews,
    }
}

/// What is wrong with the section in this build.
pub fn check(config: &Config) -> Vec<Problem> {
    let section = &config.connectors.whatsapp_web;
    let mut found = Vec::new();
    let mut problem = |path, text: &str| {
        found.push(Problem { severity: Severity::Error, path, text: text.to_owned() });
    };
    let foreign = "it is for tests with a pretend server, and this program was not built for them (cargo feature \
                   `whatsapp-test-server`). Remove it.";
    if section.server_url.is_some() && !TEST_SERVER {
        problem("connectors.whatsapp_web.server_url", foreign);
    }
    match &section.version {
        Some(_) if !TEST_SERVER => problem("connectors.whatsapp_web.version", foreign),
        Some(text) if version(text).is_none() => {
            problem("connectors.whatsapp_web.version", "it is not three numbers. Write it like `2.3000.1026131876`.");
        }
        _ => {}
    }
    found
}

fn version(text: &str) -> Option<Version> {
    let numbers: Vec<u32> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [primary, secondary, tertiary] = numbers[..] else { return None };
    Some((primary, secondary, tertiary))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(server_url: Option<&str>, version: Option<&str>) -> Config {
        let mut config = Config::default();
        config.connectors.whatsapp_web.server_url = server_url.map(str::to_owned);
        config.connectors.whatsapp_web.version = version.map(str::to_owned);
        config
    }

    #[test]
    fn only_a_build_for_tests_takes_a_pretend_server() {
        assert!(check(&Config::default()).is_empty());
        let paths = |config| check(&config).into_iter().map(|problem| problem.path).collect::<Vec<_>>();
        let (server, version) = ("connectors.whatsapp_web.server_url", "connectors.whatsapp_web.version");
        let both = with(Some("ws://127.0.0.1:7777/ws/chat"), Some("2.3000.1026131876"));
        assert_eq!(paths(both), if TEST_SERVER { vec![] } else { vec![server, version] });
        assert_eq!(paths(with(None, Some("2.3000"))), [version]);
    }

    #[test]
    fn a_version_is_three_numbers() {
        assert_eq!(version("2.3000.1026131876"), Some((2, 3000, 1_026_131_876)));
        for text in ["", "2", "2.3000", "2.3000.1.2", "2.3000.x", "2.3000.99999999999"] {
            assert_eq!(version(text), None, "{text}");
        }
    }
}
