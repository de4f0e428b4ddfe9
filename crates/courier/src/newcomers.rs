//! How many people an account has begun to write to lately: messengers distrust who begins many chats at once.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sluice_model::message::State;
use sluice_model::{Address, Order, Timestamp};
use sluice_store::Store;
use sluice_store::archive::Wanted;
use sluice_store::shelf::Page;

/// The time that is counted.
const DAY: Duration = Duration::from_secs(86_400);

/// Messages of a chat that are looked at: what was refused many times over says nothing of the chat.
const LOOK: u64 = 50;

/// One account's, in memory: after a restart the count begins anew.
#[derive(Debug, Default)]
pub struct Newcomers(Mutex<VecDeque<(Timestamp, Address)>>);

impl Newcomers {
    /// Counts a chat that is begun now, if `cap` allows it.
    ///
    /// # Errors
    /// When the next one may be begun.
    pub fn admit(&self, chat: &Address, cap: u32, now: Timestamp) -> Result<(), Timestamp> {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while begun.front().is_some_and(|(at, _)| at.plus(DAY) <= now) {
            begun.pop_front();
        }
        if begun.iter().any(|(_, known)| known == chat) {
            return Ok(());
        }
        if begun.len() < cap as usize {
            begun.push_back((now, chat.clone()));
            return Ok(());
        }
        Err(begun.front().map_or(now, |(at, _)| *at).plus(DAY))
    }
}

/// Whether nothing has been said yet between the account and the person that this order goes to. A store that cannot be
/// read holds up nobody.
pub async fn is_first_word(store: &dyn Store, order: &Order) -> bool {
    if !matches!(order.chat(), Address::Phone(_) | Address::Lid(_) | Address::User(_) | Address::Username(_)) {
        return false;
    }
    let wanted = Wanted { chat: Some(order.chat().clone()), ..Wanted::default() };
    let said = store.messages(order.account, wanted, Page::first(LOOK)).await.unwrap_or_default();
    !said.iter().any(|kept| {
        let arrived = matches!(kept.state, State::Sent | State::Delivered | State::Read | State::Received);
        arrived && kept.message.id != order.id()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u32) -> Address {
        Address::Phone(format!("7999000{number:04}"))
    }

    #[test]
    fn a_day_has_room_for_so_many_new_people() {
        let newcomers = Newcomers::default();
        let hour = |hour: i64| Timestamp::from_seconds(hour * 3600);
        assert_eq!(newcomers.admit(&person(1), 2, hour(0)), Ok(()));
        assert_eq!(newcomers.admit(&person(2), 2, hour(5)), Ok(()));
        assert_eq!(newcomers.admit(&person(3), 2, hour(6)), Err(hour(24)), "there is room when the first is a day old");
        assert_eq!(newcomers.admit(&person(1), 2, hour(7)), Ok(()), "who was begun with is not begun with again");
        assert_eq!(newcomers.admit(&person(3), 2, hour(24)), Ok(()));
        assert_eq!(newcomers.admit(&person(4), 2, hour(25)), Err(hour(29)));
        assert_eq!(newcomers.admit(&person(4), 3, hour(25)), Ok(()), "the cap grows with the account");
    }
}
