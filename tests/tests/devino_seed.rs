//! The seed document's own samples for Devino, with the host and the key changed and nothing else.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::devino::Company;
use sluice_tests::{Gateway, Receiver, tools};
use tokio::process::Command;

/// The body of the document's curl line.
const SAMPLE: &str = r#"{      "messages": [          {              "from": "MyCompany",             "to": "79034567890",             "text": "Code: 1234"         },         {           "from":"MyCompany",           "to":"79034567888",           "templateId": "account_activated",           "templateParams":{             "1": "+7(495) 646 00 54",             "2": "https://devino.online"           },           "languageCode": "ru",           "validity":86400,           "callbackUrl":"https://test_callback_url.site"         }             ] }"#;

const ANSWER: &str = r#"{     "result": [         {             "code": "OK",             "messageId": "3482512350952730368"         },         {             "code": "OK",             "messageId": "3482512350952730369"         }             ] }"#;

const STATUS: &str = r#"[     {         "messageId": 1,         "ts": 0,         "status": "DELIVERED",         "errorCode": 0,         "ip": "127.0.0.1",         "browser": "string",         "os": "string",         "userAgent": "string",         "options": "string"     } ]"#;

const INCOMING: &str = r#"{     "incomingMessageId": 0,     "to": "str",     "from": "str",     "text": "str",     "contentUrl": "str",     "contentType": "str",     "contentName": "str",     "profileName": "str",     "ts": 0 }"#;

/// The document's sender, logged in.
async fn my_company(gateway: &Gateway) -> Result<()> {
    let new = json!({"name": "MyCompany", "channel": "whatsapp"});
    let (_, account) = gateway.native(Method::POST, "/v1/accounts", Some(new)).await?;
    let id = account["id"].as_str().context("an id")?;
    let login = Some(json!({"way": "qr"}));
    gateway.native(Method::POST, &format!("/v1/accounts/{id}/login"), login).await?;
    let (status, scanned) = gateway.native(Method::POST, &format!("/v1/sandbox/{id}/scan"), Some(json!({}))).await?;
    ensure!(status < 300, "{scanned}");
    Ok(())
}

/// The same members, with values of the same kinds.
fn is_like(told: &Value, shown: &Value) -> Result<()> {
    let (told, shown) = (told.as_object().context("an object")?, shown.as_object().context("an object")?);
    ensure!(told.keys().eq(shown.keys()) || told.len() == shown.len(), "{told:?} is not like {shown:?}");
    for (name, value) in shown {
        let said = told.get(name).with_context(|| format!("no {name} in {told:?}"))?;
        ensure!(std::mem::discriminant(said) == std::mem::discriminant(value), "{name}: {said} is not like {value}");
    }
    Ok(())
}

#[tokio::test]
async fn the_documents_line_sends_its_two_messages() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    my_company(&gateway).await?;
    let (base, key) = (gateway.base(), gateway.word("/devino/key"));
    // The document names the path before the options as well as behind them; the first is no address.
    let line = format!(
        "curl -s -X POST   -H 'Authorization: Key {key}'   -H 'Content-Type: application/json'   -d '{SAMPLE}' {base}/whatsapp/messages"
    );
    let output = Command::new("sh").args(["-c", &line]).output().await?;
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    let shown: Value = serde_json::from_str(ANSWER)?;
    for place in 0..2 {
        is_like(&answer["result"][place], &shown["result"][place]).with_context(|| answer.to_string())?;
    }
    is_like(&answer, &shown)
}

#[tokio::test]
async fn the_documents_template_is_told_by_statuses_like_its_own() -> Result<()> {
    let gateway = Gateway::demo().await?;
    my_company(&gateway).await?;
    let company = Company::of_demo(&gateway)?;
    let hook = Receiver::agreeable().await?;
    let body = SAMPLE.replace("https://test_callback_url.site", hook.url());
    let (status, answer) = company.call("POST", "/whatsapp/messages", Some(&company.key()), &body).await?;
    ensure!(status == 200, "{answer}");
    let id = answer["result"][1]["messageId"].as_str().context("an id")?.parse()?;
    let told = company.status(&hook, id, "DELIVERED").await?;
    let shown: Value = serde_json::from_str(STATUS)?;
    is_like(&told, &shown[0])
}

#[tokio::test]
async fn an_incoming_message_has_the_documents_members() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let new = json!({"name": "incoming", "dialect": "devino", "url": hook.url()});
    gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
    let message = json!({"from": "79991112233", "name": "Ivan", "kind": "document", "text": "The price list"});
    gateway.sandbox("receive", json!({ "message": message })).await?;
    let told = Company::of_demo(&gateway)?.written_by(&hook, &["79991112233"]).await?.remove(0);
    is_like(&told, &serde_json::from_str(INCOMING)?).with_context(|| told.to_string())
}
