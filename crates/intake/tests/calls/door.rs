//! Deadlines and limits, seen from outside.

use std::time::Duration;

use sluice_intake::Limits;

use crate::client::request;
use crate::house::House;

const SHORT: Duration = Duration::from_millis(40);
/// Longer than anybody waits for a test.
const LONG: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_silent_connection_and_a_half_head_are_cut() {
    let house = House::with(Limits { first_byte: SHORT, header: LONG, ..Limits::default() }).await;
    assert!(house.client().await.is_closed().await);
    let house = House::with(Limits { first_byte: LONG, header: SHORT, ..Limits::default() }).await;
    let mut half = house.client().await;
    half.write("GET /livez HTTP/1.1\r\nHost:").await;
    assert!(half.is_closed().await);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_cut() {
    let house = House::with(Limits { body: SHORT, ..Limits::default() }).await;
    let mut half = house.client().await;
    let path = format!("/t/in{}/messages", house.ours.account);
    half.write(format!("POST {path} HTTP/1.1\r\nHost: g\r\nX-Key: {}\r\nContent-Length: 9\r\n\r\n{{", house.ours.key))
        .await;
    let answer = half.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("connection")), (408, "close"));
    assert!(half.is_closed().await);
}

#[tokio::test]
async fn heads_have_a_size_and_a_number_of_lines() {
    let house = House::open().await;
    let long = "x".repeat(64 * 1024);
    let mut client = house.client().await;
    client.write(request("GET", "/t/open", &[("X-Long", &long)], "")).await;
    assert_eq!(client.answer().await.unwrap().status, 431);
    assert!(client.is_closed().await);

    let names: Vec<String> = (0..70).map(|number| format!("X-{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    assert_eq!(house.client().await.ask("GET", "/t/open", &many, "").await.status, 431);
    assert_eq!(house.client().await.ask("GET", "/t/open", &many[..60], "").await.status, 200);
}

#[tokio::test]
async fn bodies_have_a_size_by_the_kind_of_call() {
    let house = House::with(Limits { body_bytes: 1_000, media_bytes: 200_000, ..Limits::default() }).await;
    let (key, path) = (&house.ours.key, format!("/t/in{}/messages", house.ours.account));
    let of = |size: usize| format!("{{\"text\":\"{}\"}}", "x".repeat(size - 11));
    let refused = house.ask(key, "POST", &path, &of(1_001)).await;
    assert_eq!(refused.status, 413);
    assert!(refused.body.contains("SG-1305"), "{}", refused.body);
    assert_eq!(house.ask(key, "POST", "/t/large", &of(150_000)).await.status, 200);
    assert_eq!(house.ask(key, "POST", "/t/large", &of(200_001)).await.status, 413);
    assert_eq!(house.ask(key, "POST", "/t/files", &"x".repeat(200_001)).await.status, 413);
}

#[tokio::test]
async fn a_body_that_was_not_announced_is_held_to_its_size_too() {
    let house = House::with(Limits { body_bytes: 100, ..Limits::default() }).await;
    let path = format!("/t/in{}/messages", house.ours.account);
    let mut client = house.client().await;
    let head = format!("POST {path} HTTP/1.1\r\nHost: g\r\nX-Key: {}\r\n", house.ours.key);
    let chunk = format!("40\r\n{}\r\n", "x".repeat(64));
    client.write(format!("{head}Transfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(3))).await;
    assert_eq!(client.answer().await.unwrap().status, 413);
}

#[tokio::test]
async fn json_that_nests_too_deep_is_refused_with_its_place() {
    let house = House::open().await;
    let path = format!("/t/in{}/publish", house.ours.account);
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let key = ("X-Key", house.ours.key.as_str());
    // Whatever it is called: it is read as JSON.
    for mime in
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
    {
        let headers = [key, ("Content-Type", mime)];
        let mut client = house.client().await;
        assert_eq!(client.ask("POST", &path, &headers, &nested(32)).await.status, 200, "{mime}");
        for too_deep in [nested(33), format!("\u{feff}\n{}", nested(33))] {
            let refused = client.ask("POST", &path, &headers, &too_deep).await;
            assert_eq!(refused.status, 400, "{mime}");
            assert!(refused.body.contains("nested deeper than 32"), "{mime}: {}", refused.body);
        }
    }
    // Brackets in a form are a text's.
    let form = format!("text={}", nested(33));
    let refused = house.ask(&house.ours.key, "POST", &path, &form).await;
    assert!(!refused.body.contains("nested deeper"), "{}", refused.body);
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_gets_them_back() {
    let house = House::with(Limits { connections_per_loopback: 2, ..Limits::default() }).await;
    let (mut first, mut second) = (house.client().await, house.client().await);
    assert_eq!(first.ask("GET", "/livez", &[], "").await.status, 200);
    assert_eq!(second.ask("GET", "/livez", &[], "").await.status, 200);
    let refused = house.client().await.ask("GET", "/livez", &[], "").await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "1"));
    drop(first);
    // The seat is free when the house has seen the connection end.
    loop {
        let mut again = house.client().await;
        if again.ask("GET", "/livez", &[], "").await.status == 200 {
            break;
        }
    }
}

#[tokio::test]
async fn a_full_gateway_says_when_to_come_again() {
    let house = House::with(Limits { requests_in_flight: 0, ..Limits::default() }).await;
    let refused = house.client().await.ask("GET", "/t/open", &[], "").await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "1"));
    assert!(refused.body.contains("SG-1502"), "{}", refused.body);
    assert_eq!(house.client().await.ask("GET", "/livez", &[], "").await.status, 200);
}

#[tokio::test]
async fn polls_and_bodies_that_do_not_come_fill_nothing() {
    let house = House::with(Limits { requests_in_flight: 1, ..Limits::default() }).await;
    let (key, account) = (house.ours.key.clone(), house.ours.account);
    let mut poll = house.client().await;
    poll.write(request("GET", &format!("/t/in{account}/events?wait=60000"), &[("X-Key", &key)], "")).await;
    let mut slow = house.client().await;
    let head = format!("POST /t/in{account}/messages HTTP/1.1\r\nHost: g\r\nX-Key: {key}\r\nContent-Length: 9\r\n\r\n");
    slow.write(head).await;
    // Where either took the only place for good, all would be refused from some time on.
    let mut client = house.client().await;
    for round in 0.. {
        assert!(round < 100, "the only place stays taken");
        let mut refused = 0;
        for _ in 0..50 {
            refused += usize::from(client.ask("GET", "/t/open", &[], "").await.status == 503);
        }
        if refused == 0 {
            break;
        }
    }
    slow.write("{\"text\":1").await;
    assert_eq!(slow.answer().await.unwrap().status, 400);
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_their_order() {
    let house = House::open().await;
    let mut client = house.client().await;
    let one = |path: &str| request("GET", path, &[("X-Key", &house.ours.key)], "");
    client.write([one("/t/open"), one("/t/nowhere"), one("/livez")].concat()).await;
    let statuses = [client.answer().await, client.answer().await, client.answer().await];
    assert_eq!(statuses.map(|answer| answer.unwrap().status), [200, 404, 200]);
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_are_answered_in_the_dialects_words() {
    let house = House::open().await;
    let mut client = house.client().await;
    let unknown = client.ask("GET", "/t/nowhere", &[], "").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.body.contains("SG-1201") && unknown.header("x-request-id").starts_with("req_"), "{unknown:?}");
    let nobody = client.ask("GET", "/elsewhere", &[], "").await;
    assert!(nobody.status == 404 && nobody.body.contains("SG-1201"), "{nobody:?}");
    let wrong = client.ask("PUT", "/t/accounts", &[], "").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, POST"));

    let asked = client.ask("OPTIONS", "/t/accounts", &[], "").await;
    assert_eq!((asked.status, asked.header("allow")), (204, "GET, POST, OPTIONS"));
    assert_eq!(asked.header("access-control-allow-origin"), "*");
    assert_eq!(client.ask("GET", "/t/accounts", &[], "").await.header("access-control-allow-origin"), "*");

    client.write(request("HEAD", "/t/open", &[], "")).await;
    client.write(request("GET", "/livez", &[], "")).await;
    let head = client.until("alive\n").await;
    assert!(head.starts_with("HTTP/1.1 200") && !head.contains("Done"), "{head}");
}
