//! The connector passes the conformance kit.

use crate::pocket::Pocket;

sluice_connector::conformance!(Pocket::new().await);
