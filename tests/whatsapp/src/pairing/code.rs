//! Linking by an eight-letter code: the phone's half of the exchange.

use anyhow::{Context, Result, ensure};
use wacore::crypto::hkdf_sha256_into;
use wacore::pair_code::PairCodeUtils;
use wacore_binary::Node;
use wacore_libsignal::crypto::aes_256_gcm_decrypt;
use wacore_libsignal::protocol::{KeyPair, PublicKey};

use crate::keys::{pair, public};
use crate::node::{Read, build, holding, refusal, result};
use crate::state::{State, Who};

/// How far one code has come.
pub struct Linking {
    reference: Vec<u8>,
    account: usize,
    /// The companion's ephemeral key, wrapped with the code.
    companion: Vec<u8>,
    /// The phone's, once the code was typed; and the companion's, unwrapped.
    exchange: Option<(KeyPair, [u8; 32])>,
}

const BUNDLE: &[u8] = b"link_code_pairing_key_bundle_encryption_key";

impl State {
    pub fn link_by_code(&mut self, line: u64, iq: &Node) {
        let Some(request) = iq.child("link_code_companion_reg").cloned() else { return };
        let answer = match request.text("stage").as_deref() {
            Some("companion_hello") => self.companion_hello(line, iq, &request),
            Some("companion_finish") => {
                self.send(line, result(iq, Vec::new()));
                // What does not open is not answered, as by a phone that was given a wrong code.
                return if let Ok((account, secret)) = self.companion_finish(line, &request) {
                    let _ = self.pair(line, account, &secret);
                };
            }
            _ => refusal(iq, 400, "bad-request"),
        };
        self.send(line, answer);
    }

    fn companion_hello(&mut self, line: u64, iq: &Node, request: &Node) -> Node {
        let account = request.jid("jid").and_then(|jid| self.account_of(&jid));
        let wrapped = request.child("link_code_pairing_wrapped_companion_ephemeral_pub").map(Read::content);
        let (Some(account), Some(companion)) = (account, wrapped.filter(|wrapped| wrapped.len() == 80)) else {
            return refusal(iq, 400, "bad-request");
        };
        let reference = format!("link-{}", self.next()).into_bytes();
        let Ok(stranger) = self.stranger(line) else { return refusal(iq, 400, "bad-request") };
        stranger.linking = Some(Linking { reference: reference.clone(), account, companion, exchange: None });
        let told = build("link_code_companion_reg").attr("stage", "companion_hello");
        result(iq, vec![told.children([holding("link_code_pairing_ref", reference)]).build()])
    }

    /// Wrapped keys of devices that wait for this account's code, with their lines.
    pub fn waiting_for_code(&self, account: usize) -> Vec<(u64, Vec<u8>)> {
        let waiting = self.lines.iter().filter_map(|(number, line)| match &line.who {
            Who::Stranger(stranger) => {
                let linking = stranger.linking.as_ref().filter(|linking| linking.account == account)?;
                linking.exchange.is_none().then(|| (*number, linking.companion.clone()))
            }
            _ => None,
        });
        waiting.collect()
    }

    /// The owner typed the code into the phone: `companion` is the device's key, unwrapped with it, and `wrapped` the phone's own.
    pub fn primary_hello(&mut self, line: u64, companion: [u8; 32], own: KeyPair, wrapped: &[u8]) -> Result<()> {
        let stranger = self.stranger(line)?;
        let linking = stranger.linking.as_mut().context("the device asked for no code")?;
        linking.exchange = Some((own, companion));
        let (reference, account) = (linking.reference.clone(), linking.account);
        let identity = public(&self.accounts[account].handset.identity);
        let hello = build("link_code_companion_reg").attr("stage", "primary_hello").children([
            holding("link_code_pairing_wrapped_primary_ephemeral_pub", wrapped),
            holding("primary_identity_pub", identity),
            holding("link_code_pairing_ref", reference),
        ]);
        let told =
            Self::from_server("notification").attr("id", self.stanza_id()).attr("type", "link_code_companion_reg");
        let told = told.attr("t", crate::node::now()).children([hello.build()]).build();
        self.send(line, told);
        Ok(())
    }

    /// Opens the companion's bundle; the account and the secret that both sides now share.
    fn companion_finish(&mut self, line: u64, request: &Node) -> Result<(usize, [u8; 32])> {
        let stranger = self.stranger(line)?;
        let companion_identity = stranger.identity.clone();
        let linking = stranger.linking.take().context("the device asked for no code")?;
        let (own, companion) = linking.exchange.context("no code was typed")?;
        let identity = self.accounts[linking.account].handset.identity.clone();
        let wrapped = request.child("link_code_pairing_wrapped_key_bundle").context("no bundle")?.content();
        ensure!(wrapped.len() > 44, "a bundle of {} bytes", wrapped.len());

        let shared = own.calculate_agreement(&PublicKey::from_djb_public_key_bytes(&companion)?)?;
        let mut key = [0; 32];
        hkdf_sha256_into(&shared, Some(&wrapped[..32]), BUNDLE, &mut key).ok().context("no key")?;
        let nonce: [u8; 12] = wrapped[32..44].try_into()?;
        let mut bundle = Vec::new();
        aes_256_gcm_decrypt(&key, &nonce, b"", &wrapped[44..], &mut bundle).ok().context("the bundle does not open")?;
        ensure!(bundle.len() == 96 && bundle[..32] == companion_identity, "the bundle is another device's");
        ensure!(bundle[32..64] == public(&identity), "the bundle is for another phone");

        let identities = identity.calculate_agreement(&PublicKey::from_djb_public_key_bytes(&companion_identity)?)?;
        let combined = [&shared[..], &identities[..], &bundle[64..]].concat();
        let mut secret = [0; 32];
        hkdf_sha256_into(&combined, None, b"adv_secret", &mut secret).ok().context("no secret")?;
        Ok((linking.account, secret))
    }
}

/// Unwraps the companion's key with the code, and wraps a new one of the phone's; slow on purpose (twice 131,072 rounds).
pub fn exchange(code: &str, companion: &[u8]) -> Result<([u8; 32], KeyPair, Vec<u8>)> {
    let code = code.replace('-', "").to_uppercase();
    let companion = PairCodeUtils::decrypt_primary_ephemeral_pub(companion, &code)?;
    let own = pair();
    let wrapped = PairCodeUtils::encrypt_ephemeral_pub(&public(&own).try_into().unwrap_or_default(), &code);
    Ok((companion, own, wrapped.to_vec()))
}
