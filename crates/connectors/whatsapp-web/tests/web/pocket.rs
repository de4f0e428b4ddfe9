//! The phone in the hands of the kit: its owner is Ann, and two people take what she sends.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use sluice_clock::Clock;
use sluice_connector::kit::{Arrived, Rig};
use sluice_connector::{Connector, Home};
use sluice_model::ask::LoginWay;
use sluice_model::{Address, Channel, Content, LoginStep};
use sluice_outside::{Allowed, Client, Guard};
use sluice_whatsapp_web::{Settings, WhatsappWeb};
use sluice_whatsapp_world::proto::Message;
use sluice_whatsapp_world::{Heard, Manners, Trouble, World};

pub const ANN: &str = "79990000001";
pub const BOB: &str = "79990000011";
pub const EVE: &str = "79990000012";

pub struct Pocket {
    pub world: World,
    connector: Arc<dyn Connector>,
}

impl Pocket {
    pub async fn new() -> Self {
        let world = World::start().await.unwrap();
        for (phone, name) in [(ANN, "Ann"), (BOB, "Bob"), (EVE, "Eve")] {
            world.person(phone, name).unwrap();
        }
        for peer in [BOB, EVE] {
            world.manners(peer, Manners { delivers: true, reads: true }).unwrap();
        }
        let guard = Guard { allow: vec![Allowed::Loopback], https_only: false };
        let outside = Client::new(sluice_outside::Settings { guard, ..sluice_outside::Settings::default() }).unwrap();
        let settings = Settings {
            outside,
            server: Some(world.url()),
            version: Some((2, 3000, 1_026_131_876)),
            link_previews: true,
        };
        Self { connector: Arc::new(WhatsappWeb::new(settings)), world }
    }
}

#[async_trait]
impl Rig for Pocket {
    fn connector(&self) -> Arc<dyn Connector> {
        self.connector.clone()
    }

    fn channel(&self) -> Channel {
        Channel::Whatsapp
    }

    fn clock(&self) -> Clock {
        // The pretend server is out in the world.
        Clock::real()
    }

    fn peers(&self) -> [Address; 2] {
        [BOB, EVE].map(|phone| Address::Phone(phone.into()))
    }

    fn stranger(&self) -> Option<Address> {
        Some(Address::Phone("79990000099".into()))
    }

    fn ways(&self) -> Vec<LoginWay> {
        vec![LoginWay::Qr, LoginWay::PairingCode { phone: ANN.to_owned() }]
    }

    async fn obey(&self, _: &Home, step: &LoginStep) -> Option<String> {
        match step {
            LoginStep::ShowQr { data, .. } => self.world.scan(data, ANN).unwrap(),
            LoginStep::ShowCode { code, .. } => self.world.enter_code(ANN, code).await.unwrap(),
            _ => {}
        }
        None
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    async fn arrived(&self, _: &Home) -> Vec<Arrived> {
        let mut arrived = Vec::new();
        for phone in [BOB, EVE] {
            // The server passes a message on as often as it gets it; WhatsApp on the phone shows each id once.
            let mut shown = HashSet::new();
            let shown_once = |heard: &Heard| !heard.own && shown.insert(heard.id.clone());
            for heard in self.world.heard(phone).into_iter().filter(shown_once) {
                let chat = Address::Phone(phone.into());
                arrived.push(Arrived { remote: heard.id, chat, content: content(&heard.message) });
            }
        }
        arrived
    }

    async fn say(&self, _: &Home, from: &Address, content: Content) -> String {
        self.world.say_text(&digits(from), ANN, content.words()).unwrap()
    }

    async fn write_on_phone(&self, _: &Home, chat: &Address, content: Content) -> Option<String> {
        Some(self.world.say_text(ANN, &digits(chat), content.words()).unwrap())
    }

    async fn cut(&self, _: &Home) {
        self.world.trouble(ANN, Trouble::RefuseLogin(503), u32::MAX as _).unwrap();
        // Nobody may be connected.
        let _ = self.world.cut(ANN);
    }

    async fn restore(&self, _: &Home) {
        self.world.calm(ANN).unwrap();
    }

    async fn log_out_on_phone(&self, _: &Home) {
        self.world.unlink(ANN).unwrap();
    }
}

fn digits(address: &Address) -> String {
    match address {
        Address::Phone(phone) => phone.to_string(),
        other => panic!("{other} has no phone"),
    }
}

fn content(message: &Message) -> Content {
    let extended = || message.extended_text_message.as_option().and_then(|text| text.text.clone());
    match message.conversation.clone().or_else(extended) {
        Some(words) => Content::text(words),
        None => Content::Unreadable { what: "not a text".to_owned() },
    }
}
