//! The server's own keys: a root, an intermediate and the key that handshakes use, each certified by the one before.

use anyhow::Result;
use wacore_libsignal::protocol::KeyPair;
use waproto::buffa::{Message, MessageField};
use waproto::whatsapp::{CertChain, cert_chain};

use crate::node::now;

pub struct Keys {
    pub root: KeyPair,
    pub server: KeyPair,
    /// The encoded `CertChain` that is sent in every handshake.
    pub certificates: Vec<u8>,
}

const DAY: u64 = 86_400;

impl Keys {
    pub fn new() -> Result<Self> {
        let (root, intermediate, server) = (pair(), pair(), pair());
        let chain = CertChain {
            intermediate: certificate(1, 0, &intermediate, &root)?,
            leaf: certificate(2, 1, &server, &intermediate)?,
        };
        Ok(Self { root, server, certificates: chain.encode_to_vec() })
    }
}

/// A new pair of keys.
pub fn pair() -> KeyPair {
    KeyPair::generate(&mut rand::rng())
}

/// The 32 bytes of a public key.
pub fn public(pair: &KeyPair) -> Vec<u8> {
    pair.public_key.public_key_bytes().to_vec()
}

fn certificate(
    serial: u32,
    issuer_serial: u32,
    subject: &KeyPair,
    issuer: &KeyPair,
) -> Result<MessageField<cert_chain::NoiseCertificate>> {
    let details = cert_chain::noise_certificate::Details {
        serial: Some(serial),
        issuer_serial: Some(issuer_serial),
        key: Some(public(subject)),
        not_before: Some(now() - DAY),
        not_after: Some(now() + 365 * DAY),
    };
    let details = details.encode_to_vec();
    let signature = issuer.calculate_signature(&details, &mut rand::rng())?.to_vec();
    Ok(MessageField::some(cert_chain::NoiseCertificate { details: Some(details), signature: Some(signature) }))
}
