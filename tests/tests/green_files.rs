//! Files through the GREEN-API dialect, there and back byte for byte (contract greenapi.md §0.5, §2.2, §2.3).

use anyhow::{Context, Result, ensure};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::answer;

const ANN: &str = "79991112233";

/// More than one piece of a body, and no two pieces alike.
fn bytes() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend((0..300_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()));
    bytes
}

fn form(request: RequestBuilder, texts: &[(&str, &str)], name: &str, file: &[u8]) -> RequestBuilder {
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
        body.extend(content);
        body.extend(b"\r\n");
    };
    // The file first, as JavaScript SDK 2 sends it.
    part(&format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png"), file);
    for (name, text) in texts {
        part(&format!("name=\"{name}\""), text.as_bytes());
    }
    body.extend(b"--edge--\r\n");
    request.header("content-type", "multipart/form-data; boundary=edge").body(body)
}

/// The file behind a link, and its type.
async fn fetched(gateway: &Gateway, link: &Value) -> Result<(Vec<u8>, String)> {
    let answer = gateway.http.get(link.as_str().context("a link")?).send().await?;
    ensure!(answer.status() == 200, "{link}: {}", answer.status());
    let kind = answer.headers()["content-type"].to_str()?.to_owned();
    Ok((answer.bytes().await?.to_vec(), kind))
}

#[tokio::test]
async fn a_file_is_taken_in_its_three_forms_and_its_link_gives_it_back() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (url, file) = (gateway.green("uploadFile"), bytes());
    let post = || gateway.http.post(&url);
    let forms = [
        (
            "raw, with its name",
            post().header("content-type", "image/png").header("GA-Filename", "a b.png").body(file.clone()),
        ),
        ("raw, without", post().header("content-type", "image/png").body(file.clone())),
        ("a form", form(post(), &[], "a b.png", &file)),
    ];
    for (name, request) in forms {
        let (status, kept) = answer(request).await.context(name)?;
        ensure!(status == 200, "{name}: {status} {kept}");
        let (back, kind) = fetched(&gateway, &kept["urlFile"]).await?;
        ensure!(back == file && kind == "image/png", "{name}: {} bytes of {kind}", back.len());
    }
    let (status, told) = answer(form(post(), &[], "empty.png", b"")).await?;
    ensure!(status == 400, "{status} {told}");
    Ok(())
}

#[tokio::test]
async fn a_file_is_sent_by_upload_and_by_url_and_fetched_back() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (file, chat) = (bytes(), format!("{ANN}@c.us"));
    let texts = [("chatId", chat.as_str()), ("fileName", "picture.png"), ("caption", "look")];
    let request = form(gateway.http.post(gateway.green("sendFileByUpload")), &texts, "blob", &file);
    let (status, sent) = answer(request).await?;
    ensure!(status == 200, "{status} {sent}");
    let (back, kind) = fetched(&gateway, &sent["urlFile"]).await?;
    ensure!(back == file && kind == "image/png", "{} bytes of {kind}", back.len());

    let by_url = json!({"chatId": chat, "urlFile": sent["urlFile"], "fileName": "again.png", "caption": ""});
    let again = gateway.green_ok("sendFileByUrl", by_url).await?;
    for (id, caption) in [(&sent["idMessage"], "look"), (&again["idMessage"], "")] {
        let wanted = |body: &Value| body["typeWebhook"] == "outgoingAPIMessageReceived" && body["idMessage"] == *id;
        let echo = gateway.green_until(wanted).await?;
        let data = &echo["messageData"]["fileMessageData"];
        ensure!(echo["messageData"]["typeMessage"] == "imageMessage" && data["caption"] == caption, "{echo}");
    }
    let link = gateway.green_ok("downloadFile", json!({"chatId": chat, "idMessage": sent["idMessage"]})).await?;
    ensure!(fetched(&gateway, &link["downloadUrl"]).await?.0 == file, "downloadFile gives another file");
    Ok(())
}

#[tokio::test]
async fn a_received_file_is_linked_in_its_notification_and_by_download_file() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let file = bytes();
    let (_, kept) =
        answer(gateway.http.post(gateway.green("uploadFile")).header("content-type", "image/png").body(file.clone()))
            .await?;
    let content = json!({"type": "media", "kind": "image", "mime": "image/png", "source": {"url": kept["urlFile"]}, "caption": "for you"});
    gateway.sandbox("receive", json!({"message": {"from": ANN, "content": content}})).await?;
    let heard = gateway.green_until(|body| body["messageData"]["typeMessage"] == "imageMessage").await?;
    let data = &heard["messageData"]["fileMessageData"];
    ensure!(data["caption"] == "for you" && data["mimeType"] == "image/png", "{heard}");
    ensure!(fetched(&gateway, &data["downloadUrl"]).await?.0 == file, "the notification's link gives another file");

    let asked = json!({"chatId": heard["senderData"]["chatId"], "idMessage": heard["idMessage"]});
    let link = gateway.green_ok("downloadFile", asked).await?;
    let (back, kind) = fetched(&gateway, &link["downloadUrl"]).await?;
    ensure!(back == file && kind == "image/png", "{} bytes of {kind}", back.len());
    // A link with a letter changed opens nothing.
    let forged = link["downloadUrl"].as_str().context("a link")?.replacen("/files/1", "/files/2", 1);
    ensure!(gateway.http.get(forged).send().await?.status() == 404);
    Ok(())
}
