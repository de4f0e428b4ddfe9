use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sluice_outside::{Client, Settings, Unusable};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use crate::server::{Conversation, Server, client, post, settings};

/// An authority of the test's own.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Speaks TLS with a certificate for `name` by `issuer`.
async fn server(issuer: &CertifiedIssuer<'_, KeyPair>, name: &str, expired: bool) -> io::Result<Server> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    if expired {
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    }
    let certificate: CertificateDer<'static> = params.signed_by(&key, issuer).unwrap().der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Server::start(move |conversation| {
        let acceptor = acceptor.clone();
        async move {
            let stream = acceptor.accept(conversation.stream).await?;
            let mut conversation = Conversation { stream, log: conversation.log };
            while conversation.request().await? {
                conversation.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
            }
            Ok(())
        }
    })
    .await
}

async fn text(client: &Client, url: String) -> String {
    match client.send(post(&url, "")).await {
        Ok(answer) => answer.status.to_string(),
        Err(trouble) => {
            assert_eq!(trouble.word(), "tls");
            trouble.to_string()
        }
    }
}

#[tokio::test]
async fn a_certificate_is_checked_against_the_authorities_of_the_settings() -> io::Result<()> {
    let issuer = authority();
    let good = server(&issuer, "test.example", false).await?;
    let url = |server: &Server| format!("https://test.example:{}/", server.port);
    let trusting = Client::new(Settings { extra_ca: issuer.pem().into_bytes(), ..settings() }).unwrap();

    assert_eq!(text(&trusting, url(&good)).await, "200 OK");
    assert_eq!(
        text(&client(), url(&good)).await,
        "no secure connection to test.example: its certificate is self-signed or of an unknown authority, \
         or the chain is incomplete"
    );
    let other = server(&issuer, "other.example", false).await?;
    assert_eq!(
        text(&trusting, url(&other)).await,
        "no secure connection to test.example: its certificate is for another name"
    );
    let expired = server(&issuer, "test.example", true).await?;
    assert_eq!(
        text(&trusting, url(&expired)).await,
        "no secure connection to test.example: its certificate has expired"
    );
    assert!(expired.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn https_to_a_plain_port_is_explained() -> io::Result<()> {
    let plain = Server::start(|mut conversation| async move {
        conversation.stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await?;
        std::future::pending().await
    })
    .await?;
    assert_eq!(
        text(&client(), format!("https://test.example:{}/", plain.port)).await,
        "no secure connection to test.example: it does not speak TLS on that port"
    );
    Ok(())
}

#[test]
fn certificates_that_are_none_are_refused() {
    let of = |extra_ca: &str| Client::new(Settings { extra_ca: extra_ca.into(), ..settings() });
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(of(broken), Err(Unusable::Certificates)));
    assert!(matches!(of("-----BEGIN CERTIFICATE-----\n"), Err(Unusable::Certificates)));
    assert!(matches!(of("just text"), Err(Unusable::Certificates)));
    assert!(of(&authority().pem()).is_ok());
    assert!(of("").is_ok());
}
