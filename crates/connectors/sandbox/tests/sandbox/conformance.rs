//! The pretend messenger passes the conformance kit in all its channels.

use sluice_connector::kit;
use sluice_model::Channel;

use crate::phone::Pocket;

mod whatsapp {
    sluice_connector::conformance!(super::Pocket::new(super::Channel::Whatsapp));
}

mod telegram_user {
    sluice_connector::conformance!(super::Pocket::new(super::Channel::TelegramUser));
}

mod telegram_bot {
    sluice_connector::conformance!(super::Pocket::new(super::Channel::TelegramBot));
}

mod max {
    sluice_connector::conformance!(super::Pocket::new(super::Channel::Max));
}

#[test]
fn the_specification_names_every_rule_of_the_kit() {
    let specification = include_str!("../../../../../docs/internals/connector.md");
    let missing: Vec<_> = kit::RULES.iter().filter(|rule| !specification.contains(&format!("`{rule}`"))).collect();
    assert!(missing.is_empty(), "docs/internals/connector.md does not name {missing:?}");
}
