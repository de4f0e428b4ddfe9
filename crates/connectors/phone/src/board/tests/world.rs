//! A board, its clock and what came out of it.

use std::time::Duration;

use sluice_clock::Dice;
use sluice_connector::Receipt;
use sluice_model::device::{Ack, Claim, Device, Health, Item, Manner, Report, Taken, Told, Who};
use sluice_model::id::Mint;
use sluice_model::{Failure, MessageId, Timestamp};
use tokio::sync::oneshot;

use super::super::{Board, Evidence, Goods, Placed};
use crate::pacing::Pacing;
use crate::settings::Settings;

/// 2026-11-20T12:00:00Z: no quiet hour.
pub const NOON: i64 = 1_795_176_000;

type Answer = oneshot::Receiver<Result<Receipt, Failure>>;

pub struct World {
    pub board: Board,
    pub now: Timestamp,
    pub mint: Mint,
}

/// An order on the board.
pub struct Sent {
    pub goods: Goods,
    answer: Answer,
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings { pacing: Pacing::unhindered(), ..Settings::default() })
    }

    pub fn with(settings: Settings) -> Self {
        let now = Timestamp::from_seconds(NOON);
        let device = Device { paired_at: now, model: "Test".to_owned(), ..Device::default() };
        let mut world = Self { board: Board::new(device, settings, Dice::seeded(5)), now, mint: Mint::new(0, None) };
        world.board.hear(&Who::default(), now);
        world.board.tell(now);
        world
    }

    /// Time goes by while the phone calls now and then.
    pub fn pass(&mut self, seconds: u64) {
        let mut left = seconds;
        loop {
            self.board.hear(&Who::default(), self.now);
            let step = left.min(30);
            self.silence(step);
            left -= step;
            if left == 0 {
                self.board.hear(&Who::default(), self.now);
                return self.silence(0);
            }
        }
    }

    /// Time goes by and the phone says nothing.
    pub fn silence(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
        self.board.pass(self.now);
        self.board.tell(self.now);
        self.flush();
    }

    /// Sends the answers that are ready, as the session does once all is on disk.
    fn flush(&mut self) {
        for (waiter, result) in self.board.take_effects().settled {
            let _ = waiter.send(result);
        }
    }

    pub fn number(&mut self) -> MessageId {
        MessageId(self.mint.next(self.now))
    }

    pub fn order(&mut self, to: &str, text: &str) -> Sent {
        let number = self.number();
        let goods = Goods {
            number,
            id: format!("m{}", number.get()),
            to: to.to_owned(),
            text: text.to_owned(),
            media: None,
            not_after: Timestamp::NEVER,
        };
        self.place(goods)
    }

    pub fn place(&mut self, goods: Goods) -> Sent {
        let (waiter, answer) = oneshot::channel();
        let placed = self.board.place(goods.clone(), waiter, self.now);
        assert_eq!(placed, Placed::Waits);
        self.flush();
        Sent { goods, answer }
    }

    /// What the order is answered when it is laid down again.
    pub fn again(&mut self, sent: &Sent) -> Placed {
        let (waiter, answer) = oneshot::channel();
        drop(answer);
        self.board.place(sent.goods.clone(), waiter, self.now)
    }

    pub fn claim(&mut self) -> Vec<Item> {
        self.claim_as(Manner::Full, Who::default())
    }

    pub fn next(&mut self) -> Vec<Item> {
        self.claim_as(Manner::Blind, Who::default())
    }

    pub fn claim_as(&mut self, manner: Manner, who: Who) -> Vec<Item> {
        let ask = Claim {
            who: who.clone(),
            began: self.now,
            wait_ms: 0,
            lease_s: None,
            have: Vec::new(),
            health: Health::default(),
            manner,
        };
        self.board.pass(self.now);
        if !self.board.hear(&who, self.now) {
            return Vec::new();
        }
        self.board.tell(self.now);
        let given = self.board.claim(&ask, self.now);
        self.flush();
        given.items
    }

    pub fn take_one(&mut self) -> Item {
        let mut items = self.claim();
        assert_eq!(items.len(), 1, "{items:?}");
        items.remove(0)
    }

    pub fn say(&mut self, item: &Item, state: Told) -> Taken {
        self.say_why(item, state, None).taken
    }

    pub fn say_why(&mut self, item: &Item, state: Told, reason: Option<&str>) -> Ack {
        let report = Report {
            id: item.id.clone(),
            lease: Some(item.lease.clone()),
            seq: None,
            state,
            reason: reason.map(str::to_owned),
            ui: None,
        };
        self.report(&report)
    }

    pub fn report(&mut self, report: &Report) -> Ack {
        self.board.pass(self.now);
        let ack = self.board.report(report, self.now);
        self.board.tell(self.now);
        self.flush();
        ack
    }

    /// Everything that the phone proved after the fact, handed in.
    pub fn proved(&mut self) -> Vec<Evidence> {
        let mut proved = Vec::new();
        while let Some((number, evidence)) = self.board.next_evidence() {
            self.board.handed_in(number);
            proved.push(evidence);
        }
        self.flush();
        proved
    }
}

impl Sent {
    /// What the attempt came to, if it came to something.
    pub fn outcome(&mut self) -> Option<Result<Receipt, Failure>> {
        self.answer.try_recv().ok()
    }

    pub fn is_sent(&mut self) -> bool {
        matches!(self.outcome(), Some(Ok(_)))
    }

    pub fn failure(&mut self) -> Failure {
        match self.outcome() {
            Some(Err(failure)) => failure,
            other => panic!("no failure: {other:?}"),
        }
    }
}
