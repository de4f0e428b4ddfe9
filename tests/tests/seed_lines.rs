//! The seed documents' own lines, with the host, the token and the profile changed and nothing else.

use anyhow::{Context, Result};
use serde_json::Value;
use sluice_tests::{Gateway, tools};
use tokio::process::Command;

/// Runs a shell line as a user would paste it; the last line of its output is the HTTP status.
async fn paste(line: &str) -> Result<(u16, Value)> {
    let line = format!("{line} -s -w '\\n%{{http_code}}'");
    let output = Command::new("sh").args(["-c", &line]).output().await?;
    let text = String::from_utf8(output.stdout)?;
    let (body, status) = text.trim_end().rsplit_once('\n').context("no status")?;
    Ok((status.parse()?, serde_json::from_str(body).unwrap_or(Value::Null)))
}

#[tokio::test]
async fn the_curl_line_of_the_support_course_sends_a_message() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let (base, token, profile) = (gateway.base(), gateway.word("/wappi/token"), gateway.word("/wappi/profile_id"));
    let (status, answer) = paste(&format!(
        r#"curl -X POST "{base}/api/sync/message/send?profile_id={profile}" \
-H "Authorization: {token}" \
-H "Content-Type: application/json" \
-d '{{"body": "Hello World", "recipient": "79990000000"}}'"#
    ))
    .await?;
    assert_eq!((status, &answer["status"]), (200, &"done".into()), "{answer}");
    assert!(answer["message_id"].as_str().is_some_and(|id| id.starts_with("3EB0")), "{answer}");
    assert_eq!(answer["task_id"].as_str().map(str::len), Some(36), "{answer}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_token_is_answered_as_the_course_teaches() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let (base, profile) = (gateway.base(), gateway.word("/wappi/profile_id"));
    let (status, answer) = paste(&format!(
        r#"curl -X POST "{base}/api/sync/message/send?profile_id={profile}" \
-H "Authorization: wrong_token_here" \
-H "Content-Type: application/json" \
-d '{{"body": "Тест", "recipient": "79990000000"}}'"#
    ))
    .await?;
    assert_eq!((status, answer.to_string()), (401, r#"{"detail":"Invalid token"}"#.to_owned()));
    Ok(())
}

#[tokio::test]
async fn the_status_call_answers_every_field_of_the_course() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let (base, token, profile) = (gateway.base(), gateway.word("/wappi/token"), gateway.word("/wappi/profile_id"));
    let line = format!(r#"curl "{base}/api/sync/get/status?profile_id={profile}" -H "Authorization: {token}""#);
    let (status, answer) = paste(&line).await?;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["app_status"], "open", "{answer}");
    assert_eq!(answer["authorized"], true, "{answer}");
    assert_eq!(answer["status"], "done", "{answer}");
    assert_eq!(answer["profile_id"], profile, "{answer}");
    for field in ["message_count", "name", "phone"] {
        assert!(!answer[field].is_null(), "{field} is missing: {answer}");
    }
    Ok(())
}

#[tokio::test]
async fn mistakes_of_the_course_are_told_by_their_codes() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let (base, token, profile) = (gateway.base(), gateway.word("/wappi/token"), gateway.word("/wappi/profile_id"));
    let send = |profile: &str, body: &str| {
        format!(
            r#"curl -X POST "{base}/api/sync/message/send?profile_id={profile}" -H "Authorization: {token}" -d '{body}'"#
        )
    };
    for (line, wanted) in [
        (send(profile, r#"{"body": "no comma" "recipient": "79990000000"}"#), 400),
        (send(profile, r#"{"recipient": "79990000000"}"#), 400),
        (send(profile, r#"{"body": "nobody"}"#), 400),
        (send("00000000-0000", r#"{"body": "x", "recipient": "79990000000"}"#), 404),
        (format!(r#"curl "{base}/api/sync/message/send?profile_id={profile}" -H "Authorization: {token}""#), 405),
        (format!(r#"curl "{base}/api/sync/message/sent?profile_id={profile}" -H "Authorization: {token}""#), 404),
    ] {
        let (status, answer) = paste(&line).await?;
        assert_eq!(status, wanted, "{line}\n{answer}");
        assert!(answer["detail"].is_string(), "{line}\n{answer}");
    }
    Ok(())
}

#[tokio::test]
async fn the_green_api_draft_of_the_seed_works_line_by_line() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    drain(&gateway).await?;
    gateway.receive("79991112233", "I use Green-API to send this message to you!").await?;
    let (status, taken) = paste(&format!(r#"curl "{}""#, gateway.green("receiveNotification"))).await?;
    assert_eq!(status, 200);
    let body = &taken["body"];
    assert_eq!(body["typeWebhook"], "incomingMessageReceived", "{taken}");
    assert_eq!(body["messageData"]["textMessageData"]["textMessage"], "I use Green-API to send this message to you!");
    let receipt = &taken["receiptId"];
    let (status, answer) = paste(&format!(r#"curl -X DELETE "{}/{receipt}""#, gateway.green("deleteNotification"))).await?;
    assert_eq!((status, &answer["result"]), (200, &true.into()), "{answer}");
    let (_, answer) = paste(&format!(r#"curl -X DELETE "{}/{receipt}""#, gateway.green("deleteNotification"))).await?;
    assert_eq!(answer["result"], false, "a receipt is good once: {answer}");
    Ok(())
}

/// Empties the queue of what the demo's first message left in it.
async fn drain(gateway: &Gateway) -> Result<()> {
    loop {
        let taken = gateway.http.get(gateway.green("receiveNotification")).send().await?.json::<Value>().await?;
        if taken.is_null() {
            return Ok(());
        }
        gateway.http.delete(format!("{}/{}", gateway.green("deleteNotification"), taken["receiptId"])).send().await?;
    }
}
