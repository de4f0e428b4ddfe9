//! A file at WhatsApp: where it lies, how it is opened, and whose message it came with.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sluice_model::content::{MediaKind, Source};
use whatsapp_rust::wacore::download::MediaType;

/// Serialized, it is the handle of a [`Source::Remote`].
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stored {
    pub kind: Kind,
    /// On the media servers.
    pub path: String,
    /// 32 bytes; channels do not seal their files.
    #[serde(with = "in_base64", skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<u8>,
    /// SHA-256 of the file.
    #[serde(with = "in_base64")]
    pub hash: Vec<u8>,
    /// SHA-256 of the file as it lies on the servers, sealed.
    #[serde(with = "in_base64", skip_serializing_if = "Vec::is_empty")]
    pub sealed_hash: Vec<u8>,
    /// Bytes, as its sender says.
    pub size: u64,
    /// Unix seconds when the key was made.
    pub key_at: i64,
    pub mime: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The phone is asked by it to upload the file again when the servers have forgotten it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Came>,
}

/// The message that a file came with, in WhatsApp's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    pub remote: String,
    pub chat: String,
    /// In groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    #[serde(default)]
    pub from_me: bool,
}

/// How a file was sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Image,
    Video,
    Audio,
    #[default]
    Document,
    Sticker,
}

impl Kind {
    pub const fn of(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Image => Self::Image,
            MediaKind::Video | MediaKind::VideoNote => Self::Video,
            MediaKind::Audio | MediaKind::Voice => Self::Audio,
            MediaKind::Document => Self::Document,
            MediaKind::Sticker => Self::Sticker,
        }
    }

    pub const fn media_type(self) -> MediaType {
        match self {
            Self::Image => MediaType::Image,
            Self::Video => MediaType::Video,
            Self::Audio => MediaType::Audio,
            Self::Document => MediaType::Document,
            Self::Sticker => MediaType::Sticker,
        }
    }
}

impl Stored {
    pub fn source(&self) -> Source {
        // Words and numbers only: there is no value that JSON could not hold.
        Source::Remote(serde_json::to_value(self).unwrap_or_default())
    }

    /// `None` when the handle is none of ours, or does not say where the file is.
    pub fn read(handle: &serde_json::Value) -> Option<Self> {
        // Anything but a path would become a part of the host's name, and the sender chose it.
        Self::deserialize(handle).ok().filter(|stored| stored.path.starts_with('/'))
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, size, mime, message, .. } = self;
        f.debug_struct("Stored")
            .field("kind", kind)
            .field("size", size)
            .field("mime", mime)
            .field("message", message)
            .finish_non_exhaustive()
    }
}

mod in_base64 {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Engine, STANDARD};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}
