//! chat-api.com: an instance that is the first account, and its token.

use anyhow::Result;
use serde_json::json;

use super::Corner;
use super::keys::KeyRing;

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let (base, instance) = (ring.base(), ring.account_name("chat_api"));
    let token = ring.token(Some(ring.account), "chat_api", "chat_api").await?;
    Ok(Corner {
        name: "chat_api",
        members: json!({"instance": instance, "token": token}),
        title: "chat-api.com",
        lines: format!(
            r#"  curl "{base}/instance{instance}/sendMessage?token={token}" \
    -H "Content-Type: application/json" \
    -d '{{"phone": "79990000200", "body": "Hello World"}}'
  curl "{base}/instance{instance}/messages?token={token}&last=true"
"#
        ),
        switches: None,
    })
}
