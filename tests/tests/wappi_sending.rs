//! Wappi's sends and what can be done with what was sent, at the built binary.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::wappi::Profile;

const PATIENCE: Duration = Duration::from_secs(30);
/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The demo's WhatsApp account, and a Telegram and a MAX account that were logged in.
async fn profiles(gateway: &Gateway) -> Result<Vec<Profile<'_>>> {
    let mut profiles = vec![Profile::of_demo(gateway)?];
    for base in ["tapi", "maxapi"] {
        profiles.push(Profile::logged_in(gateway, base, &format!("{base} sends")).await?);
    }
    Ok(profiles)
}

/// The task, once something has come of it.
async fn until_settled(profile: &Profile<'_>, answer: &Value) -> Result<Value> {
    let task = answer["task_id"].as_str().context("task_id")?;
    let looked = async {
        loop {
            let shown = profile.get("task/get", &[("task_id", task)]).await?;
            if !shown["task"]["response"].is_null() {
                return anyhow::Ok(shown["task"].clone());
            }
        }
    };
    tokio::time::timeout(PATIENCE, looked).await.context("nothing has come of the task")?
}

/// A link to a file of the gateway's own: one that somebody sent.
async fn link(profile: &Profile<'_>) -> Result<String> {
    let came = profile.sandbox("receive", json!({"from": "79991112233", "kind": "image"})).await?;
    let id = came["remote"].as_str().context("remote")?;
    let message = profile.get("sync/messages/id/get", &[("message_id", id)]).await?;
    Ok(message["message"]["s3Info"]["url"].as_str().context("url")?.to_owned())
}

#[tokio::test]
async fn everything_that_can_be_sent_is_sent_at_once_and_later() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for profile in profiles(&gateway).await? {
        let to = "79115554444";
        let file = json!({"recipient": to, "b64_file": PNG, "caption": "look", "file_name": "dot.png"});
        let link = link(&profile).await?;
        let sends = [
            ("message/send", json!({"recipient": to, "body": "Привет!"})),
            ("message/img/send", file.clone()),
            ("message/video/send", file.clone()),
            ("message/audio/send", file.clone()),
            ("message/document/send", file),
            ("message/file/url/send", json!({"recipient": to, "url": link, "caption": "look"})),
            (
                "message/location/send",
                json!({"recipient": to, "latitude": 55.75, "longitude": "37.62", "address": "Москва"}),
            ),
            ("contact/send", json!({"recipient": to, "phone": "79602041980", "name": "Иван"})),
        ];
        for (path, body) in sends {
            let sent = profile.post(&format!("sync/{path}"), &[], Some(body.clone())).await?;
            ensure!(sent["status"] == "done" && sent["detail"].is_null(), "{path}: {sent}");
            let id = sent["message_id"].as_str().context("message_id")?;
            let kept = profile.get("sync/messages/id/get", &[("message_id", id)]).await?;
            assert_eq!(
                (&kept["message"]["task_id"], &kept["message"]["from_where"]),
                (&sent["task_id"], &json!("api"))
            );

            let now = [("timeout_from", "0"), ("timeout_to", "0"), ("bot_id", "crm")];
            let queued = profile.post(&format!("async/{path}"), &now, Some(body)).await?;
            ensure!(queued["status"] == "done" && queued["message_id"].is_null(), "{path}: {queued}");
            assert_eq!(queued["detail"], "Message sent to queue");
            let task = until_settled(&profile, &queued).await?;
            ensure!(
                task["response"]["status"] == "done" && task["response"]["message_id"].is_string(),
                "{path}: {task}"
            );
        }
        let poll = json!({"recipient": to, "body": "Чай?", "poll_options": ["Да", "Нет"], "poll_select_count": 1});
        let sent = profile.post("sync/poll/create", &[], Some(poll)).await?;
        ensure!(sent["status"] == "done", "{sent}");
    }
    Ok(())
}

#[tokio::test]
async fn what_only_one_messenger_has_and_what_none_has() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profiles = profiles(&gateway).await?;
    let (whatsapp, telegram) = (&profiles[0], &profiles[1]);
    let buttons = json!({"recipient": "79115554444", "body": "?", "buttons": [{"id": "1", "body": "Да"}]});
    ensure!(whatsapp.post("sync/message/buttons/send", &[], Some(buttons)).await?["status"] == "done");
    let list = json!({"recipient": "79115554444", "title": "t", "body": "b", "btn_text": "?", "list": {"title": "t", "rows": []}});
    let (status, refused) = whatsapp.call(Method::POST, "sync/message/list/send", &[], Some(list.to_string())).await?;
    assert_eq!((status, &refused["detail"]), (400, &json!("Lists are temporarily not working")));
    let gift = json!({"recipient": "@ann", "gift_id": 1}).to_string();
    let (status, refused) = telegram.call(Method::POST, "gifts/send", &[], Some(gift)).await?;
    assert_eq!((status, &refused["detail"]), (400, &json!("Gifts are temporarily not working")));
    assert_eq!(telegram.get("gifts/get", &[]).await?["gifts"], json!([]));

    let story =
        telegram.post("sync/stories/send", &[], Some(json!({"url": link(telegram).await?, "caption": "new"}))).await?;
    let id = story["story_id"].as_str().context("story_id")?;
    telegram.get("sync/stories/getViews", &[("id", id)]).await?;
    let story = whatsapp.post("async/story/send", &[], Some(json!({"body": "new"}))).await?;
    assert_eq!(story["detail"], "Story sent to queue");
    assert_eq!(until_settled(whatsapp, &story).await?["command"], "sendStory");
    whatsapp.post("sync/status/set", &[], Some(json!({"body": "Открыто"}))).await?;
    whatsapp.post("sync/status/delete", &[], None).await?;
    whatsapp.post("sync/use/here", &[], None).await?;
    Ok(())
}

#[tokio::test]
async fn a_file_comes_bare_or_in_a_form() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::of_demo(&gateway)?;
    let to = [("recipient", "79115554444"), ("caption", "dot")];
    let (status, sent) = profile.call(Method::POST, "sync/message/file/send", &to, Some(PNG.to_owned())).await?;
    ensure!(status == 200 && sent["status"] == "done", "{sent}");

    let form = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"note.txt\"\r\ncontent-type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let url = format!(
        "{}/api/sync/message/file/send?profile_id={}&recipient=79115554444&create=true&file_type=file&caption=Bill",
        gateway.base(),
        profile.id
    );
    let request = gateway.http.post(url).header("authorization", gateway.word("/wappi/token"));
    let request = request.header("content-type", "multipart/form-data; boundary=b").body(form);
    let (status, sent) = sluice_tests::gateway::answer(request).await?;
    ensure!(status == 200 && sent["status"] == "done", "{sent}");
    let id = sent["message_id"].as_str().context("message_id")?;
    let file = profile.get("sync/message/media/download", &[("message_id", id)]).await?;
    assert_eq!(
        (&file["file_b64"], &file["file_name"], &file["mime_type"]),
        (&json!("aGVsbG8="), &json!("note.txt"), &json!("text/plain"))
    );
    Ok(())
}

#[tokio::test]
async fn nobody_logged_in_a_send_waits_and_its_caller_does_not() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::add(&gateway, "api", "Asleep").await?;
    let begun = Instant::now();
    let body = json!({"recipient": "79115554444", "body": "Жду"});
    let queued = profile.post("sync/message/send", &[("timeout", "30")], Some(body)).await?;
    ensure!(begun.elapsed() < Duration::from_secs(5), "it waited {:?}", begun.elapsed());
    assert_eq!(
        (&queued["status"], &queued["detail"]),
        (&json!("done"), &json!("Message sent to queue: profile is not authorized"))
    );
    let waiting = profile.get("profile/queue/get", &[]).await?;
    assert_eq!((&waiting["tasks"][0]["task_id"], &waiting["tasks"][0]["is_first"]), (&queued["task_id"], &json!(true)));
    profile.sandbox("scan", json!({})).await?;
    let task = until_settled(&profile, &queued).await?;
    assert_eq!((&task["response"]["status"], &task["response"]["message_id"]), (&json!("done"), &queued["message_id"]));
    Ok(())
}

#[tokio::test]
async fn a_send_waits_for_a_lost_connection_as_long_as_its_timeout_says() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::logged_in(&gateway, "api", "Cut off").await?;
    profile.sandbox("cut", json!({"for_ms": 600_000})).await?;
    let looked = async {
        while profile.get("sync/get/status", &[]).await?["app_status"] != "connecting" {}
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, looked).await.context("it is connected all the same")??;
    let begun = Instant::now();
    let body = json!({"recipient": "79115554444", "body": "Жду"});
    let queued = profile.post("sync/message/send", &[("timeout", "1")], Some(body)).await?;
    ensure!((Duration::from_secs(1)..Duration::from_secs(5)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    assert_eq!((&queued["status"], &queued["detail"]), (&json!("done"), &json!("Message sent to queue")));
    profile.sandbox("restore", json!({})).await?;
    let task = until_settled(&profile, &queued).await?;
    assert_eq!((&task["response"]["status"], &task["response"]["message_id"]), (&json!("done"), &queued["message_id"]));
    Ok(())
}

#[tokio::test]
async fn the_queue_is_shown_purged_and_ends_by_itself() -> Result<()> {
    const SPEED: u32 = 240;
    let gateway = Gateway::fast(SPEED).await?;
    let profile = Profile::add(&gateway, "tapi", "Asleep").await?;
    assert_eq!(profile.get("profile/queue/get", &[]).await?, json!({"status": "done", "tasks": null}));
    let later = [("timeout_from", "36000"), ("timeout_to", "36600")];
    let send = async |number: u32, query: &[(&str, &str)]| {
        let body = json!({"recipient": "@ann", "body": format!("number {number}")});
        profile.post("async/message/send", query, Some(body)).await
    };
    let (first, second) = (send(1, &later).await?, send(2, &later).await?);
    let waiting = profile.get("profile/queue/get", &[]).await?;
    let tasks: Vec<_> =
        waiting["tasks"].as_array().context("tasks")?.iter().map(|task| task["task_id"].clone()).collect();
    assert_eq!(tasks, [first["task_id"].clone(), second["task_id"].clone()]);
    let time = |text: &Value| text.as_str().and_then(|text| text.get(11..13)).and_then(|hour| hour.parse::<i32>().ok());
    let (asked, due) = (time(&first["time"]), time(&waiting["tasks"][0]["command_start"]));
    let hours = due.zip(asked).map(|(due, asked)| (due - asked).rem_euclid(24)).context("times")?;
    ensure!((10..=11).contains(&hours), "ten hours later: {first} {waiting}");

    let purged = profile.get("profile/queue/purge", &[]).await?;
    assert_eq!(purged, json!({"detail": "Successfully cleared the queue", "status": "done"}));
    assert_eq!(profile.get("profile/queue/get", &[]).await?["tasks"], Value::Null);
    let task = until_settled(&profile, &first).await?;
    assert_eq!(
        (&task["response"]["status"], &task["response"]["delivery_status"]),
        (&json!("error"), &json!("undelivered"))
    );

    // Sixty seconds are a quarter of one here.
    let dying = send(3, &[("ttl", "60")]).await?;
    let task = until_settled(&profile, &dying).await?;
    assert_eq!(task["response"]["status"], "error", "{task}");
    let listed = profile.get("tasks/get", &[("limit", "2")]).await?;
    let ids: Vec<_> = listed["tasks"].as_array().context("tasks")?.iter().map(|task| task["task_id"].clone()).collect();
    assert_eq!(ids, [dying["task_id"].clone(), second["task_id"].clone()], "newest first");
    let (status, unknown) =
        profile.call(Method::GET, "task/get", &[("task_id", "57411bfb-8f19-4d19-b6c1-2457b5164fd2")], None).await?;
    assert_eq!((status, &unknown["status"]), (400, &json!("error")));
    Ok(())
}

#[tokio::test]
async fn a_message_is_answered_forwarded_edited_and_deleted() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for profile in profiles(&gateway).await? {
        let came = profile.sandbox("receive", json!({"from": "79991112233", "text": "Сколько?"})).await?;
        let about = came["remote"].clone();
        let act = async |path: &str, body: Value| {
            let done = profile.post(path, &[], Some(body)).await?;
            ensure!(done["status"] == "done", "{path}: {done}");
            anyhow::Ok(done)
        };
        let answered =
            act("sync/message/reply", json!({"message_id": about, "body": "Сто", "manager": {"id": "7"}})).await?;
        let id = answered["message_id"].as_str().context("message_id")?;
        let kept = profile.get("sync/messages/id/get", &[("message_id", id)]).await?["message"].clone();
        assert_eq!(
            (&kept["isReply"], &kept["reply_message"]["id"], &kept["manager"]["id"]),
            (&json!(true), &about, &json!("7"))
        );
        let copy = act("sync/message/forward", json!({"message_id": about, "recipient": "79115554444"})).await?;
        ensure!(copy["message_id"] != about && copy["message_id"].is_string(), "{copy}");
        act("sync/message/reaction", json!({"message_id": about, "body": "👍", "recipient": "79991112233"})).await?;
        act("sync/message/reaction", json!({"message_id": about, "recipient": "79991112233"})).await?;
        act("sync/message/mark/read", json!({"message_id": about})).await?;
        act("sync/message/edit", json!({"message_id": id, "body": "Сто десять"})).await?;
        let kept = profile.get("sync/messages/id/get", &[("message_id", id)]).await?["message"].clone();
        assert_eq!((&kept["isEdited"], &kept["body"]), (&json!(true), &json!("Сто десять")));
        act("sync/message/delete", json!({"message_id": id})).await?;
        assert_eq!(profile.get("sync/messages/id/get", &[("message_id", id)]).await?["message"]["isDeleted"], true);
        let history = profile.get("sync/messages/history", &[("limit", "1")]).await?;
        assert_eq!(history["detail"][0]["task_name"], "deleteMessage", "{history}");
    }
    Ok(())
}

#[tokio::test]
async fn a_received_file_is_downloaded() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for profile in profiles(&gateway).await? {
        let came = profile.sandbox("receive", json!({"from": "79991112233", "kind": "image"})).await?;
        let id = came["remote"].as_str().context("remote")?;
        let message = profile.get("sync/messages/id/get", &[("message_id", id)]).await?["message"].clone();
        let link = message["s3Info"]["url"].as_str().context("url")?;
        let bytes = gateway.http.get(link).send().await?.error_for_status()?.bytes().await?;
        let file = profile.get("sync/message/media/download", &[("message_id", id)]).await?;
        assert_eq!((&file["media_type"], &file["mime_type"]), (&json!("image"), &json!("image/png")));
        if profile.base == "api" {
            use base64::Engine;
            let told =
                base64::engine::general_purpose::STANDARD.decode(file["file_b64"].as_str().context("file_b64")?)?;
            ensure!(told == bytes, "another file");
        } else {
            let linked =
                gateway.http.get(file["file_link"].as_str().context("file_link")?).send().await?.bytes().await?;
            ensure!(linked == bytes, "another file");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_caller_that_hangs_up_is_served_all_the_same() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::of_demo(&gateway)?;
    let url = format!("{}/api/sync/message/send?profile_id={}", gateway.base(), profile.id);
    let request = gateway.http.post(url).header("authorization", gateway.word("/wappi/token"));
    // The shop module's own patience, which is shorter than any messenger's answer.
    let request = request.timeout(Duration::from_millis(100)).body(r#"{"recipient":"79990000429","body":"Заказ 5"}"#);
    ensure!(request.send().await.is_err_and(|error| error.is_timeout()), "it was answered in time");
    let looked = async {
        loop {
            let sent = profile.get("sync/messages/history", &[("limit", "1")]).await?;
            if sent["detail"][0]["message"] == "Заказ 5" && sent["detail"][0]["delivered"] != "pending" {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(PATIENCE, looked).await.context("it was not sent")?
}
