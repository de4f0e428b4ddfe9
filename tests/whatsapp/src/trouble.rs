//! Things that go wrong on purpose.

use wacore_binary::Node;

use crate::state::DeviceId;

/// What is to go wrong for an account, some number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A message is passed on, but its sender never hears so.
    LoseAck,
    /// A message is passed on, and then the sender's socket is cut instead of an ack.
    CutAfterRelay,
    /// A message is dropped and the sender's socket is cut.
    CutBeforeRelay,
    /// A message is dropped and its sender gets an ack with this error.
    Nack(u16),
    /// A message for the account is delivered twice.
    Twice,
    /// A message for the account arrives with a spoiled ciphertext.
    Spoil,
    /// An iq of the account is never answered.
    Silence,
    /// Logging in is refused with this `reason`: 401 logged out, 403 forbidden, 405 outdated client, 503 and others.
    RefuseLogin(u16),
    /// Logging in is refused by a temporary ban: its code, and the seconds that it lasts.
    Ban { code: u32, seconds: u64 },
}

/// Refused logins are answered so.
pub struct Refusal {
    pub reason: u16,
    /// Code and seconds of a temporary ban.
    pub ban: Option<(u32, u64)>,
}

impl Refusal {
    pub const fn logged_out() -> Self {
        Self { reason: 401, ban: None }
    }
}

#[derive(Default)]
pub struct Troubles {
    waiting: Vec<(usize, Trouble, u32)>,
    /// The server has a new key for as many handshakes.
    pub forget_key: u32,
    /// Accounts whose receipts are held back, and what was held.
    pub holding: Vec<usize>,
    pub held: Vec<(DeviceId, Node)>,
}

/// Receipts that are held back at most.
const HELD: usize = 10_000;

impl Troubles {
    pub fn add(&mut self, account: usize, trouble: Trouble, times: u32) {
        self.waiting.push((account, trouble, times));
    }

    pub fn clear(&mut self, account: usize) {
        self.waiting.retain(|(of, ..)| *of != account);
    }

    /// The next trouble of the account that `wanted` picks; it is used up by one.
    pub fn next<T>(&mut self, account: usize, wanted: impl Fn(Trouble) -> Option<T>) -> Option<T> {
        let place = self.waiting.iter().position(|(of, trouble, _)| *of == account && wanted(*trouble).is_some())?;
        let (_, trouble, times) = &mut self.waiting[place];
        *times -= 1;
        let (trouble, used_up) = (*trouble, *times == 0);
        if used_up {
            self.waiting.remove(place);
        }
        wanted(trouble)
    }

    /// Whether this very trouble is next.
    pub fn strikes(&mut self, account: usize, trouble: Trouble) -> bool {
        self.next(account, |found| (found == trouble).then_some(())).is_some()
    }

    pub fn refuses(&mut self, account: usize) -> Option<Refusal> {
        self.next(account, |trouble| match trouble {
            Trouble::RefuseLogin(reason) => Some(Refusal { reason, ban: None }),
            Trouble::Ban { code, seconds } => Some(Refusal { reason: 402, ban: Some((code, seconds)) }),
            _ => None,
        })
    }

    /// Holds a receipt back if its addressee's receipts are held.
    pub fn hold(&mut self, to: DeviceId, receipt: &Node) -> bool {
        let holds = self.holding.contains(&to.account);
        if holds && self.held.len() < HELD {
            self.held.push((to, receipt.clone()));
        }
        holds
    }
}
