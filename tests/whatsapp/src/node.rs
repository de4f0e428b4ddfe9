//! Stanzas: reading what clients sent and building what they get.

use std::borrow::Cow;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node, NodeContent};

/// The address of the server itself.
pub const SERVER: &str = "s.whatsapp.net";

/// Reading a stanza without ceremony: what is not there is empty.
pub trait Read {
    fn text(&self, attribute: &str) -> Option<String>;
    fn jid(&self, attribute: &str) -> Option<Jid>;
    fn child(&self, tag: &str) -> Option<&Node>;
    /// Every child with this tag.
    fn each<'n>(&'n self, tag: &'n str) -> Box<dyn Iterator<Item = &'n Node> + 'n>;
    /// The tag of the first child; what an iq is about.
    fn about(&self) -> &str;
    /// The content as bytes, whichever way the codec carried it.
    fn content(&self) -> Vec<u8>;
    /// The content as UTF-8.
    fn words(&self) -> String;
}

impl Read for Node {
    fn text(&self, attribute: &str) -> Option<String> {
        self.attrs.get(attribute).map(|value| value.as_str().into_owned())
    }

    fn jid(&self, attribute: &str) -> Option<Jid> {
        self.attrs.get(attribute).and_then(wacore_binary::NodeValue::to_jid)
    }

    fn child(&self, tag: &str) -> Option<&Node> {
        self.get_optional_child(tag)
    }

    fn each<'n>(&'n self, tag: &'n str) -> Box<dyn Iterator<Item = &'n Node> + 'n> {
        Box::new(self.children().unwrap_or_default().iter().filter(move |child| child.tag == tag))
    }

    fn about(&self) -> &str {
        self.children().and_then(<[Node]>::first).map_or("", |child| child.tag.as_ref())
    }

    fn content(&self) -> Vec<u8> {
        match &self.content {
            Some(NodeContent::Bytes(bytes)) => bytes.clone(),
            Some(NodeContent::String(text)) => text.as_bytes().to_vec(),
            _ => Vec::new(),
        }
    }

    fn words(&self) -> String {
        String::from_utf8_lossy(&self.content()).into_owned()
    }
}

/// A stanza under construction.
pub fn build(tag: &'static str) -> NodeBuilder {
    NodeBuilder::new(tag)
}

/// An element with nothing in it.
pub fn empty(tag: &'static str) -> Node {
    build(tag).build()
}

/// An element that holds bytes.
pub fn holding(tag: &'static str, bytes: impl Into<Vec<u8>>) -> Node {
    build(tag).bytes(bytes).build()
}

/// The answer to an iq.
pub fn result(request: &Node, children: Vec<Node>) -> Node {
    let answer = build("iq")
        .attr("from", request.text("to").unwrap_or_else(|| SERVER.to_owned()))
        .attr("type", "result")
        .attr("id", request.text("id").unwrap_or_default());
    if children.is_empty() { answer.build() } else { answer.children(children).build() }
}

/// The refusal of an iq.
pub fn refusal(request: &Node, code: u16, text: &'static str) -> Node {
    build("iq")
        .attr("from", request.text("to").unwrap_or_else(|| SERVER.to_owned()))
        .attr("type", "error")
        .attr("id", request.text("id").unwrap_or_default())
        .children([build("error").attr("code", code).attr("text", text).build()])
        .build()
}

/// Adds or changes an attribute of a finished stanza.
pub fn set(node: &mut Node, attribute: &'static str, value: impl Into<wacore_binary::NodeValue>) {
    node.attrs.insert(Cow::Borrowed(attribute), value);
}

/// Seconds since 1970.
pub fn now() -> u64 {
    // The clients compare with the wall clock, so the world has no other.
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}
