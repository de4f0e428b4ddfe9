//! Golden cases, `cases/*.txt` and `cases/notices/*.txt`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sluice_model::account::State as Standing;
use sluice_model::failure::{Failure, Why};
use sluice_model::listener::Target;
use sluice_model::message::{Contact, Origin, Trouble};
use sluice_model::outcome::{AccountView, ListenerView};
use sluice_model::refusal::Noun;
use sluice_model::{
    Account, Address, Answer, Channel, Content, Listener, ListenerId, LoginStep, Message, Outcome, Party, Refusal,
    State, Timestamp,
};

use crate::golden::{Stage, world};
use crate::wahelp::{Wahelp, hooks, ids};

const STAGE: Stage = Stage { dialect: &Wahelp, fill, outcome };

const PROJECT: ListenerId = ListenerId(101);

fn fill(text: &str) -> String {
    let webhook = |id| ids::webhook(&world::spelling(), ListenerId(id));
    text.replace("{channel}", &ids::channel_uuid(&world::spelling(), world::ACCOUNT))
        .replace("{message}", &world::message_id(0).get().to_string())
        .replace("{webhook}", &webhook(102))
        .replace("{default webhook}", &webhook(PROJECT.get()))
}

fn account(state: Standing) -> Account {
    let mut account = world::account(Channel::Whatsapp);
    account.condition.state = state;
    account
}

fn view(account: Account) -> AccountView {
    AccountView {
        account: Arc::new(account),
        listener: None,
        messages: 7,
        last_message: None,
        waiting: 0,
        resting: None,
        token: None,
        caution: None,
    }
}

fn listener(id: u32, target: Target, settings: serde_json::Value) -> ListenerView {
    let listener = Listener {
        id: ListenerId(id),
        account: None,
        name: "My First Project".into(),
        target,
        ..world::listener(&Wahelp, settings)
    };
    ListenerView { listener: Arc::new(listener), waiting: 0, secret: None }
}

fn push(url: &str) -> Target {
    Target::Push { url: url.into() }
}

fn project(target: Target) -> ListenerView {
    listener(PROJECT.get(), target, hooks::of_project())
}

fn webhook(id: u32, project: ListenerId) -> ListenerView {
    listener(id, push("https://crm.example/hook?secret=s"), hooks::of_webhook(project, &["channel.message".into()]))
}

fn customer() -> Party {
    Party { saved_name: Some("John Doe".into()), ..Party::new(Address::Phone("1234567890".into())) }
}

fn sent(content: Content) -> Message {
    let chat = customer().address;
    let mut message = world::sent("wahelp", chat, content);
    if let Origin::Api { memo, .. } = &mut message.origin {
        *memo = Some(json!({"text": "Привет", "destination": "from_operator"}));
    }
    message
}

fn word(state: State, trouble: Option<Why>) -> Outcome {
    let accepted = world::accepted(1).remove(0);
    Outcome::Sent { accepted, state, trouble: trouble.map(world::trouble) }
}

fn login(step: LoginStep) -> Outcome {
    Outcome::Answer(Answer::Login { step })
}

fn outcome(name: &str) -> Result<Outcome, Refusal> {
    let contact = |party| Outcome::Contact(Box::new(Contact { party, updated_at: world::NOW }));
    Ok(match name {
        "done" => Outcome::Done,
        "signed in" => Outcome::SignedIn { token: "wh_made".into(), life: Duration::from_secs(3600) },
        "project" => Outcome::Listener(Box::new(project(Target::Pull))),
        "project with hook" => Outcome::Listener(Box::new(project(push("https://example.com/webhook")))),
        "listeners" => {
            let mut native = listener(7, push("https://other.example"), json!({}));
            Arc::make_mut(&mut native.listener).dialect = "native".into();
            let hooked = project(push("https://example.com/webhook"));
            Outcome::Listeners(vec![native, hooked, webhook(102, PROJECT), webhook(103, ListenerId(5))])
        }
        "webhook" => Outcome::Listener(Box::new(webhook(102, PROJECT))),
        "channel" => Outcome::Account(Box::new(view(account(Standing::LoginNeeded)))),
        "connected channel" => Outcome::Account(Box::new(view(account(Standing::Open)))),
        "blocked channel" => {
            let mut account = account(Standing::Blocked);
            account.condition.reason = Some("WhatsApp has banned the number".into());
            Outcome::Account(Box::new(view(account)))
        }
        "channels" => {
            let mut elsewhere = account(Standing::Open);
            elsewhere.settings.project = Some(ListenerId(5));
            let mut telegram = account(Standing::LoginNeeded);
            (telegram.channel, telegram.settings.project) = (Channel::TelegramUser, Some(PROJECT));
            Outcome::Accounts([account(Standing::Open), elsewhere, telegram].map(view).to_vec())
        }
        "show qr" => login(LoginStep::ShowQr { data: "2@qr".into(), expires_at: world::NOW }),
        "show code" => login(LoginStep::ShowCode { code: "M1VTLFC1".into(), expires_at: world::NOW }),
        "ask code" => login(LoginStep::AskCode { sent_to: "79990000000".into() }),
        "ask password" => Outcome::Login(Some(LoginStep::AskPassword { hint: None })),
        "logged in" => Outcome::Login(Some(LoginStep::Done)),
        "wrong code" => Outcome::Login(Some(LoginStep::Failed { note: "the code is wrong".into() })),
        "nothing yet" => Outcome::Login(None),
        "user" => contact(customer()),
        "nameless user" => contact(Party::new(Address::Lid("123456789012345".into()))),
        "username" => contact(Party::new(Address::Username("ann".into()))),
        "users" => {
            let known = |party| Contact { party, updated_at: world::NOW };
            let nobody = Party::new(Address::Username("ann".into()));
            Outcome::Contacts { contacts: vec![known(customer()), known(nobody)], total: 2 }
        }
        "sent" => word(State::Sent, None),
        "waiting" => word(State::Waiting, None),
        "not on messenger" => word(State::Failed, Some(Why::NotOnMessenger)),
        "refused" => word(State::Failed, Some(Why::Spam)),
        "sent by template" => {
            let filled = sluice_model::content::Template {
                id: "greeting".into(),
                language: "ru".into(),
                params: vec!["Анна".into()],
                rendered: Some("Здравствуйте, Анна".into()),
            };
            let mut kept = world::kept(sent(Content::Template(filled)), State::Sent);
            if let Origin::Api { memo, .. } = &mut kept.message.origin {
                *memo = Some(json!({"destination": "from_operator"}));
            }
            Outcome::Message(Box::new(kept))
        }
        "refused template" => {
            let mut kept = world::kept(sent(Content::text("")), State::Failed);
            kept.trouble = Some(world::trouble(Why::NotOnMessenger));
            Outcome::Message(Box::new(kept))
        }
        "no such template" => return Err(Refusal::invalid("template_id", "there is no template 'greeting'")),
        "message" => Outcome::Message(Box::new(world::kept(sent(Content::text("Привет")), State::Delivered))),
        "messages" => {
            let mut edited = world::kept(sent(Content::text("Привет")), State::Read);
            edited.edited = Some("Привет!".into());
            let mut failed = world::kept(sent(Content::text("Эй")), State::Failed);
            failed.trouble = Some(Trouble { why: Why::NotOnMessenger, note: "nobody there".into() });
            let received = world::kept(world::received(Content::text("Да?")), State::Received);
            let target = sluice_model::content::Target { remote: "3EB0".into(), from_me: true, sender: None };
            let change = world::kept(sent(Content::Edit { target, text: "Привет!".into() }), State::Sent);
            Outcome::Messages { messages: vec![received, change, edited, failed], total: 4 }
        }
        // As the gateway behind the dialect says it.
        "no url" => return Err(Refusal::invalid("url", "is not a URL: relative URL without a base")),
        "already" => return Err(Refusal::LoggedInAlready),
        "wrong password" => return Err(Refusal::KeyInvalid),
        "too often" => return Err(Refusal::TooMany { retry_after: Duration::from_secs(45) }),
        "nobody there" => return Err(Refusal::Failed(Failure::refused(Why::NotOnMessenger, "not on the messenger"))),
        "connection lost" => {
            return Err(Refusal::Failed(Failure::refused(Why::Disconnected, "the connection is gone")));
        }
        "no such project" => return Err(Refusal::NotFound(Noun::Project)),
        "no such user" => return Err(Refusal::NotFound(Noun::Contact)),
        "no such message" => return Err(Refusal::NotFound(Noun::Message)),
        "not connected" => return Err(Refusal::NotConnected(Standing::LoginNeeded)),
        "too slow" => return Err(Refusal::TimedOut),
        "not sent yet" => return Err(Refusal::Conflict("the message is not sent yet".into())),
        "busy" => return Err(Refusal::Busy { retry_after: Duration::from_secs(1) }),
        "fault" => return Err(Refusal::Fault { code: "F-1".into() }),
        _ => panic!("no outcome is called {name:?}"),
    })
}

#[test]
fn every_case_is_answered_byte_for_byte_and_every_endpoint_has_one() {
    STAGE.check_calls();
}

#[test]
fn every_event_is_told_byte_for_byte() {
    STAGE.check_notices();
}

#[test]
fn webhooks_are_tried_for_a_day_and_any_2xx_ends_it() {
    use crate::Dialect;
    use sluice_model::delivery::Success;

    let schedule = Wahelp.schedule();
    assert!(schedule.success == Success::Any2xx && !schedule.heeds_receiver);
    let start = Timestamp::from_seconds(0);
    let (mut at, mut attempts) = (start, 1);
    while let Some(next) = schedule.next(attempts, start, at) {
        assert!((5..=3600).contains(&next.since(at).as_secs()));
        (at, attempts) = (next, attempts + 1);
    }
    assert!((23..=24).contains(&(at.seconds() / 3600)), "{at:?}");
}
