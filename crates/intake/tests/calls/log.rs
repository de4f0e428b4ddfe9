//! What is kept of calls, and what is not.

use std::time::Duration;

use sluice_intake::Limits;
use sluice_store::Requests;
use sluice_store::requests::Request;
use sluice_store::shelf::Page;

use crate::client::request;
use crate::house::House;

async fn lines(house: House) -> Vec<Request> {
    let workspace = house.ours.workspace;
    let store = house.close().await;
    let mut lines = store.requests(workspace, false, Page::first(100)).await.unwrap();
    lines.reverse();
    lines
}

#[tokio::test]
async fn every_call_leaves_a_line_and_no_secret_in_it() {
    let trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let house = House::with(Limits { trusted_proxies, ..Limits::default() }).await;
    let (key, account) = (house.ours.key.clone(), house.ours.account);
    let mut client = house.client().await;
    let secretive = format!(r#"{{"text":"hi {key}","password":"correct horse","to":"7999"}}"#);
    let headers = [("X-Forwarded-For", "203.0.113.9"), ("Authorization", "Basic c2VjcmV0")];
    let path = format!("/t/in{account}/say/{key}?secret=abcdefghijkl&x=1");
    let answer = client.ask("POST", &path, &headers, &secretive).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    client.ask("POST", &format!("/t/in{account}/say/{key}"), &[], "{").await;

    let all = lines(house).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let [sent, refused] = &all[..] else { unreachable!() };
    assert_eq!((sent.status, sent.endpoint.as_str(), sent.dialect.as_str()), (200, "say", "tiny"));
    assert_eq!(sent.account, Some(account));
    assert_eq!(sent.path, format!("/t/in{account}/say/a-t***?secret=abc***&x=1"));
    assert_eq!(sent.body, r#"{"text":"hi a-t***","password":"cor***","to":"7999"}"#);
    assert_eq!(sent.address, "203.0.113.9");
    assert!(sent.answer.contains("Accepted"), "{}", sent.answer);
    assert_eq!((refused.status, refused.code.as_deref(), refused.body.as_str()), (400, Some("SG-1301"), "{"));
    assert_eq!(refused.address, "127.0.0.1");
    let whole = format!("{all:?}");
    for secret in [key.as_str(), "correct horse", "c2VjcmV0", "abcdefghijkl"] {
        assert!(!whole.contains(secret), "{secret} in {whole}");
    }
}

#[tokio::test]
async fn a_caller_who_did_not_wait_for_a_poll_is_kept_as_such() {
    let house = House::open().await;
    let path = format!("/t/in{}/events?wait=60000", house.ours.account);
    let mut poll = house.client().await;
    poll.write(request("GET", &path, &[("X-Key", &house.ours.key)], "")).await;
    drop(poll);
    let kept = async {
        loop {
            let lines = house.store.requests(house.ours.workspace, false, Page::first(1)).await.unwrap();
            if let Some(line) = lines.first() {
                return line.status;
            }
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(tokio::time::timeout(Duration::from_secs(10), kept).await, Ok(499));
}

#[tokio::test]
async fn our_own_trouble_is_told_by_a_code_and_nothing_else() {
    let house = House::open().await;
    house.ask(&house.ours.key, "POST", "/t/listeners", r#"{"url":"http://a"}"#).await;
    let failed = house.ask(&house.ours.key, "POST", "/t/listeners/1/test", "").await;
    assert_eq!(failed.status, 500, "{}", failed.body);
    assert!(failed.body.contains("F-") && failed.body.contains("SG-1901"), "{}", failed.body);
    assert!(!failed.body.contains("nobody is called"), "{}", failed.body);
}

#[tokio::test]
async fn tokens_in_answers_are_masked_and_the_line_is_found_by_the_answers_id() {
    let house = House::open().await;
    let made = house.ask(&house.ours.key, "POST", "/t/keys", "{}").await;
    let token = made.body.split('"').nth(3).unwrap().to_owned();
    let spelled = made.header("x-request-id").strip_prefix("req_").unwrap().to_owned();
    let spelling = sluice_model::Spelling::new(&[7; 32]);
    let id = spelling.read_hex16(sluice_model::spelling::Kind::Request, &spelled).unwrap();
    let (workspace, theirs) = (house.ours.workspace, house.theirs.workspace);
    let store = house.close().await;
    let id = sluice_model::RequestId(sluice_model::Id::new(id).unwrap());
    let line = store.request(workspace, id).await.unwrap().expect("it is kept");
    assert!(line.answer.contains("***") && !line.answer.contains(&token), "{}", line.answer);
    assert_eq!(store.request(theirs, id).await.unwrap(), None);
}
