//! Devino through the built binary: batches, templates, credentials, and what one commit costs.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::devino::Company;
use sluice_tests::{Gateway, Receiver};

/// What every message of these tests' receiver says of itself.
fn echoed(hook: &Receiver, data: &str) -> Value {
    json!({"text": "hello", "callbackUrl": format!("{}/{data}", hook.url()), "callbackData": data})
}

async fn native(gateway: &Gateway, method: Method, path: &str, body: Value) -> Result<Value> {
    let (status, answer) = gateway.native(method, path, Some(body)).await?;
    ensure!(status < 300, "{path}: {status} {answer}");
    Ok(answer)
}

#[tokio::test]
async fn key_login_and_password_are_one_and_anything_else_is_forbidden() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let basic = |login: &str, password: &str| format!("Basic {}", STANDARD.encode(format!("{login}:{password}")));
    let (login, password) = (gateway.word("/devino/login"), gateway.word("/devino/password"));
    let body = json!({"messages": [{"from": company.from, "to": "79001112233", "text": "hi"}]}).to_string();
    for shown in
        [company.key(), company.key().to_uppercase().replacen("KEY", "key", 1).to_lowercase(), basic(login, password)]
    {
        let (status, answer) = company.call("POST", "/whatsapp/messages", Some(&shown), &body).await?;
        assert_eq!((status, &answer["result"][0]["code"]), (200, &"OK".into()), "{answer}");
        let path = "/billing-api/companies/current/account";
        let (status, answer) = company.call("GET", path, Some(&shown), "").await?;
        ensure!(status == 200 && answer["result"]["account"]["balance"].as_f64() > Some(1_000.0), "{answer}");
    }
    let wrong = [
        basic(login, "wrong"),
        basic("wrong", password),
        basic(password, login),
        basic("", gateway.word("/devino/key")),
        format!("Bearer {}", gateway.word("/devino/key")),
        format!("Key {}", gateway.word("/native/key")),
        "Key".to_owned(),
    ];
    for shown in wrong.iter().map(|shown| Some(shown.as_str())).chain([None]) {
        let (status, answer) = company.call("POST", "/whatsapp/messages", shown, &body).await?;
        assert_eq!((status, &answer["reasons"][0]["key"]), (401, &"forbidden".into()), "{shown:?} {answer}");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_of_the_native_api_shows_its_login_once_and_can_be_revoked() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let new = json!({"name": "shop", "dialect": "devino", "scopes": ["send"]});
    let made = native(&gateway, Method::POST, "/v1/keys", new).await?;
    let pair =
        format!("{}:{}", made["login"].as_str().unwrap_or_default(), made["password"].as_str().unwrap_or_default());
    let shown = format!("Basic {}", STANDARD.encode(pair));
    let body = json!({"messages": [{"from": company.from, "to": "79001112233", "text": "hi"}]}).to_string();
    let (status, _) = company.call("POST", "/whatsapp/messages", Some(&shown), &body).await?;
    assert_eq!(status, 200);
    let (_, keys) = gateway.native(Method::GET, "/v1/keys", None).await?;
    let keys = keys.to_string();
    ensure!(!keys.contains(made["password"].as_str().context("a password")?), "it is shown again: {keys}");
    native(&gateway, Method::DELETE, &format!("/v1/keys/{}", made["id"].as_str().unwrap_or_default()), json!({}))
        .await?;
    let (status, _) = company.call("POST", "/whatsapp/messages", Some(&shown), &body).await?;
    assert_eq!(status, 401);
    Ok(())
}

#[tokio::test]
async fn every_message_has_its_verdict_and_a_bad_one_stops_nobody() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let (from, to) = (&company.from, "79001112233");
    let verdicts = company
        .send(json!([
            {"from": from, "to": to, "text": "one"},
            {"from": from, "to": "call me", "text": "two"},
            {"from": "Nobody's", "to": to, "text": "three"},
            {"from": from, "to": to},
            {"from": from.to_lowercase(), "to": to, "text": "five"},
            null,
        ]))
        .await?;
    let reason = |place: usize| (&verdicts[place]["reasons"][0]["key"], &verdicts[place]["reasons"][0]["ref"]);
    let id = |place: usize| verdicts[place]["messageId"].as_str().and_then(|id| id.parse::<u64>().ok());
    ensure!(id(0).is_some() && id(0) < id(4) && id(4) < Some(1 << 53), "{verdicts:?}");
    assert_eq!(reason(1), (&"invalid".into(), &"messages[1].to".into()));
    assert_eq!(reason(2), (&"not.available".into(), &"messages[2].from".into()));
    assert_eq!(reason(3), (&"must.be.not.null".into(), &"messages[3]".into()));
    assert_eq!(reason(5), (&"must.be.not.null".into(), &"messages[5]".into()));

    let refused = async |body: Value| {
        let (status, answer) =
            company.call("POST", "/whatsapp/messages", Some(&company.key()), &body.to_string()).await?;
        anyhow::Ok((status, answer["result"][0]["reasons"][0]["key"].clone()))
    };
    let many = vec![json!({"from": from, "to": to, "text": "hi"}); 101];
    assert_eq!(refused(json!({ "messages": many })).await?, (400, "too.many.messages".into()));
    assert_eq!(refused(json!({"messages": []})).await?, (400, "must.be.not.null".into()));
    assert_eq!(refused(json!({"from": from, "to": to, "text": "hi"})).await?, (400, "must.be.not.null".into()));
    Ok(())
}

#[tokio::test]
async fn a_sender_is_an_account_of_the_workspace_by_number_or_name() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let mut company = Company::of_demo(&gateway)?;
    let (_, account) = gateway.native(Method::GET, &format!("/v1/accounts/{}", gateway.account()), None).await?;
    company.from = account["phone"].as_str().context("a phone")?.to_owned();
    company.send_one("79001112233", json!({"text": "by number"})).await?;
    company.from = format!("+{}", company.from);
    company.send_one("79001112233", json!({"text": "by number"})).await?;
    // One key is good for all senders of the workspace, and one call for several of them.
    let other = native(&gateway, Method::POST, "/v1/accounts", json!({"name": "Other", "channel": "whatsapp"})).await?;
    let verdicts = company
        .send(json!([
            {"from": company.from, "to": "79001112233", "text": "one"},
            {"from": "other", "to": "79001112233", "text": "two"},
        ]))
        .await?;
    ensure!(verdicts.iter().all(|verdict| verdict["code"] == "OK"), "{verdicts:?}");
    let queue = format!("/v1/accounts/{}/queue", other["id"].as_str().unwrap_or_default());
    let (_, queue) = gateway.native(Method::GET, &queue, None).await?;
    assert_eq!(queue["total"], 1, "{queue}");
    Ok(())
}

#[tokio::test]
async fn a_batch_of_a_hundred_is_one_commit() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    // Nobody is logged in to it, so nothing is written but what the call itself writes.
    native(&gateway, Method::POST, "/v1/accounts", json!({"name": "Quiet", "channel": "whatsapp"})).await?;
    let message = |number: usize| json!({"from": "Quiet", "to": format!("7900{number:07}"), "text": "hi"});
    let batch: Vec<_> = (0..100).map(message).collect();
    let before = commits(&gateway).await?;
    let verdicts = company.send(json!(batch)).await?;
    ensure!(verdicts.len() == 100 && verdicts.iter().all(|verdict| verdict["code"] == "OK"), "{verdicts:?}");
    let ids: std::collections::BTreeSet<_> = verdicts.iter().map(|verdict| verdict["messageId"].to_string()).collect();
    assert_eq!(ids.len(), 100);
    // Its own, and at most what the request log and the demo's accounts write beside it.
    let made = commits(&gateway).await? - before;
    ensure!((1..=10).contains(&made), "{made} commits");
    Ok(())
}

/// Commits so far.
async fn commits(gateway: &Gateway) -> Result<u64> {
    let text = gateway.http.get(format!("{}/metrics", gateway.base())).send().await?.text().await?;
    let count = |line: &str| line.rsplit(' ').next().and_then(|count| count.parse::<f64>().ok());
    let lines = text.lines().filter(|line| line.starts_with("sluice_store_commits_total"));
    Ok(lines.filter_map(count).sum::<f64>() as u64)
}

#[tokio::test]
async fn the_same_idempotency_key_gets_the_same_ids() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let (url, shown) = (format!("{}/whatsapp/messages", gateway.base()), company.key());
    let send = async |text: &str| {
        let good = json!({"from": company.from, "to": "79001112233", "text": text});
        let body = json!({"messages": [good, {"from": "Nobody's", "to": "79001112233", "text": "hi"}, good]});
        let request = gateway.http.post(&url).header("authorization", &shown).header("idempotency-key", "once");
        sluice_tests::gateway::answer(request.json(&body)).await
    };
    let (status, first) = send("hi").await?;
    assert_eq!((status, &first["result"][1]["code"]), (200, &"REJECTED".into()), "{first}");
    assert_eq!(send("hi").await?, (200, first));
    assert_eq!(send("other").await?.0, 409);
    Ok(())
}

#[tokio::test]
async fn templates_are_filled_in_and_what_does_not_fit_is_told_by_status() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let hook = Receiver::agreeable().await?;
    let template = json!({"name": "order", "parameter_limit": 10, "languages": [
        {"language": "en", "text": "Order {{1}} is {{2}}"},
        {"language": "ru", "text": "Заказ {{1}}: {{2}}"},
        {"language": "de", "text": "Bestellung {{1}}: {{2}}", "approved": false},
    ]});
    native(&gateway, Method::POST, "/v1/templates", template).await?;
    let send = async |more: Value| {
        let mut message =
            json!({"templateId": "order", "templateParams": {"1": "17", "2": "ready"}, "validity": 86400});
        for (name, value) in more.as_object().into_iter().flatten() {
            message[name] = value.clone();
        }
        message["callbackUrl"] = hook.url().into();
        company.send_one("79001112233", message).await
    };
    for (more, words) in [(json!({}), "Order 17 is ready"), (json!({"languageCode": "RU"}), "Заказ 17: ready")] {
        let id = send(more).await?;
        company.status(&hook, id, "SENT").await?;
        let seen = gateway.sandbox("seen", json!({"chat": "79001112233", "limit": 1})).await?;
        ensure!(seen.to_string().contains(words), "{seen}");
    }
    for (more, code) in [
        (json!({"templateParams": {"1": "17"}}), 2308),
        (json!({"templateParams": null}), 2308),
        (json!({"languageCode": "fr"}), 2309),
        (json!({"templateId": "unknown"}), 2309),
        (json!({"languageCode": "de"}), 2310),
        (json!({"templateParams": {"1": "17", "2": "much too long"}}), 2311),
    ] {
        let id = send(more.clone()).await?;
        let status = company.status(&hook, id, "FAILED").await?;
        assert_eq!(status["errorCode"], code, "{more}");
    }
    // What was changed holds for what is accepted from then on; what was removed is gone.
    let change = json!({"languages": [{"language": "en", "text": "Done: {{1}}"}]});
    native(&gateway, Method::PATCH, "/v1/templates/order", change).await?;
    let id = send(json!({"templateParams": ["17"]})).await?;
    company.status(&hook, id, "SENT").await?;
    native(&gateway, Method::DELETE, "/v1/templates/order", json!({})).await?;
    let id = send(json!({})).await?;
    assert_eq!(company.status(&hook, id, "FAILED").await?["errorCode"], 2309);
    Ok(())
}

#[tokio::test]
async fn what_fails_is_told_with_the_vendors_codes() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let hook = Receiver::agreeable().await?;
    let (_, account) = gateway.native(Method::GET, &format!("/v1/accounts/{}", gateway.account()), None).await?;
    let own = account["phone"].as_str().context("a phone")?;
    for (to, word, code) in [
        ("79990000404", "UNDELIVERED", 2305),
        ("79990000500", "UNDELIVERED", 2305),
        ("79990000504", "UNDELIVERED", 2313),
        (own, "FAILED", 2307),
    ] {
        let id = company.send_one(to, echoed(&hook, to)).await?;
        let status = company.status(&hook, id, word).await?;
        assert_eq!((&status["errorCode"], &status["options"]), (&code.into(), &to.into()), "{status}");
    }
    // Nobody can send it within its time.
    native(&gateway, Method::POST, "/v1/accounts", json!({"name": "Quiet", "channel": "whatsapp"})).await?;
    let quiet = Company { from: "Quiet".to_owned(), ..Company::of_demo(&gateway)? };
    let mut message = echoed(&hook, "late");
    message["validity"] = 1.into();
    let id = quiet.send_one("79001112233", message).await?;
    assert_eq!(quiet.status(&hook, id, "VP_EXPIRED").await?["errorCode"], 2010);
    // Nothing to be fetched.
    let mut message = echoed(&hook, "file");
    message["contentUrl"] = format!("{}/v1/nothing.png", gateway.base()).into();
    let id = company.send_one("79001112233", message).await?;
    assert_eq!(company.status(&hook, id, "FAILED").await?["errorCode"], 2303);
    Ok(())
}
