//! Trial 10 of the design: whatever way a private address is written, nothing of ours is reached.
//!
//! A canary listens on every local address; each spelling is tried with its port. The same spellings reach it
//! once loopback is allowed, so the canary itself is known to work.

mod corpus;
mod places;

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::Ordering;

use sluice_outside::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use corpus::{PRIVATE_4, PRIVATE_6, corpus, spellings};
use places::{Canary, Liar, client, post};

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
    let mut refused = 0;
    for url in &corpus {
        let word = outcome(&client, url).await;
        assert!(word == "refused_address" || word == "bad_url", "{url}: {word}");
        refused += usize::from(word == "refused_address");
        let word = client.download(url, 1024, &mut tokio::io::sink()).await.map_err(|trouble| trouble.word());
        assert!(matches!(word, Err("refused_address" | "bad_url")), "{url}: {word:?}");
    }
    assert!(refused > 1_500, "only {refused} were understood as addresses");
    assert_eq!(names.asked.load(Ordering::SeqCst), 0, "a number was looked up as a name");
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
        reached += usize::from(outcome(&client, &format!("http://{host}:{}/", canary.port)).await == "200 OK");
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
    let private = PRIVATE_4.map(IpAddr::from).into_iter().flat_map(|address| match address {
        IpAddr::V4(plain) => [address, plain.to_ipv6_mapped().into()],
        IpAddr::V6(_) => [address, address],
    });
    let private: Vec<IpAddr> =
        private.chain(PRIVATE_6.iter().filter_map(|text| text.trim_matches(['[', ']']).parse().ok())).collect();
    for (place, address) in private.iter().enumerate() {
        names.answers.insert(format!("only{place}.example"), vec![vec![*address]]);
        names.answers.insert(format!("first{place}.example"), vec![vec![*address, public]]);
        names.answers.insert(format!("last{place}.example"), vec![vec![public, public, *address]]);
        names.answers.insert(format!("dot{place}.example."), vec![vec![*address]]);
        names.answers.insert(format!("p{place}.xn--e1afmkfd.xn--p1ai"), vec![vec![*address]]);
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
    let (here, inside) = (Ipv4Addr::new(127, 0, 0, 1).into(), Ipv4Addr::new(127, 0, 0, 2).into());
    let mut names = Liar::default();
    names.answers.insert("rebind.example".to_owned(), vec![vec![here], vec![inside]]);
    // 127.0.0.1 plays the public address
    let (client, names) = client(&["127.0.0.1"], names);
    let url = format!("http://rebind.example:{}/", canary.port);

    assert_eq!(outcome(&client, &url).await, "200 OK");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1, "one question serves the check and the connection");
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
            let place = text.split(['/', ' ']).nth(2).and_then(|number| number.parse::<usize>().ok()).unwrap_or(0);
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
            assert_eq!(outcome(&client, &url).await, "302 Found", "a send gives the redirect as the answer");
        }
        let word = client.download(&url, 1024, &mut tokio::io::sink()).await.map_err(|trouble| trouble.word());
        assert!(matches!(word, Err("refused_address" | "bad_url")), "{target}: {word:?}");
    }
    assert_eq!(canary.seen().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_listed_port_does_not_open_the_host() -> io::Result<()> {
    let (listed, canary) = (Canary::start().await?, Canary::start().await?);
    let mut names = Liar::default();
    names.answers.insert("crm.internal".to_owned(), vec![vec![Ipv4Addr::LOCALHOST.into()]]);
    let (client, _) = client(&[&format!("crm.internal:{}", listed.port)], names);
    for _ in 0..3 {
        assert_eq!(outcome(&client, &format!("http://crm.internal:{}/", listed.port)).await, "200 OK");
        assert_eq!(outcome(&client, &format!("http://crm.internal:{}/", canary.port)).await, "refused_address");
    }
    assert_eq!(canary.seen().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_proxy_is_no_way_around() -> io::Result<()> {
    let canary = Canary::start().await?;
    let (direct, _) = client(&[], Liar::default());
    for host in PRIVATE_4.into_iter().flat_map(spellings).filter(|host| !host.contains(['@', '\t'])) {
        for scheme in ["http", "socks5", "socks5h"] {
            let url = format!("{scheme}://user:password@{host}:{}", canary.port);
            let Ok(through) = direct.with_proxy(&url) else {
                continue;
            };
            // a spelling that only a resolver would take for an address comes this far, and no further
            let word = outcome(&through, "http://8.8.8.8/").await;
            assert!(["refused_address", "dns"].contains(&word.as_str()), "{url}: {word}");
        }
    }
    assert_eq!(canary.seen().await?, 0);

    // a proxy that is allowed is not asked for private hosts either
    let mut names = Liar::default();
    names.answers.insert("inside.example".to_owned(), vec![vec![Ipv4Addr::new(10, 0, 0, 1).into()]]);
    let (direct, _) = client(&[&format!("127.0.0.1:{}", canary.port)], names);
    for scheme in ["http", "socks5", "socks5h"] {
        let through = direct.with_proxy(&format!("{scheme}://127.0.0.1:{}", canary.port)).map_err(io::Error::other)?;
        assert_eq!(outcome(&through, "http://inside.example/").await, "refused_address");
        assert_eq!(outcome(&through, "http://10.0.0.1/").await, "refused_address");
        assert_eq!(outcome(&through, "http://unknown.example/").await, "dns");
    }
    assert_eq!(canary.seen().await?, 0);
    Ok(())
}
