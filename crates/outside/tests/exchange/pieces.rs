use std::io;

use bytes::Bytes;
use http::{HeaderMap, Method};
use sluice_outside::{Exchange, Limits, Outgoing, Trouble};
use tokio::sync::mpsc;

use crate::server::{Server, client};

async fn post(url: &str, body: Outgoing) -> Result<Exchange, Trouble> {
    client().exchange(Method::POST, url, HeaderMap::new(), body, Limits::default()).await
}

#[tokio::test]
async fn a_file_goes_out_and_comes_in_piece_by_piece() -> io::Result<()> {
    let server = Server::saying("HTTP/1.1 403 Forbidden\r\ncontent-length: 6\r\n\r\nanswer").await?;
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(async move {
        for piece in ["one ", "two ", "three"] {
            sender.send(Ok(Bytes::from_static(piece.as_bytes()))).await.unwrap();
        }
    });
    let body = Outgoing::Pieces { length: 13, pieces };
    let mut answer = post(&server.url("/up"), body).await.unwrap();
    assert_eq!(answer.status, 403, "any status is an answer");
    let mut body = Vec::new();
    while let Some(piece) = answer.piece().await.unwrap() {
        body.extend_from_slice(&piece);
    }
    assert_eq!(body, b"answer");
    let seen = &server.requests()[0];
    assert!(
        seen.to_lowercase().contains("content-length: 13\r\n") && seen.ends_with("\r\n\r\none two three"),
        "{seen}"
    );
    Ok(())
}

#[tokio::test]
async fn a_body_that_breaks_off_breaks_the_request_off() -> io::Result<()> {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
    let (sender, pieces) = mpsc::channel(2);
    sender.send(Ok(Bytes::from_static(b"one "))).await.unwrap();
    sender.send(Err(io::ErrorKind::BrokenPipe.into())).await.unwrap();
    let body = Outgoing::Pieces { length: 13, pieces };
    assert!(post(&server.url("/up"), body).await.is_err());
    assert!(server.requests().is_empty(), "a part of the body is no request");
    Ok(())
}
