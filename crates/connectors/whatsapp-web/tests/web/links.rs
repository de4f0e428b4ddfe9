//! Cards of links: fetched where the caller asked for one, and never waited for longer than a moment.

use std::sync::{Arc, Mutex};

use serde_json::json;
use sluice_connector::Session;
use sluice_connector::kit::Stage;
use sluice_model::{Address, Content};
use sluice_whatsapp_world::proto::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::pocket::{BOB, Pocket};

/// A page with a picture; `/slow` is never answered. What was asked for is written down.
async fn site(picture: Vec<u8>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (log, picture) = (log.clone(), picture.clone());
            tokio::spawn(async move {
                let mut head = vec![0; 4096];
                let read = stream.read(&mut head).await.unwrap();
                let path = String::from_utf8_lossy(&head[..read]).split(' ').nth(1).unwrap_or_default().to_owned();
                log.lock().unwrap().push(path.clone());
                let (kind, body) = match path.as_str() {
                    "/slow" => return std::future::pending().await,
                    "/picture.jpg" => ("image/jpeg", picture),
                    _ => ("text/html", PAGE.to_vec()),
                };
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
            });
        }
    });
    (base, asked)
}

const PAGE: &[u8] = br#"<title>Shop</title><meta property="og:description" content="Tea and more">
    <meta property="og:image" content="/picture.jpg">"#;

/// As large as it says, to whoever looks at its beginning only.
fn jpeg(bytes: usize) -> Vec<u8> {
    let mut picture = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00".to_vec();
    picture.extend(b"\xFF\xC0\x00\x11\x08\x01\xE0\x02\x80\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01");
    picture.resize(bytes, 0);
    picture
}

async fn says(stage: &Stage<'_>, session: &dyn Session, rig: &Pocket, text: &str, asks: Option<bool>) -> Message {
    let content = json!({"type": "text", "text": text, "link_preview": asks});
    let content: Content = serde_json::from_value(content).unwrap();
    let order = stage.order(&Address::Phone(BOB.into()), content);
    let remote = stage.settle("a send", session.perform(&order)).await.unwrap().remote.unwrap();
    let find = |_: &Stage<'_>| rig.world.heard(BOB).into_iter().find(|heard| heard.id == remote);
    stage.until("the other side has it", find).await.message
}

#[tokio::test]
async fn a_link_has_the_card_of_its_page_where_the_caller_asked() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let (base, asked) = site(jpeg(1_000)).await;
    let text = format!("Come to ({base}/shop)!");
    for unasked in [None, Some(false)] {
        let plain = says(&stage, &*session, &rig, &text, unasked).await;
        assert_eq!(plain.conversation.as_deref(), Some(&*text));
    }
    assert!(asked.lock().unwrap().is_empty(), "a page was asked for that nobody wanted");

    let with_card = says(&stage, &*session, &rig, &text, Some(true)).await;
    let card = with_card.extended_text_message.as_option().unwrap();
    assert_eq!(card.text.as_deref(), Some(&*text));
    assert_eq!(card.matched_text, Some(format!("{base}/shop")));
    assert_eq!((card.title.as_deref(), card.description.as_deref()), (Some("Shop"), Some("Tea and more")));
    assert_eq!(card.jpeg_thumbnail, Some(jpeg(1_000)));
    let again = says(&stage, &*session, &rig, &format!("Again: {base}/shop"), Some(true)).await;
    assert_eq!(again.extended_text_message.as_option().unwrap().title.as_deref(), Some("Shop"));
    assert_eq!(*asked.lock().unwrap(), ["/shop", "/picture.jpg"], "one visit for both");
}

#[tokio::test]
async fn a_large_picture_lies_on_the_media_servers() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let (base, _) = site(jpeg(200_000)).await;
    let said = says(&stage, &*session, &rig, &format!("{base}/"), Some(true)).await;
    let card = said.extended_text_message.as_option().unwrap();
    assert_eq!(
        (card.jpeg_thumbnail.as_ref(), card.thumbnail_width, card.thumbnail_height),
        (None, Some(640), Some(480))
    );
    assert!(card.thumbnail_direct_path.is_some() && card.media_key.is_some(), "{card:?}");
}

#[tokio::test]
async fn a_page_that_cannot_be_had_holds_up_no_message() {
    let rig = Pocket::new().await;
    let (stage, session) = Stage::connected(&rig).await;
    let (base, asked) = site(Vec::new()).await;
    // Inside of the house, where the guard lets nobody go; then one that never answers.
    for link in ["http://10.1.2.3/", "http://[::ffff:169.254.169.254]/latest", &format!("{base}/slow")] {
        let said = says(&stage, &*session, &rig, link, Some(true)).await;
        assert_eq!(said.conversation.as_deref(), Some(link));
    }
    assert_eq!(*asked.lock().unwrap(), ["/slow"]);
}
