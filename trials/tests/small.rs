//! The trials at the size of the test command.

use anyhow::{Context, Result};
use sluice_trials::catalog::named;
use sluice_trials::report::Size;

async fn holds(name: &str) -> Result<()> {
    let trial = named(name).context("no such trial")?;
    (trial.run)(Size { count: trial.count(trial.small), seed: 1 }).await?.publish(name, false)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_kills() -> Result<()> {
    holds("kill").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_is_one_order_whatever_happens() -> Result<()> {
    holds("idempotency").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_all_that_was_promised_and_sends_nothing_by_itself() -> Result<()> {
    holds("backup").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_synced_outlives_a_loss_of_power_and_the_control_does_not() -> Result<()> {
    holds("power").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_or_fails_makes_no_promise_a_lie() -> Result<()> {
    holds("disk").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_gateway_goes_on_as_if_nothing_had_been() -> Result<()> {
    holds("freeze").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_keeps_its_order_whatever_breaks() -> Result<()> {
    holds("order").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_termination_cuts_nobody_off() -> Result<()> {
    holds("drain").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shown_in_confidence_is_nowhere_in_clear() -> Result<()> {
    holds("secrets").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_way_of_writing_an_address_leads_inwards() -> Result<()> {
    holds("ssrf").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_is_what_its_model_says() -> Result<()> {
    holds("model").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_seed_breaks_courier_and_relay_and_each_goes_the_same_way_again() -> Result<()> {
    holds("simulation").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_makes_a_parser_panic_or_dawdle() -> Result<()> {
    holds("fuzz").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_grows_at_a_steady_pace() -> Result<()> {
    holds("soak").await
}
