//! Feedbot's message ids: 20 characters of base62, as Firestore makes them (contract §4).

use sluice_model::spelling::Kind;
use sluice_model::{Id, MessageId, Spelling};

pub fn write(spelling: &Spelling, message: MessageId) -> String {
    spelling.base62(Kind::Message, message.get())
}

pub fn read(spelling: &Spelling, text: &str) -> Option<MessageId> {
    spelling.read_base62(Kind::Message, text).and_then(Id::new).map(MessageId)
}
