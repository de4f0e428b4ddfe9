//! Linking a new device: by a QR code that a phone scans, or by a code that is typed into it.

mod code;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wacore_binary::Node;
use waproto::buffa::Message;
use waproto::whatsapp::client_payload::DevicePairingRegistrationData;
use waproto::whatsapp::{ADVDeviceIdentity, ADVSignedDeviceIdentity, ADVSignedDeviceIdentityHMAC};

pub use code::{Linking, exchange};

use crate::keys::public;
use crate::line::{Out, stream_error};
use crate::node::{Read, build, holding, now};
use crate::state::{Device, DeviceId, SignedKey, State, Who};

/// How many QR codes a connection can show.
const REFS: usize = 6;
/// What the phone's signature of a device begins with.
const ACCOUNT_PREFIX: [u8; 2] = [6, 0];
/// What phones prepend to the QR text when it is a link.
const LINK: &str = "https://wa.me/settings/linked_devices#";

/// A device that waits to be linked.
#[derive(Default)]
pub struct Registration {
    noise: Vec<u8>,
    identity: Vec<u8>,
    registration: Vec<u8>,
    signed: SignedKey,
    refs: Vec<String>,
    linking: Option<Linking>,
    /// The account and device it is about to become.
    becoming: Option<DeviceId>,
}

impl State {
    /// Sends the references that the device makes QR codes of.
    pub fn offer_pairing(&mut self, line: u64, client: &[u8], data: &DevicePairingRegistrationData) {
        let refs: Vec<String> =
            (0..REFS).map(|_| format!("2@{}", STANDARD.encode(rand::random::<[u8; 24]>()))).collect();
        let bytes = |field: &Option<Vec<u8>>| field.clone().unwrap_or_default();
        let registration = Registration {
            noise: client.to_vec(),
            identity: bytes(&data.e_ident),
            registration: bytes(&data.e_regid),
            signed: SignedKey {
                id: bytes(&data.e_skey_id),
                value: bytes(&data.e_skey_val),
                signature: bytes(&data.e_skey_sig),
            },
            refs: refs.clone(),
            ..Registration::default()
        };
        if let Some(line) = self.lines.get_mut(&line) {
            line.who = Who::Stranger(Box::new(registration));
        }
        let refs = refs.into_iter().map(|text| holding("ref", text.into_bytes()));
        let offer = Self::from_server("iq").attr("type", "set").attr("id", self.stanza_id()).attr("xmlns", "md");
        self.send(line, offer.children([build("pair-device").children(refs).build()]).build());
    }

    /// A phone scans a QR code; the device is linked when it has answered and come back.
    pub fn scan(&mut self, qr: &str, account: usize) -> Result<()> {
        let parts: Vec<&str> = qr.trim().trim_start_matches(LINK).split(',').collect();
        ensure!(parts.len() >= 4, "a QR code of {} parts", parts.len());
        let found = self.lines.iter().find_map(|(number, line)| match &line.who {
            Who::Stranger(registration) if registration.refs.iter().any(|known| known == parts[0]) => Some(*number),
            _ => None,
        });
        let line = found.context("the QR code has run out")?;
        let secret = STANDARD.decode(parts[3])?;
        ensure!(STANDARD.decode(parts[2])? == self.stranger(line)?.identity, "the QR code names another identity");
        self.pair(line, account, &secret)
    }

    pub fn stranger(&mut self, line: u64) -> Result<&mut Registration> {
        match self.lines.get_mut(&line).map(|line| &mut line.who) {
            Some(Who::Stranger(registration)) => Ok(registration),
            _ => anyhow::bail!("the device has gone"),
        }
    }

    /// Signs the device's identity with the account's key and tells the device who it is.
    pub fn pair(&mut self, line: u64, account: usize, secret: &[u8]) -> Result<()> {
        self.accounts[account].last_device += 1;
        let id = DeviceId { account, number: self.accounts[account].last_device };
        let identity = {
            let registration = self.stranger(line)?;
            registration.becoming = Some(id);
            registration.identity.clone()
        };
        let handset = &self.accounts[account].handset;
        let details = ADVDeviceIdentity {
            raw_id: Some(handset.raw_id),
            timestamp: Some(now()),
            key_index: Some(id.number.into()),
            ..Default::default()
        };
        let details = details.encode_to_vec();
        let signed = ADVSignedDeviceIdentity {
            account_signature: Some(handset.sign(&[&ACCOUNT_PREFIX, &details, &identity])),
            account_signature_key: Some(public(&handset.identity)),
            details: Some(details),
            ..Default::default()
        };
        let signed = signed.encode_to_vec();
        let container = ADVSignedDeviceIdentityHMAC {
            hmac: Some(Hmac::<Sha256>::new_from_slice(secret)?.chain_update(&signed).finalize().into_bytes().to_vec()),
            details: Some(signed),
            ..Default::default()
        };
        let success = build("pair-success").children([
            holding("device-identity", container.encode_to_vec()),
            build("biz").attr("name", &self.accounts[account].name).build(),
            build("device").attr("jid", self.jid(id, false)).attr("lid", self.jid(id, true)).build(),
            build("platform").attr("name", "android").build(),
        ]);
        let told = Self::from_server("iq")
            .attr("type", "set")
            .attr("id", self.stanza_id())
            .attr("xmlns", "md")
            .attr("t", now());
        self.send(line, told.children([success.build()]).build());
        Ok(())
    }

    /// What a device says before it is linked.
    pub fn take_from_stranger(&mut self, line: u64, stanza: &Node) {
        if stanza.tag != "iq" {
            return;
        }
        if let Some(signed) = stanza.child("pair-device-sign") {
            let certificate = signed.child("device-identity").map(Read::content).unwrap_or_default();
            return self.linked(line, certificate);
        }
        if stanza.child("link_code_companion_reg").is_some() {
            return self.link_by_code(line, stanza);
        }
        if matches!(stanza.text("type").as_deref(), Some("get" | "set")) {
            let answer = crate::node::result(stanza, Vec::new());
            self.send(line, answer);
        }
    }

    /// The device has signed in its turn: it is one of the account's now, and has to come back as such.
    fn linked(&mut self, line: u64, certificate: Vec<u8>) {
        let Ok(registration) = self.stranger(line) else { return };
        let Some(id) = registration.becoming else { return };
        let registration = std::mem::take(registration);
        let device = Device {
            noise: registration.noise,
            identity: registration.identity,
            registration: registration.registration,
            signed: registration.signed,
            certificate,
            ..Device::default()
        };
        self.accounts[id.account].devices.insert(id.number, device);
        self.announce(id, "add");
        self.send(line, stream_error(Some(515), None));
        self.end(line, Out::Close);
    }
}
