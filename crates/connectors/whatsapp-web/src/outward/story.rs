//! A story: a message to everybody whom the account has saved.

use sluice_model::content::{MediaKind, StoryStyle, Text};
use sluice_model::failure::Why;
use sluice_model::{Content, Failure, Order};
use whatsapp_rust::StatusSendOptions;

use super::letter::{self, Parts};
use super::{Names, upload};
use crate::desk::addresses::jid_of;
use crate::desk::{Desk, gone};

pub async fn send(desk: &Desk, order: &Order, remote: &str) -> Result<(), Failure> {
    let message = &order.message;
    let mut parts = Parts { now_ms: desk.home.clock.now().millis(), ..Parts::default() };
    let content = match &message.content {
        // A story without a style would be shown as an empty one.
        Content::Text(text) if text.style.is_none() => {
            Content::Text(Text { style: Some(StoryStyle { background: None, font: None }), ..text.clone() })
        }
        Content::Media(media)
            if matches!(media.kind, MediaKind::Image | MediaKind::Video | MediaKind::Audio | MediaKind::Voice) =>
        {
            parts.file = Some(upload::bring(desk, media).await?);
            message.content.clone()
        }
        Content::Delete { target, for_everyone: true } => {
            let names = Names { own: desk.own(), ..Names::default() };
            parts.key = Some(names.key(&jid_of(&message.chat)?, target)?);
            message.content.clone()
        }
        Content::Text(_) => message.content.clone(),
        other => {
            let note = format!("There is no story of the kind {}.", other.kind());
            return Err(Failure::refused(Why::Unsupported, note));
        }
    };
    let letter = letter::write(&content, parts)?;
    let audience = Box::pin(desk.audience()).await?;
    if content.stands_alone() {
        desk.told_story(remote).await.map_err(gone)?;
    }
    let options = StatusSendOptions { message_id: Some(remote.to_owned()), ..StatusSendOptions::default() };
    let status = desk.client.status();
    let sent = Box::pin(status.send_raw(letter, &audience, options)).await;
    sent.map(drop).map_err(|error| crate::trouble::of_send(&error))
}
