//! The phone as a gateway (contract `phone.md` §1, §9; `feedbot.md` §8): people's own phones that pull their messages and
//! report what happened, as a whole protocol for an app and as a thin one for any script that can do a GET.
//!
//! [`table`] lists the endpoints; `read` makes calls of the device's account out of them, `answer` puts into words what
//! that says; `notification` reads what a phone saw. There are no webhooks: the phone asks. `README.md` has the decisions.

mod answer;
mod errors;
mod notification;
mod page;
mod read;
mod table;
mod words;

#[cfg(test)]
mod tests;

use std::time::Duration;

use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::spelling::Kind;
use sluice_model::{AccountId, Entry, Outcome, Refusal, Spelling};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Notice, Reply, Setting, TokenShape};

pub struct Phone;

impl Dialect for Phone {
    fn name(&self) -> &'static str {
        "phone"
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        table::ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        ["device", "phone"].contains(&first)
    }

    /// `Authorization: Bearer`, or for the thin paths a piece of the path or the query; an operator's paths name the
    /// account, a device's token is the account's own.
    fn credentials(&self, call: &Call) -> Credentials {
        let bearer = call.header("authorization").and_then(|value| {
            let (scheme, rest) = value.trim().split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
        });
        let in_path = Some(call.param("token")).filter(|token| !token.is_empty());
        let token = in_path.or(bearer).or_else(|| call.query("token"));
        let account = match call.param("account") {
            "" => Named::No,
            text => {
                // The native API writes it with the letters before it.
                let digits = text.strip_prefix("acc_").unwrap_or(text);
                let read = call.spelling.read_hex12(Kind::Account, digits);
                read.map_or(Named::Nonsense, |number| Named::Account(AccountId(number)))
            }
        };
        Credentials { token: token.filter(|token| !token.is_empty()).map(str::to_owned), account }
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        answer::answer(call, outcome)
    }

    /// Nobody is called: the phone asks.
    fn notice(&self, _entry: &Entry, _setting: &Setting<'_>) -> Option<Notice> {
        None
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            queue: Queue::Independent,
            pauses: Pauses::Listed(&[]),
            success: Success::Any2xx,
            timeout: Duration::from_secs(10),
            heeds_receiver: false,
        }
    }

    fn account_name(&self, spelling: &Spelling, account: AccountId) -> String {
        spelling.hex12(Kind::Account, account.get())
    }

    /// 256 bits (contract §9.1).
    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(64)
    }
}
