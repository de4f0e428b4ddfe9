use std::io;
use std::time::Duration;

use sluice_outside::{Limits, Peeked, Trouble};
use tokio::io::AsyncWriteExt;

use crate::server::{Server, client};

const LIMITS: Limits = Limits { headers: Duration::from_secs(10), total: Duration::from_secs(10), answer: 8 };

async fn peek(url: &str) -> Result<Peeked, Trouble> {
    client().peek(url, LIMITS).await
}

#[tokio::test]
async fn the_beginning_comes_with_its_place_and_type() -> io::Result<()> {
    let server = Server::start(|mut conversation| async move {
        while conversation.request().await? {
            let asked = conversation.log.lock().ok().and_then(|log| log.last().cloned()).unwrap_or_default();
            let answer: &[u8] = match asked.starts_with("GET /old ") {
                true => b"HTTP/1.1 301 Moved\r\nlocation: /new?x\r\ncontent-length: 0\r\n\r\n",
                false => {
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/HTML; charset=x\r\ncontent-length: 11\r\n\r\n<html>1234\n"
                }
            };
            conversation.stream.write_all(answer).await?;
        }
        Ok(())
    })
    .await?;
    let page = peek(&server.url("/old")).await.unwrap();
    assert_eq!(page.url.as_str(), server.url("/new?x"));
    assert_eq!((page.content_type.as_deref(), &page.head[..]), (Some("text/HTML; charset=x"), &b"<html>12"[..]));
    assert!(page.truncated);
    Ok(())
}

#[tokio::test]
async fn what_is_no_page_and_what_is_inside_is_trouble() -> io::Result<()> {
    for (answer, expected) in [
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno", "status"),
        ("HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n", "refused_address"),
        ("HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n", "bad_url"),
        ("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n", "too_many_redirects"),
    ] {
        let server = Server::saying(answer).await?;
        assert_eq!(peek(&server.url("/")).await.unwrap_err().word(), expected, "{answer}");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_does_not_come_is_not_waited_for() -> io::Result<()> {
    let silent = Server::start(|mut conversation| async move {
        conversation.request().await?;
        std::future::pending().await
    })
    .await?;
    let total = Duration::from_millis(50);
    let page = client().peek(&silent.url("/"), Limits { total, ..LIMITS }).await;
    assert_eq!(page.unwrap_err().word(), "timeout_headers");
    let stuck = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n<h").await?;
        std::future::pending().await
    })
    .await?;
    let page = client().peek(&stuck.url("/"), Limits { total, ..LIMITS }).await.unwrap();
    assert!(page.truncated, "what came of it is told");
    Ok(())
}
