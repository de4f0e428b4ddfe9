//! The APIs of the gateway, each with the same WhatsApp account in its hands: how it sends a text, and how it tells what
//! became of it.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Account, PATIENCE};
use crate::devino::Company;
use crate::gateway::answer;
use crate::receiver::Call;
use crate::wahelp::Shop;
use crate::{Gateway, Receiver};

type Request = Box<dyn Fn(&str, &str) -> RequestBuilder + Send + Sync>;

/// One of them.
pub struct Voice {
    pub dialect: &'static str,
    /// What it tells of a message that is sent, delivered and read, in order; less where it has no words.
    pub words: &'static [&'static str],
    /// What it calls a message to a number that nobody has, where it takes one and tells of it.
    pub stranger: Option<&'static str>,
    /// The call that sends a text to a number.
    request: Request,
    /// Where the call's answer has the message's id.
    id: &'static str,
    news: News,
}

/// How it tells what became of a message.
enum News {
    /// It is posted; of each body, whose status it is and which.
    Posted(Receiver, fn(&Value) -> Option<(&Value, &Value)>),
    /// It is asked for by the message's id.
    Asked(Box<dyn Fn(&str) -> RequestBuilder + Send + Sync>),
}

/// All that can send from an account of the connector `whatsapp-web`. Whoever has to know a person before writing to them
/// knows `friend`.
pub async fn voices(gateway: &Gateway, account: &Account, friend: &str) -> Result<Vec<Voice>> {
    Ok(vec![
        native(gateway, account),
        green(gateway, account).await?,
        wappi(gateway, account).await?,
        wahelp(gateway, account, friend).await?,
        chat_api(gateway, account).await?,
        devino(gateway, account).await?,
        feedbot(gateway, account).await?,
        whatsmate(gateway, account).await?,
    ])
}

impl Voice {
    /// Sends a text; the message's id as this API has it.
    pub async fn send(&self, to: &str, text: &str) -> Result<String> {
        let (status, told) = answer((self.request)(to, text)).await?;
        let id = told.pointer(self.id).map(word).filter(|id| !id.is_empty());
        id.filter(|_| status < 300).with_context(|| format!("{}: {status} {told}", self.dialect))
    }

    /// What was told of a message so far, in order.
    pub async fn told(&self, id: &str) -> Result<Vec<String>> {
        match &self.news {
            News::Posted(hook, read) => {
                let bodies: Vec<Value> = hook.calls().iter().map(Call::json).collect();
                let told = bodies.iter().filter_map(read).filter(|(of, _)| word(of) == id);
                Ok(told.map(|(_, status)| word(status)).collect())
            }
            News::Asked(request) => {
                let (status, told) = answer(request(id)).await?;
                ensure!(status == 200, "{}: {status} {told}", self.dialect);
                let words = [&told["status"], &told["reason"]].map(word);
                Ok(Some(words.join(" ").trim_end().to_owned()).filter(|words| words != "0").into_iter().collect())
            }
        }
    }

    /// Waits until this was told of a message.
    pub async fn until(&self, id: &str, status: &str) -> Result<()> {
        self.wait(status, async || Ok(self.told(id).await?.iter().any(|told| told == status))).await
    }

    /// Waits until these words of somebody else's were told, where anything is posted of them.
    pub async fn hears(&self, text: &str) -> Result<()> {
        let News::Posted(hook, _) = &self.news else { return Ok(()) };
        self.wait(text, async || Ok(hook.calls().iter().any(|call| call.json().to_string().contains(text)))).await
    }

    async fn wait(&self, what: &str, told: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let looked = async {
            while !told().await? {
                // tidy: real time because another process is waited for
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            anyhow::Ok(())
        };
        match tokio::time::timeout(PATIENCE, looked).await {
            Ok(done) => done,
            Err(_) => bail!("{}: {what:?} was not told", self.dialect),
        }
    }
}

/// A text or a number, as it is written.
fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn native(gateway: &Gateway, account: &Account) -> Voice {
    let http = gateway.http.clone();
    let url = format!("{}/v1/accounts/{}/messages", gateway.base(), account.id);
    let key = gateway.word("/native/key").to_owned();
    Voice {
        dialect: "native",
        words: &["message.posted", "message.sent", "message.delivered", "message.read"],
        stranger: Some("message.failed"),
        request: Box::new(move |to, text| http.post(&url).bearer_auth(&key).json(&json!({"to": to, "text": text}))),
        id: "/id",
        news: News::Posted(account.hook.clone(), |body| Some((&body["data"]["message"]["id"], &body["type"]))),
    }
}

async fn green(gateway: &Gateway, account: &Account) -> Result<Voice> {
    let hook = Receiver::agreeable().await?;
    let green = Green::of(gateway, account).await?;
    let switches = json!({
        "webhookUrl": hook.url(), "incomingWebhook": "yes", "outgoingWebhook": "yes",
        "outgoingMessageWebhook": "yes", "outgoingAPIMessageWebhook": "yes", "stateWebhook": "yes",
    });
    let (status, told) = answer(gateway.http.post(green.url(gateway, "setSettings")).json(&switches)).await?;
    ensure!(status == 200, "{status} {told}");
    let (http, url) = (gateway.http.clone(), green.url(gateway, "sendMessage"));
    Ok(Voice {
        dialect: "green_api",
        words: &["sent", "delivered", "read"],
        stranger: Some("noAccount"),
        request: Box::new(move |to, text| {
            http.post(&url).json(&json!({"chatId": format!("{to}@c.us"), "message": text}))
        }),
        id: "/idMessage",
        news: News::Posted(hook, |body| {
            (body["typeWebhook"] == "outgoingMessageStatus").then_some((&body["idMessage"], &body["status"]))
        }),
    })
}

/// The account as GREEN-API's clients know it.
pub struct Green {
    instance: String,
    token: String,
}

impl Green {
    pub async fn of(gateway: &Gateway, account: &Account) -> Result<Self> {
        let token = key(gateway, account, "green_api").await?;
        let partner = format!("{}/partner/getInstances/{}", gateway.base(), gateway.word("/green_api/partner_token"));
        let (_, instances) = answer(gateway.http.get(partner)).await?;
        let own = instances.as_array().into_iter().flatten().find(|one| one["name"] == account.phone.as_str());
        let instance = own.with_context(|| format!("no instance in {instances}"))?["idInstance"].to_string();
        Ok(Self { instance, token })
    }

    pub fn url(&self, gateway: &Gateway, method: &str) -> String {
        format!("{}/waInstance{}/{method}/{}", gateway.base(), self.instance, self.token)
    }
}

/// A key of a dialect that is good for this account alone; its name is the dialect's.
async fn key(gateway: &Gateway, account: &Account, dialect: &str) -> Result<String> {
    let scopes = ["send", "read", "listen", "manage"];
    let new = json!({"name": dialect, "scopes": scopes, "account": account.id, "dialect": dialect});
    let (status, key) = gateway.native(Method::POST, "/v1/keys", Some(new)).await?;
    ensure!(status == 201, "{status} {key}");
    Ok(key["token"].as_str().context("token")?.to_owned())
}

/// Has what comes in posted, in the dialect's words.
async fn listen(gateway: &Gateway, account: &Account, dialect: &str, hook: &Receiver) -> Result<()> {
    let new = json!({"name": dialect, "dialect": dialect, "account": account.id, "url": hook.url()});
    let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
    ensure!(status == 201, "{status} {made}");
    Ok(())
}

async fn wappi(gateway: &Gateway, account: &Account) -> Result<Voice> {
    let hook = Receiver::agreeable().await?;
    let token = gateway.word("/wappi/token").to_owned();
    let url = format!("{}/api/profile/all/get", gateway.base());
    let (_, profiles) = answer(gateway.http.get(url).header("authorization", &token)).await?;
    let own = profiles["profiles"].as_array().into_iter().flatten().find(|one| one["name"] == account.phone.as_str());
    let profile =
        own.and_then(|one| one["profile_id"].as_str()).with_context(|| format!("no profile in {profiles}"))?;
    let types =
        ["incoming_message", "outgoing_message_phone", "outgoing_message_api", "delivery_status", "incoming_call"];
    let calls = [
        ("webhook/types/set", String::new(), Some(json!(types))),
        ("webhook/url/set", format!("&url={}", hook.url()), None),
    ];
    for (path, query, body) in calls {
        let url = format!("{}/api/{path}?profile_id={profile}{query}", gateway.base());
        let mut request = gateway.http.post(url).header("authorization", &token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let (status, told) = answer(request).await?;
        ensure!(status == 200, "{path}: {status} {told}");
    }
    let (http, url) = (gateway.http.clone(), format!("{}/api/async/message/send?profile_id={profile}", gateway.base()));
    Ok(Voice {
        dialect: "wappi",
        words: &["pending", "delivered", "read"],
        stranger: Some("undelivered"),
        request: Box::new(move |to, text| {
            http.post(&url).header("authorization", &token).json(&json!({"recipient": to, "body": text}))
        }),
        id: "/task_id",
        news: News::Posted(hook, |body| {
            let told = &body["messages"];
            (told["wh_type"] == "delivery_status").then_some((&told["task_id"], &told["status"]))
        }),
    })
}

async fn wahelp(gateway: &Gateway, account: &Account, friend: &str) -> Result<Voice> {
    let hook = Receiver::agreeable().await?;
    let (mut shop, channel) = channel(gateway, account).await?;
    channel["uuid"].as_str().context("uuid")?.clone_into(&mut shop.channel);
    shop.hook(hook.url()).await?;
    // Nobody else can be written to: a number that WhatsApp does not know is refused here already.
    shop.user(friend).await?;
    let (http, token) = (gateway.http.clone(), shop.token.clone());
    let url = format!("{}/api/app/{}", gateway.base(), shop.of_channel("send_message"));
    Ok(Voice {
        dialect: "wahelp",
        words: &["sent", "delivered", "read"],
        stranger: None,
        request: Box::new(move |to, text| {
            http.post(format!("{url}/{to}")).bearer_auth(&token).json(&json!({ "text": text }))
        }),
        id: "/data/id",
        news: News::Posted(hook, |body| {
            let told = &body["payload"];
            (body["action"] == "channel.message.updated").then_some((&told["id"], &told["status"]))
        }),
    })
}

/// The account as Wahelp shows it, in each of the demo's projects.
async fn channel<'g>(gateway: &'g Gateway, account: &Account) -> Result<(Shop<'g>, Value)> {
    let shop = Shop::of_demo(gateway).await?;
    let channels = shop.get(&shop.of_project("channels/")).await?;
    let own = channels.as_array().into_iter().flatten().find(|one| one["name"] == account.phone.as_str()).cloned();
    Ok((shop, own.with_context(|| format!("no channel in {channels}"))?))
}

async fn chat_api(gateway: &Gateway, account: &Account) -> Result<Voice> {
    /// Instances are counted from here.
    const FIRST: u64 = 100_000;
    let hook = Receiver::agreeable().await?;
    let token = key(gateway, account, "chat_api").await?;
    let (_, channel) = channel(gateway, account).await?;
    let number = channel["id"].as_u64().context("id")?;
    let base = format!("{}/instance{}", gateway.base(), FIRST + number);
    let settings = json!({"webhookUrl": hook.url(), "ackNotificationsOn": true});
    let set = gateway.http.post(format!("{base}/settings?token={token}")).json(&settings);
    let (status, told) = answer(set).await?;
    ensure!(status == 200, "{status} {told}");
    let (http, url) = (gateway.http.clone(), format!("{base}/sendMessage?token={token}"));
    Ok(Voice {
        dialect: "chat_api",
        words: &["sent", "delivered", "viewed"],
        stranger: None,
        request: Box::new(move |to, text| http.post(&url).json(&json!({"phone": to, "body": text}))),
        id: "/id",
        news: News::Posted(hook, |body| {
            let told = body["ack"].get(0)?;
            Some((&told["id"], &told["status"]))
        }),
    })
}

async fn devino(gateway: &Gateway, account: &Account) -> Result<Voice> {
    let hook = Receiver::agreeable().await?;
    listen(gateway, account, "devino", &hook).await?;
    let (http, url) = (gateway.http.clone(), format!("{}/whatsapp/messages", gateway.base()));
    let (key, from, callback) = (Company::of_demo(gateway)?.key(), account.phone.clone(), hook.url().to_owned());
    Ok(Voice {
        dialect: "devino",
        words: &["SENT", "DELIVERED", "READ"],
        stranger: Some("UNDELIVERED"),
        request: Box::new(move |to, text| {
            let message = json!({"from": from, "to": to, "text": text, "callbackUrl": callback});
            http.post(&url).header("authorization", &key).json(&json!({"messages": [message]}))
        }),
        id: "/result/0/messageId",
        news: News::Posted(hook, |body| {
            let told = body.get(0)?;
            Some((&told["messageId"], &told["status"]))
        }),
    })
}

async fn feedbot(gateway: &Gateway, account: &Account) -> Result<Voice> {
    let auth = key(gateway, account, "feedbot").await?;
    let (http, url) = (gateway.http.clone(), gateway.base().to_owned());
    let asked = {
        let (http, url, auth) = (http.clone(), url.clone(), auth.clone());
        move |id: &str| http.get(format!("{url}/getmessagestatus?id={id}")).header("auth", &auth)
    };
    Ok(Voice {
        dialect: "feedbot",
        // Sent, delivered and read are one.
        words: &["1"],
        stranger: Some("-1 NOT_ON_WHATSAPP"),
        request: Box::new(move |to, text| {
            let messages = json!({"messages": [{"phone": to, "message": text}]});
            http.post(format!("{url}/addnewmessages")).header("auth", &auth).json(&messages)
        }),
        id: "/ids/0",
        news: News::Asked(Box::new(asked)),
    })
}

async fn whatsmate(gateway: &Gateway, account: &Account) -> Result<Voice> {
    let hook = Receiver::agreeable().await?;
    listen(gateway, account, "whatsmate", &hook).await?;
    let secret = key(gateway, account, "whatsmate").await?;
    let url = format!("{}/v3/whatsapp/single/text/message/{}", gateway.base(), account.phone);
    let http = gateway.http.clone();
    Ok(Voice {
        dialect: "whatsmate",
        // Upstream tells nothing of what was sent.
        words: &[],
        stranger: None,
        request: Box::new(move |to, text| {
            let request = http.post(&url).header("X-WM-CLIENT-ID", "whatsmate").header("X-WM-CLIENT-SECRET", &secret);
            request.json(&json!({"number": to, "message": text}))
        }),
        id: "/id",
        news: News::Posted(hook, |body| body.get("id").map(|id| (id, &body["status"]))),
    })
}
