//! A row of a dialect's table of endpoints.

use http::Method;
use sluice_model::{Command, Refusal, Scope};

use crate::Call;

/// One method at one path.
pub struct Endpoint {
    /// The API's own name for it, also in metrics and the request log.
    pub name: &'static str,
    pub method: Method,
    /// `/v1/accounts/{account}/messages`, `/waInstance{id}/sendMessage/{token}`: a part may end in one variable.
    pub path: &'static str,
    pub needs: Needs,
    pub body: Body,
    pub read: fn(&Call) -> Result<Command, Refusal>,
}

/// What the caller must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Open to everyone.
    Nothing,
    /// A key of this scope.
    Key(Scope),
    /// A key of this scope, and an account.
    Account(Scope),
}

/// What comes with the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing that is read; a body is tolerated and dropped.
    None,
    /// Held in memory, within the limit for bodies.
    Small,
    /// Held in memory, within the limit for media: base64 of a file. A form is taken as for `File`.
    Large,
    /// Laid among the files as it comes, within the limit for media. Of a form (`multipart/form-data`) only the first
    /// file is; see [`crate::Call::form`].
    File,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.name, self.method, self.path)
    }
}
