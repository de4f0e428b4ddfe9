//! The kit catches connectors that break its rules: each of these is the sandbox with one lie.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use sluice_connector::kit;
use sluice_connector::{Closed, Connector, Home, Inbound, Inbox, Login, Misread, Receipt, Session, SessionState};
use sluice_model::ask::LoginWay;
use sluice_model::id::Mint;
use sluice_model::order::Step;
use sluice_model::{Abilities, Ability, Answer, Ask, Channel, Failure, MessageId, Order, Timestamp};
use sluice_sandbox::Sandbox;

use crate::phone::{Pocket, TOKEN};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lie {
    /// Sends every attempt under an id of its own.
    SendsAnew,
    /// Acknowledges what the inbox refused.
    Loses,
    HandsInBackwards,
    TellsReadBeforeDelivered,
    TellsTheToken,
    /// Does more than it declares.
    Modest,
    KeepsTheLogin,
    HidesTheLogout,
}

struct Liar {
    sandbox: Arc<Sandbox>,
    lie: Lie,
}

fn pocket(lie: Lie) -> Pocket {
    let channel = if lie == Lie::TellsTheToken { Channel::TelegramBot } else { Channel::Whatsapp };
    Pocket::with(channel, Arc::new(Liar { sandbox: Arc::new(Sandbox::default()), lie }))
}

static FEW: Abilities = Abilities {
    can: &[Ability::Text, Ability::QrLogin, Ability::PairingCodeLogin],
    deduplicates: true,
    text_limit: 100,
    media_limit: 100,
    ..Abilities::NONE
};

#[async_trait]
impl Connector for Liar {
    fn name(&self) -> &'static str {
        "liar"
    }

    fn channels(&self) -> &'static [Channel] {
        self.sandbox.channels()
    }

    fn abilities(&self, channel: Channel) -> &'static Abilities {
        if self.lie == Lie::Modest { &FEW } else { self.sandbox.abilities(channel) }
    }

    async fn is_logged_in(&self, home: &Home) -> Result<bool, Failure> {
        self.sandbox.is_logged_in(home).await
    }

    async fn login(&self, home: Home, way: LoginWay) -> Result<Box<dyn Login>, Failure> {
        if let (Lie::TellsTheToken, LoginWay::Token { token }) = (self.lie, &way)
            && token != TOKEN
        {
            return Err(Failure::unknown(format!("{token} is no token")));
        }
        self.sandbox.login(home, way).await
    }

    async fn open(&self, mut home: Home) -> Box<dyn Session> {
        home.inbox = Arc::new(Bent { inbox: home.inbox, lie: self.lie });
        let session = self.sandbox.open(home).await;
        Box::new(Told { session, lie: self.lie })
    }

    fn misread(&self, home: &Home, lever: &Value) -> Option<Misread> {
        self.sandbox.misread(home, lever)
    }

    async fn control(&self, home: &Home, lever: Value) -> Result<Value, Failure> {
        self.sandbox.control(home, lever).await
    }
}

struct Bent {
    inbox: Arc<dyn Inbox>,
    lie: Lie,
}

#[async_trait]
impl Inbox for Bent {
    async fn push(&self, mut inbound: Vec<Inbound>) -> Result<(), Closed> {
        match self.lie {
            Lie::HandsInBackwards => inbound.reverse(),
            Lie::TellsReadBeforeDelivered => {
                for receipt in inbound.iter_mut() {
                    if let Inbound::Receipt(receipt) = receipt {
                        receipt.step = if receipt.step == Step::Read { Step::Deliver } else { Step::Read };
                    }
                }
            }
            Lie::HidesTheLogout => {
                inbound.retain(|inbound| !matches!(inbound, Inbound::State(SessionState::LoggedOut { .. })));
            }
            _ => {}
        }
        let taken = self.inbox.push(inbound).await;
        if self.lie == Lie::Loses { Ok(()) } else { taken }
    }
}

struct Told {
    session: Box<dyn Session>,
    lie: Lie,
}

#[async_trait]
impl Session for Told {
    async fn perform(&self, order: &Order) -> Result<Receipt, Failure> {
        if self.lie == Lie::SendsAnew {
            let mut order = order.clone();
            let attempt = Timestamp::from_seconds(1_700_000_000 + i64::from(order.attempt));
            order.message.id = MessageId(Mint::new(1, None).next(attempt));
            return self.session.perform(&order).await;
        }
        self.session.perform(order).await
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        if self.lie == Lie::KeepsTheLogin && ask == Ask::Logout {
            return Ok(Answer::Done);
        }
        self.session.ask(ask).await
    }

    async fn close(self: Box<Self>) {
        self.session.close().await;
    }
}

macro_rules! caught {
    ($($lie:ident by $rule:ident because $word:literal)+) => {$(
        #[tokio::test]
        #[should_panic(expected = $word)]
        async fn $rule() {
            kit::$rule(&pocket(Lie::$lie)).await;
        }
    )+};
}

caught! {
    SendsAnew by a_repeated_order_arrives_once because "assertion `left == right` failed"
    Loses by what_the_inbox_refused_comes_again because "what was held back"
    HandsInBackwards by inbound_comes_in_order because "assertion `left == right` failed"
    TellsReadBeforeDelivered by receipts_come_in_order because "receipts came as"
    TellsTheToken by failures_keep_secrets because "a secret is told"
    Modest by undeclared_contents_are_refused because "is not declared, yet"
    KeepsTheLogin by logging_out_forgets_the_login because "LoggedOut"
    HidesTheLogout by logging_out_on_the_phone_is_told because "LoggedOut"
}
