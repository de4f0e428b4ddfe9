//! What a call's path leads through before its account or behind it. All of it must be there and the caller's, or there
//! is nothing at this path.

use sluice_model::refusal::Noun;
use sluice_model::{Address, Listener, ListenerId};

use crate::Call;

#[derive(Clone, Debug)]
pub enum Passage {
    /// A listener of this dialect, of the whole workspace, which `fits` this call: a project, or a webhook of one.
    Listener { id: ListenerId, fits: fn(&Call, &Listener) -> bool, noun: Noun },
    /// Somebody whom the call's account knows: a contact, or a chat that something was said in.
    Known(Address),
    /// The path names what nothing can be.
    Nothing(Noun),
}
