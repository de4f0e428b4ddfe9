//! The kit's rig: whoever holds the phone pulls the levers.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use sluice_clock::Clock;
use sluice_connector::kit::{Arrived, Rig};
use sluice_connector::{Connector, Home};
use sluice_model::ask::LoginWay;
use sluice_model::{Address, Channel, Content, LoginStep, Timestamp};
use sluice_sandbox::{Sandbox, Settings};

pub const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

pub struct Pocket {
    sandbox: Arc<dyn Connector>,
    channel: Channel,
    clock: Clock,
}

impl Pocket {
    pub fn new(channel: Channel) -> Self {
        Self::with(channel, Arc::new(Sandbox::new(Settings { seed: 7, ..Settings::default() })))
    }

    /// A sandbox of the test's own, or something around one.
    pub fn with(channel: Channel, sandbox: Arc<dyn Connector>) -> Self {
        Self { sandbox, channel, clock: Clock::manual(Timestamp::from_seconds(1_790_000_000)) }
    }

    pub async fn pull(&self, home: &Home, lever: Value) -> Value {
        match self.sandbox.control(home, lever.clone()).await {
            Ok(answer) => answer,
            Err(failure) => panic!("{lever}: {failure}"),
        }
    }

    fn person(&self, digits: &str) -> Address {
        match self.channel {
            Channel::Whatsapp => Address::Phone(digits.to_owned()),
            _ => Address::User(digits.to_owned()),
        }
    }
}

#[async_trait]
impl Rig for Pocket {
    fn connector(&self) -> Arc<dyn Connector> {
        self.sandbox.clone()
    }

    fn channel(&self) -> Channel {
        self.channel
    }

    fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn peers(&self) -> [Address; 2] {
        [self.person("79990000001"), self.person("79990000002")]
    }

    fn stranger(&self) -> Option<Address> {
        Some(self.person("79990000404"))
    }

    fn ways(&self) -> Vec<LoginWay> {
        let phone = |digits: &str| LoginWay::Phone { phone: digits.to_owned() };
        match self.channel {
            Channel::Whatsapp => vec![LoginWay::Qr, LoginWay::PairingCode { phone: "79123456789".to_owned() }],
            Channel::TelegramBot => vec![LoginWay::Token { token: TOKEN.to_owned() }],
            // The second has a password; the third is asked for.
            _ => vec![LoginWay::Qr, phone("79123456781"), phone("+7 912 345-67-82"), phone("")],
        }
    }

    async fn obey(&self, home: &Home, step: &LoginStep) -> Option<String> {
        match step {
            LoginStep::ShowQr { .. } | LoginStep::ShowCode { .. } => {
                self.pull(home, json!({ "lever": "scan" })).await;
                None
            }
            LoginStep::AskPhone => Some("79123456783".to_owned()),
            LoginStep::AskCode { .. } => Some("11111".to_owned()),
            LoginStep::AskPassword { .. } => Some("secret".to_owned()),
            LoginStep::Done | LoginStep::Failed { .. } => None,
        }
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned(), "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw".to_owned()]
    }

    async fn arrived(&self, home: &Home) -> Vec<Arrived> {
        let seen = self.pull(home, json!({ "lever": "seen", "limit": 500 })).await;
        let read = |message: &Value| Arrived {
            remote: message["remote"].as_str().unwrap().to_owned(),
            chat: serde_json::from_value(message["chat"].clone()).unwrap(),
            content: serde_json::from_value(message["content"].clone()).unwrap(),
        };
        seen["messages"].as_array().unwrap().iter().map(read).collect()
    }

    async fn say(&self, home: &Home, from: &Address, content: Content) -> String {
        let message = json!({ "from": from, "content": content, "wait": false });
        let said = self.pull(home, json!({ "lever": "receive", "message": message })).await;
        said["remote"].as_str().unwrap().to_owned()
    }

    async fn write_on_phone(&self, home: &Home, chat: &Address, content: Content) -> Option<String> {
        let message = json!({ "chat": chat, "content": content, "from_phone": true, "wait": false });
        let said = self.pull(home, json!({ "lever": "receive", "message": message })).await;
        Some(said["remote"].as_str().unwrap().to_owned())
    }

    async fn cut(&self, home: &Home) {
        self.pull(home, json!({ "lever": "cut", "for_ms": 86_400_000 })).await;
    }

    async fn restore(&self, home: &Home) {
        self.pull(home, json!({ "lever": "restore" })).await;
    }

    async fn log_out_on_phone(&self, home: &Home) {
        self.pull(home, json!({ "lever": "logout" })).await;
    }
}
