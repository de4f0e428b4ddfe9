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

/// The course's own lines for what else it teaches: a picture, a check of a number, and deleting a profile.
#[tokio::test]
async fn the_courses_other_calls_work_as_written() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let (base, token, profile) = (gateway.base(), gateway.word("/wappi/token"), gateway.word("/wappi/profile_id"));
    let post = |path: &str, body: &str| {
        format!(
            r#"curl -X POST "{base}/api{path}?profile_id={profile}" \
-H "Authorization: {token}" \
-H "Content-Type: application/json" \
-H "Accept: application/json" \
-d '{body}'"#
        )
    };
    let hello = r#"{"body": "Привет! Это тестовое сообщение от техподдержки.", "recipient": "79115554444"}"#;
    for path in ["/sync/message/send", "/message/send"] {
        let (status, answer) = paste(&post(path, hello)).await?;
        assert_eq!((status, &answer["status"]), (200, &"done".into()), "{answer}");
    }
    // The course's sample has no file in it, which is the mistake that it warns of.
    let picture = |file: &str| {
        let body = format!(r#"{{"recipient": "79995579399", "caption": "Это картинка", "b64_file": "{file}"}}"#);
        post("/sync/message/img/send", &body)
    };
    let (status, answer) = paste(&picture("")).await?;
    assert_eq!((status, answer.to_string()), (400, r#"{"detail":"b64_file is required","status":"error"}"#.to_owned()));
    let (status, answer) = paste(&picture("iVBORw0KGgo=")).await?;
    assert_eq!((status, &answer["status"]), (200, &"done".into()), "{answer}");

    for (phone, there) in [("79115554444", true), ("79990000404", false)] {
        let url = format!("{base}/api/sync/contact/check?profile_id={profile}&phone={phone}");
        let (status, answer) = paste(&format!(r#"curl "{url}" -H "Authorization: {token}""#)).await?;
        assert_eq!((status, &answer["on_whatsapp"]), (200, &there.into()), "{answer}");
    }

    let (status, answer) =
        paste(&format!(r#"curl "{base}/api/sync/get/qr?profile_id={profile}" -H "Authorization: {token}""#)).await?;
    assert_eq!((status, &answer["detail"]), (200, &"You are already authorized".into()), "{answer}");
    let delete =
        format!(r#"curl -X DELETE "{base}/api/sync/profile/delete?profile_id={profile}" -H "Authorization: {token}""#);
    let (status, answer) = paste(&delete).await?;
    assert_eq!((status, &answer["detail"]), (200, &format!("Profile {profile} deleted").into()), "{answer}");
    let (status, answer) = paste(&delete).await?;
    assert_eq!((status, &answer["status"]), (404, &"error".into()), "{answer}");
    Ok(())
}

/// The course's samples of JSON, the wrong ones and the right ones, as bodies of a send.
#[tokio::test]
async fn the_courses_samples_of_json_are_read_as_it_teaches() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let url = format!("{}/api/sync/message/send?profile_id={}", gateway.base(), gateway.word("/wappi/profile_id"));
    let send = async |body: &str| {
        let request = gateway.http.post(&url).header("authorization", gateway.word("/wappi/token"));
        sluice_tests::gateway::answer(request.body(body.to_owned())).await
    };
    let wrong = r#"{
'name': 'Иван', // Одинарные кавычки — ОШИБКА!
"phone": 79990001122, // Номер телефона должен быть строкой
"text": "Привет" // Нет запятой после — ОШИБКА!
"active": True // True с большой буквы — ОШИБКА!
}"#;
    let (status, answer) = send(wrong).await?;
    anyhow::ensure!(
        status == 400 && answer["detail"].as_str().is_some_and(|words| words.contains("line 2 column 1")),
        "{answer}"
    );
    let right = [
        r#"{"name": "Иван", "phone": "79990001122", "text": "Привет", "active": true}"#,
        r#"{"name": "Иван Петров", "phone": "79990001122", "age": 25, "is_active": true,
            "orders": ["заказ1", "заказ2", "заказ3"], "address": {"city": "Москва", "street": "Ленина, 1"}}"#,
    ];
    for body in right {
        let (status, answer) = send(body).await?;
        assert_eq!((status, &answer["detail"]), (400, &"recipient is required".into()), "it is JSON, and no message");
    }
    let (status, answer) = send(r#"{"body": "Привет! Это тестовое сообщение.", "recipient": "79990000000"}"#).await?;
    assert_eq!((status, &answer["status"]), (200, &"done".into()), "{answer}");
    Ok(())
}

/// The webhook of the course: everything that its sample shows is there, of the same kind.
#[tokio::test]
async fn the_courses_webhook_comes_with_all_that_it_shows() -> Result<()> {
    let sample: Value = serde_json::from_str(
        r#"{"messages": [{"wh_type": "incoming_message", "profile_id": "6qw54f68-71eq", "id": "3A945DD9CDD3016BE11B",
            "body": "Привет, как дела?", "type": "chat", "from": "79115576366@c.us", "to": "79602041988@c.us",
            "senderName": "Иван", "timestamp": "2024-10-21T11:27:57+03:00"}]}"#,
    )?;
    let gateway = Gateway::demo().await?;
    let hook = sluice_tests::Receiver::agreeable().await?;
    let (status, _) =
        gateway.wappi(reqwest::Method::POST, &format!("/api/webhook/url/set?url={}", hook.url()), None).await?;
    assert_eq!(status, 200);
    let shown = &sample["messages"][0];
    let message =
        serde_json::json!({"from": "79115576366", "name": "Иван", "text": shown["body"], "remote": shown["id"]});
    gateway.sandbox("receive", serde_json::json!({"message": message})).await?;
    let mut calls = 0;
    let told = loop {
        calls += 1;
        let all = hook.wait_for(calls, std::time::Duration::from_secs(60)).await?;
        // What the demo's own first message brought may come before it.
        if let Some(call) = all.iter().find(|call| call.json()["messages"][0]["id"] == shown["id"]) {
            break call.json();
        }
    };
    let told = &told["messages"][0];
    for (key, value) in shown.as_object().context("an object")? {
        match key.as_str() {
            "profile_id" => assert_eq!(told[key], gateway.word("/wappi/profile_id")),
            "timestamp" => {
                assert_eq!(told[key].as_str().map(|time| (time.len(), time.ends_with("+03:00"))), Some((25, true)))
            }
            "to" => assert!(told[key].as_str().is_some_and(|to| to.ends_with("@c.us")), "{told}"),
            _ => assert_eq!(told[key], *value, "{key}"),
        }
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
    let (status, answer) =
        paste(&format!(r#"curl -X DELETE "{}/{receipt}""#, gateway.green("deleteNotification"))).await?;
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
