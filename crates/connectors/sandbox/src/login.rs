//! Logging in to the pretend messenger.
//!
//! A QR and a pairing code wait for the lever `scan`. A phone number gets the code [`CODE`], and one that ends in 2 has
//! a password, [`PASSWORD`]. A bot's token is any number, a colon and something.

use std::time::Duration;

use async_trait::async_trait;
use sluice_connector::{Closed, Home, Login};
use sluice_model::ask::LoginWay;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Address, Failure, LoginStep};
use tokio::sync::watch;

use crate::people::Identity;
use crate::world::World;

const CODE: &str = "11111";
const PASSWORD: &str = "secret";

/// How long one QR can be scanned, and how many follow each other.
const QR_LIFE: Duration = Duration::from_secs(20);
const QR_CODES: u32 = 15;
const PAIRING_LIFE: Duration = Duration::from_secs(180);

/// Where the vault has the login.
const LOGIN: &str = "login";

pub(crate) struct Way {
    home: Home,
    scanned: watch::Receiver<bool>,
    people: crate::people::People,
    step: LoginStep,
    shown: bool,
    /// The number that logs in, where one was given.
    phone: Option<String>,
    qr_codes: u32,
}

impl Way {
    /// Begins; trouble that is known at once is the first step.
    pub async fn begin(home: Home, world: &World, way: LoginWay) -> Result<Self, Failure> {
        let phone = match &way {
            LoginWay::PairingCode { phone } | LoginWay::Phone { phone } => read_phone(phone),
            LoginWay::Qr | LoginWay::Token { .. } => None,
        };
        let scanned = world.offer_login(phone.clone());
        let mut begun =
            Self { home, scanned, people: world.people, step: LoginStep::AskPhone, shown: false, phone, qr_codes: 0 };
        if read(&begun.home).await?.is_some() {
            begun.step = LoginStep::Done;
            return Ok(begun);
        }
        begun.step = match way {
            LoginWay::Qr => begun.next_qr(),
            LoginWay::PairingCode { .. } if begun.phone.is_none() => not_a_number(),
            LoginWay::PairingCode { .. } => begun.pairing_code(),
            LoginWay::Phone { phone } if phone.is_empty() => LoginStep::AskPhone,
            LoginWay::Phone { .. } => {
                begun.phone.clone().map_or_else(not_a_number, |sent_to| LoginStep::AskCode { sent_to })
            }
            LoginWay::Token { token } => begun.try_token(&token).await?,
        };
        Ok(begun)
    }

    fn go(&mut self, step: LoginStep) {
        self.step = step;
        self.shown = false;
    }

    fn next_qr(&mut self) -> LoginStep {
        if self.qr_codes == QR_CODES {
            return failed("Nobody scanned the QR code. Begin the login again.");
        }
        self.qr_codes += 1;
        let (one, other) = (self.home.dice.below(u64::MAX), self.home.dice.below(u64::MAX));
        LoginStep::ShowQr {
            data: format!("2@sandbox,{one:016x}{other:016x},{},{}", self.home.account.id, self.qr_codes),
            expires_at: self.home.clock.now().plus(QR_LIFE),
        }
    }

    fn pairing_code(&self) -> LoginStep {
        // Without characters that are taken for one another.
        const SIGNS: &[u8; 32] = b"123456789ABCDEFGHJKLMNPQRSTVWXYZ";
        let code: String = (0..8).map(|_| char::from(SIGNS[self.home.dice.below(32) as usize % 32])).collect();
        LoginStep::ShowCode { code, expires_at: self.home.clock.now().plus(PAIRING_LIFE) }
    }

    async fn try_token(&self, token: &str) -> Result<LoginStep, Failure> {
        let is_token = token
            .split_once(':')
            .is_some_and(|(bot, rest)| !bot.is_empty() && bot.bytes().all(|b| b.is_ascii_digit()) && !rest.is_empty());
        if !is_token {
            return Ok(failed("This is no bot token: a number, a colon and a secret."));
        }
        self.finish().await
    }

    async fn finish(&self) -> Result<LoginStep, Failure> {
        write(&self.home, &self.people.identity(self.phone.as_deref(), self.home.clock.now())).await?;
        Ok(LoginStep::Done)
    }
}

#[async_trait]
impl Login for Way {
    async fn next(&mut self) -> LoginStep {
        loop {
            if !self.shown {
                self.shown = true;
                return self.step.clone();
            }
            if matches!(self.step, LoginStep::Done | LoginStep::Failed { .. }) {
                // The last step was shown: there is no other.
                std::future::pending::<()>().await;
            }
            let expires_at = self.step.expires_at();
            let scanned = tokio::select! {
                scanned = self.scanned.wait_for(|scanned| *scanned) => Some(scanned.is_ok()),
                () = self.home.clock.sleep_until(expires_at) => None,
            };
            let next = match (scanned, &self.step) {
                (Some(true), _) => LoginStep::Done,
                (Some(false), _) => failed("Another login was begun for this account."),
                (None, LoginStep::ShowQr { .. }) => self.next_qr(),
                (None, _) => failed("The pairing code ran out. Begin the login again."),
            };
            self.go(next);
        }
    }

    async fn input(&mut self, value: &str) -> Result<(), Failure> {
        let value = value.trim();
        let next = match &self.step {
            LoginStep::AskPhone => {
                self.phone = read_phone(value);
                let sent_to = self.phone.clone().ok_or_else(|| refused("This is no phone number."))?;
                LoginStep::AskCode { sent_to }
            }
            LoginStep::AskCode { .. } if value != CODE => return Err(refused("The code is wrong.")),
            LoginStep::AskCode { sent_to } if sent_to.ends_with('2') => {
                LoginStep::AskPassword { hint: Some("the password of the sandbox".to_owned()) }
            }
            LoginStep::AskPassword { .. } if value != PASSWORD => {
                return Err(refused("The password is wrong."));
            }
            LoginStep::AskCode { .. } | LoginStep::AskPassword { .. } => self.finish().await?,
            _ => return Err(refused("Nothing was asked for.")),
        };
        self.go(next);
        Ok(())
    }
}

/// Who is logged in, by what the vault says.
pub(crate) async fn read(home: &Home) -> Result<Option<Identity>, Failure> {
    let kept = home.vault.read(LOGIN).await.map_err(closed)?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

pub(crate) async fn write(home: &Home, who: &Identity) -> Result<(), Failure> {
    let kept = serde_json::to_vec(who).map_err(|error| Failure::unknown(error.to_string()))?;
    home.vault.write(vec![(LOGIN.to_owned(), Some(kept))]).await.map_err(closed)
}

pub(crate) async fn forget(home: &Home) -> Result<(), Failure> {
    home.vault.write(vec![(LOGIN.to_owned(), None)]).await.map_err(closed)
}

fn read_phone(text: &str) -> Option<String> {
    Address::phone(text.trim_start_matches('+')).map(|phone| phone.value().to_owned())
}

fn not_a_number() -> LoginStep {
    failed("This is no phone number.")
}

fn failed(note: &str) -> LoginStep {
    LoginStep::Failed { note: note.to_owned() }
}

fn refused(note: &str) -> Failure {
    Failure::refused(Why::InvalidRecipient, note)
}

fn closed(_: Closed) -> Failure {
    Failure::not_sent(Why::Disconnected, Retry::Reconnected, "The account is no longer this session's.")
}
