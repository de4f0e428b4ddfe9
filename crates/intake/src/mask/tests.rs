use super::*;

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
    for text in ["{", "\"", "{\"a\":", "{\"token\":", "{\"token\"", "\\", "{\"é\\"] {
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
    assert_eq!(path, "/api/webhook/url/set?url=https%3A%2F%2F***@crm.example%2Fhook?***&profile_id=1-2");
}
