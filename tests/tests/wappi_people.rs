//! Wappi's contacts, groups, texts about the account, and proxies at the built binary.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::wappi::Profile;

#[tokio::test]
async fn people_are_checked_shown_saved_and_blocked() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for (base, on) in [("api", "on_whatsapp"), ("tapi", "on_telegram"), ("maxapi", "on_max")] {
        let profile = Profile::logged_in(&gateway, base, &format!("{base} people")).await?;
        for (phone, there) in [("79115554444", true), ("79990000404", false)] {
            let checked = profile.get("sync/contact/check", &[("phone", phone)]).await?;
            assert_eq!((&checked[on], &checked["phone"]), (&json!(there), &json!(phone)));
            ensure!(checked["chat_id"].is_string() == (base == "maxapi" && there), "{checked}");
        }
        let saved =
            profile.post("sync/contact/add", &[], Some(json!({"recipient": "79115554444", "name": "Иван"}))).await?;
        ensure!(saved["contact"].to_string().contains("Иван"), "{saved}");
        let shown = profile.get("sync/contact/get", &[("recipient", "79115554444")]).await?["contact"].clone();
        assert_eq!(shown[if base == "api" { "name" } else { "firstName" }], "Иван", "{shown}");
        let nobody = profile.get("sync/contact/get", &[("recipient", "79990000404")]).await?;
        ensure!(nobody["status"] == "error" && nobody["detail"].is_string(), "{nobody}");
        if base == "tapi" {
            ensure!(nobody["detail"].as_str().is_some_and(|words| words.contains("PEER_NOT_FOUND")), "{nobody}");
        }
        let listed = profile.get("sync/contacts/get", &[]).await?;
        ensure!(listed["contacts"].to_string().contains("Иван"), "{listed}");
    }
    let profile = Profile::logged_in(&gateway, "api", "Info").await?;
    let info = profile.get("sync/contact/info", &[("user_id", "79115554444@c.us")]).await?;
    assert_eq!(
        (&info["profile"]["is_on_whatsapp"], &info["profile"]["id"]),
        (&json!(true), &json!("79115554444@c.us"))
    );
    for path in ["sync/contact/block", "sync/contact/unblock"] {
        let done = profile.post(path, &[("contact", "79115554444")], None).await?;
        assert_eq!(done, json!({"status": "done", "detail": true}));
    }
    Ok(())
}

#[tokio::test]
async fn a_group_is_made_changed_and_left() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for base in ["api", "tapi"] {
        let profile = Profile::logged_in(&gateway, base, &format!("{base} people")).await?;
        let members = ["79115554444", "79991112233"];
        let made =
            profile.post("sync/group/create", &[], Some(json!({"name": "Отдел", "participants": members}))).await?;
        let id = made
            .pointer(if base == "api" { "/result/JID" } else { "/detail" })
            .and_then(Value::as_str)
            .context("id")?;
        let act = async |path: &str, body: Value| {
            let done = profile.post(path, &[], Some(body)).await?;
            ensure!(done["status"] == "done", "{path}: {done}");
            anyhow::Ok(())
        };
        act("sync/group/name/set", json!({"group_id": id, "name": "Продажи"})).await?;
        act("sync/group/description/set", json!({"group_id": id, "description": "Кто продаёт"})).await?;
        act("sync/group/participant/add", json!({"group_id": id, "participants": ["79115550000"]})).await?;
        act("sync/group/participant/remove", json!({"group_id": id, "participant": "79991112233"})).await?;
        act("sync/group/admin/promote", json!({"group_id": id, "participant": "79115554444"})).await?;
        act("sync/group/admin/demote", json!({"group_id": id, "participant": "79115554444"})).await?;
        let link = profile.get("sync/group/invitelink/get", &[("group_id", id)]).await?;
        ensure!(link["link"].as_str().is_some_and(|link| link.starts_with("https://")), "{link}");
        if base == "api" {
            act("sync/group/admin/promove", json!({"group_id": id, "participants": ["79115554444"]})).await?;
            let all = profile.get("sync/group/participants/get", &[("chat_id", id)]).await?;
            let admins = profile.get("sync/group/admins/get", &[("chat_id", id)]).await?;
            let is_in = |list: &Value, who: &str| list["contacts"].to_string().contains(who);
            ensure!(is_in(&all, "79115550000") && !is_in(&all, "79991112233"), "{all}");
            ensure!(is_in(&admins, "79115554444") && !is_in(&admins, "79115550000"), "{admins}");
        }
        let sent =
            profile.post("sync/message/send", &[], Some(json!({"recipient": id, "body": "Всем привет"}))).await?;
        ensure!(sent["status"] == "done", "{sent}");
        let messages = profile.get("sync/messages/get", &[("chat_id", id)]).await?;
        assert_eq!(messages["messages"][0]["body"], "Всем привет");
        let left = profile.post("sync/group/leave", &[("group_id", id)], None).await?;
        ensure!(left["status"] == "done", "{left}");
    }
    Ok(())
}

#[tokio::test]
async fn a_proxy_is_set_hidden_and_removed() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::logged_in(&gateway, "tapi", "Proxy").await?;
    assert_eq!(profile.get("proxy/get", &[]).await?, json!({"proxy": null, "status": "done"}));
    profile.post("proxy/set", &[("proxy", "ann:secret@203.0.113.9:1080")], None).await?;
    let shown = profile.get("proxy/get", &[]).await?;
    assert_eq!(shown, json!({"proxy": "set", "status": "done"}), "a password may be in it");
    let deleted = profile.post("proxy/delete", &[], None).await?;
    assert_eq!(deleted, json!({"detail": "Self proxy deleted", "status": "done"}));
    let (status, refused) = profile.call(Method::POST, "proxy/set", &[("proxy", "nowhere")], None).await?;
    assert_eq!((status, &refused["status"]), (400, &json!("error")));
    Ok(())
}
