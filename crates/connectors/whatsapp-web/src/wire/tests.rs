//! The ways out against servers of the test's own.

use std::io::Read;
use std::sync::Arc;

use sluice_clock::{Clock, Dice};
use sluice_connector::Home;
use sluice_connector::kit::{MemoryMedia, MemoryVault, RecordingInbox};
use sluice_model::account::{Condition, Settings as Owners};
use sluice_model::{Account, AccountId, Channel, Timestamp, WorkspaceId};
use sluice_outside::{Allowed, Client, Guard};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use whatsapp_rust::http::{HttpClient, HttpRequest};
use whatsapp_rust::transport::TransportFactory;

use super::*;

fn home(proxy: Option<&str>) -> Home {
    let account = Account {
        id: AccountId(1),
        workspace: WorkspaceId(1),
        channel: Channel::Whatsapp,
        connector: "whatsapp-web".to_owned(),
        name: "test".to_owned(),
        created_at: Timestamp::default(),
        enabled: true,
        settings: Owners::default(),
        condition: Condition::new(Timestamp::default()),
    };
    let inbox = Arc::new(RecordingInbox::default());
    Home {
        account: Arc::new(account),
        recall: inbox.clone(),
        inbox,
        vault: Arc::new(MemoryVault::default()),
        media: Arc::new(MemoryMedia::new().unwrap()),
        clock: Clock::real(),
        dice: Dice::seeded(1),
        proxy: proxy.map(Into::into),
    }
}

fn settings(server: Option<String>) -> Arc<Settings> {
    let guard = Guard { allow: vec![Allowed::Loopback], https_only: false };
    let outside = Client::new(sluice_outside::Settings { guard, ..sluice_outside::Settings::default() }).unwrap();
    Arc::new(Settings { outside, server, version: None, link_previews: true })
}

/// Reads one request, answers it, and gives what was read.
async fn serve(listener: &TcpListener, answer: &[u8]) -> (String, TcpStream) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut read = Vec::new();
    loop {
        stream.read_buf(&mut read).await.unwrap();
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0_usize) {
            stream.write_all(answer).await.unwrap();
            return (text, stream);
        }
    }
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    (listener, place)
}

#[tokio::test]
async fn files_go_to_the_pretend_server_and_come_from_it_piece_by_piece() {
    let (listener, place) = listener().await;
    let web =
        Arc::new(Web::new(&settings(Some(format!("ws://{place}/ws/chat"))), &home(None), mpsc::unbounded_channel().0));
    let server = tokio::spawn(async move {
        let (down, _) = serve(&listener, b"HTTP/1.1 404 Not Found\r\ncontent-length: 5\r\n\r\nnever").await;
        let (up, _) = serve(&listener, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        (down, up)
    });
    let (downloads, uploads) = (web.clone(), web);
    let got = tokio::task::spawn_blocking(move || {
        let mut answer =
            downloads.execute_streaming(HttpRequest::get("https://mmg.whatsapp.net/v/file?auth=1")).unwrap();
        let mut body = String::new();
        answer.body.read_to_string(&mut body).unwrap();
        (answer.status_code, body)
    });
    assert_eq!(got.await.unwrap(), (404, "never".to_owned()), "any status is an answer");
    let sent = tokio::task::spawn_blocking(move || {
        let body = Box::new(std::io::Cursor::new(vec![b'x'; 200_000]));
        uploads.execute_upload(HttpRequest::post("https://mmg.whatsapp.net/up"), body, 200_000).unwrap()
    });
    assert_eq!(sent.await.unwrap().body, b"ok");
    let (down, up) = server.await.unwrap();
    assert!(down.starts_with("GET /v/file?auth=1 HTTP/1.1\r\n"), "{down}");
    assert!(up.to_lowercase().contains("content-length: 200000\r\n") && up.ends_with("xxx"), "{}", &up[..300]);
}

#[tokio::test]
async fn a_body_that_is_shorter_than_said_is_an_error() {
    let (listener, place) = listener().await;
    let web = Web::new(&settings(Some(format!("ws://{place}/ws/chat"))), &home(None), mpsc::unbounded_channel().0);
    let server = tokio::spawn(async move { listener.accept().await });
    let sent = tokio::task::spawn_blocking(move || {
        let body = Box::new(std::io::Cursor::new(vec![b'x'; 10]));
        web.execute_upload(HttpRequest::post("https://mmg.whatsapp.net/up"), body, 20).is_err()
    });
    assert!(sent.await.unwrap());
    drop(server);
}

#[tokio::test]
async fn a_version_that_cannot_be_asked_for_is_the_one_seen_last() {
    // Nothing listens at the proxy, so that the real page is never asked.
    let home = home(Some("http://127.0.0.1:9"));
    let (trouble, mut troubles) = mpsc::unbounded_channel();
    let web = Web::new(&settings(None), &home, trouble);
    let ask = || web.execute(HttpRequest::get("https://web.whatsapp.com/sw.js"));
    assert!(ask().await.is_err(), "without a version there is no connection");
    assert!(troubles.recv().await.unwrap().contains("does not tell its version"));
    home.vault.write(vec![("version".to_owned(), Some(b"1026131876".to_vec()))]).await.unwrap();
    let answer = ask().await.unwrap();
    let seen = whatsapp_rust::version::parse_sw_js(&answer.body_string().unwrap());
    assert_eq!((answer.status_code, seen), (200, Some((2, 3000, 1_026_131_876))));
}

#[tokio::test]
async fn the_socket_goes_through_the_accounts_proxy_and_nowhere_else() {
    let (listener, place) = listener().await;
    let home_of = home(Some(&format!("http://user:word@{place}")));
    let (trouble, mut troubles) = mpsc::unbounded_channel();
    let socket = Socket::new(&settings(Some("ws://127.0.0.1:7777/ws/chat".to_owned())), &home_of, trouble.clone());
    let server = tokio::spawn(async move {
        let (connect, mut stream) = serve(&listener, b"HTTP/1.1 200 OK\r\n\r\n").await;
        let mut upgrade = Vec::new();
        while !upgrade.ends_with(b"\r\n\r\n") {
            stream.read_buf(&mut upgrade).await.unwrap();
        }
        (connect, String::from_utf8(upgrade).unwrap())
    });
    // The proxy says nothing more, so the socket is not opened.
    assert!(socket.create_transport().await.is_err());
    assert!(troubles.recv().await.unwrap().starts_with("WhatsApp cannot be reached"));
    let (connect, upgrade) = server.await.unwrap();
    assert!(connect.starts_with("CONNECT 127.0.0.1:7777 HTTP/1.1\r\n"), "{connect}");
    assert!(upgrade.starts_with("GET /ws/chat HTTP/1.1\r\n"), "{upgrade}");
    assert!(upgrade.to_lowercase().contains("origin: https://web.whatsapp.com\r\n"), "{upgrade}");

    // A proxy that cannot be opened is no reason to go without one.
    let sealed_elsewhere = Socket::new(&settings(Some("ws://127.0.0.1:7777/".to_owned())), &home(Some("")), trouble);
    assert!(sealed_elsewhere.create_transport().await.is_err());
    let note = troubles.recv().await.unwrap();
    assert!(note.contains("proxy"), "{note}");
}
