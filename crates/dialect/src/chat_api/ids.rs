//! How chat-api.com spells things: an instance is a number, a message's id holds its chat (contract §2).

use sluice_model::command::Which;
use sluice_model::message::{Mark, Message};
use sluice_model::{AccountId, Address, MessageId, Party, Spelling};

use super::address;

/// Six digits, as upstream's instances were.
const FIRST: u32 = 100_000;

pub fn instance(account: AccountId) -> String {
    (FIRST + account.get()).to_string()
}

pub fn read_instance(text: &str) -> Option<AccountId> {
    let number: u32 = text.parse().ok()?;
    number.checked_sub(FIRST).filter(|number| *number > 0).map(AccountId)
}

/// `true_79001234567@c.us_3EB0…`; in groups the author follows a message of somebody else's.
pub fn of_message(spelling: &Spelling, message: &Message) -> String {
    let remote = remote(spelling, message.id, message.remote.as_deref());
    let chat = address::write(&message.chat, message.chat_alias.as_ref());
    let author = message.sender.as_ref().filter(|_| message.chat.is_group() && !message.is_outgoing());
    whole(message.is_outgoing(), &chat, &remote, author)
}

pub fn of_mark(spelling: &Spelling, mark: &Mark) -> String {
    let remote = remote(spelling, mark.id, mark.remote.as_deref());
    whole(true, &address::write(&mark.chat, mark.chat_alias.as_ref()), &remote, None)
}

/// The id of a message just accepted.
pub fn of_accepted(spelling: &Spelling, chat: &Address, id: MessageId, remote: Option<&str>) -> String {
    whole(true, &address::write(chat, None), &self::remote(spelling, id, remote), None)
}

/// The id at the messenger; ours in its form while the messenger has given none.
fn remote(spelling: &Spelling, id: MessageId, remote: Option<&str>) -> String {
    remote.map_or_else(|| spelling.remote(id), str::to_owned)
}

fn whole(mine: bool, chat: &str, remote: &str, author: Option<&Party>) -> String {
    let author = author.map(|party| format!("_{}", address::of_party(party))).unwrap_or_default();
    format!("{mine}_{chat}_{remote}{author}")
}

/// A message that a caller names: the whole id, or the messenger's part of it alone.
pub struct Named<'t> {
    pub chat: Option<&'t str>,
    /// The id at the messenger.
    pub remote: &'t str,
}

impl Named<'_> {
    pub fn which(&self) -> Which {
        Which::Remote(self.remote.to_owned())
    }
}

pub fn read(text: &str) -> Named<'_> {
    let whole = text.strip_prefix("true_").or_else(|| text.strip_prefix("false_"));
    match whole.and_then(|rest| rest.split_once('_')) {
        Some((chat, rest)) => {
            let remote = rest.split('_').next().unwrap_or(rest);
            Named { chat: Some(chat), remote }
        }
        None => Named { chat: None, remote: text },
    }
}

/// A number below 2^31 that is the same for a message in answers, queues and receipts: some clients read it as a 32-bit
/// integer. It comes round after nine minutes, so that it may stand for another message later: `id` is the id.
pub fn queue_number(id: MessageId) -> u64 {
    id.get() & 0x7FFF_FFFF
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_six_digits_and_leads_back() {
        assert_eq!(instance(AccountId(3)), "100003");
        assert_eq!(read_instance("100003"), Some(AccountId(3)));
        for text in ["", "100000", "3", "abc", "99999999999", "-100003"] {
            assert_eq!(read_instance(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_is_read_with_its_chat_and_without() {
        let read = |text| (super::read(text).chat, super::read(text).remote);
        assert_eq!(read("true_7900@c.us_3EB0A"), (Some("7900@c.us"), "3EB0A"));
        assert_eq!(read("false_12-34@g.us_3A_7900@c.us"), (Some("12-34@g.us"), "3A"));
        assert_eq!(read("3EB0A"), (None, "3EB0A"));
    }
}
