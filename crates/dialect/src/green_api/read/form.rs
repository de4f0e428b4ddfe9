//! `multipart/form-data` (RFC 7578): the body of the methods that take a file.

use std::ops::Range;

use http::header::CONTENT_TYPE;
use memchr::memmem;
use serde_json::{Map, Value};
use sluice_model::Refusal;

use crate::Call;

/// A form's texts by their names, and its file.
#[derive(Debug, Default)]
pub struct Form {
    pub texts: Map<String, Value>,
    pub file: Option<File>,
}

/// The part that holds a file, as a place in the call's body.
#[derive(Debug)]
pub struct File {
    /// As the client's disk calls it, or `blob`.
    pub name: Option<String>,
    pub mime: Option<String>,
    pub place: Range<usize>,
}

/// More parts than any method has.
const PARTS: usize = 64;

impl Form {
    pub fn of(call: &Call) -> Result<Self, Refusal> {
        let kind = call.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let is_form = kind
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("multipart/form-data");
        let boundary = parameter(kind, "boundary").filter(|_| is_form);
        let boundary = boundary.ok_or_else(|| Refusal::invalid("value", "must be multipart/form-data"))?;
        let mut form = Self::default();
        for part in parts(&call.body, &boundary).take(PARTS) {
            form.take(&call.body, part);
        }
        Ok(form)
    }

    fn take(&mut self, body: &[u8], part: Part) {
        let header = String::from_utf8_lossy(&body[part.header]).into_owned();
        let value = |wanted: &str| {
            let lines = header.split("\r\n").filter_map(|line| line.split_once(':'));
            lines
                .into_iter()
                .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.trim())
        };
        let disposition = value("content-disposition").unwrap_or_default();
        let name = parameter(disposition, "name").unwrap_or_default();
        let file_name = parameter(disposition, "filename");
        if file_name.is_some() || name == "file" {
            let mime = value("content-type").map(str::to_owned);
            self.file.get_or_insert(File {
                name: file_name,
                mime,
                place: part.content,
            });
        } else {
            let text = String::from_utf8_lossy(&body[part.content]).into_owned();
            self.texts.insert(name, Value::String(text));
        }
    }
}

struct Part {
    header: Range<usize>,
    content: Range<usize>,
}

/// The parts between the boundaries. What a broken body has before the break is still found.
fn parts<'b>(body: &'b [u8], boundary: &str) -> impl Iterator<Item = Part> + 'b {
    let line = format!("--{boundary}").into_bytes();
    let inner = [b"\r\n", line.as_slice()].concat();
    let first = if body.starts_with(&line) {
        Some(line.len())
    } else {
        find(body, 0, &inner).map(|at| at + inner.len())
    };
    let mut next = first;
    std::iter::from_fn(move || {
        let start = next?;
        // Two hyphens end the form; anything else before the line's end is padding.
        if body[start..].starts_with(b"--") {
            return None;
        }
        let header = find(body, start, b"\r\n")? + 2;
        let (header_end, content) = match body[header..].starts_with(b"\r\n") {
            true => (header, header + 2),
            false => find(body, header, b"\r\n\r\n").map(|end| (end, end + 4))?,
        };
        // A part without content ends with the very line break that its header ends with.
        let end = find(body, content.saturating_sub(2), &inner)?;
        next = Some(end + inner.len());
        Some(Part {
            header: header..header_end,
            content: content..end.max(content),
        })
    })
}

fn find(body: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    memmem::find(body.get(from..)?, what).map(|at| from + at)
}

/// `name=value` or `name="value"` after the first semicolon of a header's value.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let (found, remaining) = match after.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').unwrap_or(quoted.len());
                (&quoted[..end], quoted.get(end + 1..).unwrap_or_default())
            }
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim(), &after[end..])
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(found.to_owned());
        }
        rest = remaining.trim_start().trim_start_matches(';');
    }
}

#[cfg(test)]
mod tests {
    use sluice_model::Channel;

    use super::*;
    use crate::green_api::tests::call;

    fn form(body: &[u8]) -> Form {
        let mut call = call(
            "POST /waInstance7700000001/sendFileByUpload/TOKEN",
            body.to_vec(),
            Channel::Whatsapp,
        );
        let kind = "multipart/form-data; charset=utf-8; boundary=\"x-y\"";
        call.headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        Form::of(&call).unwrap()
    }

    #[test]
    fn texts_and_the_file_are_found_in_any_order() {
        let body = b"preamble\r\n--x-y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b \xd0\xba.png\"\r\n\
            Content-Type: image/png\r\n\r\n\x00\r\n--x\r\n--\xff\r\n--x-y\r\ncontent-disposition: form-data; name=chatId\r\n\r\n\
            79@c.us\r\n--x-y\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\n\r\n--x-y--\r\nafter";
        let form = form(body);
        assert_eq!(
            Value::Object(form.texts),
            serde_json::json!({"chatId": "79@c.us", "caption": ""})
        );
        let file = form.file.unwrap();
        assert_eq!(
            (file.name.as_deref(), file.mime.as_deref()),
            (Some("a;b к.png"), Some("image/png"))
        );
        assert_eq!(&body[file.place], b"\x00\r\n--x\r\n--\xff");
    }

    #[test]
    fn a_broken_form_has_what_stands_before_the_break() {
        for body in [
            &b""[..],
            b"--x-y",
            b"--x-y\r\n",
            b"--x-y\r\nA: b\r\n\r\n",
            b"--x-y--",
            b"\r\n--x-y\r\n\r\n",
        ] {
            let form = form(body);
            assert!(form.texts.is_empty() && form.file.is_none(), "{body:?}");
        }
    }
}
