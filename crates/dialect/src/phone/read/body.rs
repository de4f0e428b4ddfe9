//! The bodies of the whole protocol. Unknown members are let pass: the phone's program may be newer than we are.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sluice_model::device::{Device, From, Have, Health, Login, Report, Told, Who};
use sluice_model::{Address, Refusal, Timestamp};

use super::super::notification::Shown;
use crate::Call;

/// A body's members; one that does not fit is named by its place, such as `results[0].seq`.
pub fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(call.json::<Value>()?).map_err(|error| {
        let place = error.path().to_string();
        let place = if place == "." { "body".to_owned() } else { place };
        Refusal::invalid(place, format!("does not fit: {}", error.inner()))
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RegisterBody {
    pub device_uid: String,
    pub model: String,
    pub os: String,
    pub app: AppBody,
    pub number: Option<String>,
    pub utc_offset_min: Option<i32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AppBody {
    pub name: String,
    pub version: String,
}

impl RegisterBody {
    pub fn device(self) -> Device {
        let short = |text: String| text.chars().take(128).collect::<String>();
        let number = self.number.and_then(|number| Address::phone(number.trim_start_matches('+')));
        Device {
            uid: short(self.device_uid),
            model: short(self.model),
            os: short(self.os),
            app: short(format!("{} {}", self.app.name, self.app.version).trim().to_owned()),
            number: number.map(|number| number.value().to_owned()),
            utc_offset_min: self.utc_offset_min.filter(|offset| offset.abs() <= 14 * 60),
            paired_at: Timestamp::default(),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ClaimBody {
    pub max: Option<u32>,
    pub wait_s: Option<u32>,
    pub lease_s: Option<u32>,
    pub install_id: Option<String>,
    pub boot_id: Option<String>,
    pub have: Vec<HaveBody>,
    pub health: HealthBody,
    /// Feedbot's.
    pub protocol: Option<Value>,
    pub client_version: Option<String>,
}

#[derive(Deserialize)]
pub struct HaveBody {
    pub id: String,
    #[serde(default)]
    pub state: String,
}

impl HaveBody {
    pub fn have(self) -> Have {
        Have { id: self.id, state: self.state }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct HealthBody {
    pub screen: Option<Flag>,
    pub locked: Option<Flag>,
    pub battery: Option<f64>,
    pub charging: Option<Flag>,
    pub net: Option<String>,
    pub session: Option<String>,
    pub queue: Option<u32>,
    pub clock_ms: Option<i64>,
}

/// `true`, `1`, `"on"`: scripts write it as they like.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Flag {
    Bool(bool),
    Number(f64),
    Word(String),
}

impl Flag {
    fn is_on(&self) -> bool {
        match self {
            Self::Bool(on) => *on,
            Self::Number(number) => *number != 0.0,
            Self::Word(word) => matches!(word.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes"),
        }
    }
}

impl HealthBody {
    pub fn health(self, version: Option<String>) -> Health {
        let on = |flag: Option<Flag>| flag.map(|flag| flag.is_on());
        Health {
            screen: on(self.screen),
            busy: None,
            locked: on(self.locked),
            battery: self.battery.map(|percent| percent.clamp(0.0, 100.0) as u8),
            charging: on(self.charging),
            net: self.net.map(|net| net.chars().take(32).collect()),
            session: self.session.as_deref().map(login),
            queue: self.queue,
            clock: self.clock_ms.map(Timestamp::from_millis),
            version: version.map(|version| version.chars().take(64).collect()),
        }
    }
}

fn login(word: &str) -> Login {
    match word {
        "ok" => Login::Ok,
        "logged_out" => Login::LoggedOut,
        "banned" => Login::Banned,
        _ => Login::Unknown,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct HeartbeatBody {
    pub install_id: Option<String>,
    pub boot_id: Option<String>,
    pub health: HealthBody,
    /// Feedbot's (contract feedbot.md §8.1).
    pub state: Option<String>,
    pub queue: Option<u32>,
}

impl HeartbeatBody {
    pub fn parts(self) -> (Who, Health) {
        let mut health = self.health.health(None);
        health.queue = health.queue.or(self.queue);
        health.session = health.session.or(match self.state.as_deref() {
            Some("ready") => Some(Login::Ok),
            Some("no_session") => Some(Login::LoggedOut),
            _ => None,
        });
        (Who { install: self.install_id, boot: self.boot_id }, health)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct LeaseBody {
    pub lease_s: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ReleaseBody {
    pub reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ResultsBody {
    pub results: Vec<ResultBody>,
    pub install_id: Option<String>,
    pub boot_id: Option<String>,
}

#[derive(Deserialize)]
pub struct ResultBody {
    pub id: String,
    pub lease_id: Option<String>,
    pub seq: Option<u64>,
    pub state: String,
    pub reason: Option<String>,
    #[serde(default)]
    pub evidence: Option<Evidence>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Evidence {
    pub ui: Option<String>,
}

impl ResultBody {
    pub fn report(self) -> Result<Report, Refusal> {
        let state = match self.state.as_str() {
            "sending" => Told::Sending,
            "sent" => Told::Sent,
            "failed" => Told::Failed,
            "retry" => Told::Retry,
            "delivered" => Told::Delivered,
            "read" => Told::Read,
            "cancelled" => Told::Cancelled,
            _ => {
                let note = "is sending, sent, failed, retry, delivered, read or cancelled";
                return Err(Refusal::invalid("state", note));
            }
        };
        let ui = self.evidence.and_then(|evidence| evidence.ui);
        Ok(Report { id: self.id, lease: self.lease_id, seq: self.seq, state, reason: self.reason, ui })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EventsBody {
    pub events: Vec<EventBody>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EventBody {
    pub eid: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub app: Option<String>,
    pub chat: PartyBody,
    pub sender: PartyBody,
    pub text: Option<String>,
    pub raw: RawBody,
    pub post_ms: Option<i64>,
    pub key: Option<String>,
    pub from_me: bool,
    pub media_id: Option<String>,
    pub mime: Option<String>,
    pub file_name: Option<String>,
    pub id: Option<String>,
    pub state: Option<String>,
    pub video: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PartyBody {
    pub name: Option<String>,
    pub number: Option<String>,
    pub group: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RawBody {
    pub title: Option<String>,
    pub text: Option<String>,
    pub big_text: Option<String>,
    pub messages: Vec<Value>,
}

impl EventBody {
    /// Who wrote, as the phone's program read it.
    pub fn from(&self) -> From {
        let person = if self.chat.group { &self.sender } else { &self.chat };
        let group = self.chat.name.clone().filter(|_| self.chat.group);
        From { group, ..super::from(person.name.clone(), person.number.clone()) }
    }

    /// What stood in the notification.
    pub fn shown(&self) -> Shown {
        Shown {
            package: self.app.clone().unwrap_or_default(),
            title: self.raw.title.clone().or_else(|| self.chat.name.clone()).unwrap_or_default(),
            text: self.raw.text.clone().or_else(|| self.text.clone()).unwrap_or_default(),
            big_text: self.raw.big_text.clone(),
            messages: self.raw.messages.clone(),
            key: self.key.clone(),
            number: self.chat.number.clone(),
        }
    }
}
