//! Wahelp's logins and tokens at the built binary: how they are made, when they end, and that nothing keeps them.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::answer;
use sluice_tests::wahelp::Shop;

#[tokio::test]
async fn a_login_is_json_or_a_form_and_opens_everything() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::of_demo(&gateway).await?;
    let (login, password) = (gateway.word("/wahelp/login"), gateway.word("/wahelp/password"));
    for prefix in ["/api/app/user/login", "/app/user/login/", "//api/app//user/login/"] {
        let request = gateway.http.post(format!("{}{prefix}", gateway.base()));
        let form = request.header("content-type", "application/x-www-form-urlencoded");
        let (status, made) = answer(form.body(format!("login={login}&password={password}"))).await?;
        ensure!(status == 200 && made["data"]["token_type"] == "bearer", "{prefix}: {status} {made}");
    }
    let projects = shop.get("projects").await?;
    ensure!(projects[0]["id"] == shop.project, "{projects}");
    ensure!(shop.get("user").await?["login"] == login);

    let long_lived = Shop::of_demo(&gateway).await?.with_token(password);
    long_lived.get("projects").await?;
    let nobody = Shop::of_demo(&gateway).await?.with_token("wh_nonsense");
    nobody.refused(401, Method::GET, "projects", None).await?;
    nobody.refused(401, Method::GET, "user/refresh-token", None).await?;
    Ok(())
}

#[tokio::test]
async fn a_token_ends_after_an_hour_and_a_refresh_gives_another() -> Result<()> {
    // An hour passes in a second.
    let gateway = Gateway::fast(3_600).await?;
    let mut shop = Shop::of_demo(&gateway).await?;
    let refreshed = shop.get("user/refresh-token").await?;
    ensure!(refreshed["access_token"] == refreshed["token"]["token"], "{refreshed}");
    ensure!(refreshed["expires_in"] == 3600 && refreshed["token"]["expires_in"] == 3600, "{refreshed}");
    let second = refreshed["access_token"].as_str().context("access_token")?.to_owned();
    ensure!(second != shop.token);
    let ended = async {
        while shop.call(Method::GET, "projects", None).await?.0 == 200 {}
        shop.refused(401, Method::GET, "user/refresh-token", None).await
    };
    tokio::time::timeout(Duration::from_secs(20), ended).await.context("it does not end")??;
    shop.token = shop.sign_in().await?;
    shop.get("projects").await?;
    Ok(())
}

#[tokio::test]
async fn who_guesses_too_often_has_to_wait() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::of_demo(&gateway).await?;
    let try_it = |login: &str, password: &str| {
        let body = json!({"login": login, "password": password});
        shop.call(Method::POST, "user/login", Some(body))
    };
    let password = gateway.word("/wahelp/password").to_owned();
    let (status, told) = try_it("somebody else", &password).await?;
    ensure!(status == 401, "the password of another login: {status} {told}");
    for _ in 0..10 {
        let (status, told) = try_it("demo", "wh_guess").await?;
        ensure!(status == 401 && told["message"] == "Неверный логин или пароль", "{status} {told}");
    }
    let (status, told) = try_it("demo", &password).await?;
    ensure!(status == 429 && told.to_string().contains("слишком много попыток"), "{status} {told}");
    // A token is no password, even of its own login.
    let (status, _) = try_it("another", &shop.token).await?;
    ensure!(status == 401);
    shop.get("projects").await?;
    Ok(())
}

#[tokio::test]
async fn a_login_has_a_hundred_tokens_at_most_and_takes_them_with_it() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let scopes = json!(["send", "read", "listen", "manage"]);
    let new = json!({"name": "till", "dialect": "wahelp", "scopes": scopes});
    let (_, login) = gateway.native(Method::POST, "/v1/keys", Some(new)).await?;
    let password = login["token"].as_str().context("token")?;
    ensure!(password.starts_with("wh_"), "{login}");
    let mut shop = Shop::of_demo(&gateway).await?;
    let sign_in = json!({"login": "till", "password": password});
    let mut tokens = Vec::new();
    for _ in 0..102 {
        let made = shop.post("user/login", sign_in.clone()).await?;
        tokens.push(made["access_token"].as_str().context("access_token")?.to_owned());
    }
    let (_, keys) = gateway.native(Method::GET, "/v1/keys", None).await?;
    let named = keys["items"].as_array().into_iter().flatten().filter(|key| key["name"] == "till").count();
    ensure!(named == 101, "{named} keys of the login and for it");
    for (index, status) in [(0, 401), (1, 401), (2, 200), (101, 200)] {
        shop.token.clone_from(&tokens[index]);
        let (told, _) = shop.call(Method::GET, "projects", None).await?;
        ensure!(told == status, "the {index}th: {told}");
    }
    let path = format!("/v1/keys/{}", login["id"].as_str().context("id")?);
    let (status, gone) = gateway.native(Method::DELETE, &path, None).await?;
    ensure!(status == 200, "{status} {gone}");
    shop.refused(401, Method::GET, "projects", None).await?;
    shop.refused(401, Method::POST, "user/login", Some(sign_in)).await?;
    Ok(())
}

#[tokio::test]
async fn the_request_log_keeps_no_password_and_no_token() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::of_demo(&gateway).await?;
    let refreshed = shop.get("user/refresh-token").await?;
    let password = gateway.word("/wahelp/password");
    let misplaced = format!("{{\"login\": \"demo\" \"pass\": \"{password}\"}}");
    let (status, _) =
        shop.answer(&Method::POST, "user/login", shop.request(Method::POST, "user/login").body(misplaced)).await?;
    ensure!(status == 400);
    let secret = "https://crm.example/hook?secret=swordfish";
    shop.hook(secret).await?;
    let log = async {
        loop {
            let (_, log) = gateway.native(Method::GET, "/v1/requests?limit=200", None).await?;
            let kept: Vec<&Value> =
                log["items"].as_array().into_iter().flatten().filter(|line| line["dialect"] == "wahelp").collect();
            if kept.iter().any(|line| line["endpoint"] == "hook") {
                return anyhow::Ok(log.to_string());
            }
        }
    };
    let log = tokio::time::timeout(Duration::from_secs(20), log).await.context("the log is empty")??;
    let fresh = refreshed["access_token"].as_str().context("access_token")?;
    for secret in [password, &shop.token, fresh, "swordfish"] {
        ensure!(!log.contains(secret), "{secret} stands in {log}");
    }
    let files = std::fs::read_dir(gateway.data())?;
    for file in files {
        let path = file?.path();
        if path.is_file() {
            let bytes = std::fs::read(&path)?;
            for secret in [password, shop.token.as_str(), fresh] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                ensure!(!found, "a secret stands in {}", path.display());
            }
        }
    }
    Ok(())
}
