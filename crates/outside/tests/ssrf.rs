//! Trial 10 of the design: whatever way a private address is written, nothing of ours is reached.
//!
//! A canary listens on every local address; each spelling is tried with its port. The same spellings reach it
//! once loopback is allowed, so the canary itself is known to work.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use sluice_outside::{Allowed, Client, Guard, Limits, Names, Request, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Every kind of address that is not the public internet.
const PRIVATE_4: [[u8; 4]; 22] = [
    [127, 0, 0, 1],
    [127, 0, 0, 2],
    [127, 255, 255, 254],
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [10, 0, 0, 1],
    [10, 255, 255, 255],
    [100, 64, 0, 1],
    [100, 100, 100, 200],
    [168, 63, 129, 16],
    [169, 254, 169, 254],
    [169, 254, 170, 2],
    [172, 16, 0, 1],
    [172, 31, 255, 255],
    [192, 0, 0, 192],
    [192, 0, 2, 1],
    [192, 168, 0, 1],
    [198, 18, 0, 1],
    [203, 0, 113, 7],
    [224, 0, 0, 1],
    [240, 0, 0, 1],
    [255, 255, 255, 255],
];

const PRIVATE_6: [&str; 24] = [
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::2]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[100:0:0:1::1]",
    "[1fff:ffff::1]",
    "[2001::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[4000::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[FD00:EC2::254]",
    "[fd12:3456:789a::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
];

/// All ways to write one IPv4 address as a URL's host.
fn spellings(octets: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = octets;
    let number = u32::from_be_bytes(octets);
    let (high, low) = (number >> 16, number & 0xffff);
    let dotted = format!("{a}.{b}.{c}.{d}");
    let digits_from = |zero: u32| -> String {
        dotted
            .chars()
            .map(|sign| {
                sign.to_digit(10)
                    .and_then(|digit| char::from_u32(zero + digit))
                    .unwrap_or(sign)
            })
            .collect()
    };
    vec![
        dotted.clone(),
        format!("{dotted}."),
        format!("{number}"),
        format!("0x{number:x}"),
        format!("0X{number:08X}"),
        format!("0x00000000{number:08x}"),
        format!("0{number:o}"),
        format!("0000{number:o}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("000{a:o}.000{b:o}.000{c:o}.000{d:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("{a}.0x{b:x}.0{c:o}.{d}"),
        format!("{a}.{b}.{low}"),
        format!("{a}.{}", number & 0xff_ffff),
        format!("0x{a:x}.0{:o}", number & 0xff_ffff),
        // digits and dots that IDNA turns into ordinary ones
        digits_from(0xff10),
        digits_from(0x1d7ce),
        dotted.replace('.', "。"),
        dotted.replace('.', "．"),
        dotted.replace('.', "%2e"),
        dotted.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        format!("{}\t{}", &dotted[..2], &dotted[2..]),
        format!("{dotted}\u{ad}"),
        // what stands before @ is a user, what stands behind \ or # or ? is not the host
        format!("example.com@{dotted}"),
        format!("example.com:80@{dotted}"),
        format!("example.com%40x@{dotted}"),
        // IPv4 within IPv6
        format!("[::ffff:{dotted}]"),
        format!("[::FFFF:{high:x}:{low:x}]"),
        format!("[0:0:0:0:0:ffff:{high:04x}:{low:04x}]"),
        format!("[::{dotted}]"),
        format!("[::ffff:0:{dotted}]"),
        format!("[64:ff9b::{dotted}]"),
        format!("[64:ff9b::{high:x}:{low:x}]"),
        format!("[64:ff9b:1::{dotted}]"),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("[2001:0:808:808:0:0:{:x}:{:x}]", high ^ 0xffff, low ^ 0xffff),
        format!("[fe80::5efe:{dotted}]"),
    ]
}

/// What stands behind the port so that a careless reader sees another host.
const TAILS: [&str; 3] = ["/", "\\@example.com/", "#@example.com/"];

fn corpus(port: u16) -> Vec<String> {
    let hosts = PRIVATE_4
        .into_iter()
        .flat_map(spellings)
        .chain(PRIVATE_6.map(str::to_owned));
    let names = [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "ⓛocalhost",
        "loc\u{ad}alhost",
    ];
    hosts
        .chain(names.map(str::to_owned))
        .flat_map(|host| TAILS.map(|tail| format!("http://{host}:{port}{tail}")))
        .collect()
}

/// Counts connections on every address of this machine, IPv4 and (where there is any) IPv6.
struct Canary {
    port: u16,
    seen: Arc<AtomicUsize>,
}

impl Canary {
    async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("0.0.0.0:0").await?;
        let port = listener.local_addr()?.port();
        let seen = Arc::new(AtomicUsize::new(0));
        if let Ok(listener) = TcpListener::bind(("::1", port)).await {
            tokio::spawn(answer_all(listener, seen.clone()));
        }
        tokio::spawn(answer_all(listener, seen.clone()));
        Ok(Self { port, seen })
    }

    /// Connections so far. A last one of our own is answered first: the queue is in order, so whatever was
    /// there before has been counted.
    async fn seen(&self) -> io::Result<usize> {
        let mut own = 0;
        for address in [
            SocketAddr::from(([127, 0, 0, 1], self.port)),
            SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], self.port)),
        ] {
            let Ok(mut stream) = TcpStream::connect(address).await else {
                continue;
            };
            stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
            stream.read_to_end(&mut Vec::new()).await?;
            own += 1;
        }
        Ok(self.seen.fetch_sub(own, Ordering::SeqCst) - own)
    }
}

async fn answer_all(listener: TcpListener, seen: Arc<AtomicUsize>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        seen.fetch_add(1, Ordering::SeqCst);
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            .await;
    }
}

/// A name server of the test's own: each name has a list of answers, given one after another, the last for ever.
#[derive(Default)]
struct Liar {
    answers: HashMap<String, Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Names for Liar {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let answers = self.answers.get(host).ok_or(io::ErrorKind::NotFound)?;
        Ok(answers[turn.min(answers.len() - 1)].clone())
    }
}

fn client(allow: &[&str], names: Liar) -> (Client, Arc<Liar>) {
    let allow = allow
        .iter()
        .map(|line| line.parse::<Allowed>().expect("a line of the list"))
        .collect();
    let names = Arc::new(names);
    let patience = Duration::from_secs(10);
    let settings = Settings {
        guard: Guard {
            allow,
            https_only: false,
        },
        connect: patience,
        limits: Limits {
            headers: second,
            total: second,
            answer: 1024,
        },
        names: names.clone(),
        ..Settings::default()
    };
    (Client::new(settings).expect("a client"), names)
}

fn post(url: &str) -> Request {
    Request {
        method: http::Method::POST,
        url: url.to_owned(),
        headers: http::HeaderMap::new(),
        body: "x".into(),
        limits: None,
    }
}

/// The word of the trouble, or the status of an answer that should not be there.
async fn outcome(client: &Client, url: &str) -> String {
    match client.send(post(url)).await {
        Ok(answer) => answer.status.to_string(),
        Err(trouble) => trouble.word().to_owned(),
    }
}

#[tokio::test]
async fn no_spelling_of_a_private_address_gets_out() -> io::Result<()> {
    let canary = Canary::start().await?;
    let corpus = corpus(canary.port);
    assert!(corpus.len() > 2_000, "{}", corpus.len());
    let (client, names) = client(&[], Liar::default());
    for url in &corpus {
        let word = outcome(&client, url).await;
        assert!(word == "refused_address" || word == "bad_url", "{url}: {word}");
        let word = client
            .download(url, 1024, &mut tokio::io::sink())
            .await
            .map_err(|trouble| trouble.word());
        assert!(
            matches!(word, Err("refused_address" | "bad_url")),
            "{url}: {word:?}"
        );
    }
    assert_eq!(
        names.asked.load(Ordering::SeqCst),
        0,
        "a number was looked up as a name"
    );
    assert_eq!(canary.seen().await?, 0);
    Ok(())
}

/// The control: were it not for the guard, these spellings do reach the canary.
#[tokio::test]
async fn the_same_spellings_reach_the_canary_when_allowed() -> io::Result<()> {
    let canary = Canary::start().await?;
    let (client, _) = client(&["loopback"], Liar::default());
    let mut reached = 0;
    for host in spellings([127, 0, 0, 1]) {
        reached +=
            usize::from(outcome(&client, &format!("http://{host}:{}/", canary.port)).await == "200 OK");
    }
    assert!(reached >= 20, "{reached}");
    assert_eq!(canary.seen().await?, reached);
    Ok(())
}

#[tokio::test]
async fn no_name_leads_to_a_private_address() -> io::Result<()> {
    let canary = Canary::start().await?;
    let public: IpAddr = Ipv4Addr::new(8, 8, 8, 8).into();
    let mut names = Liar::default();
    let private = PRIVATE_4
        .map(IpAddr::from)
        .into_iter()
        .flat_map(|address| match address {
            IpAddr::V4(plain) => [address, plain.to_ipv6_mapped().into()],
            IpAddr::V6(_) => [address, address],
        });
    let private: Vec<IpAddr> = private
        .chain(
            PRIVATE_6
                .iter()
                .filter_map(|text| text.trim_matches(['[', ']']).parse().ok()),
        )
        .collect();
    for (place, address) in private.iter().enumerate() {
        names
            .answers
            .insert(format!("only{place}.example"), vec![vec![*address]]);
        names
            .answers
            .insert(format!("first{place}.example"), vec![vec![*address, public]]);
        names.answers.insert(
            format!("last{place}.example"),
            vec![vec![public, public, *address]],
        );
        names
            .answers
            .insert(format!("dot{place}.example."), vec![vec![*address]]);
        names
            .answers
            .insert(format!("p{place}.xn--e1afmkfd.xn--p1ai"), vec![vec![*address]]);
    }
    let hosts: Vec<String> = names.answers.keys().cloned().collect();
    assert!(hosts.len() > 300, "{}", hosts.len());
    let (client, _) = client(&[], names);
    for host in hosts {
        let url = format!("http://{host}:{}/", canary.port);
        assert_eq!(outcome(&client, &url).await, "refused_address", "{url}");
    }
    assert_eq!(canary.seen().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_name_server_that_changes_its_mind_gains_nothing() -> io::Result<()> {
    let canary = Canary::start().await?;
    let (here, inside) = (
        Ipv4Addr::new(127, 0, 0, 1).into(),
        Ipv4Addr::new(127, 0, 0, 2).into(),
    );
    let mut names = Liar::default();
    names
        .answers
        .insert("rebind.example".to_owned(), vec![vec![here], vec![inside]]);
    // 127.0.0.1 plays the public address
    let (client, names) = client(&["127.0.0.1"], names);
    let url = format!("http://rebind.example:{}/", canary.port);

    assert_eq!(outcome(&client, &url).await, "200 OK");
    assert_eq!(
        names.asked.load(Ordering::SeqCst),
        1,
        "one question serves the check and the connection"
    );
    for _ in 0..50 {
        assert_eq!(outcome(&client, &url).await, "refused_address");
    }
    assert_eq!(names.asked.load(Ordering::SeqCst), 51);
    assert_eq!(canary.seen().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_redirect_leads_nowhere_private() -> io::Result<()> {
    let canary = Canary::start().await?;
    let targets: Vec<String> = corpus(canary.port)
        .into_iter()
        .filter(|url| url.is_ascii() && !url.contains(['\t', '\\']) && !url.contains("127.0.0.1"))
        .chain(["file:///etc/passwd", "gopher://example.com/", "//127.0.0.2/"].map(str::to_owned))
        .collect();

    // the redirecting server sends to the target whose number is the path
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let locations = targets.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 2048];
            let length = stream.read(&mut head).await.unwrap_or(0);
            let text = String::from_utf8_lossy(&head[..length]);
            let place = text
                .split(['/', ' '])
                .nth(2)
                .and_then(|number| number.parse::<usize>().ok())
                .unwrap_or(0);
            let answer = format!(
                "HTTP/1.1 302 Found\r\nlocation: {}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
                locations[place]
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });

    let (client, _) = client(&[&format!("127.0.0.1:{port}")], Liar::default());
    for (place, target) in targets.iter().enumerate() {
        let url = format!("http://127.0.0.1:{port}/{place}");
        if place % 20 == 0 {
            assert_eq!(
                outcome(&client, &url).await,
                "302 Found",
                "a send gives the redirect as the answer"
            );
        }
        let word = client
            .download(&url, 1024, &mut tokio::io::sink())
            .await
            .map_err(|trouble| trouble.word());
        assert!(
            matches!(word, Err("refused_address" | "bad_url")),
            "{target}: {word:?}"
        );
    }
    assert_eq!(canary.seen().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_listed_port_does_not_open_the_host() -> io::Result<()> {
    let (listed, canary) = (Canary::start().await?, Canary::start().await?);
    let mut names = Liar::default();
    names
        .answers
        .insert("crm.internal".to_owned(), vec![vec![Ipv4Addr::LOCALHOST.into()]]);
    let (client, _) = client(&[&format!("crm.internal:{}", listed.port)], names);
    for _ in 0..3 {
        assert_eq!(
            outcome(&client, &format!("http://crm.internal:{}/", listed.port)).await,
            "200 OK"
        );
        assert_eq!(
            outcome(&client, &format!("http://crm.internal:{}/", canary.port)).await,
            "refused_address"
        );
    }
    assert_eq!(canary.seen().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_proxy_is_no_way_around() -> io::Result<()> {
    let canary = Canary::start().await?;
    let (direct, _) = client(&[], Liar::default());
    for host in PRIVATE_4
        .into_iter()
        .flat_map(spellings)
        .filter(|host| !host.contains(['@', '\t']))
    {
        for scheme in ["http", "socks5", "socks5h"] {
            let url = format!("{scheme}://user:password@{host}:{}", canary.port);
            let Ok(through) = direct.with_proxy(&url) else {
                continue;
            };
            // a spelling that only a resolver would take for an address comes this far, and no further
            let word = outcome(&through, "http://8.8.8.8/").await;
            assert!(
                ["refused_address", "dns"].contains(&word.as_str()),
                "{url}: {word}"
            );
        }
    }
    assert_eq!(canary.seen().await?, 0);

    // a proxy that is allowed is not asked for private hosts either
    let mut names = Liar::default();
    names.answers.insert(
        "inside.example".to_owned(),
        vec![vec![Ipv4Addr::new(10, 0, 0, 1).into()]],
    );
    let (direct, _) = client(&[&format!("127.0.0.1:{}", canary.port)], names);
    for scheme in ["http", "socks5", "socks5h"] {
        let through = direct
            .with_proxy(&format!("{scheme}://127.0.0.1:{}", canary.port))
            .map_err(io::Error::other)?;
        assert_eq!(
            outcome(&through, "http://inside.example/").await,
            "refused_address"
        );
        assert_eq!(outcome(&through, "http://10.0.0.1/").await, "refused_address");
        assert_eq!(outcome(&through, "http://unknown.example/").await, "dns");
    }
    assert_eq!(canary.seen().await?, 0);
    Ok(())
}
