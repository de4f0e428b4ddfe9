//! The server's half of the Noise handshake: XX for who comes the first time, IK for who knows the server's key, and the
//! fall-back from IK to XX when that key is no longer right.

use anyhow::{Context, Result, ensure};
use wacore_binary::consts::{NOISE_PATTERN_IK, NOISE_PATTERN_XX, NOISE_PATTERN_XXFALLBACK, WA_CONN_HEADER};
use wacore_libsignal::protocol::KeyPair;
use wacore_noise::{NoiseCipher, NoiseHandshake};
use waproto::buffa::{Message, MessageField};
use waproto::whatsapp::handshake_message::{ClientHello, ServerHello};
use waproto::whatsapp::{ClientPayload, HandshakeMessage};

use crate::keys::{Keys, pair, public};

/// What a finished handshake leaves.
pub struct Finished {
    /// The client's static key: who a linked device is recognised by.
    pub client: Vec<u8>,
    pub payload: ClientPayload,
    /// For frames from the client.
    pub read: NoiseCipher,
    /// For frames to the client.
    pub write: NoiseCipher,
}

/// After the client's first message: done, or waiting for its second.
pub enum Step {
    Finish(Box<Finished>),
    Await(Box<Waiting>),
}

/// An XX handshake that waits for the client's finish.
pub struct Waiting {
    noise: NoiseHandshake,
    ephemeral: KeyPair,
}

/// Reads the client's first message; the answer to send and what comes after it. `forget` plays a server that has changed
/// its key, which IK clients fall back from.
pub fn begin(keys: &Keys, first: &[u8], forget: bool) -> Result<(Vec<u8>, Step)> {
    let hello = HandshakeMessage::decode_from_slice(first)?.client_hello.into_option().context("no client hello")?;
    match (&hello.r#static, forget) {
        (Some(_), false) => resume(keys, &hello),
        (Some(_), true) => introduce(keys, &hello, NOISE_PATTERN_XXFALLBACK),
        (None, _) => introduce(keys, &hello, NOISE_PATTERN_XX),
    }
}

fn introduce(keys: &Keys, hello: &ClientHello, pattern: &str) -> Result<(Vec<u8>, Step)> {
    let theirs = hello.ephemeral.as_deref().context("no ephemeral key")?;
    let ephemeral = pair();
    let mut noise = NoiseHandshake::new(pattern, &WA_CONN_HEADER)?;
    noise.authenticate(theirs);
    noise.authenticate(&public(&ephemeral));
    noise.mix_shared_secret(ephemeral.private_key.serialize(), theirs)?;
    let own = noise.encrypt(&public(&keys.server))?;
    noise.mix_shared_secret(keys.server.private_key.serialize(), theirs)?;
    let payload = noise.encrypt(&keys.certificates)?;
    let answer = answer(public(&ephemeral), Some(own), payload);
    Ok((answer, Step::Await(Box::new(Waiting { noise, ephemeral }))))
}

fn resume(keys: &Keys, hello: &ClientHello) -> Result<(Vec<u8>, Step)> {
    let theirs = hello.ephemeral.as_deref().context("no ephemeral key")?;
    let mut noise = NoiseHandshake::new(NOISE_PATTERN_IK, &WA_CONN_HEADER)?;
    noise.authenticate(&public(&keys.server));
    noise.authenticate(theirs);
    noise.mix_shared_secret(keys.server.private_key.serialize(), theirs)?;
    let client = noise.decrypt(hello.r#static.as_deref().context("no static key")?)?;
    noise.mix_shared_secret(keys.server.private_key.serialize(), &client)?;
    let payload = noise.decrypt(hello.payload.as_deref().context("no payload")?)?;
    let ephemeral = pair();
    noise.authenticate(&public(&ephemeral));
    noise.mix_shared_secret(ephemeral.private_key.serialize(), theirs)?;
    noise.mix_shared_secret(ephemeral.private_key.serialize(), &client)?;
    let certificates = noise.encrypt(&keys.certificates)?;
    let answer = answer(public(&ephemeral), None, certificates);
    Ok((answer, Step::Finish(Box::new(finished(noise, client, &payload)?))))
}

impl Waiting {
    /// Reads the client's finish.
    pub fn finish(mut self, second: &[u8]) -> Result<Finished> {
        let finish = HandshakeMessage::decode_from_slice(second)?.client_finish.into_option().context("no finish")?;
        let client = self.noise.decrypt(finish.r#static.as_deref().context("no static key")?)?;
        ensure!(client.len() == 32, "a static key of {} bytes", client.len());
        self.noise.mix_shared_secret(self.ephemeral.private_key.serialize(), &client)?;
        let payload = self.noise.decrypt(finish.payload.as_deref().context("no payload")?)?;
        finished(self.noise, client, &payload)
    }
}

fn finished(noise: NoiseHandshake, client: Vec<u8>, payload: &[u8]) -> Result<Finished> {
    let payload = ClientPayload::decode_from_slice(payload)?;
    let (read, write) = noise.finish()?;
    Ok(Finished { client, payload, read, write })
}

fn answer(ephemeral: Vec<u8>, own: Option<Vec<u8>>, payload: Vec<u8>) -> Vec<u8> {
    let hello = ServerHello { ephemeral: Some(ephemeral), r#static: own, payload: Some(payload), ..Default::default() };
    HandshakeMessage { server_hello: MessageField::some(hello), ..Default::default() }.encode_to_vec()
}
