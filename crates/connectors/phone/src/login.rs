//! Pairing: a code is shown, and whoever brings it back is the phone.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use sluice_connector::{Home, Login};
use sluice_model::ask::LoginWay;
use sluice_model::device::Device;
use sluice_model::failure::Why;
use sluice_model::{Address, Failure, LoginStep};

use crate::keep;

/// Contract §9.1.
const LIFE: Duration = Duration::from_secs(300);
const LENGTH: usize = 8;
/// Without characters that are taken for one another.
const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

pub(crate) struct Pairing {
    home: Home,
    /// The number that the operator named, where they did.
    number: Option<String>,
    code: String,
    step: LoginStep,
    shown: bool,
}

/// What the phone brings.
#[derive(Deserialize)]
struct Brought {
    code: String,
    #[serde(default)]
    device: Device,
}

impl Pairing {
    pub async fn begin(home: Home, way: LoginWay) -> Result<Self, Failure> {
        let LoginWay::PairingCode { phone } = way else {
            return Err(Failure::refused(Why::Unsupported, "A phone is paired by a code."));
        };
        let number = Address::phone(phone.trim_start_matches('+')).map(|phone| phone.value().to_owned());
        let code: String = (0..LENGTH).map(|_| char::from(SIGNS[home.dice.below(32) as usize % 32])).collect();
        let step = if keep::device(&home).await?.is_some() {
            LoginStep::Done
        } else {
            LoginStep::ShowCode { code: code.clone(), expires_at: home.clock.now().plus(LIFE) }
        };
        Ok(Self { home, number, code, step, shown: false })
    }
}

#[async_trait]
impl Login for Pairing {
    async fn next(&mut self) -> LoginStep {
        if std::mem::replace(&mut self.shown, true) {
            // A code that is brought replaces the step from outside of this wait.
            self.home.clock.sleep_until(self.step.expires_at()).await;
            self.step = LoginStep::Failed { note: "The pairing code ran out. Begin again.".to_owned() };
        }
        self.step.clone()
    }

    async fn input(&mut self, value: &str) -> Result<(), Failure> {
        let refused = |note| Failure::refused(Why::NotFound, note);
        let brought: Brought = serde_json::from_str(value).map_err(|_| refused("This is no pairing."))?;
        let now = self.home.clock.now();
        let waits = matches!(self.step, LoginStep::ShowCode { expires_at, .. } if now < expires_at);
        if !waits || !brought.code.eq_ignore_ascii_case(&self.code) {
            return Err(refused("The pairing code is wrong or has run out."));
        }
        let number = brought.device.number.clone().or_else(|| self.number.clone());
        let device = Device { number, paired_at: now, ..brought.device };
        let record = keep::bytes(&device);
        self.home.vault.write(vec![(keep::DEVICE.to_owned(), Some(record))]).await.map_err(keep::closed)?;
        self.step = LoginStep::Done;
        self.shown = false;
        Ok(())
    }
}
