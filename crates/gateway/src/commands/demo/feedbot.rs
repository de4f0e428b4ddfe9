//! Feedbot: a token that stands for the first account.

use anyhow::Result;
use serde_json::json;

use super::Corner;
use super::keys::KeyRing;

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let base = ring.base();
    let auth = ring.token(Some(ring.account), "feedbot", "feedbot").await?;
    Ok(Corner {
        name: "feedbot",
        members: json!({"auth": auth}),
        title: "Feedbot",
        lines: format!(
            r#"  curl "{base}/addnewmessages" \
    -H "auth: {auth}" \
    -d '{{"messages": [{{"message": "Hello world", "phone": "79990000200"}}]}}'
"#
        ),
        switches: None,
    })
}
