use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use sluice_outside::{Client, DownloadLimits, Downloaded, Settings, Trouble};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::interval;

use crate::server::{Server, client, hurried, settings};

async fn fetch(client: &Client, url: &str) -> (Result<Downloaded, Trouble>, Vec<u8>) {
    let mut file = Vec::new();
    let result = client.download(url, 10_000, &mut file).await;
    (result, file)
}

async fn word(server: &Server) -> &'static str {
    fetch(&hurried(), &server.url("/")).await.0.unwrap_err().word()
}

#[tokio::test]
async fn a_file_arrives_with_its_name_and_type() -> io::Result<()> {
    let server = Server::saying(
        "HTTP/1.1 200 OK\r\ncontent-type: Image/PNG; x=y\r\ncontent-disposition: inline; filename=\"a.png\"\r\n\
         content-length: 5\r\n\r\nhello",
    )
    .await?;
    let (result, file) = fetch(&client(), &server.url("/x.bin?y")).await;
    let expected = Downloaded { mime: Some("image/png".to_owned()), file_name: Some("a.png".to_owned()), bytes: 5 };
    assert_eq!(result, Ok(expected));
    assert_eq!(file, b"hello");
    let seen = &server.requests()[0];
    assert!(seen.starts_with("GET /x.bin?y ") && seen.contains("accept-encoding: identity\r\n"), "{seen}");
    Ok(())
}

#[tokio::test]
async fn redirects_are_followed_so_far() -> io::Result<()> {
    // /3 leads to /2, to /1, to /0, which is the file
    let server = Server::start(|mut conversation| async move {
        while conversation.request().await? {
            let last = conversation.log.lock().ok().and_then(|log| log.last().cloned()).unwrap_or_default();
            let left: u32 = last.split(['/', ' ']).nth(2).and_then(|number| number.parse().ok()).unwrap_or(0);
            let answer = match left {
                0 => "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfile".to_owned(),
                left => format!("HTTP/1.1 302 Found\r\nlocation: /{}\r\ncontent-length: 0\r\n\r\n", left - 1),
            };
            conversation.stream.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    })
    .await?;
    for hops in 0..=3 {
        let (result, file) = fetch(&client(), &server.url(&format!("/{hops}"))).await;
        assert_eq!((result.unwrap().bytes, &file[..]), (4, &b"file"[..]), "{hops}");
    }
    let (result, file) = fetch(&client(), &server.url("/4")).await;
    assert_eq!(result.unwrap_err().word(), "too_many_redirects");
    assert!(file.is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_not_the_file_is_trouble() -> io::Result<()> {
    for (answer, expected) in [
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno", "status"),
        ("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n", "status"),
        ("HTTP/1.1 302 Found\r\nlocation: http://[\r\ncontent-length: 0\r\n\r\n", "status"),
        ("HTTP/1.1 302 Found\r\nlocation: http://u:p@127.0.0.1/\r\ncontent-length: 0\r\n\r\n", "bad_url"),
        ("HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n", "refused_address"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 10001\r\n\r\n", "too_large"),
    ] {
        assert_eq!(word(&Server::saying(answer).await?).await, expected, "{answer}");
    }
    Ok(())
}

#[tokio::test]
async fn a_file_without_a_length_is_stopped_at_the_limit() -> io::Result<()> {
    let endless = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        loop {
            conversation.stream.write_all(&[b'x'; 512]).await?;
        }
    })
    .await?;
    let (result, file) = fetch(&client(), &endless.url("/")).await;
    assert_eq!(result.unwrap_err().word(), "too_large");
    assert!(file.len() <= 10_000, "{}", file.len());
    Ok(())
}

#[tokio::test]
async fn a_slow_or_broken_file_is_given_up() -> io::Result<()> {
    let stalls = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").await?;
        std::future::pending().await
    })
    .await?;
    assert_eq!(word(&stalls).await, "timeout_body");

    let trickles = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n").await?;
        let mut tick = interval(Duration::from_millis(10));
        loop {
            tick.tick().await;
            conversation.stream.write_all(b".").await?;
        }
    })
    .await?;
    assert_eq!(word(&trickles).await, "timeout_body");
    // the same server is quick enough for one with patience, but not for ever
    let download = DownloadLimits { bytes_per_second: 10, total: Duration::from_millis(600), ..settings().download };
    let client = Client::new(Settings { download, ..settings() }).unwrap();
    let (result, file) = fetch(&client, &trickles.url("/")).await;
    assert_eq!(result.unwrap_err().word(), "timeout_body");
    assert!(file.len() > 10, "{}", file.len());

    let breaks = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").await
    })
    .await?;
    assert_eq!(word(&breaks).await, "reset");
    Ok(())
}

/// A disk without room.
struct Full;

impl AsyncWrite for Full {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::StorageFull.into()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn our_own_disk_is_not_blamed_on_the_server() -> io::Result<()> {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfile").await?;
    let trouble = client().download(&server.url("/"), 10_000, &mut Full).await.unwrap_err();
    assert_eq!(trouble, Trouble::Storage(io::ErrorKind::StorageFull));
    Ok(())
}
