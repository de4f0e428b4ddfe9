//! A proxy on loopback that counts who goes through it: SOCKS5 or HTTP CONNECT.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Copy)]
enum Kind {
    Socks5,
    Connect,
}

pub struct Proxy {
    url: String,
    tunnels: Arc<watch::Sender<usize>>,
}

impl Proxy {
    pub async fn socks5() -> Result<Self> {
        Self::start(Kind::Socks5, "socks5").await
    }

    pub async fn connect() -> Result<Self> {
        Self::start(Kind::Connect, "http").await
    }

    /// `socks5://127.0.0.1:PORT` or `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until somebody went through.
    pub async fn used(&self, limit: Duration) -> Result<()> {
        let mut tunnels = self.tunnels.subscribe();
        tokio::time::timeout(limit, tunnels.wait_for(|count| *count > 0)).await??;
        Ok(())
    }

    async fn start(kind: Kind, scheme: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("{scheme}://{}", listener.local_addr()?);
        let tunnels = Arc::new(watch::Sender::new(0));
        let counted = tunnels.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let counted = counted.clone();
                tokio::spawn(async move { tunnel(kind, client, &counted).await });
            }
        });
        Ok(Self { url, tunnels })
    }
}

async fn tunnel(kind: Kind, mut client: TcpStream, counted: &watch::Sender<usize>) -> Result<()> {
    let (target, yes) = match kind {
        Kind::Socks5 => (socks5(&mut client).await?, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0][..]),
        Kind::Connect => (connect(&mut client).await?, &b"HTTP/1.1 200 OK\r\n\r\n"[..]),
    };
    let mut server = TcpStream::connect(target).await?;
    client.write_all(yes).await?;
    counted.send_modify(|count| *count += 1);
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// RFC 1928, without a login.
async fn socks5(client: &mut TcpStream) -> Result<String> {
    ensure!(client.read_u8().await? == 5, "not SOCKS5");
    let mut methods = vec![0; client.read_u8().await?.into()];
    client.read_exact(&mut methods).await?;
    client.write_all(&[5, 0]).await?;
    let mut head = [0; 4];
    client.read_exact(&mut head).await?;
    let host = match head[3] {
        1 => Ipv4Addr::from(client.read_u32().await?).to_string(),
        3 => {
            let mut name = vec![0; client.read_u8().await?.into()];
            client.read_exact(&mut name).await?;
            String::from_utf8(name)?
        }
        other => bail!("address type {other}"),
    };
    Ok(format!("{host}:{}", client.read_u16().await?))
}

async fn connect(client: &mut TcpStream) -> Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        ensure!(head.len() < 8_192, "a head without an end");
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head)?;
    let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
    Ok(target.context("not CONNECT")?.to_owned())
}
