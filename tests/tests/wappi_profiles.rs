//! Wappi's profiles on the four messengers: made, logged in by every way there is, shown, logged out, deleted.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::receiver::Reply;
use sluice_tests::wappi::Profile;
use sluice_tests::{Gateway, Receiver};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_whatsapp_profile_logs_in_by_qr_and_by_pairing_code() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::add(&gateway, "api", "By QR").await?;
    let status = profile.get("sync/get/status", &[]).await?;
    assert_eq!((&status["authorized"], &status["platform"]), (&false.into(), &"wz".into()), "{status}");
    for path in ["sync/qr/get", "sync/get/qr", "sync/auth/qr"] {
        let shown = profile.get(path, &[]).await?;
        ensure!(
            shown["qrCode"].as_str().is_some_and(|uri| uri.starts_with("data:image/png;base64,")),
            "{path}: {shown}"
        );
    }
    profile.sandbox("scan", json!({"phone": "79602041981"})).await?;
    let status = profile.until_authorized().await?;
    assert_eq!(status["phone"], "79602041981", "{status}");
    let again = profile.get("sync/qr/get", &[]).await?;
    assert_eq!((&again["status"], &again["detail"]), (&"error".into(), &"You are already authorized".into()));

    let other = Profile::add(&gateway, "api", "By code").await?;
    let shown = other.get("sync/auth/code", &[("phone", "+7 960 204-19-82")]).await?;
    let code = shown["code"].as_str().context("code")?;
    ensure!(code.len() == 9 && code.as_bytes()[4] == b'-' && shown["phone"] == "79602041982", "{shown}");
    other.sandbox("scan", json!({})).await?;
    assert_eq!(other.until_authorized().await?["phone"], "79602041982");
    Ok(())
}

#[tokio::test]
async fn telegram_and_max_log_in_by_phone_code_and_password() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for (base, platform) in [("tapi", "tg"), ("maxapi", "max")] {
        let profile = Profile::add(&gateway, base, &format!("{base} by phone")).await?;
        let asked = profile.post("sync/auth/phone", &[], Some(json!({"phone": "+7 (999) 100-00-01"}))).await?;
        assert_eq!((&asked["status"], &asked["detail"]), (&"done".into(), &"waiting for code".into()), "{asked}");
        let wrong = profile.post("sync/auth/code", &[], Some(json!({"auth_code": "00000"}))).await?;
        assert_eq!((&wrong["status"], &wrong["detail"]), (&"error".into(), &"auth_error".into()), "{wrong}");
        let done = profile.post("sync/auth/code", &[], Some(json!({"auth_code": "11111"}))).await?;
        assert_eq!((&done["status"], &done["detail"]), (&"done".into(), &"auth_success".into()), "{done}");
        let status = profile.until_authorized().await?;
        assert_eq!((&status["platform"], &status["phone"]), (&platform.into(), &"79991000001".into()), "{status}");
        let again = profile.post("sync/auth/phone", &[], Some(json!({"phone": "79991000001"}))).await?;
        assert_eq!(again["detail"], "You are already authorized", "{again}");
        let again = profile.post("sync/auth/code", &[], Some(json!({"auth_code": "11111"}))).await?;
        assert_eq!(again["detail"], "You are already authorized", "{again}");

        // A number that ends in 2 has a cloud password in the sandbox.
        let secured = Profile::add(&gateway, base, &format!("{base} with password")).await?;
        secured.post("sync/auth/phone", &[], Some(json!({"phone": "79991000002"}))).await?;
        let asked = secured.post("sync/auth/code", &[], Some(json!({"auth_code": "11111"}))).await?;
        assert_eq!((&asked["status"], &asked["detail"]), (&"done".into(), &"2fa".into()), "{asked}");
        let wrong = secured.post("sync/auth/2fa", &[], Some(json!({"pwd_code": "guess"}))).await?;
        assert_eq!((&wrong["status"], &wrong["detail"]), (&"error".into(), &"auth_error".into()), "{wrong}");
        let done = secured.post("sync/auth/2fa", &[], Some(json!({"pwd_code": "secret"}))).await?;
        assert_eq!((&done["status"], &done["detail"]), (&"done".into(), &"auth_success".into()), "{done}");
        secured.until_authorized().await?;

        let scanned = Profile::add(&gateway, base, &format!("{base} by QR")).await?;
        let shown = scanned.get("sync/auth/qr", &[]).await?;
        ensure!(shown["detail"].as_str().is_some_and(|picture| picture.starts_with("iVBOR")), "bare base64: {shown}");
        let late = scanned.post("sync/auth/code", &[], Some(json!({"auth_code": "11111"}))).await?;
        assert_eq!(late["status"], "error", "no code was asked for: {late}");
        scanned.sandbox("scan", json!({"phone": "79991000003"})).await?;
        scanned.until_authorized().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_bots_profile_sends_once_its_token_is_known() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let mut bot = Profile::add(&gateway, "botapi", "Bot").await?;
    let body = json!({"recipient": "98727543", "body": "Hi"});
    let waits = bot.post("message/send", &[], Some(body.clone())).await?;
    ensure!(waits["status"] == "done" && waits["task_id"].is_string(), "{waits}");
    ensure!(waits["detail"].as_str().is_some_and(|words| words.contains("not authorized")), "{waits}");
    bot.sandbox("scan", json!({})).await?;
    assert_eq!(bot.until_authorized().await?["platform"], "tg");
    let sent = bot.post("message/send", &[], Some(body)).await?;
    ensure!(sent["message_id"].is_string() && sent["detail"].is_null(), "{sent}");
    bot.base = "tapi";
    let (status, wrong) = bot.call(Method::GET, "sync/get/status", &[], None).await?;
    assert_eq!((status, wrong), (400, json!({"detail": "Wrong platform", "status": "error"})));
    Ok(())
}

#[tokio::test]
async fn logins_and_logouts_are_told_once_and_kept() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::new(|_| Reply::status(200)).await?;
    let profile = Profile::add(&gateway, "tapi", "History").await?;
    profile.post("webhook/url/set", &[("url", hook.url())], None).await?;
    let wanted = json!(["authorization_status", "application_status"]);
    profile.post("webhook/types/set", &[], Some(wanted)).await?;
    profile.post("sync/auth/phone", &[], Some(json!({"phone": "79991000001"}))).await?;
    profile.post("sync/auth/code", &[], Some(json!({"auth_code": "11111"}))).await?;
    profile.until_authorized().await?;
    // The connection breaks and is found again: that is no login.
    profile.sandbox("cut", json!({"for_ms": 100})).await?;
    hook.wait_for(3, PATIENCE).await?;
    profile.get("profile/logout", &[]).await?;
    let calls = hook.wait_for(4, PATIENCE).await?;
    let told = calls.iter().map(|call| {
        let body = call.json();
        profile.description.check_named("Webhook", &body)?;
        let word = |name: &str| body["messages"][0][name].as_str().unwrap_or_default().to_owned();
        anyhow::Ok([word("wh_type"), word("status"), word("reason")])
    });
    let told = told.collect::<Result<Vec<_>>>()?;
    assert_eq!(
        told,
        [
            ["authorization_status", "online", ""],
            ["application_status", "offline", ""],
            ["application_status", "online", ""],
            ["authorization_status", "offline", "logout from api"],
        ]
    );

    let (status, history) = profile.bare(Method::GET, "/panel/profile/auth/history").await?;
    assert_eq!(status, 200, "{history}");
    let rows = history["auth_history"].as_array().context("auth_history")?;
    let kinds: Vec<_> = rows.iter().map(|row| (&row["type"], &row["reason"])).collect();
    assert_eq!(kinds, [(&json!("logout"), &json!("logout from api")), (&json!("login"), &json!(""))], "newest first");
    assert_eq!(rows[1]["phone"], "79991000001");
    Ok(())
}

#[tokio::test]
async fn a_profile_is_listed_restarted_and_deleted_by_either_verb() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for (base, method, path) in [
        ("api", Method::DELETE, "sync/profile/delete"),
        ("tapi", Method::POST, "profile/delete"),
        ("maxapi", Method::DELETE, "profile/delete"),
    ] {
        let profile = Profile::add(&gateway, base, "Short-lived").await?;
        let restarted = profile.get("profile/restart", &[]).await?;
        assert_eq!(restarted, json!({"detail": "Your profile has been restarted", "status": "done"}));
        let listed = profile.get("profile/all/get", &[]).await?;
        let ids: Vec<_> =
            listed["profiles"].as_array().context("profiles")?.iter().map(|row| row["profile_id"].clone()).collect();
        ensure!(ids.contains(&json!(profile.id)), "{ids:?}");
        let (status, deleted) = profile.call(method, path, &[], None).await?;
        assert_eq!((status, &deleted["detail"]), (200, &json!(format!("Profile {} deleted", profile.id))));
        let (status, gone) = profile.call(Method::GET, "sync/get/status", &[], None).await?;
        assert_eq!((status, gone), (404, json!({"detail": "Profile not found", "status": "error"})));
    }
    Ok(())
}

#[tokio::test]
async fn the_last_activity_is_the_last_message() -> Result<()> {
    const BEFORE: i64 = 1_700_000_000;
    let gateway = Gateway::demo().await?;
    let profile = Profile::logged_in(&gateway, "tapi", "Active").await?;
    let silent = profile.get("sync/get/status", &[]).await?["last_activity"].as_f64().context("last_activity")?;
    profile.sandbox("receive", json!({"from": "98727543", "text": "Hi", "at": BEFORE * 1_000})).await?;
    let received = profile.get("sync/get/status", &[]).await?;
    assert_eq!(received["last_activity"], BEFORE as f64, "not the login, which was later: {received}");
    profile.sandbox("receive", json!({"from": "98727543", "text": "Hi", "at": (BEFORE + 7) * 1_000})).await?;
    let listed = profile.get("profile/all/get", &[]).await?;
    let row = listed["profiles"].as_array().context("profiles")?.iter().find(|row| row["profile_id"] == profile.id);
    assert_eq!(row.context("the profile")?["last_activity"], (BEFORE + 7) as f64);
    profile.post("sync/message/send", &[], Some(json!({"recipient": "98727543", "body": "Hi"}))).await?;
    let sent = profile.get("sync/get/status", &[]).await?;
    ensure!(sent["last_activity"].as_f64() >= Some(silent), "{sent}");
    Ok(())
}

#[tokio::test]
async fn the_status_key_is_switched_by_token_and_a_wrong_content_type_is_on_record() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::of_demo(&gateway)?;
    for shown in [false, true] {
        let switch = json!({"status_field_in_get_status": shown});
        profile.post("token/settings/set", &[], Some(switch)).await?;
        let status = profile.get("sync/get/status", &[]).await?;
        assert_eq!(status.get("status").is_some(), shown, "{status}");
    }

    // Many a client names its JSON something else. It is read all the same, and kept for whoever looks into it.
    let url = format!("{}/api/sync/message/send?profile_id={}", gateway.base(), profile.id);
    let request = gateway.http.post(url).header("authorization", gateway.word("/wappi/token"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let sent = request.body(r#"{"recipient":"79115554444","body":"Да"}"#).send().await?;
    let id = sent.headers()["x-request-id"].to_str()?.to_owned();
    ensure!(sent.status() == 200 && sent.json::<Value>().await?["status"] == "done");
    let kept = async {
        loop {
            // Lines of the log are written beside the calls.
            let (status, line) = gateway.native(Method::GET, &format!("/v1/requests/{id}"), None).await?;
            if status == 200 {
                return anyhow::Ok(line);
            }
        }
    };
    let line = tokio::time::timeout(PATIENCE, kept).await.context("no line")??;
    assert_eq!(line["content_type"], "application/x-www-form-urlencoded", "{line}");
    Ok(())
}
