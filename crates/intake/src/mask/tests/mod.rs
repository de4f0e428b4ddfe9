mod planted;

use super::*;

const FORM: &str = "application/x-www-form-urlencoded";

const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn the_token_shown_is_masked_wherever_it_stands() {
    assert_eq!(
        path(&format!("/waInstance1101/sendMessage/{TOKEN}"), None, Some(TOKEN)),
        "/waInstance1101/sendMessage/012***"
    );
    assert_eq!(path("/x", Some("a=my-own-token&b=2"), Some("my-own-token")), "/x?a=my-***&b=2");
    assert_eq!(body(br#"{"note":"it is my-own-token"}"#, "", Some("my-own-token")), r#"{"note":"it is my-***"}"#);
}

#[test]
fn what_looks_like_a_token_is_masked_even_if_nobody_knows_it() {
    assert_eq!(path(&format!("/waInstance1/sendMesage/{TOKEN}/7"), None, None), "/waInstance1/sendMesage/012***/7");
    assert_eq!(
        path("/v1/accounts/3f2a/messages", Some("chat=phone:79990000000"), None),
        "/v1/accounts/3f2a/messages?chat=phone:79990000000"
    );
    assert_eq!(
        path("/x", Some("Token=abcdefghijklmnop&profile_id=12&auth=x"), None),
        "/x?Token=abc***&profile_id=12&auth=***"
    );
}

#[test]
fn members_of_telling_names_are_masked_and_others_are_as_they_were() {
    let said = r#"{"chatId":"7999@c.us", "webhookUrlToken" : "Bearer abcdefghij","auth":"x", "author":"Ann",
        "password":null, "apiTokenInstance": 1234567, "nested":{"api_key":{"a":["b\"}",1]},"text":"token: \"no\""}}"#;
    let kept = r#"{"chatId":"7999@c.us", "webhookUrlToken" : "Bea***","auth":"***", "author":"Ann",
        "password":null, "apiTokenInstance": "***", "nested":{"api_key":"***","text":"token: \"no\""}}"#;
    assert_eq!(body(said.as_bytes(), "application/json", None), kept);
}

#[test]
fn files_in_base64_are_shortened_and_what_is_no_text_is_told_by_its_size() {
    let file = "QUJD".repeat(10_000);
    let kept = body(format!(r#"{{"b64_file":"{file}"#).as_bytes(), "application/json", None);
    assert_eq!(kept, r#"{"b64_file":"QUJDQUJDQUJDQUJDQUJDQUJD…" (40013 bytes in all)"#);
    assert_eq!(body(&[0xff; 10], "application/json", None), "(10 bytes)");
    assert_eq!(body(b"--x\r\n", "multipart/form-data; boundary=x", None), "(5 bytes)");
    assert_eq!(body(b"{\0\"\0p\0w\0d\0", "application/json", None), "(10 bytes)");
    assert_eq!(body(b"", "application/json", None), "");
}

#[test]
fn forms_are_masked_like_queries() {
    let form = body(b"phone=7999&password=abc&base64=QQ", "application/x-www-form-urlencoded", None);
    assert_eq!(form, "phone=7999&password=***&base64=QQ");
}

#[test]
fn a_pairing_code_is_masked_where_it_pairs_and_a_code_of_an_answer_is_not() {
    assert_eq!(path("/pair", Some("Code=7K2M-QX9D&lang=ru"), None), "/pair?Code=***&lang=ru");
    assert_eq!(path("/x", Some("country_code=7"), None), "/x?country_code=7");
    assert_eq!(body(b"code=1234&x=1", "application/x-www-form-urlencoded", None), "code=***&x=1");
    assert_eq!(body(br#"{"code":"not_found"}"#, "application/json", None), r#"{"code":"not_found"}"#);
}

#[test]
fn no_more_than_4_kb_are_kept_and_no_half_of_a_secret_at_the_end() {
    let long = format!(r#"{{"text":"{}"}}"#, "я".repeat(50_000));
    let kept = body(long.as_bytes(), "application/json", None);
    assert!(kept.len() <= KEPT + 30 && kept.ends_with("я… (100011 bytes in all)"), "{} {}", kept.len(), &kept[..20]);

    // Shortening what stands before it brings the end of what was looked at into sight.
    let before = format!(r#"{{"b64_file":"{}","note":""#, "QUJD".repeat(4_000));
    let half = &TOKEN[..30];
    let cut_in_the_token = format!("{before}{}{TOKEN}", " ".repeat(READ - before.len() - half.len()));
    let kept = body(cut_in_the_token.as_bytes(), "application/json", Some(TOKEN));
    assert!(!kept.contains("0123456"), "{kept}");
}

#[test]
fn broken_texts_are_kept_as_they_are_but_for_their_secrets() {
    for text in ["{", "\"", "{\"a\":", "{\"token\":", "{\"token\"", "\\", "{\"é\\", "{\"text\":\"hi\",}"] {
        assert_eq!(body(text.as_bytes(), "", None), text);
    }
    assert_eq!(body(br#"{"token":"abc"#, "", None), r#"{"token":"***""#);
}

#[test]
fn addresses_lose_their_passwords_and_queries() {
    let body = br#"{"url":"https://ann:pw1@crm.example/hook?token=SUPER&x=1","plain":"https://crm.example/hook"}"#;
    let kept = super::body(body, "application/json", None);
    assert_eq!(kept, r#"{"url":"https://***@crm.example/hook?***","plain":"https://crm.example/hook"}"#);
    let path = super::path(
        "/api/webhook/url/set",
        Some("url=https%3A%2F%2Fann%3Apw%40crm.example%2Fhook%3Ftoken%3DSUPER&profile_id=1-2"),
        None,
    );
    assert_eq!(path, "/api/webhook/url/set?url=https://***@crm.example/hook?***&profile_id=1-2");
}

#[test]
fn a_body_is_masked_as_what_it_is_and_not_as_what_it_is_called() {
    let said = r#"{"settings":{"proxy":"http://u:passw0rd@1.2.3.4:80"},"name":"a=b&c"}"#;
    let kept = r#"{"settings":{"proxy":"htt***"},"name":"a=b&c"}"#;
    for mime in [FORM, "application/x-www-form-urlencoded; charset=utf-8", "text/plain", "", "application/json"] {
        assert_eq!(body(said.as_bytes(), mime, None), kept, "{mime}");
        assert_eq!(body(format!("\u{feff} {said}").as_bytes(), mime, None), format!("\u{feff} {kept}"), "{mime}");
        assert_eq!(body(b"a=1&webhookUrlToken=swordfish", mime, None), "a=1&webhookUrlToken=***", "{mime}");
    }
    let parts = "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nswordfish\r\n--x--";
    assert_eq!(body(parts.as_bytes(), "text/plain", None), "(72 bytes)");
}

#[test]
fn secrets_are_found_however_they_are_wrapped() {
    for (said, kept) in [
        // Names with escapes, and twice the same name.
        (r#"{"pass\u0077ord":"swordfish"}"#, r#"{"pass\u0077ord":"***"}"#),
        (r#"{"token":"swordfish","token":"swordfish"}"#, r#"{"token":"***","token":"***"}"#),
        ("p%61ssword=swordfish&settings[proxy]=x", "p%61ssword=***&settings[proxy]=***"),
        // JSON in a form, encoded and not, and in a string of JSON.
        ("x=1&data=%7B%22password%22%3A%22sword%26fish%22%7D", r#"x=1&data={"password":"***"}"#),
        (r#"data={"password":"sword&fish"}&x=1"#, r#"data={"password":"***"}&x=1"#),
        (r#"{"data":"{\"secret\":\"swordfish\",\"a\":1}"}"#, r#"{"data":"{\"secret\":\"***\",\"a\":1}"}"#),
        (r#"{"a":["{\"secret\":\"swordfish\"}"]}"#, r#"{"a":["{\"secret\":\"***\"}"]}"#),
        (r#"["https://crm.example/?swordfish"]"#, r#"["https://crm.example/?***"]"#),
        // As PHP writes addresses, and as people do.
        (r#"{"url":"https:\/\/ann:sword@crm.example\/x?fish"}"#, r#"{"url":"https://***@crm.example/x?***"}"#),
        (r#"{"webhookUrl":"ann:sword@crm.example/x?fish"}"#, r#"{"webhookUrl":"***@crm.example/x?***"}"#),
        ("password=sword&fish", "password=***&***"),
        ("a=1&see https://crm.example/?x=swordfish", "a=1&see%20https://crm.example/?***"),
    ] {
        assert_eq!(body(said.as_bytes(), FORM, None), kept);
    }
}

#[test]
fn links_within_a_text_are_masked_and_the_text_is_not() {
    for (said, kept) in [
        (
            r#"{"detail":"webhook url: http://crm.example/hook?token=supersecret2 is set"}"#,
            r#"{"detail":"webhook url: http://crm.example/hook?*** is set"}"#,
        ),
        (
            r#"{"text":"see https://a.b/c, or socks5://u:p@d.e:1"}"#,
            r#"{"text":"see https://a.b/c, or socks5://***@d.e:1"}"#,
        ),
        ("moved to https://a.b/c#access_token=swordfish", "moved to https://a.b/c#***"),
        ("moved to https://u:sword@a.b/c#access_token", "moved to https://***@a.b/c#***"),
        ("moved to https://ann:p?w@a.b/c today", "moved to https://*** today"),
        ("see https%3A%2F%2Fann%3Asword%40a.b%2Fc%3Ffish", "see https%3A%2F%2F***@a.b%2Fc?***"),
        ("see https://[::1]:80/?mail=a@b", "see https://[::1]:80/?***"),
        (r#"{"text":"79990000000@c.us: a://b"}"#, r#"{"text":"79990000000@c.us: a://b"}"#),
    ] {
        assert_eq!(body(said.as_bytes(), "application/json", None), kept);
    }
}

#[test]
fn json_that_cannot_be_read_keeps_no_value_of_a_telling_name() {
    for (said, kept) in [
        (r#"{"password": "swordfish" "x":1}"#, r#"{"password": "***":1}"#),
        (r#"{"password":"sword"fish","x":1}"#, r#"{"password":"***","x":1}"#),
        (r#"{"text: "hi", "password":"swordfish"}"#, r#"{"text: "hi", "password":"***"}"#),
        ("{'secret':'swordfish','x':1}", "{'secret':'***','x':1}"),
        ("{secret:swordfish,x:1}", "{secret:***,x:1}"),
        ("{secret: sword fish}", "{secret: ***}"),
        ("{secret: swordfish***}", "{secret: swo***}"),
        (r#"Key { secret: Some("sword, fish"), x: 1 }"#, "Key { secret: Som***), x: 1 }"),
        (r#"{"tokens":["swordfish","#, r#"{"tokens":"***""#),
        (r#"{"password","swordfish"}"#, r#"{"password","***"}"#),
        (r#"{"data":"{\"password\":\"swordfish\"}""#, r#"{"data":"{\"password\":\"***\""}""#),
        (r#"{"a":1,} {"token":null, "b":2}"#, r#"{"a":1,} {"token":null, "b":2}"#),
        (r#"{"url":"http://ann:sword@crm.example/?fish",}"#, r#"{"url":"http://***@crm.example/?***",}"#),
    ] {
        assert_eq!(body(said.as_bytes(), FORM, None), kept);
    }
}

#[test]
fn of_what_was_not_understood_the_names_are_kept() {
    let said = br#"{"url":"https://crm.example/swordfish","evnts":["message.*",7],"pull":false,"secrt":{"a":null}}"#;
    let kept = shape(said).unwrap();
    assert_eq!(kept.text, r#"{"url":"***","evnts":["***","***"],"pull":false,"secrt":{"a":null}}"#);
    assert_eq!(
        kept.answer(r#"{"detail":"'url' is https://crm.example/swordfish"}"#),
        r#"{"detail":"'url' is htt***"}"#
    );
    let form = |text: &str| shape(text.as_bytes()).unwrap().text;
    assert_eq!(form("cod=12345&c2VjcmV0==&a b=1"), "cod=***&***=***&***=***");
    assert_eq!(form(""), "");
    for unreadable in ["{\"cod\": \"12345\"", "12345", "--x\r\nContent-Disposition: form-data"] {
        assert!(shape(unreadable.as_bytes()).is_none(), "{unreadable}");
    }
}
