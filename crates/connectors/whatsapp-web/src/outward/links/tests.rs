use proptest::prelude::*;
use sluice_outside::{Peeked, Url};

use super::page::Page;

fn peeked(content_type: &str, body: impl Into<Vec<u8>>) -> Peeked {
    Peeked {
        url: Url::parse("https://example.org/blog/post?x=1").unwrap(),
        content_type: Some(content_type.to_owned()),
        head: body.into().into(),
        truncated: false,
    }
}

fn page(body: impl Into<Vec<u8>>) -> Option<Page> {
    Page::read(&peeked("text/html", body))
}

fn told(body: &str) -> (String, Option<String>, Option<String>) {
    let page = page(body).unwrap_or_else(|| panic!("{body}"));
    (page.title, page.description, page.image.map(String::from))
}

#[test]
fn a_page_says_its_best_words_first() {
    let all = r#"<!doctype html><head><TITLE>Plain &amp; simple</TITLE>
        <meta name="description" content="plain"><meta name=twitter:title content=bird>
        <meta property="og:title" content="Open  &quot;Graph&quot;
          title"><meta property="og:title" content="a second one">
        <meta property="og:description" content="What it is about"><meta property="og:image" content="../pic.jpg">"#;
    let open = ("Open \"Graph\" title".to_owned(), Some("What it is about".to_owned()));
    assert_eq!(told(all), (open.0, open.1, Some("https://example.org/pic.jpg".into())));
    let bird = all.replace("og:", "nothing:");
    assert_eq!(told(&bird), ("bird".into(), Some("plain".into()), None));
    let plain = bird.replace("twitter:", "nothing:");
    assert_eq!(told(&plain).0, "Plain & simple");
    // Cut off in the middle of a tag.
    assert_eq!(told(r#"<title>Whole</title><meta property="og:title" content="hal"#).0, "Whole");
}

#[test]
fn words_that_are_no_tags_say_nothing() {
    let script = r#"<script>"<title>no</title><meta property='og:title' content='no'>"</script><!-- <title>no</title> -->
        <body><title>Yes</title><svg><title>An icon</title></svg>"#;
    assert_eq!(told(script).0, "Yes");
    for body in ["", "<p>no title", "<title></title>", "<title> \n </title>", "<title>cut o", "\u{0}\u{1}"] {
        assert_eq!(page(body), None, "{body}");
    }
    for kind in ["image/jpeg", "application/json", "text/plain; charset=utf-8", ""] {
        assert_eq!(Page::read(&peeked(kind, "<title>x</title>")), None, "{kind}");
    }
}

#[test]
fn other_alphabets_are_read() {
    let windows = [b"<title>".as_slice(), &[0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2], b"</title>"].concat();
    let said_by_server = Page::read(&peeked("Text/HTML; Charset=\"windows-1251\"", windows.clone())).unwrap();
    let said_by_page = page([b"<meta charset=windows-1251>".as_slice(), &windows].concat()).unwrap();
    let equivalent = b"<meta http-equiv='Content-Type' content='text/html; charset=CP1251'>".as_slice();
    let said_in_full = page([equivalent, &windows].concat()).unwrap();
    for page in [said_by_server, said_by_page, said_in_full, page("<title>Привет</title>").unwrap()] {
        assert_eq!(page.title, "Привет");
    }
    let unknown = Page::read(&peeked("text/html; charset=klingon", "<title>Привет</title>")).unwrap();
    assert_eq!(unknown.title, "Привет");
}

#[test]
fn what_is_shown_is_short_and_harmless() {
    let long = format!("<title>{}</title>", "я".repeat(5_000));
    assert_eq!(told(&long).0.chars().count(), 300);
    assert_eq!(told("<title>exe.\u{202e}gpj\u{7}\n!</title>").0, "exe.gpj !");
    for image in ["file:///etc/passwd", "data:image/jpeg;base64,AAAA", "javascript:alert(1)", "http://["] {
        let body = format!("<title>x</title><meta property=og:image content=\"{image}\">");
        assert_eq!(told(&body).2, None, "{image}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), kind in ".{0,40}") {
        let _ = Page::read(&peeked(&format!("text/html; {kind}"), bytes));
    }

    #[test]
    fn any_tags_are_survived(body in "(<(/?title|meta|script)( (property|content|charset)=(\"og:title\"|'x'|y))*>|[a-zé&;<>\"]{0,9}){0,40}") {
        if let Some(page) = page(body) {
            prop_assert!(!page.title.is_empty() && page.title.chars().count() <= 300);
        }
    }
}
