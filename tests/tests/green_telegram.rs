//! The GREEN-API dialect on a Telegram instance, whose messenger gives ids of its own (contract greenapi.md §2.1, §2.7).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::answer;

/// An instance that the partner made.
struct Instance<'g> {
    gateway: &'g Gateway,
    base: String,
    token: String,
}

impl<'g> Instance<'g> {
    async fn made(gateway: &'g Gateway) -> Result<Self> {
        let url = format!("{}/partner/createInstance/{}", gateway.base(), gateway.word("/green_api/partner_token"));
        let (status, made) = answer(gateway.http.post(url).json(&json!({"typeInstance": "telegram"}))).await?;
        ensure!(status == 200, "{status} {made}");
        let token = made["apiTokenInstance"].as_str().context("a token")?.to_owned();
        Ok(Self { gateway, base: format!("{}/waInstance{}", gateway.base(), made["idInstance"]), token })
    }

    async fn get(&self, method: &str) -> Result<(u16, Value)> {
        answer(self.gateway.http.get(format!("{}/{method}/{}", self.base, self.token))).await
    }

    async fn post(&self, method: &str, body: Value) -> Result<(u16, Value)> {
        answer(self.gateway.http.post(format!("{}/{method}/{}", self.base, self.token)).json(&body)).await
    }

    async fn state(&self, wanted: &str) -> Result<()> {
        for _ in 0..100 {
            let (_, account) = self.get("getAccountSettings").await?;
            if account["stateInstance"] == wanted {
                return Ok(());
            }
            // tidy: real time because another process is waited for
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        anyhow::bail!("the instance does not become {wanted}")
    }
}

#[tokio::test]
async fn an_instance_logs_in_by_a_code_and_finds_its_messages_by_the_ids_it_was_given() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let telegram = Instance::made(&gateway).await?;
    let good = json!({"status": true, "data": {"status": "success", "reason": ""}});
    telegram.state("notAuthorized").await?;
    let (status, told) = telegram.post("startAuthorization", json!({"phoneNumber": 79_991_112_233_u64})).await?;
    ensure!(status == 200 && told == good, "{status} {told}");
    telegram.state("pendingCode").await?;
    let (_, told) = telegram.post("sendAuthorizationCode", json!({"code": "99999"})).await?;
    ensure!(told["status"] == false && told["data"]["status"] == "error", "{told}");
    let (status, told) = telegram.post("sendAuthorizationCode", json!({"code": "11111"})).await?;
    ensure!(status == 200 && told == good, "{status} {told}");
    telegram.state("authorized").await?;

    // Authorized is said as soon as somebody is logged in; a question waits for the connection, a moment later.
    let (mut status, mut found) = (400, Value::Null);
    for _ in 0..200 {
        (status, found) = telegram.post("checkAccount", json!({"phoneNumber": 79_994_445_566_u64})).await?;
        if status == 200 {
            break;
        }
        // tidy: real time because another process is waited for
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    ensure!(status == 200, "{found}");
    ensure!(found["exist"] == true, "{found}");
    let chat = &found["chatId"];
    let (status, sent) = telegram.post("sendMessage", json!({"chatId": chat, "message": "hello"})).await?;
    ensure!(status == 200, "{status} {sent}");
    let named = json!({"chatId": chat, "idMessage": sent["idMessage"]});
    let mut kept = Value::Null;
    for _ in 0..100 {
        kept = telegram.post("getMessage", named.clone()).await?.1;
        if kept["statusMessage"] == "read" {
            break;
        }
        // tidy: real time because another process is waited for
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    ensure!(kept["statusMessage"] == "read" && kept["idMessage"] == sent["idMessage"], "{kept}");
    let answer = json!({"chatId": chat, "message": "again", "quotedMessageId": sent["idMessage"]});
    let (status, told) = telegram.post("sendMessage", answer).await?;
    ensure!(status == 200, "{status} {told}");
    let edit = json!({"chatId": chat, "idMessage": sent["idMessage"], "message": "edited"});
    let (status, told) = telegram.post("editMessage", edit).await?;
    ensure!(status == 200, "{status} {told}");
    Ok(())
}
