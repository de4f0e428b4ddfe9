//! Every endpoint, in the contract's order.

use http::Method;
use sluice_model::{Command, Refusal, Scope};

use super::read::{self, operator, thin};
use crate::{Body, Call, Endpoint, Needs};

const DEVICE: Needs = Needs::Account(Scope::Send);
const OPERATOR: Needs = Needs::Account(Scope::Manage);

const fn row(
    name: &'static str,
    method: Method,
    path: &'static str,
    needs: Needs,
    body: Body,
    read: fn(&Call) -> Result<Command, Refusal>,
) -> Endpoint {
    Endpoint { name, method, path, needs, body, read }
}

#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    // §9.1 Registration and auth
    row("register", Method::POST, "/device/v1/register", Needs::Nothing, Body::Small, read::register),
    row("rotate", Method::POST, "/device/v1/token/rotate", DEVICE, Body::None, read::rotate),
    row("me", Method::GET, "/device/v1/me", DEVICE, Body::None, read::status),
    row("leave", Method::POST, "/device/v1/logout", DEVICE, Body::None, read::leave),
    row("pairPage", Method::GET, "/device/v1/pair", Needs::Nothing, Body::None, read::nothing),
    row("pairByPage", Method::POST, "/device/v1/pair", Needs::Nothing, Body::Small, read::pair_by_page),
    // §9.2 Claim
    row("claim", Method::POST, "/device/v1/claim", DEVICE, Body::Small, read::claim),
    row("heartbeat", Method::POST, "/device/v1/heartbeat", DEVICE, Body::Small, read::heartbeat),
    // §9.3 Lease
    row("renew", Method::POST, "/device/v1/lease/{lease}/renew", DEVICE, Body::Small, read::renew),
    row("release", Method::POST, "/device/v1/lease/{lease}/release", DEVICE, Body::Small, read::release),
    // §9.4 Results
    row("results", Method::POST, "/device/v1/results", DEVICE, Body::Small, read::results),
    // §9.6 Incoming
    row("events", Method::POST, "/device/v1/events", DEVICE, Body::Small, read::events),
    row("media", Method::POST, "/device/v1/media", DEVICE, Body::File, read::media),
    // The operator's, with a key of the workspace
    row("showDevice", Method::GET, "/device/v1/accounts/{account}", OPERATOR, Body::None, operator::status),
    row("pairDevice", Method::POST, "/device/v1/accounts/{account}/pair", OPERATOR, Body::Small, operator::pair),
    row("unpairDevice", Method::POST, "/device/v1/accounts/{account}/unpair", OPERATOR, Body::None, operator::unpair),
    row("setDevice", Method::POST, "/device/v1/accounts/{account}/settings", OPERATOR, Body::Small, operator::set),
    row("resumeDevice", Method::POST, "/device/v1/accounts/{account}/resume", OPERATOR, Body::None, operator::resume),
    row("openapi", Method::GET, "/device/v1/openapi.yaml", Needs::Nothing, Body::None, read::nothing),
    // §1.2 The thin variant: the token stands in the path or, as `?token=`, in the query
    row("next", Method::GET, "/phone/{token}/next", DEVICE, Body::None, thin::next),
    row("next", Method::GET, "/phone/next", DEVICE, Body::None, thin::next),
    row("result", Method::POST, "/phone/{token}/result", DEVICE, Body::Small, thin::result),
    row("result", Method::GET, "/phone/{token}/result", DEVICE, Body::None, thin::result),
    row("result", Method::POST, "/phone/result", DEVICE, Body::Small, thin::result),
    row("result", Method::GET, "/phone/result", DEVICE, Body::None, thin::result),
    row("notification", Method::POST, "/phone/{token}/notification", DEVICE, Body::Small, thin::notification),
    row("notification", Method::GET, "/phone/{token}/notification", DEVICE, Body::None, thin::notification),
    row("notification", Method::POST, "/phone/notification", DEVICE, Body::Small, thin::notification),
    row("notification", Method::GET, "/phone/notification", DEVICE, Body::None, thin::notification),
    row("check", Method::GET, "/phone/{token}/check", DEVICE, Body::None, thin::check),
    row("check", Method::GET, "/phone/check", DEVICE, Body::None, thin::check),
    row("checked", Method::POST, "/phone/{token}/check", DEVICE, Body::Small, thin::checked),
    row("checked", Method::POST, "/phone/check", DEVICE, Body::Small, thin::checked),
];
