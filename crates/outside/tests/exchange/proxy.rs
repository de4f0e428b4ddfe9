use std::io;

use sluice_outside::Unusable;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::server::{Server, client, post};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn an_http_proxy_gets_the_request_and_its_password() -> io::Result<()> {
    let proxy = Server::saying(OK).await?;
    let through = client().with_proxy(&format!("http://user:word@127.0.0.1:{}", proxy.port)).unwrap();
    let answer = through.send(post("http://test.example:81/hook", "x")).await.unwrap();
    assert_eq!(answer.status, 200);
    let seen = &proxy.requests()[0];
    assert!(seen.starts_with("POST http://test.example:81/hook HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains("proxy-authorization: Basic dXNlcjp3b3Jk\r\n"), "{seen}");
    Ok(())
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_without_its_password() -> io::Result<()> {
    let proxy = Server::saying("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await?;
    let through = client().with_proxy(&format!("http://user:canary@127.0.0.1:{}", proxy.port)).unwrap();
    let trouble = through.send(post("https://test.example/", "x")).await.unwrap_err();
    assert_eq!(trouble.to_string(), "could not connect to test.example: the proxy did not open the way");
    assert!(!format!("{trouble:?}").contains("canary"));
    assert!(proxy.requests()[0].starts_with("CONNECT test.example:443 "));
    Ok(())
}

/// `socks5` is given the address that was looked at; `socks5h` is given the name.
#[tokio::test]
async fn a_socks_proxy_opens_the_way() -> io::Result<()> {
    for (scheme, asked_for) in [("socks5", &[1, 127, 0, 0, 1][..]), ("socks5h", b"\x03\x0ctest.example")] {
        let proxy = Server::start(move |mut conversation| async move {
            let mut greeting = [0; 3];
            conversation.stream.read_exact(&mut greeting).await?;
            conversation.stream.write_all(&[5, 0]).await?;
            let mut wanted = vec![0; 3 + asked_for.len() + 2];
            conversation.stream.read_exact(&mut wanted).await?;
            assert_eq!(wanted[3..3 + asked_for.len()], *asked_for);
            conversation.stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
            while conversation.request().await? {
                conversation.stream.write_all(OK.as_bytes()).await?;
            }
            Ok(())
        })
        .await?;
        let through = client().with_proxy(&format!("{scheme}://127.0.0.1:{}", proxy.port)).unwrap();
        let answer = through.send(post("http://test.example:81/hook", "x")).await.unwrap();
        assert_eq!(answer.status, 200);
        assert!(proxy.requests()[0].starts_with("POST /hook HTTP/1.1\r\n"));
    }
    Ok(())
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_at_once() {
    for url in ["nonsense", "ftp://127.0.0.1", "http://10.0.0.1:3128", "socks5://[fd00::1]", "http://8.8.8.8:25"] {
        assert!(matches!(client().with_proxy(url), Err(Unusable::Proxy(_))), "{url}");
    }
}

/// Speaks a protocol of its own once the way is open.
async fn greets(stream: &mut sluice_outside::Stream) -> io::Result<()> {
    stream.write_all(b"hello").await?;
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).await?;
    assert_eq!(&heard, b"olleh");
    Ok(())
}

async fn answers(stream: &mut (impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin)) -> io::Result<()> {
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).await?;
    heard.reverse();
    stream.write_all(&heard).await
}

#[tokio::test]
async fn a_connection_of_bytes_is_opened_directly_and_through_proxies() -> io::Result<()> {
    let direct = Server::start(async |mut conversation| answers(&mut conversation.stream).await).await?;
    greets(&mut client().dial(&format!("ws://127.0.0.1:{}/chat", direct.port)).await.unwrap()).await?;

    let tunnel = Server::start(async |mut conversation| {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        answers(&mut conversation.stream).await
    })
    .await?;
    let through = client().with_proxy(&format!("http://user:word@127.0.0.1:{}", tunnel.port)).unwrap();
    greets(&mut through.dial("ws://test.example:81/chat").await.unwrap()).await?;
    let seen = &tunnel.requests()[0];
    assert!(seen.starts_with("CONNECT test.example:81 HTTP/1.1\r\n"), "{seen}");
    assert!(seen.to_lowercase().contains("proxy-authorization: basic dxnlcjp3b3jk\r\n"), "{seen}");

    let socks = Server::start(async |mut conversation| {
        let mut greeting = [0; 3];
        conversation.stream.read_exact(&mut greeting).await?;
        assert_eq!(greeting, [5, 1, 2], "a password is offered");
        conversation.stream.write_all(&[5, 2]).await?;
        let mut login = [0; 11];
        conversation.stream.read_exact(&mut login).await?;
        assert_eq!(&login, b"\x01\x04us:r\x04word");
        conversation.stream.write_all(&[1, 0]).await?;
        let mut wanted = [0; 10];
        conversation.stream.read_exact(&mut wanted).await?;
        assert_eq!(wanted, [5, 1, 0, 1, 127, 0, 0, 1, 0, 81]);
        conversation.stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        answers(&mut conversation.stream).await
    })
    .await?;
    let through = client().with_proxy(&format!("socks5://us%3Ar:word@127.0.0.1:{}", socks.port)).unwrap();
    greets(&mut through.dial("ws://test.example:81/chat").await.unwrap()).await
}

#[tokio::test]
async fn a_connection_of_bytes_is_behind_the_guard() -> io::Result<()> {
    let strict = sluice_outside::Client::new(sluice_outside::Settings::default()).unwrap();
    for url in ["wss://127.0.0.1/", "ws://10.0.0.1:8080", "ws://localhost/", "wss://user:word@8.8.8.8/"] {
        assert!(strict.dial(url).await.err().unwrap().surely_not_sent(), "{url}");
    }
    let proxy = Server::saying(OK).await?;
    let through = client().with_proxy(&format!("http://127.0.0.1:{}", proxy.port)).unwrap();
    assert_eq!(through.dial("wss://nobody.example/").await.err().unwrap().word(), "dns");
    assert_eq!(proxy.connections(), 0, "what cannot be looked at is not asked of the proxy");
    Ok(())
}
