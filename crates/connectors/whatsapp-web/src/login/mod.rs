//! Linking this device to a phone: by a QR code, or by a code that is typed on the phone.
//!
//! The login has a client of its own, which writes into a [`Draft`]. WhatsApp shows six QR codes, one for a minute and
//! five for twenty seconds each, and then closes the connection.

mod draft;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use sluice_connector::{Closed, Home, Login};
use sluice_model::failure::{Retry, Why};
use sluice_model::{Failure, LoginStep};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;
use whatsapp_rust::pair_code::{PairCodeOptions, PairCodeRejection};
use whatsapp_rust::store::commands::DeviceCommand;
use whatsapp_rust::types::events::{Event, EventHandler};
use whatsapp_rust::wacore::store::DevicePropsOverride;
use whatsapp_rust::waproto::whatsapp::device_props::PlatformType;
use whatsapp_rust::{Client, Runtime};

use self::draft::Draft;
use crate::client;
use crate::settings::Settings;
use crate::store::{self, Store};
use crate::tasks::{Tasks, world};

/// The name that the phone shows in its list of linked devices.
const DEVICE: &str = "Sluicegate";

/// Connections that fail before the login is given up.
const TRIES: u32 = 4;

/// After the phone has taken the device in, WhatsApp closes the connection; not for longer.
const SEE_OFF: Duration = Duration::from_secs(3);

/// A login under way.
pub struct Way {
    steps: mpsc::Receiver<LoginStep>,
    tasks: Tasks,
    _work: AbortOnDropHandle<()>,
}

impl Way {
    /// Begins. Trouble is the login's last step.
    ///
    /// # Errors
    /// The vault is closed.
    pub async fn begin(home: Home, settings: Arc<Settings>, phone: Option<String>) -> Result<Self, Closed> {
        let paired = store::is_paired(&*home.vault).await?;
        let (sender, steps) = mpsc::channel(8);
        let tasks = Tasks::new(home.clock.clone());
        let pairing = Pairing { home, settings, tasks: tasks.clone(), steps: sender };
        let work = async move {
            let last = match &phone {
                _ if paired => LoginStep::Done,
                Some(phone) if !is_phone(phone) => {
                    failed("This is no phone number: give it with its country code, digits only.")
                }
                phone => Box::pin(pairing.run(phone.as_deref())).await,
            };
            pairing.tasks.end();
            pairing.show(last).await;
        };
        let work = AbortOnDropHandle::new(tokio::spawn(work.in_current_span()));
        Ok(Self { steps, tasks, _work: work })
    }
}

#[async_trait]
impl Login for Way {
    async fn next(&mut self) -> LoginStep {
        match self.steps.recv().await {
            Some(step) => step,
            // The last step was shown: there is no other.
            None => std::future::pending().await,
        }
    }

    async fn input(&mut self, _: &str) -> Result<(), Failure> {
        Err(Failure::refused(
            Why::Unsupported,
            "There is nothing to type in here: scan the code, or type it on the phone.",
        ))
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.tasks.end();
    }
}

/// The work behind a login.
struct Pairing {
    home: Home,
    settings: Arc<Settings>,
    tasks: Tasks,
    steps: mpsc::Sender<LoginStep>,
}

/// Passes on what the client tells.
struct Ear(mpsc::UnboundedSender<Arc<Event>>);

impl EventHandler for Ear {
    fn handle_event(&self, event: Arc<Event>) {
        // The login may be over.
        let _ = self.0.send(event);
    }
}

impl Pairing {
    /// Shows the steps up to the last one, and returns that.
    async fn run(&self, phone: Option<&str>) -> LoginStep {
        let draft = Arc::new(Draft::default());
        let (troubled, mut troubles) = mpsc::unbounded_channel();
        let home = Home { vault: draft.clone(), ..self.home.clone() };
        let built = client::build(client::Parts {
            settings: &self.settings,
            home: &home,
            store: Arc::new(Store::new(draft.clone())),
            tasks: self.tasks.clone(),
            trouble: troubled,
            hook: None,
            seals: None,
        });
        let client = match Box::pin(built).await {
            Ok(client) => client,
            Err(error) => return failed(&format!("The login could not begin: {error}.")),
        };
        let shown_as = DevicePropsOverride::new().with_os(DEVICE).with_platform_type(PlatformType::CHROME);
        client.persistence_manager().process_command(DeviceCommand::SetDeviceProps(shown_as)).await;
        let (sender, mut events) = mpsc::unbounded_channel();
        client.subscribe_handler(Arc::new(Ear(sender))).detach();
        let running = client.clone();
        self.tasks.spawn_detached(Box::pin(async move { running.run().await }));
        let mut tries = 0;
        loop {
            let event = tokio::select! {
                Some(event) = events.recv() => event,
                Some(note) = troubles.recv() => {
                    tries += 1;
                    if tries == TRIES {
                        return failed(&note);
                    }
                    continue;
                }
                () = self.tasks.fallen() => return failed("The login failed here; begin it again."),
            };
            if let Event::PairSuccess(_) = &*event {
                return self.taken_in(&client, &draft, &mut events).await;
            }
            if let Some(last) = self.hear(&client, &event, phone).await {
                return last;
            }
        }
    }

    /// What an event means to the one who logs in; the last step, if it is that.
    async fn hear(&self, client: &Arc<Client>, event: &Event, phone: Option<&str>) -> Option<LoginStep> {
        match (event, phone) {
            (Event::PairingQrCode(qr), None) => {
                self.show(LoginStep::ShowQr { data: qr.code.clone(), expires_at: self.end_of(qr.timeout) }).await;
            }
            // The connection is ready: a code can be asked for. The next QR codes come on the same one.
            (Event::PairingQrCode(_) | Event::PairingCodeRefresh(_), Some(phone)) => self.ask_for_code(client, phone),
            (Event::PairingCode(code), _) => {
                self.show(LoginStep::ShowCode { code: code.code.clone(), expires_at: self.end_of(code.timeout) }).await;
            }
            (Event::PairingCodeError(error), _) => return Some(failed(&refused(error.rejection, &error.error))),
            (Event::PairingQrCodesExhausted(_), _) => {
                return Some(failed("Nobody scanned the QR code or typed the code in. Begin the login again."));
            }
            (Event::PairError(error), _) => {
                return Some(failed(&format!("The phone's answer could not be read: {}. Begin again.", error.error)));
            }
            (Event::QrScannedWithoutMultidevice(_), _) => {
                return Some(failed("The phone's WhatsApp is too old to link devices. Update it and begin again."));
            }
            (Event::ClientOutdated(_), _) => {
                return Some(failed("WhatsApp takes this version of its protocol no more. Update Sluicegate."));
            }
            (Event::ConnectFailure(failure), _) if !failure.reason.should_reconnect() => {
                return Some(failed(&format!("WhatsApp refused the connection ({}).", failure.reason.code())));
            }
            _ => {}
        }
        None
    }

    fn ask_for_code(&self, client: &Arc<Client>, phone: &str) {
        let client = client.clone();
        let options = PairCodeOptions { phone_number: phone.to_owned(), ..PairCodeOptions::default() };
        self.tasks.spawn_detached(Box::pin(async move {
            // Its outcome comes as an event, and a code that is still good stays.
            let _ = client.pair_with_code(options).await;
        }));
    }

    /// The phone has taken the device in: the login is laid into the vault, and the session takes over.
    async fn taken_in(
        &self,
        client: &Arc<Client>,
        draft: &Draft,
        events: &mut mpsc::UnboundedReceiver<Arc<Event>>,
    ) -> LoginStep {
        client.enable_auto_reconnect.store(false, Ordering::Relaxed);
        // WhatsApp closes the connection when it has our signature.
        let seen_off = async {
            while client.is_connected() {
                tokio::select! {
                    event = events.recv() => if event.is_none() { return },
                    () = self.home.clock.sleep(world(&self.home.clock, Duration::from_millis(50))) => {}
                }
            }
        };
        let _ = self.home.clock.within(world(&self.home.clock, SEE_OFF), seen_off).await;
        client.disconnect().await;
        match draft.become_of(&*self.home.vault).await {
            Ok(()) => LoginStep::Done,
            Err(Closed) => failed("The login was given up."),
        }
    }

    fn end_of(&self, span: Duration) -> sluice_model::Timestamp {
        self.home.clock.now().plus(world(&self.home.clock, span))
    }

    async fn show(&self, step: LoginStep) {
        // Who logged in may have turned away.
        let _ = self.steps.send(step).await;
    }
}

fn failed(note: &str) -> LoginStep {
    LoginStep::Failed { note: note.to_owned() }
}

/// WhatsApp's own rules, which it does not explain when they are broken.
fn is_phone(phone: &str) -> bool {
    let digits = phone.strip_prefix('+').unwrap_or(phone);
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

fn refused(rejection: Option<PairCodeRejection>, error: &str) -> String {
    match rejection {
        Some(PairCodeRejection::FeatureNotAvailable | PairCodeRejection::Forbidden) => {
            "WhatsApp does not link this account by a code. Use the QR code.".to_owned()
        }
        Some(rejection) if rejection.is_throttled() => {
            "WhatsApp gives no code for this number now: it is wrong, or too many were asked for. Wait some minutes."
                .to_owned()
        }
        Some(_) => "WhatsApp gave no code. Begin again, or use the QR code.".to_owned(),
        None => format!("WhatsApp gave no code ({error}). Begin again, or use the QR code."),
    }
}

/// The account's vault answers no more.
pub fn gone(_: Closed) -> Failure {
    Failure::not_sent(Why::Disconnected, Retry::Reconnected, "The account is another session's now.")
}
