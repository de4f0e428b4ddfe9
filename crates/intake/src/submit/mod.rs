//! Carrying commands out: one file a family.
//!
//! Architecture invariant: whatever id a command names is looked up through [`Errand`], which knows the caller's key.

mod accounts;
mod archive;
mod asks;
mod by_template;
mod device;
mod each;
mod files;
mod groups;
mod inline;
mod keys;
mod listeners;
mod listening;
mod login;
mod own;
mod people;
mod remark;
mod requests;
mod send;
mod sift;
mod signing_in;
mod templates;
mod tokens;
mod trace;
mod web;

use std::sync::Arc;
use std::time::Duration;

use sluice_dialect::{Call, Dialect};
use sluice_model::refusal::Noun;
use sluice_model::{Account, AccountId, Command, Key, Listener, ListenerId, Outcome, Refusal, Scope, WorkspaceId};
use sluice_store::Fault;

use crate::auth;
use crate::room::Room;

/// No caller waits longer than this, whatever they ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Whoever waits for a bell also looks this often: a ring may be lost, a message may not.
pub(crate) const LOOK: Duration = Duration::from_secs(5);

pub(crate) use listening::any;
pub(crate) use login::step_to_show;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The caller's trouble.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Ours.
    #[error(transparent)]
    Broken(#[from] Fault),
}

pub(crate) type Result<T = Outcome> = std::result::Result<T, Error>;

/// A call on its way through the house, with its key checked.
#[derive(Clone, Copy)]
pub(crate) struct Errand<'a> {
    pub room: &'a Room,
    pub call: &'a Call,
    pub dialect: &'static dyn Dialect,
}

/// Whether the command does nothing but wait for its caller, so that it ends when the caller hangs up.
pub(crate) fn only_waits(command: &Command) -> bool {
    matches!(command, Command::Receive { .. } | Command::LoginStep { .. })
        // What a phone was given and did not hear of it gets again.
        || matches!(command, Command::Device { wait, .. } if !wait.is_zero())
}

/// Whether the command may wait long for somebody else, so that others are worked on in its place.
pub(crate) fn may_wait(command: &Command) -> bool {
    only_waits(command)
        || matches!(
            command,
            Command::Ask(_)
                | Command::Device { .. }
                | Command::Pair { .. }
                | Command::LoginInput { .. }
                | Command::Meet { .. }
                | Command::MarkRead { .. }
                | Command::SendAbout { wait: Some(_), .. }
                | Command::SendAndWait { .. }
                | Command::SendTemplate { .. }
                | Command::SendToGroup { .. }
                | Command::MessageFile(_)
                | Command::TestListener { .. }
                | Command::Follow { .. }
                | Command::FollowLogin
                | Command::BeginLogin { .. }
        )
}

impl<'a> Errand<'a> {
    pub async fn carry_out(self, command: Command) -> Result {
        match command {
            Command::Send(wishes) => self.send(wishes).await,
            Command::SendEach(letters) => Box::pin(self.send_each(letters)).await,
            // Boxed, or their size would be that of the task of every call, a waiting poll's too.
            Command::SendAndWait { wish, wait } => Box::pin(self.send_and_wait(*wish, wait)).await,
            Command::SendTemplate { wish, wait } => Box::pin(self.send_template(*wish, wait)).await,
            Command::SendAbout { about, remark, wait } => Box::pin(self.send_about(&about, *remark, wait)).await,
            Command::SendToGroup { group, content } => Box::pin(self.send_to_group(group, *content)).await,
            Command::MarkRead { message, all } => self.mark_read(&message, all).await,
            Command::Forward { from, remotes, to } => self.forward(&from, remotes, to).await,
            Command::Cancel(which) => self.cancel(which).await,
            Command::Ask(ask) => self.ask(ask).await,
            Command::LoginInput { value, wait } => self.login_input(value, wait.min(LONGEST_WAIT)).await,
            Command::LoginStep { wait } => self.login_step(wait.min(LONGEST_WAIT)).await,
            Command::BeginLogin { way, .. } => self.begin_login(way).await,
            Command::FollowLogin => self.call.account().map(|_| Outcome::LoginFollows).map_err(Error::from),

            Command::Account => self.account().await,
            Command::Accounts => self.accounts().await,
            Command::AddAccount(new) => self.add_account(new).await,
            Command::RemoveAccount => self.remove_account().await,
            Command::RemoveAccountNamed(id) => self.remove_account_named(id).await,
            Command::ChangeAccount(change) => self.change_account(change).await,
            Command::History { limit } => self.history(limit).await,
            Command::Calls { since, limit } => self.calls(since, limit).await,

            Command::Message(which) => self.message(&which).await,
            Command::Messages(query) => self.messages(query).await,
            Command::Entries(query) => self.entries(query).await,
            Command::Trace(which) => self.trace(&which).await,
            Command::Queue(slice) => self.queue(slice).await,
            Command::Chats { search, page } => self.chats(search, page).await,
            Command::Dialogs(query) => self.dialogs(query).await,
            Command::Chat(address) => self.chat(&address).await,
            Command::Contacts { search, page } => self.contacts(search, page).await,
            Command::Contact(address) => self.contact(&address).await,
            Command::Meet { who, name, known } => self.meet(who, name, known).await,
            Command::Forget(who) => self.forget(&who).await,
            Command::Event(id) => self.event(id).await,

            Command::Switches => self.switches().await,
            Command::SetSwitches(change) => self.set_switches(change).await,
            Command::Receive { queue, wait, limit } => self.receive(queue, wait.min(LONGEST_WAIT), limit).await,
            Command::Confirm { queue, upto } => self.confirm(queue, upto).await,
            Command::ConfirmEvents { listener, upto } => self.confirm_events(listener, &upto).await,
            Command::CountWaitingEntries { queue } => self.count_waiting(queue).await,
            Command::ClearEntries { queue } => self.clear(queue).await,
            Command::Follow { after, .. } => self.follow(after).await,
            Command::Publish { body } => self.publish(body).await,

            Command::Listeners => self.listeners().await,
            Command::Listener(id) => self.show_listener(id).await,
            Command::AddListener(new) => self.add_listener(new).await,
            Command::ChangeListener { id, change } => self.change_listener(id, change).await,
            Command::RemoveListener(id) => self.remove_listener(id).await,
            Command::TestListener { id, event } => self.test_listener(id, &event).await,
            Command::Attempts { id, failed, page } => self.attempts(id, failed, page).await,
            Command::Resend { id, event } => self.resend(id, event).await,
            Command::Replay { id, since } => self.replay(id, since).await,

            Command::Keys => self.keys().await,
            Command::AddKey(new) => self.add_key(new).await,
            Command::RevokeKey(id) => self.revoke_key(id).await,
            Command::SetKeySettings(settings) => self.set_key_settings(settings).await,
            Command::ReplaceKey => self.replace_key().await,
            Command::RotateKey { keep } => self.rotate_key(keep).await,

            Command::Device { call, wait } => Box::pin(self.device(*call, wait.min(LONGEST_WAIT))).await,
            Command::Pair { code, device } => Box::pin(self.pair(&code, *device)).await,
            Command::SignIn { login, password, life } => self.sign_in(&login, &password, life).await,
            Command::RenewSignIn { life } => self.renew_sign_in(life).await,

            Command::Templates => self.templates().await,
            Command::Template(name) => self.template(&name).await,
            Command::AddTemplate(new) => self.add_template(new).await,
            Command::ChangeTemplate { name, change } => self.change_template(&name, change).await,
            Command::RemoveTemplate(name) => self.remove_template(&name).await,

            Command::KeepFile => self.kept_file(),
            Command::File { hash } => self.file(hash).await,
            Command::MessageFile(which) => self.message_file(&which).await,

            Command::Requests { refused, page } => self.requests(refused, page).await,
            Command::Request(id) => self.request(id).await,
            Command::Nothing => Ok(Outcome::Done),
        }
    }

    pub fn key(&self) -> std::result::Result<&'a Arc<Key>, Refusal> {
        self.call.key().ok_or(Refusal::KeyMissing)
    }

    fn workspace(&self) -> std::result::Result<WorkspaceId, Refusal> {
        self.key().map(|key| key.workspace)
    }

    /// Refuses keys that are bound to one account what is the whole workspace's.
    fn of_workspace(&self) -> std::result::Result<WorkspaceId, Refusal> {
        let key = self.key()?;
        if key.account.is_some() { Err(Refusal::Forbidden(Scope::Manage)) } else { Ok(key.workspace) }
    }

    /// An account that the command names by its id.
    async fn account_in_reach(&self, id: AccountId) -> Result<Arc<Account>> {
        auth::reach(self.room, self.key()?, id).await
    }

    /// The account that the call is about, or else all that the key reaches.
    pub async fn accounts_in_reach(&self) -> Result<Vec<Arc<Account>>> {
        match self.call.caller.as_ref().and_then(|caller| caller.account.as_ref()) {
            Some(account) => Ok(vec![Arc::clone(account)]),
            None => Ok(self.room.store.accounts_of(self.workspace()?).await?),
        }
    }

    /// A listener that the command names by its id.
    async fn listener_in_reach(&self, id: ListenerId) -> Result<Arc<Listener>> {
        let found = self.room.store.listener(id).await?;
        let found = found.filter(|listener| self.reaches(listener));
        found.ok_or_else(|| Refusal::NotFound(Noun::Listener).into())
    }

    fn reaches(&self, listener: &Listener) -> bool {
        let Ok(key) = self.key() else { return false };
        listener.workspace == key.workspace && (key.account.is_none() || listener.account == key.account)
    }
}
