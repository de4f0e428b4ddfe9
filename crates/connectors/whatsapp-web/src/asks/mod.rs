//! Live questions.

mod calls;
mod chats;
mod groups;
mod people;
mod presence;
mod profile;

use sluice_model::failure::Why;
use sluice_model::{Answer, Ask, Failure};

use crate::desk::{Desk, Stored, gone};
use crate::inward;

pub use self::presence::resume;

/// # Errors
/// `Refused{Unsupported}` for what is asked of the connector and not of a session; otherwise what WhatsApp says.
pub async fn answer(desk: &Desk, ask: Ask) -> Result<Answer, Failure> {
    match ask {
        Ask::Check { who } => people::check(desk, who).await,
        Ask::Avatar { of } => people::avatar(desk, &of).await,
        Ask::Person { of } => Box::pin(people::person(desk, of)).await,
        Ask::SaveContact { who, name } => people::save(desk, &who, name).await,
        Ask::Block { who, on } => people::block(desk, &who, on).await,
        Ask::Presence { of, on } => presence::watch(desk, &of, on).await,
        Ask::RejectCall { remote } => calls::reject(desk, &remote).await,
        Ask::MarkRead { chat, remotes } => chats::mark_read(desk, &chat, &remotes).await,
        Ask::Typing { chat, recording, for_ms } => chats::typing(desk, &chat, recording, for_ms).await,
        Ask::Archive { chat, on } => chats::archive(desk, &chat, on).await,
        Ask::DeleteChat { chat } => chats::delete(desk, &chat).await,
        Ask::Disappearing { chat, seconds } => chats::disappearing(desk, &chat, seconds).await,
        Ask::Profile { about, picture } => profile::change(desk, about, picture).await,
        Ask::Group { call } => Box::pin(groups::carry_out(desk, call)).await,
        Ask::FetchMedia { handle, .. } => {
            let stored = Stored::read(&handle).ok_or_else(|| not_found("file"))?;
            let blob = Box::pin(inward::fetch(desk, &stored)).await?;
            Ok(Answer::Media { blob, mime: stored.mime, file_name: stored.file_name })
        }
        Ask::StoryViews { remote } => {
            let story = desk.story(&remote).await.map_err(gone)?.ok_or_else(|| not_found("story"))?;
            Ok(Answer::StoryViews { viewers: story.viewers })
        }
        Ask::Login { .. }
        | Ask::LoginInput { .. }
        | Ask::Logout
        | Ask::Restart
        | Ask::Control { .. }
        | Ask::Device { .. } => {
            Err(Failure::refused(Why::Unsupported, "This is asked of the connector, not of a session."))
        }
    }
}

fn not_found(what: &str) -> Failure {
    Failure::refused(Why::NotFound, format!("There is no such {what}."))
}
