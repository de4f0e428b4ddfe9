//! The lists of the house: its connectors, and what of the configuration each room is given.

use std::sync::Arc;

use sluice_config::Config;
use sluice_connector::Connector;
use sluice_intake::ConnectorCatalog;
use sluice_outside::Allowed;
use sluice_outside::Client;
use sluice_outside::Guard;
use sluice_phone::Phone;
use sluice_sandbox::Sandbox;
use sluice_whatsapp_web::WhatsappWeb;

use super::whatsapp;

/// Every kind of messenger this build can reach. A new connector is one line here.
pub fn connectors(config: &Config, outside: &Client) -> Vec<Arc<dyn Connector>> {
    let mut all: Vec<Arc<dyn Connector>> = Vec::new();
    if config.connectors.sandbox.enabled {
        all.push(Arc::new(Sandbox::new(sluice_sandbox::Settings {
            seed: config.connectors.sandbox.seed,
            dir: Some(config.data.dir.join("sandbox")),
            instant: config.connectors.sandbox.instant,
        })));
    }
    if config.connectors.whatsapp_web.enabled {
        all.push(Arc::new(WhatsappWeb::new(whatsapp::settings(config, outside))));
    }
    // Behind the others of its channel, which it is no substitute for.
    all.push(Arc::new(Phone::default()));
    all
}

/// What intake knows of the connectors, which are not its to touch: their abilities, as data.
pub fn of(connectors: &[Arc<dyn Connector>]) -> ConnectorCatalog {
    let mut catalog = ConnectorCatalog::default();
    for connector in connectors {
        for channel in connector.channels() {
            catalog = catalog.with(connector.name(), *channel, connector.abilities(*channel));
        }
    }
    catalog
}

pub fn limits(config: &Config) -> sluice_intake::Limits {
    let limits = &config.server.limits;
    sluice_intake::Limits {
        first_byte: limits.first_byte_timeout,
        header: limits.header_timeout,
        header_bytes: usize::try_from(limits.header_size).unwrap_or(usize::MAX),
        header_count: limits.header_count,
        body: limits.body_timeout,
        body_rate: limits.body_min_rate,
        body_bytes: limits.body_size,
        media_bytes: limits.media_size,
        json_depth: limits.json_depth,
        connections: limits.connections,
        connections_per_address: limits.connections_per_address,
        connections_per_loopback: limits.connections,
        requests_in_flight: limits.requests_in_flight,
        method_rates: limits.method_rates,
        drain: config.server.drain,
        trusted_proxies: config.server.trusted_proxies.clone(),
    }
}

pub fn courier(config: &Config) -> sluice_courier::Settings {
    sluice_courier::Settings {
        in_flight: config.courier.in_flight,
        backoff_first: config.courier.backoff_first,
        backoff_max: config.courier.backoff_max,
        unknown_attempts: u32::try_from(config.courier.unknown_attempts).unwrap_or(u32::MAX),
        ..sluice_courier::Settings::default()
    }
}

pub fn relay(config: &Config) -> sluice_relay::Settings {
    sluice_relay::Settings {
        concurrency: config.relay.concurrency,
        workspace_concurrency: config.relay.workspace_concurrency,
        headers: config.relay.headers_timeout,
        total: config.relay.total_timeout,
        answer: usize::try_from(config.relay.answer_size).unwrap_or(usize::MAX),
        ..sluice_relay::Settings::default()
    }
}

/// The operator's exceptions, in the words of the guard.
pub fn guard(config: &Config) -> Guard {
    let allow = config.outside.allow.iter().map(|allowed| match allowed.clone() {
        sluice_config::Allowed::Loopback => Allowed::Loopback,
        sluice_config::Allowed::Network(net) => Allowed::Net(net),
        sluice_config::Allowed::Address(address) => address.into(),
        sluice_config::Allowed::Host { name, port } => Allowed::Host { name, port },
    });
    Guard { allow: allow.collect(), https_only: config.outside.https_only }
}
