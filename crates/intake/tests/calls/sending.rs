//! Messages onto the shelf, once.

use std::time::Duration;

use sluice_model::account::{Condition, State};
use sluice_store::{Accounts, Outbox};

use crate::client::request;
use crate::house::{House, NOW};

const BODY: &str = r#"{"to":"79991112233","text":"hello"}"#;

async fn waiting(house: &House) -> u64 {
    house.store.count_waiting(house.ours.account).await.unwrap()
}

#[tokio::test]
async fn a_message_is_on_disk_when_it_is_answered() {
    let house = House::open().await;
    let path = format!("/t/in{}/messages", house.ours.account);
    let answer = house.ask(&house.ours.key, "POST", &path, BODY).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("remote: Some(\"3EB0"), "{}", answer.body);
    assert_eq!(waiting(&house).await, 1);
    let many = house.ask(&house.ours.key, "POST", &path, r#"[{"text":"a"},{"text":"b"}]"#).await;
    assert_eq!((many.status, waiting(&house).await), (200, 3));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_whole() {
    let house = House::open().await;
    let path = format!("/t/in{}/messages", house.ours.account);
    let long = format!(r#"[{{"text":"a"}},{{"text":"{}"}}]"#, "я".repeat(101));
    for (body, code) in [("[]", "SG-1302"), (r#"{"to":"7"}"#, "SG-1302"), (long.as_str(), "SG-1304"), ("{", "SG-1301")]
    {
        let refused = house.ask(&house.ours.key, "POST", &path, body).await;
        assert_eq!(refused.status, 400);
        assert!(refused.body.contains(code), "{body}: {}", refused.body);
    }
    assert_eq!(waiting(&house).await, 0);
    let fits = format!(r#"{{"text":"{}"}}"#, "я".repeat(100));
    assert_eq!(house.ask(&house.ours.key, "POST", &path, &fits).await.status, 200);
}

#[tokio::test]
async fn one_idempotency_key_makes_one_message_however_often_and_at_once_it_is_used() {
    let house = House::open().await;
    let path = format!("/t/in{}/messages", house.ours.account);
    let headers = [("X-Key", house.ours.key.as_str()), ("Idempotency-Key", "order-17")];
    let calls = (0..40).map(|_| async { house.client().await.ask("POST", &path, &headers, BODY).await });
    let answers = futures_util::future::join_all(calls).await;
    house.clock.advance(Duration::from_secs(60));
    let later = house.client().await.ask("POST", &path, &headers, BODY).await;
    for answer in answers.iter().chain([&later]) {
        assert_eq!((answer.status, &answer.body), (200, &answers[0].body));
    }
    assert_eq!(waiting(&house).await, 1);

    let other = house.client().await.ask("POST", &path, &headers, r#"{"text":"other"}"#).await;
    assert!(other.status == 409 && other.body.contains("SG-1402"), "{}", other.body);
    let theirs = [("X-Key", house.ours.bound.as_str()), ("Idempotency-Key", "order-17")];
    assert_eq!(house.client().await.ask("POST", &path, &theirs, BODY).await.status, 200);
    assert_eq!(waiting(&house).await, 2);
    for bad in ["", "with space", &"x".repeat(256)] {
        let headers = [("X-Key", house.ours.key.as_str()), ("Idempotency-Key", bad)];
        assert_eq!(house.client().await.ask("POST", &path, &headers, BODY).await.status, 400, "{bad:?}");
    }
}

#[tokio::test]
async fn a_call_is_carried_out_even_if_its_caller_hangs_up() {
    let house = House::open().await;
    let path = format!("/t/in{}/messages", house.ours.account);
    for _ in 0..20 {
        let mut client = house.client().await;
        client.write(request("POST", &path, &[("X-Key", &house.ours.key)], BODY)).await;
        drop(client);
    }
    let accepted = async {
        while waiting(&house).await < 20 {
            tokio::task::yield_now().await;
        }
    };
    let all = tokio::time::timeout(Duration::from_secs(10), accepted).await;
    assert!(all.is_ok(), "only {} of 20 were accepted", waiting(&house).await);
}

#[tokio::test]
async fn a_sender_who_waits_gets_an_answer_when_the_wait_is_over() {
    let house = House::open().await;
    let open = Condition { state: State::Open, ..Condition::new(NOW) };
    house.store.set_condition(house.ours.account, None, open).await.unwrap();
    let path = format!("/t/in{}/calls?wait=20", house.ours.account);
    let answer = house.ask(&house.ours.key, "POST", &path, BODY).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("state: Waiting"), "{}", answer.body);
}

#[tokio::test]
async fn a_sender_does_not_wait_for_a_messenger_that_nobody_is_logged_in_to() {
    let house = House::open().await;
    let path = format!("/t/in{}/calls?wait=60000", house.ours.account);
    let answer = tokio::time::timeout(Duration::from_secs(20), house.ask(&house.ours.key, "POST", &path, BODY)).await;
    let answer = answer.expect("it waited");
    assert!(answer.body.contains("state: Waiting"), "{}", answer.body);
    assert_eq!(waiting(&house).await, 1, "it is on the shelf all the same");
}
