//! The end of a gateway, as its callers see it.

use std::time::Duration;

use crate::client::request;
use crate::house::House;

#[tokio::test]
async fn what_was_begun_is_finished_and_what_is_new_is_sent_away() {
    let house = House::open().await;
    let (key, account) = (house.ours.key.clone(), house.ours.account);
    let path = format!("/t/in{account}/messages");
    let mut begun = house.client().await;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: g\r\nX-Key: {key}\r\nExpect: 100-continue\r\nContent-Length: 14\r\n\r\n"
    );
    begun.write(head).await;
    assert_eq!(begun.answer().await.unwrap().status, 100);
    let mut poll = house.client().await;
    poll.write(request("GET", &format!("/t/in{account}/events?wait=60000"), &[("X-Key", &key)], "")).await;
    let mut stream = house.client().await;
    stream.write(request("GET", &format!("/t/in{account}/stream"), &[("X-Key", &key)], "")).await;
    stream.until(":\n\n").await;
    let mut kept = house.client().await;
    assert_eq!(kept.ask("GET", "/readyz", &[], "").await.status, 200);

    house.shutdown.cancel();
    let waited = poll.answer().await.unwrap();
    assert_eq!((waited.status, waited.body.as_str(), waited.header("connection")), (200, "", "close"));
    stream.until("0\r\n\r\n").await;
    assert!(stream.is_closed().await);
    assert_eq!(house.client().await.ask("GET", "/readyz", &[], "").await.status, 503);
    let refused = kept.ask("GET", "/t/open", &[], "").await;
    assert_eq!((refused.status, refused.header("retry-after"), refused.header("connection")), (503, "1", "close"));
    assert_eq!(house.client().await.ask("GET", "/t/open", &[], "").await.status, 503);

    begun.write("{\"text\":\"bye\"}").await;
    assert_eq!(begun.answer().await.unwrap().status, 200);
    tokio::time::timeout(Duration::from_secs(5), house.served).await.expect("the room closes").unwrap();
}

#[tokio::test]
async fn a_drain_does_not_wait_for_ever() {
    let limits = sluice_intake::Limits { drain: Duration::from_millis(200), ..sluice_intake::Limits::default() };
    let house = House::with(limits).await;
    let mut stuck = house.client().await;
    let path = format!("/t/in{}/messages", house.ours.account);
    stuck
        .write(format!(
            "POST {path} HTTP/1.1\r\nHost: g\r\nX-Key: {}\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
            house.ours.key
        ))
        .await;
    assert_eq!(stuck.answer().await.unwrap().status, 100);
    house.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(5), house.served).await.expect("the room closes").unwrap();
}
