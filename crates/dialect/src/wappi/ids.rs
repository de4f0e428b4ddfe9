//! How Wappi spells the house's ids (contract §4).

use sluice_model::command::Which;
use sluice_model::message::{Mark, Message};
use sluice_model::spelling::Kind;
use sluice_model::{AccountId, Channel, Id, MessageId, RequestId, Spelling};

/// A profile's id, `71ad40e9-b023`.
pub fn profile(spelling: &Spelling, account: AccountId) -> String {
    let mut text = spelling.hex12(Kind::Account, account.get());
    text.insert(8, '-');
    text
}

pub fn read_profile(spelling: &Spelling, text: &str) -> Option<AccountId> {
    let (start, end) = text.split_once('-')?;
    if (start.len(), end.len()) != (8, 4) {
        return None;
    }
    spelling.read_hex12(Kind::Account, &format!("{start}{end}")).map(AccountId)
}

/// The task that sends this message: a UUID for every messenger (Telegram's newer 32 hex digits are not imitated).
pub fn task(spelling: &Spelling, message: MessageId) -> String {
    spelling.uuid(Kind::Task, message.get()).to_string()
}

pub fn read_task(spelling: &Spelling, text: &str) -> Option<MessageId> {
    spelling.read_uuid(Kind::Task, text).and_then(Id::new).map(MessageId)
}

/// The task of a call that sends nothing. `task/get` does not know it.
pub fn task_of_call(spelling: &Spelling, call: RequestId) -> String {
    spelling.uuid(Kind::Request, call.get()).to_string()
}

/// The id at the messenger; ours in its form while the messenger has given none.
pub fn of_message(spelling: &Spelling, message: &Message) -> String {
    message.remote.clone().unwrap_or_else(|| spelling.remote(message.id))
}

pub fn of_mark(spelling: &Spelling, mark: &Mark) -> String {
    mark.remote.clone().unwrap_or_else(|| spelling.remote(mark.id))
}

/// The message that a client names by either of the ids above.
pub fn which(spelling: &Spelling, channel: Channel, text: &str) -> Which {
    // On WhatsApp our form is the messenger's id, so that nothing has to be guessed from its looks.
    let own = if channel == Channel::Whatsapp { None } else { spelling.read_remote(text) };
    own.map_or_else(|| Which::Remote(text.to_owned()), Which::Id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_eight_digits_and_four() {
        let spelling = Spelling::new(&[7; 32]);
        let text = profile(&spelling, AccountId(3));
        assert!(text.len() == 13 && text.as_bytes()[8] == b'-', "{text}");
        assert_eq!(read_profile(&spelling, &text), Some(AccountId(3)));
        for other in ["", "71ad40e9-b023", "71ad40e9b023", "abc123", &text.replace('-', ""), &format!("{text}0")] {
            assert_eq!(read_profile(&spelling, other), None, "{other}");
        }
    }

    #[test]
    fn a_task_leads_back_to_its_message_and_a_calls_task_to_none() {
        let spelling = Spelling::new(&[7; 32]);
        let id = Id::new(42).expect("a small number");
        assert_eq!(read_task(&spelling, &task(&spelling, MessageId(id))), Some(MessageId(id)));
        assert_eq!(read_task(&spelling, &task_of_call(&spelling, RequestId(id))), None);
    }
}
