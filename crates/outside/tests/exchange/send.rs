use std::io;
use std::net::IpAddr;
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode, header};
use sluice_outside::{Client, GLIMPSE, Limits, Names, Settings, Stage, SystemNames, Trouble};
use tokio::io::AsyncWriteExt;
use tokio::time::interval;

use crate::server::{Server, client, hurried, post, settings};

/// Connects, and is then silent for ever.
async fn silent() -> io::Result<Server> {
    Server::start(|mut conversation| async move {
        conversation.request().await?;
        std::future::pending().await
    })
    .await
}

#[tokio::test]
async fn a_request_arrives_as_it_was_given() -> io::Result<()> {
    let server = Server::saying("HTTP/1.1 200 OK\r\nx-mark: 7\r\ncontent-length: 2\r\n\r\nok").await?;
    let mut request = post(&server.url("/hook?a=1"), "{\"x\":1}");
    request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let answer = client().send(request).await.unwrap();

    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["x-mark"], "7");
    assert_eq!(answer.head, "ok");
    assert!(!answer.truncated);
    assert!(answer.took > Duration::ZERO);
    let [seen] = &server.requests()[..] else { panic!("one request") };
    assert!(seen.starts_with("POST /hook?a=1 HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains("content-type: application/json\r\n"), "{seen}");
    assert!(seen.contains(concat!("user-agent: Sluicegate/", env!("CARGO_PKG_VERSION"), "\r\n")), "{seen}");
    assert!(!seen.contains("accept-encoding"), "{seen}");
    assert!(seen.ends_with("\r\n\r\n{\"x\":1}"), "{seen}");
    Ok(())
}

#[tokio::test]
async fn headers_of_the_connection_are_ours() -> io::Result<()> {
    let server = Server::saying("HTTP/1.1 204 No Content\r\n\r\n").await?;
    let mut request = post(&server.url("/"), "abc");
    for (name, value) in [
        ("host", "inside.example"),
        ("content-length", "900"),
        ("transfer-encoding", "chunked"),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("proxy-authorization", "Basic eA=="),
        ("x-kept", "yes"),
    ] {
        request.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    client().send(request).await.unwrap();
    let seen = &server.requests()[0];
    for gone in ["inside.example", "900", "chunked", "upgrade", "Basic"] {
        assert!(!seen.contains(gone), "{seen}");
    }
    assert!(seen.contains("x-kept: yes") && seen.contains("content-length: 3"), "{seen}");
    Ok(())
}

#[tokio::test]
async fn every_status_is_an_answer() -> io::Result<()> {
    for status in [201, 301, 302, 307, 404, 410, 429, 500, 503] {
        let text = format!("HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
        let server = Server::saying(text).await?;
        let answer = client().send(post(&server.url("/"), "")).await.unwrap();
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(server.connections(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn connections_are_used_again() -> io::Result<()> {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await?;
    let client = client();
    for _ in 0..20 {
        client.send(post(&server.url("/"), "x")).await.unwrap();
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 20));
    Ok(())
}

#[tokio::test]
async fn a_long_answer_is_cut() -> io::Result<()> {
    let endless = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        loop {
            conversation.stream.write_all(&[b'x'; 4096]).await?;
        }
    })
    .await?;
    let client = client();
    for turn in 1..=3 {
        let answer = client.send(post(&endless.url("/"), "")).await.unwrap();
        assert_eq!((answer.head.len(), answer.truncated), (1024, true));
        assert_eq!(endless.connections(), turn, "a connection with an unread answer is not used again");
    }

    for (length, truncated) in [(1023, false), (1024, false), (1025, true)] {
        let text = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
        let server = Server::saying(text).await?;
        let answer = client.send(post(&server.url("/"), "")).await.unwrap();
        assert_eq!((answer.head.len(), answer.truncated), (length.min(1024), truncated), "{length}");
    }
    Ok(())
}

#[tokio::test]
async fn a_compressed_answer_stays_compressed() -> io::Result<()> {
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n".to_vec();
    answer.extend([0x1f, 0x8b, 8, 0]);
    let server = Server::saying(answer).await?;
    let answer = client().send(post(&server.url("/"), "")).await.unwrap();
    assert_eq!(answer.head[..], [0x1f, 0x8b, 8, 0]);
    Ok(())
}

#[tokio::test]
async fn a_body_that_stalls_trickles_or_breaks_leaves_the_answer() -> io::Result<()> {
    let stalls = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").await?;
        std::future::pending().await
    })
    .await?;
    let trickles = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nabc").await?;
        let mut tick = interval(Duration::from_millis(10));
        loop {
            tick.tick().await;
            conversation.stream.write_all(b".").await?;
        }
    })
    .await?;
    let breaks = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").await
    })
    .await?;
    for server in [stalls, trickles, breaks] {
        let answer = hurried().send(post(&server.url("/"), "")).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.head.starts_with(b"abc") && answer.truncated);
        assert!(answer.took < Duration::from_secs(5), "{:?}", answer.took);
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_left() -> io::Result<()> {
    let server = silent().await?;
    let trouble = hurried().send(post(&server.url("/"), "")).await.unwrap_err();
    assert_eq!(trouble, Trouble::Timeout { host: "127.0.0.1".to_owned(), stage: Stage::Headers });

    let trickle = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        let mut tick = interval(Duration::from_millis(10));
        loop {
            tick.tick().await;
            conversation.stream.write_all(b"x: y\r\n").await?;
        }
    })
    .await?;
    let trouble = hurried().send(post(&trickle.url("/"), "")).await.unwrap_err();
    assert_eq!(trouble.word(), "timeout_headers");
    Ok(())
}

#[tokio::test]
async fn a_request_may_bring_its_own_limits() -> io::Result<()> {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789").await?;
    let mut request = post(&server.url("/"), "");
    request.limits = Some(Limits { answer: 4, ..settings().limits });
    let answer = client().send(request).await.unwrap();
    assert_eq!((&answer.head[..], answer.truncated), (&b"0123"[..], true));

    let mut request = post(&silent().await?.url("/"), "");
    request.limits = Some(Limits { total: Duration::from_millis(30), ..Limits::default() });
    let trouble = client().send(request).await.unwrap_err();
    assert_eq!(trouble.word(), "timeout_headers");
    Ok(())
}

#[tokio::test]
async fn of_an_answer_that_announces_too_much_a_glimpse_is_read_and_no_more_is_waited_for() -> io::Result<()> {
    // It sends exactly the glimpse and then nothing: whoever waited for a byte more would wait for ever.
    let server = Server::start(|mut conversation| async move {
        conversation.request().await?;
        let answer = format!("HTTP/1.1 500 Oh\r\ncontent-length: 64001\r\n\r\n{}", "x".repeat(GLIMPSE));
        conversation.stream.write_all(answer.as_bytes()).await?;
        std::future::pending().await
    })
    .await?;
    let mut request = post(&server.url("/"), "");
    let forever = Duration::from_secs(86_400);
    request.limits = Some(Limits { headers: forever, total: forever, answer: 64_000 });
    let answer = client().send(request).await.unwrap();
    assert_eq!((answer.head.len(), answer.truncated), (GLIMPSE, true));
    Ok(())
}

#[tokio::test]
async fn an_answer_within_the_limit_is_read_to_its_end_and_leaves_its_connection() -> io::Result<()> {
    let body = "x".repeat(64_000);
    let server = Server::saying(format!("HTTP/1.1 500 Oh\r\ncontent-length: 64000\r\n\r\n{body}")).await?;
    let client = client();
    for _ in 0..2 {
        let mut request = post(&server.url("/"), "");
        request.limits = Some(Limits { answer: 64_000, ..settings().limits });
        let answer = client.send(request).await.unwrap();
        assert_eq!((answer.head.len(), answer.truncated), (64_000, false));
    }
    assert_eq!(server.connections(), 1);
    Ok(())
}

#[tokio::test]
async fn broken_conversations_have_their_words() -> io::Result<()> {
    let hangs_up = Server::start(|mut conversation| async move { conversation.request().await.map(drop) }).await?;
    let half = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await
    })
    .await?;
    let other_protocol = Server::saying("220 mail.example ESMTP ready\r\n").await?;
    let endless_head = Server::start(|mut conversation| async move {
        conversation.request().await?;
        conversation.stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        loop {
            conversation.stream.write_all(format!("x: {}\r\n", "y".repeat(9000)).as_bytes()).await?;
        }
    })
    .await?;
    for (server, word) in
        [(hangs_up, "reset"), (half, "reset"), (other_protocol, "not_http"), (endless_head, "too_large")]
    {
        let trouble = client().send(post(&server.url("/"), "x")).await.unwrap_err();
        assert_eq!(trouble.word(), word);
        assert!(!trouble.surely_not_sent());
        assert_eq!(server.connections(), 1, "nothing is sent twice in silence");
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_is_not_made_is_explained() -> io::Result<()> {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let trouble = client().send(post(&format!("http://{closed}/"), "")).await.unwrap_err();
    assert_eq!(trouble.to_string(), "could not connect to 127.0.0.1: nothing listens on that port");
    assert!(trouble.surely_not_sent());

    let of = async |url: &str| client().send(post(url, "")).await.unwrap_err();
    let dns = |host: &str, missing| Trouble::Dns { host: host.to_owned(), missing };
    assert_eq!(of("http://unknown.example/").await, dns("unknown.example", true));
    assert_eq!(of("http://broken.example/").await, dns("broken.example", false));
    let hasty = Client::new(Settings { connect: Duration::from_millis(50), ..settings() }).unwrap();
    let trouble = hasty.send(post("http://silent.example/", "")).await.unwrap_err();
    assert_eq!(trouble, Trouble::Timeout { host: "silent.example".to_owned(), stage: Stage::Connect });
    Ok(())
}

#[tokio::test]
async fn a_name_is_resolved_by_the_given_names() -> io::Result<()> {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
    let answer = client().send(post(&format!("http://Test.Example:{}/", server.port), "")).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    assert!(server.requests()[0].contains(&format!("host: test.example:{}\r\n", server.port)));
    Ok(())
}

#[tokio::test]
async fn the_system_knows_this_machine() -> io::Result<()> {
    let found = SystemNames::default().lookup("localhost").await?;
    assert!(!found.is_empty() && found.iter().all(IpAddr::is_loopback), "{found:?}");
    let missing = SystemNames::default().lookup("nothing.invalid").await.unwrap_err();
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    Ok(())
}

/// What is planted in the URL never comes back in a trouble, neither in its text nor in its `Debug`.
#[tokio::test]
async fn no_trouble_tells_a_secret() -> io::Result<()> {
    let hangs_up = Server::start(|mut conversation| async move { conversation.request().await.map(drop) }).await?;
    let silent = silent().await?;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    for start in [
        hangs_up.url(""),
        silent.url(""),
        format!("http://{closed}"),
        "http://unknown.example".to_owned(),
        "http://10.0.0.1".to_owned(),
        "http://canary:canary@example.com".to_owned(),
        "ftp://example.com".to_owned(),
        "canary nonsense".to_owned(),
        format!("https://127.0.0.1:{}", hangs_up.port),
    ] {
        let trouble = hurried().send(post(&format!("{start}/canary?token=canary#canary"), "canary")).await.unwrap_err();
        assert!(!format!("{trouble} {trouble:?}").contains("canary"), "{trouble:?}");
    }
    Ok(())
}
