//! What a page says of itself in its head: Open Graph (ogp.me), then Twitter's tags, then plain HTML. Pure.

use std::collections::HashMap;

use encoding_rs::{Encoding, UTF_8};
use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Tokenizer};
use sluice_outside::{Peeked, Url};

/// Characters of a title and of a description; the rest is cut off.
const LONGEST: usize = 300;

/// So far into a page its own word about its characters may stand (WHATWG HTML §4.2.5.4).
const EARLY: usize = 1024;

const TITLES: [&str; 3] = ["og:title", "twitter:title", "title"];
const DESCRIPTIONS: [&str; 3] = ["og:description", "twitter:description", "description"];
const IMAGES: [&str; 5] = ["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub title: String,
    pub description: Option<String>,
    pub image: Option<Url>,
}

impl Page {
    /// `None` for what is no page, or has no title.
    pub fn read(peeked: &Peeked) -> Option<Self> {
        let claimed = peeked.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        let kind = claimed.split(';').next().unwrap_or_default().trim();
        if !matches!(kind, "text/html" | "application/xhtml+xml") {
            return None;
        }
        let said = said(&decode(&peeked.head, &claimed));
        let first = |names: &[&str]| names.iter().find_map(|name| said.get(*name));
        let image = first(&IMAGES).and_then(|image| peeked.url.join(image).ok());
        Some(Self {
            title: first(&TITLES)?.clone(),
            description: first(&DESCRIPTIONS).cloned(),
            image: image.filter(|url| matches!(url.scheme(), "http" | "https")),
        })
    }
}

/// By what the server says, or the page does, or as most pages are.
fn decode(bytes: &[u8], claimed: &str) -> String {
    let early = String::from_utf8_lossy(&bytes[..bytes.len().min(EARLY)]).to_ascii_lowercase();
    let encoding = charset(claimed).or_else(|| charset(&early)).unwrap_or(UTF_8);
    // A mark at the beginning of the bytes wins over both.
    encoding.decode(bytes).0.into_owned()
}

fn charset(text: &str) -> Option<&'static Encoding> {
    let (_, rest) = text.split_once("charset=")?;
    let rest = rest.trim_start_matches(['"', '\'']);
    let label = rest.split(|sign: char| !sign.is_ascii_alphanumeric() && !"-_:".contains(sign)).next()?;
    Encoding::for_label(label.as_bytes())
}

/// The first word about each thing: `title` and the tags `meta`, by their names.
fn said(html: &str) -> HashMap<String, String> {
    let mut emitter = DefaultEmitter::default();
    // Words in scripts are no tags.
    emitter.naively_switch_states(true);
    let (mut said, mut title) = (HashMap::new(), None::<String>);
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) if tag.name == b"meta" => {
                if let Some((name, content)) = meta(&tag) {
                    said.entry(name).or_insert(content);
                }
            }
            Token::StartTag(tag) if tag.name == b"title" => title = Some(String::new()),
            Token::String(words) => {
                if let Some(title) = &mut title {
                    title.push_str(&text(&words));
                }
            }
            Token::EndTag(tag) if tag.name == b"title" => {
                let words = title.take().map(|title| plain(&title)).filter(|title| !title.is_empty());
                if let Some(words) = words {
                    said.entry("title".to_owned()).or_insert(words);
                }
            }
            _ => {}
        }
    }
    said
}

fn meta(tag: &StartTag<()>) -> Option<(String, String)> {
    let of = |name: &str| tag.attributes.get(name.as_bytes()).map(|value| text(value));
    let name = of("property").or_else(|| of("name"))?.trim().to_ascii_lowercase();
    // That is what a page's own `title` is called here.
    if name == "title" {
        return None;
    }
    Some((name, plain(&of("content")?))).filter(|(_, content)| !content.is_empty())
}

fn text(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// In one line, without signs that nobody sees, and not too long.
fn plain(text: &str) -> String {
    let turns =
        |sign: char| matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words = text.split(|sign: char| sign.is_whitespace() || sign.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().filter(|sign| !turns(*sign)).take(LONGEST).collect()
}
