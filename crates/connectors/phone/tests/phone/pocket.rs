//! The kit's rig: a phone with a well-made program, that claims, says that it sends, sends and reports.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use sluice_clock::Clock;
use sluice_connector::kit::{Arrived, Rig};
use sluice_connector::{Connector, Home, Login, Receipt, Session};
use sluice_model::ask::LoginWay;
use sluice_model::content::{self, Source};
use sluice_model::device::{
    Call, Claim, From, Happening, Health, Item, Manner, Media, Noticed, Reply, Report, Taken, Told, Who,
};
use sluice_model::{Abilities, Address, Answer, Ask, Channel, Content, Failure, LoginStep, Order, Timestamp};
use sluice_phone::{Pacing, Phone, Settings};

/// The connector, with a wire to its open session for the phone.
struct Wired {
    phone: Phone,
    line: Arc<Mutex<Weak<Box<dyn Session>>>>,
}

struct OnLine {
    session: Arc<Box<dyn Session>>,
    line: Arc<Mutex<Weak<Box<dyn Session>>>>,
}

impl Drop for OnLine {
    /// A phone that is in the middle of a call has no other.
    fn drop(&mut self) {
        *lock(&self.line) = Weak::new();
    }
}

/// What the phone has.
struct Hand {
    wired: Arc<Wired>,
    clock: Clock,
    cut: AtomicBool,
    sent: Mutex<Vec<Arrived>>,
    noticed: Mutex<VecDeque<Happening>>,
    number: Mutex<u32>,
}

pub struct Pocket {
    hand: Arc<Hand>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pocket {
    pub fn new() -> Self {
        let settings = Settings { pacing: Pacing::unhindered(), ..Settings::default() };
        let wired = Arc::new(Wired { phone: Phone::new(settings), line: Arc::default() });
        let hand = Arc::new(Hand {
            wired,
            clock: Clock::manual(Timestamp::from_seconds(1_790_000_000)),
            cut: AtomicBool::new(false),
            sent: Mutex::default(),
            noticed: Mutex::default(),
            number: Mutex::default(),
        });
        tokio::spawn(hand.clone().send());
        tokio::spawn(hand.clone().notice());
        Self { hand }
    }
}

impl Hand {
    async fn call(&self, call: Call) -> Option<Reply> {
        if self.cut.load(Ordering::Relaxed) {
            return None;
        }
        let session = lock(&self.wired.line).upgrade()?;
        match session.ask(Ask::Device { call: Box::new(call) }).await {
            Ok(Answer::Device { reply }) => Some(*reply),
            _ => None,
        }
    }

    /// Whether it was taken.
    async fn report(&self, id: &str, lease: &str, state: Told) -> bool {
        let report =
            Report { id: id.to_owned(), lease: Some(lease.to_owned()), seq: None, state, reason: None, ui: None };
        match self.call(Call::Results { who: Who::default(), results: vec![report] }).await {
            Some(Reply::Acks { acks, .. }) => acks.iter().all(|ack| ack.taken == Taken::Applied),
            _ => false,
        }
    }

    async fn send(self: Arc<Self>) {
        loop {
            let claim = Claim {
                who: Who::default(),
                began: self.clock.now(),
                wait_ms: 0,
                lease_s: None,
                have: Vec::new(),
                health: Health::default(),
                manner: Manner::Full,
            };
            let items = match self.call(Call::Claim(claim)).await {
                Some(Reply::Claimed { items, .. }) => items,
                _ => Vec::new(),
            };
            for item in &items {
                if !self.report(&item.id, &item.lease, Told::Sending).await {
                    // Not heard, or not allowed: no click.
                    continue;
                }
                lock(&self.sent).push(arrived(item));
                for state in [Told::Sent, Told::Delivered, Told::Read] {
                    self.report(&item.id, &item.lease, state).await;
                }
            }
            if items.is_empty() {
                self.clock.sleep(Duration::from_millis(20)).await;
            }
        }
    }

    async fn notice(self: Arc<Self>) {
        loop {
            let events: Vec<_> = lock(&self.noticed).iter().cloned().collect();
            let told = match events.is_empty() {
                true => None,
                false => self.call(Call::Events { events }).await,
            };
            match told {
                Some(Reply::Seen { eids }) => lock(&self.noticed).retain(|event| !eids.contains(&event.eid)),
                _ => self.clock.sleep(Duration::from_millis(20)).await,
            }
        }
    }

    fn happen(&self, chat: &Address, content: Content, from_phone: bool) -> String {
        let mut number = lock(&self.number);
        *number += 1;
        let eid = format!("e{number}");
        let from = From { number: Some(chat.value().to_owned()), ..From::default() };
        let what = Noticed::Message { from, text: content.words().to_owned(), media: None, from_phone };
        lock(&self.noticed).push_back(Happening { eid: eid.clone(), at: self.clock.now(), what });
        eid
    }
}

fn arrived(item: &Item) -> Arrived {
    let content = match &item.media {
        None => Content::text(item.text.clone()),
        Some(Media { kind, blob, mime, name }) => Content::Media(content::Media {
            kind: *kind,
            source: Source::Blob(blob.clone()),
            mime: mime.clone(),
            file_name: name.clone(),
            caption: None,
            seconds: None,
            size: None,
            thumbnail: None,
            animated: false,
        }),
    };
    Arrived { remote: item.id.clone(), chat: Address::Phone(item.to.clone()), content }
}

#[async_trait]
impl Connector for Wired {
    fn name(&self) -> &'static str {
        self.phone.name()
    }

    fn channels(&self) -> &'static [Channel] {
        self.phone.channels()
    }

    fn abilities(&self, channel: Channel) -> &'static Abilities {
        self.phone.abilities(channel)
    }

    fn remembers(&self) -> bool {
        self.phone.remembers()
    }

    async fn is_logged_in(&self, home: &Home) -> Result<bool, Failure> {
        self.phone.is_logged_in(home).await
    }

    async fn login(&self, home: Home, way: LoginWay) -> Result<Box<dyn Login>, Failure> {
        self.phone.login(home, way).await
    }

    async fn open(&self, home: Home) -> Box<dyn Session> {
        let session = Arc::new(self.phone.open(home).await);
        *lock(&self.line) = Arc::downgrade(&session);
        Box::new(OnLine { session, line: self.line.clone() })
    }
}

#[async_trait]
impl Session for OnLine {
    async fn perform(&self, order: &Order) -> Result<Receipt, Failure> {
        self.session.perform(order).await
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        self.session.ask(ask).await
    }

    async fn close(self: Box<Self>) {
        // Without its last owner the session ends as well.
        drop(self);
    }
}

#[async_trait]
impl Rig for Pocket {
    fn connector(&self) -> Arc<dyn Connector> {
        self.hand.wired.clone()
    }

    fn channel(&self) -> Channel {
        Channel::Whatsapp
    }

    fn clock(&self) -> Clock {
        self.hand.clock.clone()
    }

    fn peers(&self) -> [Address; 2] {
        ["79991112233", "79994445566"].map(|digits| Address::Phone(digits.to_owned()))
    }

    fn ways(&self) -> Vec<LoginWay> {
        vec![LoginWay::PairingCode { phone: "79990000001".to_owned() }]
    }

    async fn obey(&self, _home: &Home, step: &LoginStep) -> Option<String> {
        match step {
            LoginStep::ShowCode { code, .. } => {
                Some(json!({ "code": code, "device": { "model": "Kit", "uid": "kit" } }).to_string())
            }
            _ => None,
        }
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    async fn arrived(&self, _home: &Home) -> Vec<Arrived> {
        lock(&self.hand.sent).clone()
    }

    async fn say(&self, _home: &Home, from: &Address, content: Content) -> String {
        self.hand.happen(from, content, false)
    }

    async fn write_on_phone(&self, _home: &Home, chat: &Address, content: Content) -> Option<String> {
        Some(self.hand.happen(chat, content, true))
    }

    async fn cut(&self, _home: &Home) {
        self.hand.cut.store(true, Ordering::Relaxed);
    }

    async fn restore(&self, _home: &Home) {
        self.hand.cut.store(false, Ordering::Relaxed);
    }

    async fn log_out_on_phone(&self, _home: &Home) {
        self.hand.call(Call::Leave).await;
    }
}
