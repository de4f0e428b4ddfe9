//! Wahelp's projects, channels and users at the built binary.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::wahelp::Shop;

fn uuids(channels: &Value) -> Vec<&str> {
    channels.as_array().into_iter().flatten().filter_map(|channel| channel["uuid"].as_str()).collect()
}

#[tokio::test]
async fn a_project_has_its_own_channels_and_those_of_nobody() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (first, second) = (Shop::new(&gateway, "whatsapp").await?, Shop::new(&gateway, "telegram").await?);
    ensure!(first.project != second.project);
    let elsewhere = gateway.word("/wahelp/channel");
    for (ours, theirs) in [(&first, &second), (&second, &first)] {
        let channels = ours.get(&ours.of_project("channels/")).await?;
        let uuids = uuids(&channels);
        ensure!(uuids.contains(&ours.channel.as_str()) && !uuids.contains(&theirs.channel.as_str()), "{channels}");
        ensure!(uuids.contains(&elsewhere), "what was made through another API is in every project: {channels}");
        let foreign = ours.of_project(&format!("channels/{}/status", theirs.channel));
        ours.refused(404, Method::GET, &foreign, None).await?;
    }
    let renamed = first.done(Method::PUT, &first.of_project(""), Some(json!({"name": "Renamed"}))).await?;
    ensure!(renamed["name"] == "Renamed" && renamed["id"] == first.project, "{renamed}");
    first.refused(404, Method::GET, "projects/999999/channels", None).await?;
    first.refused(404, Method::POST, "projects/999999/channels", Some(json!({"name": "a", "type": "max"}))).await?;
    first.refused(422, Method::POST, &first.of_project("channels"), Some(json!({"name": "a", "type": "fax"}))).await?;
    Ok(())
}

#[tokio::test]
async fn the_header_may_be_left_out_but_not_name_another_project() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::of_demo(&gateway).await?;
    for (header, status) in [(shop.project.to_string(), 200), ("999".into(), 403), (String::new(), 200)] {
        let path = shop.of_channel("status");
        let request = shop.request(Method::GET, &path).header("x-project", &header);
        let (told, answer) = shop.answer(&Method::GET, &path, request).await?;
        ensure!(told == status, "{header}: {told} {answer}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_is_redirected() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::of_demo(&gateway).await?;
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
    for path in ["/api/app/projects", "/api/app/projects/", "/app/projects", "/app/projects/", "//app//projects//"] {
        let made = client.post(format!("{}{path}", gateway.base())).bearer_auth(&shop.token);
        let response = made.json(&json!({"name": path})).send().await?;
        ensure!(response.status() == 200, "{path}: {}", response.status());
    }
    let projects = shop.get("projects").await?;
    ensure!(projects.as_array().is_some_and(|projects| projects.len() == 6), "{projects}");
    Ok(())
}

#[tokio::test]
async fn a_channel_is_connected_by_its_code() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::new(&gateway, "whatsapp").await?;
    let status = shop.get(&shop.of_channel("status")).await?;
    ensure!(status["status"] == "wait_qr" && status["active"] == false, "{status}");
    let qr = shop.get(&shop.of_channel("settings/whatsapp/qr")).await?;
    ensure!(qr["status"] == "wait_qr" && qr["qr"].is_string(), "{qr}");
    let setup = shop.get(&shop.of_channel("setup")).await?;
    ensure!(setup["step"] == "wait_qr" && setup["type"] == "whatsapp", "{setup}");
    shop.sandbox("scan", json!({})).await?;
    shop.until("connected").await?;
    let qr = shop.get(&shop.of_channel("settings/whatsapp/qr")).await?;
    ensure!(qr == json!({"qr": null, "status": "connected", "active": true}), "{qr}");

    let by_uuid = shop.get(&format!("projects/{}/channels/{}", shop.project, shop.channel)).await?;
    ensure!(by_uuid["active"] == true, "{by_uuid}");
    let by_id = shop.get(&format!("projects/{}/channels/{}", shop.project, by_uuid["id"])).await?;
    ensure!(by_id == by_uuid, "{by_id}");
    let path = format!("projects/{}/channels/{}", shop.project, shop.channel);
    let renamed = shop.done(Method::PUT, &path, Some(json!({"name": "Second"}))).await?;
    ensure!(renamed["name"] == "Second", "{renamed}");
    shop.done(Method::DELETE, &path, None).await?;
    shop.refused(404, Method::GET, &path, None).await?;
    Ok(())
}

#[tokio::test]
async fn telegram_is_connected_by_number_code_and_password() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::new(&gateway, "telegram").await?;
    let setup = shop.of_channel("setup");
    let step = shop.post(&setup, json!({"phone": "+79990000002"})).await?;
    ensure!(step["status"] == "wait_code", "{step}");
    let step = shop.post(&setup, json!({"code": 11111})).await?;
    ensure!(step["status"] == "wait_password", "{step}");
    let step = shop.post(&setup, json!({"password": "secret"})).await?;
    ensure!(step["status"] == "connected" && step["active"] == true, "{step}");
    shop.until("connected").await?;
    // There a person has a number of the messenger's own, and it is the same by whatever name they are looked for.
    let user = shop.user("+7 999 111-22-33").await?;
    ensure!(user > 2_000_000_000_000_000 && user < 1 << 53, "{user}");
    ensure!(shop.user("79991112233").await? == user);
    let sent = shop.send(user, "Hi").await?;
    ensure!(sent["status"] == "sent" && sent["user_id"] == user, "{sent}");
    Ok(())
}

#[tokio::test]
async fn a_user_is_made_once_and_only_where_the_messenger_knows_the_number() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let users = shop.of_channel("users");
    let made = shop.post(&users, json!({"phone": "+7 (999) 111-22-33", "name": "Ann", "need_create": true})).await?;
    let id = made["id"].as_u64().context("id")?;
    ensure!(made["phone"] == "+79991112233" && made["contact"]["phone"] == made["contact_phone"], "{made}");
    let again = shop.post(&users, json!({"phone": "79991112233"})).await?;
    ensure!(again["id"] == id && again["name"] == "Ann", "{again}");

    let absent = shop.refused(422, Method::POST, &users, Some(json!({"phone": "79990000404"}))).await?;
    for words in ["у номера нет нужного мессенджера", "мессенджер не подключен"]
    {
        ensure!(absent.to_string().contains(words), "{absent}");
    }
    ensure!(absent["errors"][0]["field"] == "phone");
    let only_known = json!({"phone": "79995556677", "need_create": false});
    shop.refused(404, Method::POST, &users, Some(only_known)).await?;
    shop.refused(422, Method::POST, &users, Some(json!({"phone": "12"}))).await?;
    shop.refused(422, Method::POST, &users, Some(json!({"name": "Nobody"}))).await?;

    let one = shop.of_channel(&format!("users/{id}"));
    let renamed = shop.done(Method::PUT, &one, Some(json!({"name": "Anna"}))).await?;
    ensure!(renamed["name"] == "Anna" && shop.get(&one).await? == renamed, "{renamed}");
    for number in 0..3 {
        shop.user(&format!("7999222000{number}")).await?;
    }
    let (_, listed) = shop.call(Method::GET, &format!("{users}?limit=2&page=2"), None).await?;
    ensure!(listed["data"].as_array().is_some_and(|rows| rows.len() == 2) && listed["meta"]["page"] == 2, "{listed}");
    let (_, found) = shop.call(Method::GET, &format!("{users}?search=Anna"), None).await?;
    ensure!(found["data"] == json!([renamed]), "{found}");

    let contact = shop.post(&shop.of_project("contacts/contact_by_phone"), json!({"phone": "79991112233"})).await?;
    ensure!(contact["contact"]["id"] == made["contact_id"], "{contact}");
    shop.done(Method::DELETE, &one, None).await?;
    shop.refused(404, Method::GET, &one, None).await?;
    shop.refused(404, Method::DELETE, &one, None).await?;
    Ok(())
}

#[tokio::test]
async fn on_a_channel_that_is_not_connected_only_known_users_are_found() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::new(&gateway, "whatsapp").await?;
    shop.refused(409, Method::POST, &shop.of_channel("users"), Some(json!({"phone": "79991112233"}))).await?;
    shop.refused(404, Method::POST, &shop.of_channel("send_message/79991112233"), Some(json!({"text": "a"}))).await?;
    // An id of upstream's own, which a client has kept.
    shop.refused(404, Method::POST, &shop.of_channel("send_message/301"), Some(json!({"text": "a"}))).await?;
    Ok(())
}
