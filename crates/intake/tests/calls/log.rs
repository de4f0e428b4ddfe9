//! What is kept of calls, and what is not.

use std::time::Duration;

use sluice_intake::Limits;
use sluice_model::Scope;
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

/// What is kept of calls that set things up.
async fn kept(bodies: &[(&str, &str)]) -> Vec<(u16, String, String)> {
    let house = House::open().await;
    for (mime, body) in bodies {
        let headers = [("X-Key", house.ours.key.as_str()), ("Content-Type", *mime)];
        house.client().await.ask("POST", "/t/listeners", &headers, body).await;
    }
    lines(house).await.into_iter().map(|line| (line.status, line.body, line.answer)).collect()
}

#[tokio::test]
async fn a_call_that_sets_things_up_is_masked_as_it_was_read() {
    let form = "application/x-www-form-urlencoded";
    let said = r#"{"url":"http://crm.example/?swordfish","secret":"swordfish-swordfish"}"#;
    for (status, body, answer) in kept(&[(form, said), ("application/json", said)]).await {
        assert_eq!((status, body.as_str()), (200, r#"{"url":"http://crm.example/?***","secret":"swo***"}"#));
        assert!(!answer.contains("swordfish"), "{answer}");
    }
}

#[tokio::test]
async fn of_a_refused_call_that_sets_things_up_the_shape_is_kept() {
    let form = "application/x-www-form-urlencoded";
    let deep = format!(r#"{{"cod":"swordfish","a":{}{}}}"#, "[".repeat(40), "]".repeat(40));
    let all = kept(&[
        (form, r#"{"url":"no","secret":"swordfish"}"#),
        (form, r#"{"cod":"swordfish""#),
        ("application/json", "swordfish=&cod=swordfish"),
        (form, &deep),
    ])
    .await;
    assert!(!format!("{all:?}").contains("swordfish"), "{all:?}");
    let bodies: Vec<_> = all.iter().map(|(status, body, _)| (*status, body.as_str())).collect();
    let deep = format!(r#"{{"cod":"***","a":{}{}}}"#, "[".repeat(40), "]".repeat(40));
    let unreadable = "(not kept: it could not be read, and a secret may stand in it)";
    // The first was read, and refused later.
    let kept = [r#"{"url":"no","secret":"***"}"#, unreadable, "***=***&cod=***", &deep];
    assert_eq!(bodies, kept.map(|body| (400, body)));
}

#[tokio::test]
async fn a_call_of_a_valid_key_is_on_its_workspaces_record_whatever_became_of_it() {
    let house = House::open().await;
    let (ours, theirs) = (house.ours.workspace, house.theirs.workspace);
    let (account, foreign) = (house.ours.account, house.theirs.account);
    let reads = crate::house::add_key(&house.store, ours, |key| key.scopes = vec![Scope::Read]).await;
    let bound = house.ours.bound.clone();
    for (key, method, path, status) in [
        (&house.ours.key, "GET", "/t/nowhere".to_owned(), 404),
        (&house.ours.key, "DELETE", "/t/accounts".to_owned(), 405),
        (&reads, "POST", format!("/t/in{account}/messages"), 403),
        (&bound, "GET", format!("/t/in{foreign}"), 404),
        (&bound, "GET", "/t/nowhere".to_owned(), 404),
    ] {
        assert_eq!(house.ask(key, method, &path, "").await.status, status, "{path}");
    }
    for nobody in ["", "nonsense"] {
        house.ask(nobody, "GET", "/t/nowhere", "").await;
        house.ask(nobody, "GET", "/t/accounts", "").await;
    }
    let store = house.close().await;
    let lines = store.requests(ours, true, Page::first(100)).await.unwrap();
    let told: Vec<_> = lines.iter().rev().map(|line| (line.status, line.account.is_some())).collect();
    assert_eq!(told, [(404, false), (405, false), (403, false), (404, true), (404, true)]);
    assert!(lines.iter().all(|line| line.account.is_none_or(|id| id == account)), "{lines:?}");
    assert_eq!(store.requests(theirs, false, Page::first(100)).await.unwrap(), []);
}
