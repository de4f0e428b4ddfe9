//! From calls to commands, one function an operation, with its description. A file has the operations of one subject,
//! in the order of the table.

pub mod about;
pub mod accounts;
pub mod calls;
pub mod chats;
pub mod contacts;
pub mod content;
pub mod events;
pub mod groups;
pub mod keys;
pub mod listeners;
pub mod login;
pub mod media;
pub mod messages;
pub mod requests;
pub mod sandbox;
pub mod templates;

use std::time::Duration;

use serde::Deserialize;
use sluice_model::command::Slice;
use sluice_model::refusal::Noun;
use sluice_model::{Address, Command, Refusal};
use utoipa::IntoParams;

use super::{address, strict};
use crate::Call;

/// What a read function gives back.
type Read = Result<Command, Refusal>;

/// How many items a list shows when the caller does not say, and at most.
const USUAL: u64 = 50;
const MOST: u64 = 500;

/// The longest wait for something to come, seconds.
const PATIENCE: u32 = 60;

/// Which part of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many items at most; 50 unless said, 500 at most.
    limit: Option<u64>,
    /// How many items to skip.
    offset: Option<u64>,
}

/// How long to wait.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Waiting {
    /// Seconds to wait when there is nothing yet; 60 at most.
    wait: Option<u32>,
}

fn part(limit: Option<u64>, offset: Option<u64>) -> Result<Slice, Refusal> {
    match limit.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(Slice { offset: offset.unwrap_or(0), limit }),
        _ => Err(Refusal::invalid("limit", format!("must be 1 to {MOST}"))),
    }
}

fn paging(call: &Call) -> Result<Slice, Refusal> {
    let paging: Paging = strict::query(call)?;
    part(paging.limit, paging.offset)
}

fn patience(wait: Option<u32>) -> Result<Duration, Refusal> {
    match wait.unwrap_or(0) {
        seconds @ 0..=PATIENCE => Ok(Duration::from_secs(u64::from(seconds))),
        _ => Err(Refusal::invalid("wait", format!("must be 0 to {PATIENCE} seconds"))),
    }
}

fn waiting(call: &Call) -> Result<Duration, Refusal> {
    patience(strict::query::<Waiting>(call)?.wait)
}

/// The part of a list that a call asked for and was given.
pub fn page(call: &Call) -> Slice {
    let number = |name| call.query(name).and_then(|text| text.parse().ok());
    Slice { offset: number("offset").unwrap_or(0), limit: number("limit").unwrap_or(USUAL) }
}

/// The address in the path; what is none names nothing that exists.
fn addressed(call: &Call, param: &str, noun: Noun) -> Result<Address, Refusal> {
    address::read(call.param(param)).ok_or(Refusal::NotFound(noun))
}

/// A URL that can be called.
fn web(field: &str, url: &str) -> Result<(), Refusal> {
    let is_web = url.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    if is_web { Ok(()) } else { Err(Refusal::invalid(field, "must be an http:// or https:// URL")) }
}
