//! The page that a phone's browser opens to be paired: no script, no request to anybody else.

use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use sluice_model::Refusal;

use crate::{Call, Reply};

const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Asks for the code; one in the query is filled in, and not used up by looking.
pub fn form(call: &Call) -> Reply {
    let code = escaped(call.query("code").unwrap_or_default());
    page(
        StatusCode::OK,
        &format!(
            r#"<p>This pairs the phone in your hand with the gateway, for a script (Automagic, Tasker, MacroDroid).</p>
<form method="post" action="/device/v1/pair">
<label>Pairing code <input name="code" value="{code}" maxlength="12" autocapitalize="characters" autocomplete="off" required></label>
<label>The number of this phone's WhatsApp, if you like <input name="number" inputmode="tel" autocomplete="off"></label>
<button>Pair this phone</button>
</form>"#
        ),
    )
}

/// The token, shown this once.
pub fn paired(call: &Call, token: &str) -> Reply {
    let base = escaped(call.links.base());
    page(
        StatusCode::CREATED,
        &format!(
            r"<p>Paired. This is the phone's token. It is shown only now; whoever has it can read and answer this phone's messages.</p>
<pre>{token}</pre>
<p>The addresses for your script:</p>
<pre>{base}/phone/{token}/next
{base}/phone/{token}/result
{base}/phone/{token}/notification
{base}/phone/{token}/check</pre>"
        ),
    )
}

pub fn refused(refusal: &Refusal) -> Reply {
    let (status, words) = match refusal {
        Refusal::KeyInvalid => {
            (StatusCode::UNAUTHORIZED, "This code is wrong or has run out. Ask for a new one.".to_owned())
        }
        Refusal::Missing(_) => (StatusCode::BAD_REQUEST, "Type the pairing code.".to_owned()),
        other => (super::errors::refuse(other).status, format!("It did not work: {other}.")),
    };
    page(status, &format!(r#"<p>{}</p><p><a href="/device/v1/pair">Try again</a></p>"#, escaped(&words)))
}

fn page(status: StatusCode, body: &str) -> Reply {
    let text = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pair a phone</title>
<style>body{{font:1.1em system-ui;margin:2em auto;max-width:34em;padding:0 1em}}label{{display:block;margin:1em 0}}input{{font:inherit;display:block;width:100%}}button{{font:inherit;padding:.5em 1em}}pre{{white-space:pre-wrap;word-break:break-all;background:#eee;padding:1em}}</style>
</head><body><h1>Pair a phone</h1>
{body}
</body></html>
"#
    );
    Reply::bytes(status, "text/html; charset=utf-8", text)
        .with(HeaderName::from_static("content-security-policy"), HeaderValue::from_static(POLICY))
        .with(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"))
        .with(CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
