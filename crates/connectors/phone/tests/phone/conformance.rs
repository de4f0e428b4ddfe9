//! Every rule of `docs/internals/connector.md`.

use crate::pocket::Pocket;

sluice_connector::conformance!(Pocket::new());
