//! Which call is which (contract §1), and what cannot be sent.

use http::{HeaderMap, HeaderValue, Method};
use serde_json::json;
use sluice_model::command::Wish;
use sluice_model::failure::Why;
use sluice_model::{Address, Content};

use crate::feedbot::{Feedbot, ids};
use crate::golden::world;
use crate::{ALL, Credentials, Dialect, Named, Route, Router};

fn route(host: &str, method: &Method, path: &str) -> String {
    match Router::new(ALL).route_at(host, method, path) {
        Route::Endpoint { dialect, endpoint, .. } => format!("{} {}", dialect.name(), endpoint.name),
        Route::WrongMethod { dialect, .. } => format!("{} wrong method", dialect.name()),
        Route::Unknown { dialect } => format!("{} unknown", dialect.name()),
        Route::Nobody => "nobody".to_owned(),
    }
}

#[test]
fn the_operations_are_known_by_host_and_by_path() {
    let (get, post) = (&Method::GET, &Method::POST);
    let (add, status) = ("feedbot addNewMessages", "feedbot getMessageStatus");
    for (host, method, path, wanted) in [
        ("addnewmessages-bmb77ejh3a-uc.a.run.app", post, "/", add),
        ("AddNewMessages.gate.example:8080", post, "", add),
        ("addnewmessages.gate.example", post, "/v1/accounts", add),
        ("addnewmessages.gate.example", get, "/", "feedbot wrong method"),
        ("getmessagestatus-bmb77ejh3a-uc.a.run.app", get, "/", status),
        ("getmessagestatus.gate.example:80", post, "/anything/at/all", status),
        ("gate.example", post, "/addnewmessages", add),
        ("gate.example", post, "/AddNewMessages/", add),
        ("gate.example", post, "/feedbot/addnewmessages", add),
        ("gate.example", get, "/getMessageStatus", status),
        ("gate.example", post, "/feedbot/GETMESSAGESTATUS", status),
        ("feedbot.gate.example", post, "/", add),
        ("feedbot.gate.example", get, "/", status),
        ("feedbot.gate.example", post, "/v1/accounts", "native add_account"),
        ("gate.example", get, "/addnewmessages", "feedbot wrong method"),
        ("gate.example", get, "/feedbot/other", "feedbot unknown"),
        ("gate.example", post, "/", "nobody"),
    ] {
        assert_eq!(route(host, method, path), wanted, "{method} {host}{path}");
    }
}

#[test]
fn the_token_stands_in_a_header_of_its_own() {
    let shown = |value: &'static str| {
        let mut call = world::call(Method::POST, "/addnewmessages");
        call.headers = HeaderMap::from_iter([("auth".parse().unwrap(), HeaderValue::from_static(value))]);
        Feedbot.credentials(&call)
    };
    let token = |text: &str| Credentials { token: Some(text.to_owned()), account: Named::No };
    assert_eq!(shown(" tok "), token("tok"));
    assert_eq!(shown("Bearer tok"), token("Bearer tok"));
    assert_eq!(shown(" "), Credentials { token: None, account: Named::No });
}

#[test]
fn ids_are_twenty_letters_and_digits_and_lead_back() {
    let spelling = world::spelling();
    let text = ids::write(&spelling, world::message_id(0));
    assert!(text.len() == 20 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{text}");
    assert_eq!(ids::read(&spelling, &text), Some(world::message_id(0)));
    assert_eq!(ids::read(&spelling, "wwFSlUQCEB6WQ8egk42n"), None);
}

#[test]
fn what_cannot_be_sent_is_taken_and_fails_at_once() {
    let wish = |chat: Address| Wish::new(chat, Content::text("hello"));
    let phone = || Address::Phone("972586666644".into());
    let valid = |seconds: i64| Some(json!({"invalidationTime": world::NOW.millis() + seconds * 1000}));
    let why = |wish: &Wish| Feedbot.unsendable(wish, world::NOW).map(|trouble| trouble.why);
    assert_eq!(why(&wish(phone())), None);
    assert_eq!(why(&Wish { memo: valid(1), ..wish(phone()) }), None);
    assert_eq!(why(&Wish { memo: valid(0), ..wish(phone()) }), Some(Why::TooLate));
    assert_eq!(why(&wish(Address::Name("12".into()))), Some(Why::InvalidRecipient));
}
