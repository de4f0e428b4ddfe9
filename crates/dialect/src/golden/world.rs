//! The small fixed world that cases are told in.

use std::sync::{Arc, LazyLock};

use http::{HeaderMap, Method};
use serde_json::{Value, json};
use sluice_model::account::{Condition, Settings, State as AccountState};
use sluice_model::content::Blob;
use sluice_model::failure::Why;
use sluice_model::listener::Target;
use sluice_model::message::{Kept, Origin, Trouble};
use sluice_model::outcome::Accepted;
use sluice_model::{
    Account, AccountId, Address, Channel, Content, Id, Key, KeyId, Listener, ListenerId, Message, MessageId, Party,
    RequestId, Scope, Spelling, State, Timestamp, WorkspaceId,
};

use crate::{Call, Caller, Dialect, Links};

/// 2024-10-21T08:27:57Z
pub const NOW: Timestamp = Timestamp::from_seconds(1_729_499_277);
pub const TOKEN: &str = "sk_test_1234567890abcdef";
pub const ACCOUNT: AccountId = AccountId(3);
/// What the account is called.
pub const NAME: &str = "Shop";
/// The name of the key.
pub const KEY_NAME: &str = "ann@shop.example";

pub fn spelling() -> Spelling {
    // Its ciphers are dear to make, and every call has one.
    static SPELLING: LazyLock<Spelling> = LazyLock::new(|| Spelling::new(&[7; 32]));
    SPELLING.clone()
}

pub fn links() -> Links {
    Links::new("https://gate.example", &[1; 32])
}

/// The first message, the second, and so on.
pub fn message_id(number: u64) -> MessageId {
    MessageId(Id::new(620_431_277_000_000 + number).unwrap())
}

pub fn account(channel: Channel) -> Account {
    Account {
        id: ACCOUNT,
        workspace: WorkspaceId(1),
        channel,
        connector: "sandbox".into(),
        name: NAME.into(),
        created_at: Timestamp::from_seconds(NOW.seconds() - 10 * 86_400),
        enabled: true,
        settings: Settings::default(),
        condition: Condition {
            state: AccountState::Open,
            phone: Some("79602041980".into()),
            push_name: Some("Shop".into()),
            logged_in_at: Some(Timestamp::from_seconds(NOW.seconds() - 86_400)),
            ..Condition::new(Timestamp::from_seconds(NOW.seconds() - 86_400))
        },
    }
}

pub fn listener(dialect: &dyn Dialect, settings: Value) -> Listener {
    Listener {
        id: ListenerId(1),
        workspace: WorkspaceId(1),
        account: Some(ACCOUNT),
        dialect: dialect.name().into(),
        name: "webhook".into(),
        target: Target::Push { url: "https://crm.example/hook".into() },
        events: Vec::new(),
        settings,
        secret: None,
        enabled: true,
        off: None,
        created_at: NOW,
    }
}

pub fn caller(dialect: &str, account: Account) -> Caller {
    let key = Key {
        id: KeyId(1),
        workspace: WorkspaceId(1),
        account: Some(account.id),
        dialect: Some(dialect.into()),
        name: KEY_NAME.into(),
        prefix: "sk_t".into(),
        scopes: vec![Scope::Manage],
        settings: json!({}),
        sealed: None,
        created_at: NOW,
        expires_at: None,
    };
    Caller { key: Arc::new(key), account: Some(Arc::new(account)) }
}

pub fn call(method: Method, path: &str) -> Call {
    Call {
        id: RequestId(Id::new(1_000).unwrap()),
        at: NOW,
        endpoint: None,
        method,
        path: path.to_owned(),
        params: Vec::new(),
        query: Vec::new(),
        headers: HeaderMap::new(),
        body: bytes::Bytes::new(),
        file: None,
        form: None,
        caller: None,
        spelling: spelling(),
        links: links(),
    }
}

/// So many messages, as accepted.
pub fn accepted(count: u64) -> Vec<Accepted> {
    let one = |number| {
        let id = message_id(number);
        Accepted { id, remote: Some(spelling().remote(id)), at: NOW }
    };
    (0..count).map(one).collect()
}

pub fn trouble(why: Why) -> Trouble {
    Trouble { why, note: "the messenger's own words".into() }
}

pub fn blob() -> Blob {
    Blob { hash: "ab".repeat(32), size: 2048 }
}

/// A message that the API sent.
pub fn sent(dialect: &str, chat: Address, content: Content) -> Message {
    let id = message_id(0);
    Message {
        id,
        remote: Some(spelling().remote(id)),
        origin: Origin::Api { dialect: dialect.into(), key: None, request: None, tag: None, memo: None },
        chat,
        chat_alias: None,
        chat_name: None,
        sender: None,
        content,
        quoted: None,
        forwarded: 0,
        at: NOW,
    }
}

/// A message from a customer.
pub fn received(content: Content) -> Message {
    let customer = Party { name: Some("Ivan".into()), ..Party::new(Address::Phone("79115576366".into())) };
    Message {
        id: message_id(1),
        remote: Some("3A945DD9CDD3016BE11B".into()),
        origin: Origin::Peer,
        chat: customer.address.clone(),
        sender: Some(customer),
        ..sent("", Address::Story, content)
    }
}

pub fn kept(message: Message, state: State) -> Kept {
    Kept { message, state, state_at: NOW, trouble: None, edited: None, deleted: false }
}
