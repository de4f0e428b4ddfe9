//! A message comes in envelopes within envelopes; what it says is in the innermost.

use whatsapp_rust::Jid;
use whatsapp_rust::waproto::whatsapp as wa;

/// More envelopes than that are nobody's honest message.
const DEPTH: usize = 16;

/// Takes the message out of what WhatsApp wraps around it: for other devices, for those that disappear or can be seen
/// once, for albums, for what older apps would not understand.
pub fn open(message: &wa::Message) -> &wa::Message {
    let mut message = message;
    for _ in 0..DEPTH {
        match inner(message) {
            Some(inner) => message = inner,
            None => break,
        }
    }
    message
}

fn inner(message: &wa::Message) -> Option<&wa::Message> {
    if let Some(sent) = message.device_sent_message.as_option() {
        return sent.message.as_option();
    }
    let envelopes = [
        &message.ephemeral_message,
        &message.view_once_message,
        &message.view_once_message_v2,
        &message.view_once_message_v2_extension,
        &message.document_with_caption_message,
        &message.edited_message,
        &message.group_mentioned_message,
        &message.bot_invoke_message,
        &message.bot_forwarded_message,
        &message.bot_task_message,
        &message.lottie_sticker_message,
        &message.event_cover_image,
        &message.associated_child_message,
        &message.status_mention_message,
        &message.group_status_mention_message,
        &message.group_status_message,
        &message.group_status_message_v2,
        &message.status_add_yours,
        &message.poll_creation_message_v4,
        &message.poll_creation_option_image_message,
        &message.question_message,
        &message.question_reply_message,
        &message.spoiler_message,
        &message.limit_sharing_message,
    ];
    envelopes.into_iter().find_map(|envelope| envelope.as_option()?.message.as_option())
}

/// What an opened message says beside its words.
pub fn context(message: &wa::Message) -> Option<&wa::ContextInfo> {
    macro_rules! first_of {
        ($($kind:ident),+ $(,)?) => {
            None$(.or_else(|| message.$kind.as_option().and_then(|kind| kind.context_info.as_option())))+
        };
    }
    first_of!(
        extended_text_message,
        image_message,
        video_message,
        ptv_message,
        audio_message,
        document_message,
        sticker_message,
        location_message,
        live_location_message,
        contact_message,
        contacts_array_message,
        poll_creation_message,
        poll_creation_message_v2,
        poll_creation_message_v3,
        poll_creation_message_v5,
        poll_creation_message_v6,
        group_invite_message,
        buttons_message,
        buttons_response_message,
        list_message,
        list_response_message,
        template_message,
        template_button_reply_message,
        interactive_message,
        interactive_response_message,
        product_message,
        order_message,
        event_message,
        sticker_pack_message,
    )
}

/// Everybody whom a message names: their other addresses have to be known to read it.
pub fn people(message: &wa::Message) -> Vec<Jid> {
    let message = open(message);
    let mut named: Vec<&str> = Vec::new();
    if let Some(context) = context(message) {
        named.extend(context.participant.as_deref());
        named.extend(context.mentioned_jid.iter().map(String::as_str));
    }
    let keys = [
        message.reaction_message.as_option().and_then(|reaction| reaction.key.as_option()),
        message.protocol_message.as_option().and_then(|protocol| protocol.key.as_option()),
        message.poll_update_message.as_option().and_then(|update| update.poll_creation_message_key.as_option()),
    ];
    for key in keys.into_iter().flatten() {
        named.extend(key.participant.as_deref());
    }
    named.into_iter().filter_map(|jid| jid.parse().ok()).collect()
}
