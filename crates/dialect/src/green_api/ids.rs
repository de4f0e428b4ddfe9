//! GREEN-API's numbers and ours: `idInstance` for an account, `idMessage` for a message.

use sluice_model::message::{Mark, Message, Origin};
use sluice_model::{AccountId, MessageId, Spelling};

use crate::Named;

/// Account 1 is instance 7700000001: ten digits, as clients expect (contract greenapi.md §1.1), and a pool number
/// (7700) that the vendor's own hosts do not use.
const FIRST: u64 = 7_700_000_000;

/// One more than the greatest number an account may have (`EventId` gives it 22 bits).
const ACCOUNTS: u64 = 1 << 22;

pub fn instance(account: AccountId) -> u64 {
    FIRST + u64::from(account.get())
}

/// The account behind an `idInstance` as written in a path or a body.
pub fn account(text: &str) -> Named {
    let number = text.parse::<u64>().ok().and_then(|number| number.checked_sub(FIRST));
    match number.map(u32::try_from) {
        Some(Ok(number)) if (1..ACCOUNTS).contains(&u64::from(number)) => Named::Account(AccountId(number)),
        _ => Named::Nonsense,
    }
}

/// The `idMessage` of a message. What the API sent keeps the id that its call was answered with, even where the
/// messenger has given it another one since.
pub fn of_message(message: &Message, spelling: &Spelling) -> String {
    shown(message.id, message.remote.as_deref(), &message.origin, spelling)
}

pub fn of_mark(mark: &Mark, spelling: &Spelling) -> String {
    shown(mark.id, mark.remote.as_deref(), &mark.origin, spelling)
}

fn shown(id: MessageId, remote: Option<&str>, origin: &Origin, spelling: &Spelling) -> String {
    match remote {
        Some(remote) if !origin.is_api() => remote.to_owned(),
        _ => spelling.remote(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_number_reads_back_and_nothing_else_is_one() {
        for number in [1, 2, 4_194_303] {
            let account_id = AccountId(number);
            assert_eq!(account(&instance(account_id).to_string()), Named::Account(account_id));
        }
        for text in
            ["", "1", "7700000000", "7704194304", "7699999999", "99999999999999999999", "77000000O1", "-7700000001"]
        {
            assert_eq!(account(text), Named::Nonsense, "{text}");
        }
    }
}
