//! Events by asking.

use std::time::Duration;

use serde_json::json;
use sluice_model::event::News;
use sluice_model::{Event, Position};
use sluice_store::journal::Record;
use sluice_store::{Deliveries, Journal, Listeners};

use crate::client::request;
use crate::house::{House, NOW};

async fn publish(house: &House, words: &str) {
    let body = json!(words);
    let event = Event::DebugPublished { dialect: "tiny".into(), body };
    let news = News::Event(Box::new(event));
    let record = Record { account: house.ours.account, epoch: None, at: NOW, news };
    house.store.record(vec![record]).await.unwrap();
}

async fn receive(house: &House, wait: u32) -> String {
    let path = format!("/t/in{}/events?wait={wait}", house.ours.account);
    house.ask(&house.ours.key, "GET", &path, "").await.body
}

async fn confirm(house: &House, position: u32) -> String {
    let path = format!("/t/in{}/events/{position}", house.ours.account);
    house.ask(&house.ours.key, "DELETE", &path, "").await.body
}

#[tokio::test]
async fn the_oldest_event_is_told_until_it_is_confirmed() {
    let house = House::open().await;
    assert_eq!(receive(&house, 0).await, "");
    publish(&house, "one").await;
    publish(&house, "two").await;
    assert_eq!(receive(&house, 0).await, "1 \"one\"");
    assert_eq!(receive(&house, 0).await, "1 \"one\"");
    assert!(confirm(&house, 7).await.contains("Confirmed(false)"), "what is not written cannot be confirmed");
    assert!(confirm(&house, 1).await.contains("Confirmed(true)"));
    assert!(confirm(&house, 1).await.contains("Confirmed(false)"));
    assert_eq!(receive(&house, 0).await, "2 \"two\"");
    assert!(confirm(&house, 2).await.contains("Confirmed(true)"));
    assert_eq!(receive(&house, 0).await, "");
}

#[tokio::test]
async fn what_is_not_wanted_is_passed_over_for_good() {
    let house = House::open().await;
    assert_eq!(receive(&house, 0).await, "");
    for _ in 0..600 {
        publish(&house, "skip").await;
    }
    assert_eq!(receive(&house, 0).await, "");
    let listener = house.store.listener_of(house.ours.account, "tiny").await.unwrap().unwrap();
    assert_eq!(house.store.cursor(listener.id, house.ours.account).await.unwrap(), Position(600));
    publish(&house, "skip").await;
    publish(&house, "told").await;
    assert_eq!(receive(&house, 0).await, "602 \"told\"");
}

#[tokio::test]
async fn a_waiting_poll_is_woken_by_the_event_and_not_by_the_clock() {
    let house = House::open().await;
    // Makes the listener, so that what follows is after its beginning.
    receive(&house, 0).await;
    let mut polls = Vec::new();
    for _ in 0..10 {
        let mut poll = house.client().await;
        let path = format!("/t/in{}/events?wait=60000", house.ours.account);
        poll.write(request("GET", &path, &[("X-Key", &house.ours.key)], "")).await;
        polls.push(poll);
    }
    publish(&house, "skip").await;
    publish(&house, "told").await;
    // Far less than the second look that a lost bell would cost.
    let woken = async {
        for poll in &mut polls {
            assert_eq!(poll.answer().await.unwrap().body, "2 \"told\"");
        }
    };
    tokio::time::timeout(Duration::from_secs(3), woken).await.expect("every poll is woken");
}

#[tokio::test]
async fn a_poll_without_events_ends_empty_when_its_wait_is_over() {
    let house = House::open().await;
    assert_eq!(receive(&house, 20).await, "");
}

#[tokio::test]
async fn first_calls_at_once_make_one_listener() {
    let house = House::open().await;
    futures_util::future::join_all((0..20).map(|_| receive(&house, 0))).await;
    assert_eq!(house.store.listeners_of(house.ours.workspace).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_stream_goes_on_behind_the_event_last_seen() {
    let house = House::open().await;
    publish(&house, "before").await;
    publish(&house, "seen").await;
    publish(&house, "missed").await;
    let seen = sluice_model::EventId::of(house.ours.account, Position(2)).get();
    let mut stream = house.client().await;
    let path = format!("/t/in{}/stream?after={seen}", house.ours.account);
    stream.write(request("GET", &path, &[("X-Key", &house.ours.key)], "")).await;
    let read = stream.until("data: \"missed\"\n\n").await;
    assert!(read.contains("text/event-stream") && !read.contains("before") && !read.contains("\"seen\""), "{read}");
    publish(&house, "live").await;
    stream.until("event: debug.published\ndata: \"live\"\n\n").await;
}
