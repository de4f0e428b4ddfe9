//! Who may what: keys, scopes, and two customers who must not see each other.

use sluice_model::Scope;
use sluice_store::Accounts;

use crate::house::{House, NOW, add_key};

#[tokio::test]
async fn only_a_valid_key_opens_and_its_refusal_says_no_more_than_that() {
    let house = House::open().await;
    let path = format!("/t/in{}", house.ours.account);
    let workspace = house.ours.workspace;
    let expired = add_key(&house.store, workspace, |key| key.expires_at = Some(NOW)).await;
    let foreign = add_key(&house.store, workspace, |key| key.dialect = Some("wappi".into())).await;
    let fitting = add_key(&house.store, workspace, |key| key.dialect = Some("tiny".into())).await;
    for (key, code) in [("", "SG-1101"), ("nonsense", "SG-1102"), (&expired, "SG-1102"), (&foreign, "SG-1102")] {
        let refused = house.ask(key, "GET", &path, "").await;
        assert_eq!(refused.status, 401, "{key}");
        assert!(refused.body.contains(code), "{key}: {}", refused.body);
    }
    for key in [&fitting, &house.ours.key, &house.ours.bound] {
        assert_eq!(house.ask(key, "GET", &path, "").await.status, 200, "{key}");
    }
    assert_eq!(house.ask("nonsense", "GET", "/t/open", "").await.status, 200);
    assert_eq!(house.ask("", "GET", "/t/unkeyed", "").await.status, 401);
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say() {
    let house = House::open().await;
    let (account, workspace) = (house.ours.account, house.ours.workspace);
    let of = |scope| move |key: &mut sluice_store::keys::NewKey| key.scopes = vec![scope];
    let reads = add_key(&house.store, workspace, of(Scope::Read)).await;
    let manages = add_key(&house.store, workspace, of(Scope::Manage)).await;
    let send = format!("/t/in{account}/messages");
    assert_eq!(house.ask(&reads, "POST", &send, r#"{"text":"a"}"#).await.status, 403);
    assert_eq!(house.ask(&reads, "GET", &format!("/t/in{account}"), "").await.status, 200);
    assert_eq!(house.ask(&manages, "POST", &send, r#"{"text":"a"}"#).await.status, 200);
}

#[tokio::test]
async fn a_body_is_not_read_before_its_key_was_checked() {
    let house = House::open().await;
    let mut client = house.client().await;
    let path = format!("/t/in{}/messages", house.ours.account);
    client.write(format!("POST {path} HTTP/1.1\r\nHost: g\r\nContent-Length: 900000\r\n\r\n")).await;
    assert_eq!(client.answer().await.unwrap().status, 401);

    let mut client = house.client().await;
    let key = &house.ours.key;
    client
        .write(format!(
            "POST {path} HTTP/1.1\r\nHost: g\r\nX-Key: {key}\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n"
        ))
        .await;
    assert_eq!(client.answer().await.unwrap().status, 100);
    client.write(r#"{"text":"a"}"#).await;
    assert_eq!(client.answer().await.unwrap().status, 200);
}

#[tokio::test]
async fn two_customers_cannot_see_each_other() {
    let house = House::open().await;
    let (ours, theirs) = (&house.ours, &house.theirs);
    let sent = house.ask(&theirs.key, "POST", &format!("/t/in{}/messages", theirs.account), r#"{"text":"a"}"#).await;
    assert_eq!(sent.status, 200);
    let message = sent.body.split("MessageId(Id(").nth(1).unwrap().split(')').next().unwrap().to_owned();
    house.ask(&theirs.key, "POST", &format!("/t/in{}/publish", theirs.account), "1").await;
    let event = sluice_model::EventId::of(theirs.account, sluice_model::Position(1)).get();
    let listener = house.ask(&theirs.key, "POST", "/t/listeners", r#"{"url":"http://a"}"#).await;
    assert_eq!(listener.status, 200, "{}", listener.body);
    let listener = listener.body.split("ListenerId(").nth(1).unwrap().split(')').next().unwrap().to_owned();

    let foreign = [
        ("GET", format!("/t/in{}", theirs.account), ""),
        ("GET", format!("/t/in{}/messages/{message}", theirs.account), ""),
        ("GET", format!("/t/in{}/messages/{message}", ours.account), ""),
        ("GET", format!("/t/in{}/messages/{message}/trace", ours.account), ""),
        ("POST", format!("/t/in{}/messages", theirs.account), r#"{"text":"a"}"#),
        ("GET", format!("/t/in{}/events", theirs.account), ""),
        ("DELETE", format!("/t/in{}/events/1", theirs.account), ""),
        ("POST", format!("/t/in{}/publish", theirs.account), "1"),
        ("GET", format!("/t/in{}/stream?after={event}", ours.account), ""),
        ("GET", format!("/t/events/{event}"), ""),
        ("GET", format!("/t/listeners/{listener}"), ""),
        ("POST", "/t/listeners".to_owned(), &format!(r#"{{"account":{},"url":"http://a"}}"#, theirs.account)),
        ("POST", "/t/keys".to_owned(), &format!(r#"{{"account":{}}}"#, theirs.account)),
        ("GET", "/t/innonsense".to_owned(), ""),
        ("GET", "/t/in999".to_owned(), ""),
    ];
    for (method, path, body) in &foreign {
        for key in [&ours.key, &ours.bound] {
            let answer = house.ask(key, method, path, body).await;
            // A bound key may not even try to make keys.
            let expected = if path == "/t/keys" && key == &ours.bound { 403 } else { 404 };
            assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
        }
    }
    for path in ["/t/accounts", "/t/listeners", "/t/keys", "/t/requests"] {
        let seen = house.ask(&ours.key, "GET", path, "").await;
        assert_eq!(seen.status, 200);
        assert!(
            !seen.body.contains("their") && !seen.body.contains(&format!("ListenerId({listener})")),
            "{}",
            seen.body
        );
    }
}

#[tokio::test]
async fn a_key_of_one_account_reaches_no_other_of_its_workspace() {
    let house = House::open().await;
    let made = house.ask(&house.ours.key, "POST", "/t/accounts", "").await;
    assert_eq!(made.status, 200, "{}", made.body);
    let made: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    let (other, token) = (made["account"].as_u64().unwrap(), made["token"].as_str().unwrap());
    assert_eq!(token.len(), 40);
    assert_eq!(house.ask(token, "GET", &format!("/t/in{other}"), "").await.status, 200);

    let bound = &house.ours.bound;
    assert_eq!(house.ask(bound, "GET", &format!("/t/in{other}"), "").await.status, 404);
    assert_eq!(house.ask(bound, "POST", "/t/accounts", "").await.status, 403);
    let listed = house.ask(bound, "GET", "/t/accounts", "").await.body;
    assert!(!listed.contains("\"new\""), "{listed}");
    let keys = house.ask(bound, "GET", "/t/keys", "").await.body;
    assert!(!keys.contains("our wide"), "{keys}");

    // The list shows the token again, to those who may manage.
    assert!(house.ask(&house.ours.key, "GET", "/t/accounts", "").await.body.contains(token));
    let reads = add_key(&house.store, house.ours.workspace, |key| key.scopes = vec![Scope::Read]).await;
    assert!(!house.ask(&reads, "GET", "/t/accounts", "").await.body.contains(token));
    assert_eq!(house.store.accounts_of(house.ours.workspace).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_listeners_secret_is_sealed_and_its_url_is_looked_at() {
    let house = House::open().await;
    let bad = house.ask(&house.ours.key, "POST", "/t/listeners", r#"{"url":"ftp://a"}"#).await;
    assert_eq!(bad.status, 400, "{}", bad.body);
    let made = house.ask(&house.ours.key, "POST", "/t/listeners", r#"{"url":"http://a","secret":"open sesame"}"#).await;
    assert!(made.body.contains("open sesame"), "shown once: {}", made.body);
    assert!(!house.ask(&house.ours.key, "GET", "/t/listeners", "").await.body.contains("sesame"));
}
