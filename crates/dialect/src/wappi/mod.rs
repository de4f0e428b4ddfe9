//! Wappi.

use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::{Entry, Outcome, Refusal};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Notice, Reply, Setting, TokenShape};

pub struct Wappi;

pub static ENDPOINTS: &[Endpoint] = &[];

impl Dialect for Wappi {
    fn name(&self) -> &'static str {
        "wappi"
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        ENDPOINTS
    }

    fn owns(&self, _path: &str) -> bool {
        false
    }

    fn credentials(&self, _call: &Call) -> Credentials {
        Credentials { token: None, account: Named::No }
    }

    fn answer(&self, _call: &Call, _outcome: Result<Outcome, Refusal>) -> Reply {
        Reply::empty(http::StatusCode::OK)
    }

    fn notice(&self, _entry: &Entry, _setting: &Setting<'_>) -> Option<Notice> {
        None
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            queue: Queue::Independent,
            pauses: Pauses::Listed(&[]),
            success: Success::Any2xx,
            timeout: std::time::Duration::from_secs(5),
            heeds_receiver: false,
        }
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(40)
    }
}
