//! Refusals in Wahelp's envelope (contract §2, §6.3). Clients look for known Russian words anywhere in the body.

use std::time::Duration;

use http::StatusCode;
use http::header::{ALLOW, HeaderValue, RETRY_AFTER};
use serde_json::json;
use sluice_model::Refusal;
use sluice_model::failure::Why;
use sluice_model::refusal::Noun;

use crate::{Call, Reply};

/// Both families of clients find their words in it: the seed's sentence, and what one of them really looks for.
const NO_MESSENGER: &str = "у номера нет нужного мессенджера (мессенджер не подключен)";

/// What upstream has and this gateway has not (contract §10): 501, so that nobody takes it for a wrong path.
const ELSEWHERE: [&str; 8] = ["user", "notifications", "files", "tasks", "ticket", "tickets", "chat", "mass_mailings"];
const OF_PROJECT: [&str; 12] = [
    "users",
    "config",
    "lost_messages",
    "history",
    "tarif",
    "prices",
    "iframe_messenger_url",
    "mass_mailings",
    "contacts",
    "departments",
    "send_message_cascade",
    "roles",
];
const OF_CHANNEL: [&str; 5] = ["import_contacts", "bot_messages", "waba_templates", "vk_notify", "mass_mailings"];

/// When to come again with a question that the messenger did not answer in time.
const SOON: Duration = Duration::from_secs(5);

/// A reply's status, what it says, and the field that it is about.
struct Words(StatusCode, String, Option<String>);

pub fn refuse(call: &Call, refusal: &Refusal) -> Reply {
    let Words(status, message, field) = words(call, refusal);
    let errors = field.map_or_else(|| json!([]), |field| json!([{ "field": field, "message": message }]));
    let reply = Reply::json(status, &json!({"success": false, "message": message, "errors": errors, "data": null}));
    match refusal {
        Refusal::TooMany { retry_after } | Refusal::Busy { retry_after } => {
            reply.with(RETRY_AFTER, seconds(*retry_after))
        }
        Refusal::TimedOut => reply.with(RETRY_AFTER, seconds(SOON)),
        Refusal::Failed(failure) if is_over_soon(failure.why()) => reply.with(RETRY_AFTER, seconds(SOON)),
        Refusal::MethodNotAllowed { allow } => match HeaderValue::from_str(&allow.join(", ")) {
            Ok(methods) => reply.with(ALLOW, methods),
            Err(_) => reply,
        },
        _ => reply,
    }
}

fn words(call: &Call, refusal: &Refusal) -> Words {
    use StatusCode as S;
    let say = |status, message: &str| Words(status, message.to_owned(), None);
    let about = |field: &str, message: String| Words(S::UNPROCESSABLE_ENTITY, message, Some(field.to_owned()));
    match refusal {
        Refusal::KeyInvalid if is(call, "login") => say(S::UNAUTHORIZED, "Неверный логин или пароль"),
        Refusal::KeyMissing | Refusal::KeyInvalid => say(S::UNAUTHORIZED, "Неверный или просроченный токен"),
        Refusal::Forbidden(_) if is_other_project(call) => {
            say(S::FORBIDDEN, "Заголовок X-Project не совпадает с проектом в адресе запроса")
        }
        Refusal::Forbidden(_) => say(S::FORBIDDEN, "Недостаточно прав"),
        Refusal::PathUnknown if is_elsewhere(&call.path) => {
            say(S::NOT_IMPLEMENTED, "Этот метод здесь не поддерживается")
        }
        Refusal::PathUnknown => say(S::NOT_FOUND, "Такого адреса нет"),
        Refusal::MethodNotAllowed { allow } => {
            Words(S::METHOD_NOT_ALLOWED, format!("Этот адрес принимает {}", allow.join(", ")), None)
        }
        Refusal::NotFound(noun) => say(S::NOT_FOUND, missing(*noun)),
        // The reader's own words are English.
        Refusal::Malformed { line, column, .. } => {
            Words(S::BAD_REQUEST, format!("Не удалось прочитать JSON: строка {line}, символ {column}"), None)
        }
        Refusal::Missing(field) => about(field, format!("Поле {field} обязательно для заполнения")),
        // A webhook's, found wrong behind this dialect, where all words are English.
        Refusal::Invalid { field, .. } if field == "url" => {
            about(field, "Поле url: должно быть адресом http или https без имени и пароля".to_owned())
        }
        Refusal::Invalid { field, note } => about(field, format!("Поле {field}: {note}")),
        Refusal::TooLong { field, limit } => about(field, format!("Поле {field} длиннее {limit} символов")),
        Refusal::TooLarge { limit } => Words(S::PAYLOAD_TOO_LARGE, format!("Запрос больше {limit} байт"), None),
        Refusal::Conflict(note) => Words(S::CONFLICT, format!("Сейчас это невозможно: {note}"), None),
        Refusal::KeyReused => say(S::CONFLICT, "Этот Idempotency-Key уже был у другого запроса"),
        Refusal::TooMany { .. } => say(S::TOO_MANY_REQUESTS, "слишком много попыток (too many requests)"),
        Refusal::Busy { .. } => say(S::SERVICE_UNAVAILABLE, "Сервис перегружен, повторите позже"),
        Refusal::Unsupported(ability) => {
            Words(S::UNPROCESSABLE_ENTITY, format!("Этот канал не умеет: {}", ability.name()), None)
        }
        Refusal::NotConnected(_) => say(S::CONFLICT, "Канал не авторизован: отсканируйте QR-код"),
        Refusal::LoggedInAlready => say(S::CONFLICT, "Канал уже авторизован"),
        // Clients try again after 429 and take any other 4xx for final (contract §7).
        Refusal::TimedOut => say(S::TOO_MANY_REQUESTS, "Мессенджер не ответил вовремя, повторите позже"),
        Refusal::Failed(failure) => failed(call, failure.why(), failure.note()),
        Refusal::Fault { code } => Words(S::INTERNAL_SERVER_ERROR, format!("Внутренняя ошибка {code}"), None),
    }
}

/// What the messenger refused: a message that was sent within the call, or a question.
pub fn by_messenger(call: &Call, why: Why, note: &str) -> Reply {
    refuse(call, &Refusal::Failed(sluice_model::Failure::refused(why, note)))
}

fn failed(call: &Call, why: Why, note: &str) -> Words {
    if matches!(why, Why::NotOnMessenger | Why::InvalidRecipient) && !is(call, "setup_change") {
        return Words(StatusCode::UNPROCESSABLE_ENTITY, no_messenger(), Some("phone".to_owned()));
    }
    let note = if note.is_empty() { why.name() } else { note.to_owned() };
    if is_over_soon(why) {
        return Words(
            StatusCode::TOO_MANY_REQUESTS,
            format!("Мессенджер сейчас недоступен, повторите позже: {note}"),
            None,
        );
    }
    Words(StatusCode::UNPROCESSABLE_ENTITY, format!("Мессенджер отказал: {note}"), None)
}

/// Whether a client should come again: clients do so after 429 (contract §7).
const fn is_over_soon(why: Why) -> bool {
    matches!(why, Why::Disconnected | Why::RateLimited | Why::Timeout)
}

/// The sentence begins in lower case as well: some clients compare letter by letter (contract §6.3).
pub fn no_messenger() -> String {
    NO_MESSENGER.to_owned()
}

/// Why a message did not arrive, in its own words.
pub fn trouble(why: Why, note: &str) -> String {
    match why {
        Why::NotOnMessenger | Why::InvalidRecipient => no_messenger(),
        _ if note.is_empty() => why.name(),
        _ => note.to_owned(),
    }
}

const fn missing(noun: Noun) -> &'static str {
    match noun {
        Noun::Project => "Проект не найден",
        Noun::Account => "Канал не найден",
        Noun::Contact | Noun::Chat => "Пользователь канала не найден",
        Noun::Message => "Сообщение не найдено",
        Noun::Listener => "Вебхук не найден",
        Noun::Template => "Шаблон не найден",
        Noun::Media => "Файл не найден",
        Noun::Group | Noun::Event | Noun::Key | Noun::Request => "Не найдено",
    }
}

fn is(call: &Call, name: &str) -> bool {
    call.endpoint.is_some_and(|endpoint| endpoint.name == name)
}

/// The header may be left out, but not name another project than the path does (contract §4).
pub fn is_other_project(call: &Call) -> bool {
    let header = call.header("x-project").map(str::trim).filter(|header| !header.is_empty());
    let path = Some(call.param("project")).filter(|project| !project.is_empty());
    header.zip(path).is_some_and(|(header, path)| header != path)
}

fn is_elsewhere(path: &str) -> bool {
    let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
    let words = words.strip_prefix(&["api"]).unwrap_or(&words);
    match words.strip_prefix(&["app"]) {
        Some(["projects", _, "channels", _, rest @ ..]) => rest.iter().any(|word| OF_CHANNEL.contains(word)),
        Some(["projects", _, word, ..]) => OF_PROJECT.contains(word),
        Some([word, ..]) => ELSEWHERE.contains(word),
        _ => false,
    }
}

fn seconds(span: Duration) -> HeaderValue {
    HeaderValue::from(u64::try_from(span.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1))
}
