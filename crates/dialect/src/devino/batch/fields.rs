//! One message's fields, and the reasons that they give for rejecting it. Unknown fields are ignored.

use serde_json::{Map, Value};
use url::Url;

use crate::devino::reason::{INVALID, NOT_NULL, Reason, TOO_LONG};

pub struct Fields<'a> {
    index: usize,
    members: &'a Map<String, Value>,
    reasons: Vec<Reason>,
    /// Fields that a reason is about.
    spoiled: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// `index` is the message's place in the call, counted from 0.
    pub const fn new(index: usize, members: &'a Map<String, Value>) -> Self {
        Self { index, members, reasons: Vec::new(), spoiled: Vec::new() }
    }

    pub fn into_reasons(self) -> Vec<Reason> {
        self.reasons
    }

    /// `null` counts as absent: typed clients send it for what they leave out.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// `""`, which is more than nothing.
    pub fn is_empty_text(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_str).is_some_and(str::is_empty)
    }

    /// A string, or a number as one, of at most `limit` characters. Absent and empty are `None`, and so is what is rejected.
    pub fn text(&mut self, name: &'static str, limit: usize) -> Option<String> {
        let text = match self.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return self.reject(name, INVALID),
        };
        // Bytes are counted at once, characters only of what could be too long.
        if text.len() > limit && text.chars().count() > limit {
            return self.reject(name, TOO_LONG);
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// As [`Fields::text`], of something that must be there and in one line.
    pub fn required(&mut self, name: &'static str, limit: usize) -> Option<String> {
        let text = self.text(name, limit);
        match text {
            Some(text) if text.chars().any(char::is_control) => self.reject(name, INVALID),
            None if !self.is_spoiled(name) => self.reject(name, NOT_NULL),
            text => text,
        }
    }

    /// An address of the web.
    pub fn url(&mut self, name: &'static str, limit: usize) -> Option<String> {
        let text = self.text(name, limit);
        let is_web = |text: &String| {
            Url::parse(text).is_ok_and(|url| {
                let is_bare = url.username().is_empty() && url.password().is_none();
                matches!(url.scheme(), "http" | "https") && url.host().is_some() && is_bare
            })
        };
        match text {
            Some(text) if is_web(&text) => Some(text),
            Some(_) => self.reject(name, INVALID),
            None if self.is_empty_text(name) => self.reject(name, INVALID),
            None => None,
        }
    }

    pub fn is_spoiled(&self, name: &str) -> bool {
        self.spoiled.contains(&name)
    }

    /// Notes the reason; always `None`.
    pub fn reject<T>(&mut self, name: &'static str, key: &'static str) -> Option<T> {
        self.spoiled.push(name);
        self.reasons.push(Reason::of_field(key, self.index, name));
        None
    }

    pub fn reject_message(&mut self, key: &'static str) {
        self.reasons.push(Reason::of_message(key, self.index));
    }
}
