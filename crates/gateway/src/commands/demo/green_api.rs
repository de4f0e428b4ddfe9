//! GREEN-API: an instance that is the first account, and a partner.

use anyhow::Result;
use serde_json::json;

use super::Corner;
use super::keys::KeyRing;

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let (base, instance) = (ring.base(), ring.account_name("green_api"));
    let token = ring.token(Some(ring.account), "green_api", "green_api").await?;
    let partner = ring.token(None, "green_api", "green_api partner").await?;
    let switches = json!({
        "incomingWebhook": "yes", "outgoingWebhook": "yes", "outgoingMessageWebhook": "yes",
        "outgoingAPIMessageWebhook": "yes", "stateWebhook": "yes", "pollMessageWebhook": "yes",
        "incomingCallWebhook": "yes", "editedMessageWebhook": "yes", "deletedMessageWebhook": "yes",
        "avatarInfoWebhook": "yes",
    });
    Ok(Corner {
        name: "green_api",
        members: json!({
            "id_instance": instance.parse::<u64>().unwrap_or_default(),
            "api_token": token,
            "partner_token": partner,
        }),
        title: "GREEN-API",
        lines: format!(
            r#"  curl -X POST "{base}/waInstance{instance}/sendMessage/{token}" \
    -H "Content-Type: application/json" \
    -d '{{"chatId": "79990000200@c.us", "message": "Hello World"}}'
  curl "{base}/waInstance{instance}/receiveNotification/{token}"
"#
        ),
        switches: Some((format!("/waInstance{instance}/setSettings/{token}"), switches)),
    })
}
