//! What became of a message sent (contract §3.4).

use serde_json::Value;
use sluice_model::failure::Why;
use sluice_model::message::Mark;
use sluice_model::{State, Timestamp};

use crate::Setting;
use crate::wappi::answer::Body;
use crate::wappi::{address, ids, shown};

/// `chat_id` here is `chatId` elsewhere. `task_id` tells the caller of an `async` send which message it became.
pub fn shaped(mark: &Mark, state: State, why: Option<Why>, at: Timestamp, setting: &Setting<'_>) -> Value {
    let chat = address::write(setting.account.channel, &mark.chat, mark.chat_alias.as_ref());
    let task = mark.origin.is_api().then(|| ids::task(setting.spelling, mark.id));
    let body = Body::default()
        .and("id", ids::of_mark(setting.spelling, mark))
        .and("profile_id", super::profile(setting))
        .and("wh_type", "delivery_status");
    super::times_of(body, at)
        .and("from", address::own(setting.account))
        .and("to", chat.clone())
        .and("chat_id", chat)
        .and("status", shown::status(state, why))
        .and("task_id", task.unwrap_or_default())
        .value()
}
