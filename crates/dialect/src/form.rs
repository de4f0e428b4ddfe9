//! `multipart/form-data` (RFC 7578), as intake takes it apart for endpoints whose body is a file.

/// A form's texts and what its file says of itself; the file's bytes are [`crate::Call::file`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// In order; names may repeat.
    pub texts: Vec<(String, String)>,
    /// The first part that is a file.
    pub part: Option<Part>,
}

/// The part of a form that is a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// As the client's disk calls it.
    pub name: Option<String>,
    /// The MIME type that the client names.
    pub mime: Option<String>,
    /// The MIME type that its first bytes tell.
    pub kind: Option<&'static str>,
}
