//! The shop on the gateway, and Ann, who talks with it by Baileys.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sluice_whatsapp_world::World;

use super::{Account, SHOP};
use crate::{Gateway, Human};

/// Ann's number.
pub const ANN: &str = "79990000001";

pub struct Pair {
    pub world: World,
    pub gateway: Gateway,
    pub shop: Account,
    pub ann: Human,
}

impl Pair {
    /// Both linked. `None` where Baileys is missing.
    pub async fn new() -> Result<Option<Self>> {
        let world = World::start().await?;
        let Some(ann) = Human::link(&world, ANN, "Ann").await? else { return Ok(None) };
        let gateway = super::gateway(&world).await?;
        let shop = Account::link(&gateway, &world, SHOP).await?;
        Ok(Some(Self { world, gateway, shop, ann }))
    }

    /// Sends a content to Ann, and waits for it at hers; our id, and the message that came.
    pub async fn tell_ann(&self, content: Value) -> Result<(String, Value)> {
        let (id, came) = self.tell(json!({"to": ANN, "content": content})).await?;
        Ok((id, came["message"].clone()))
    }

    /// Sends a whole body, and waits for the message at Ann's; our id, and all that came.
    pub async fn tell(&self, body: Value) -> Result<(String, Value)> {
        let what = body.to_string();
        let id = self.shop.send_whole(&self.gateway, body).await?;
        let came = self.comes(&id, &what).await?;
        Ok((id, came))
    }

    /// What Ann gets of a message that was accepted.
    pub async fn comes(&self, id: &str, what: &str) -> Result<Value> {
        let sent = self.shop.until(id, "message.sent").await.with_context(|| what.to_owned())?;
        self.ann.message(what, |event| event["key"]["id"] == sent["remote"]).await
    }

    /// Ann sends; what the gateway makes of it.
    pub async fn hear_ann(&self, content: Value) -> Result<Value> {
        self.hear_ann_at(SHOP, content, json!({})).await
    }

    /// Ann sends to somewhere; what the gateway makes of it.
    pub async fn hear_ann_at(&self, to: &str, content: Value, options: Value) -> Result<Value> {
        let what = content.to_string();
        let key = self.ann.send_with(to, content, options).await?;
        self.shop.received(&what, |message| message["remote"] == key["id"]).await
    }
}

/// The words of a message as Baileys tells it.
pub fn said(message: &Value) -> &str {
    let extended = message["extendedTextMessage"]["text"].as_str();
    message["conversation"].as_str().or(extended).unwrap_or_default()
}
