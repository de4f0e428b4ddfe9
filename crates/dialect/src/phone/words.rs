//! What messengers say in notifications without anybody having written it, by language: lower case, compared as a whole
//! or, with `#` for a number, as a pattern.

/// Lines that count or announce.
const SUMMARIES: &[&str] = &[
    // en
    "# new message",
    "# new messages",
    "# messages",
    "# messages from # chats",
    "# new messages from # chats",
    "checking for new messages",
    "checking for new messages…",
    "waiting for this message. this may take a while.",
    "you may have new messages",
    "whatsapp web is currently active",
    "whatsapp web is active",
    "backup in progress",
    "backing up messages",
    "backup paused",
    "finished backup",
    "preparing backup",
    "restoring media",
    // ru
    "# новое сообщение",
    "# новых сообщения",
    "# новых сообщений",
    "# сообщение",
    "# сообщения",
    "# сообщений",
    "# сообщений из # чатов",
    "# сообщения из # чатов",
    "# новых сообщений из # чатов",
    "проверка новых сообщений",
    "проверка новых сообщений…",
    "возможно, у вас есть новые сообщения",
    "whatsapp web сейчас активен",
    "сеанс whatsapp web активен",
    "выполняется резервное копирование",
    "резервное копирование",
    "резервное копирование завершено",
    "подготовка резервной копии",
    // he
    "# הודעות חדשות",
    "הודעה חדשה",
    "# הודעות",
    "# הודעות מ-# צ'אטים",
    "בודק אם יש הודעות חדשות",
    "ייתכן שיש לך הודעות חדשות",
    "whatsapp web פעיל כעת",
    "גיבוי מתבצע",
    // es, pt, de
    "# mensajes nuevos",
    "# mensajes de # chats",
    "buscando mensajes nuevos",
    "# novas mensagens",
    "# mensagens de # conversas",
    "procurando novas mensagens",
    "# neue nachrichten",
    "# nachrichten aus # chats",
    "suche nach neuen nachrichten",
];

/// Calls: told by the phone's program as calls, if at all.
const CALLS: &[&str] = &[
    "incoming voice call",
    "incoming video call",
    "missed voice call",
    "missed video call",
    "ongoing voice call",
    "ongoing video call",
    "calling…",
    "ringing…",
    "# missed calls",
    "входящий аудиозвонок",
    "входящий видеозвонок",
    "входящий звонок",
    "пропущенный аудиозвонок",
    "пропущенный видеозвонок",
    "пропущенный звонок",
    "текущий звонок",
    "# пропущенных звонков",
    "שיחה קולית נכנסת",
    "שיחת וידאו נכנסת",
    "שיחה קולית שלא נענתה",
    "שיחת וידאו שלא נענתה",
];

/// What stands for a file, behind its glyph.
const FILES: &[&str] = &[
    "photo",
    "video",
    "voice message",
    "audio",
    "document",
    "sticker",
    "gif",
    "contact",
    "location",
    "live location",
    "фото",
    "видео",
    "голосовое сообщение",
    "аудио",
    "документ",
    "стикер",
    "контакт",
    "местоположение",
    "геопозиция",
    "תמונה",
    "סרטון",
    "הודעה קולית",
    "מסמך",
    "סטיקר",
    "איש קשר",
    "מיקום",
];

/// Glyphs that messengers put before the word for a file.
const GLYPHS: &[char] = &['📷', '🎥', '📹', '🎤', '🎵', '📄', '📎', '💟', '👾', '👤', '📍'];

/// Words of a title that are the messenger's own name.
const APPS: &[&str] = &["whatsapp", "whatsapp business", "wa business"];

pub fn is_app(title: &str) -> bool {
    APPS.contains(&title.trim().to_lowercase().as_str())
}

/// Nobody wrote this.
pub fn is_summary(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['📞', '📹', ' ']).to_lowercase();
    SUMMARIES.iter().chain(CALLS).any(|pattern| fits(pattern, &text))
}

/// The words stand for a file: a glyph, the word for its kind, perhaps how long it is.
pub fn is_file(text: &str) -> bool {
    let text = text.trim();
    let Some(rest) = text.strip_prefix(|first| GLYPHS.contains(&first)) else { return false };
    let rest = rest.trim_start_matches('\u{fe0f}').trim();
    let word = rest.split('(').next().unwrap_or_default().trim().to_lowercase();
    FILES.contains(&word.as_str())
}

/// Whether `text` is `pattern` with digits where it has `#`.
fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    for (nth, part) in pattern.split('#').enumerate() {
        if nth > 0 {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            if digits == 0 {
                return false;
            }
            rest = &rest[digits..];
        }
        let Some(after) = rest.strip_prefix(part) else { return false };
        rest = after;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_wrote_is_known_in_every_language() {
        for text in [
            "5 new messages",
            "12 messages from 3 chats",
            "Checking for new messages…",
            "7 новых сообщений",
            "15 сообщений из 4 чатов",
            "3 הודעות חדשות",
            "📞 Missed voice call",
            "Пропущенный видеозвонок",
            " Backup in progress ",
        ] {
            assert!(is_summary(text), "{text}");
        }
        for text in ["5 new messages for you", "new messages", "I made 5 new messages", "Photo", "сообщение"] {
            assert!(!is_summary(text), "{text}");
        }
    }

    #[test]
    fn a_glyph_and_its_word_stand_for_a_file_and_words_do_not() {
        for text in ["📷 Photo", "🎤 Voice message (0:12)", "📷 Фото", "📄 документ", "📷️ תמונה"]
        {
            assert!(is_file(text), "{text}");
        }
        for text in ["📷 look at this", "Photo", "📷", "my 📷 Photo"] {
            assert!(!is_file(text), "{text}");
        }
    }
}
