//! What callers show, and what they are given to show.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Method};

use crate::devino::{Devino, login};
use crate::golden::world;
use crate::{Credentials, Dialect, Named, TokenShape};

const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

fn shown(header: &str) -> Option<String> {
    let mut call = world::call(Method::POST, "/whatsapp/messages");
    call.headers = HeaderMap::from_iter([("authorization".parse().unwrap(), HeaderValue::from_str(header).unwrap())]);
    let Credentials { token, account } = Devino.credentials(&call);
    assert_eq!(account, Named::No);
    token
}

#[test]
fn a_key_is_shown_whole_or_as_login_and_password() {
    assert_eq!(TokenShape::Hex(KEY.len()), Devino.token_shape());
    let (login, password) = Devino.login_of(KEY).unwrap();
    assert_eq!((login, password), ("01234567", "89abcdef0123456789abcdef01234567"));
    let basic = STANDARD.encode(format!("{login}:{password}"));
    let bare = basic.trim_end_matches('=');
    for header in [
        format!("Key {KEY}"),
        format!("  kEY   {KEY} "),
        format!("Basic {basic}"),
        format!("BASIC  {basic}"),
        format!("basic {bare}"),
    ] {
        assert_eq!(shown(&header).as_deref(), Some(KEY), "{header}");
    }
    assert_eq!(Devino.login_of("short"), None);
}

#[test]
fn another_division_of_a_key_is_no_login() {
    for pair in [&format!("{}:{}", &KEY[..4], &KEY[4..]), &format!(":{KEY}"), &format!("{KEY}:"), KEY, "ann:secret"] {
        let token = shown(&format!("Basic {}", STANDARD.encode(pair))).unwrap();
        assert_ne!(token, KEY, "{pair}");
        assert_eq!(login::of(&token).map(|(login, password)| format!("{login}{password}")), None, "{pair}");
    }
    for header in ["", KEY, "Key", &format!("Bearer {KEY}"), &format!("Token {KEY}")] {
        assert_eq!(shown(header), None, "{header}");
    }
    assert_ne!(shown("Basic ?").as_deref(), Some(""), "it is a wrong login, not none");
}
