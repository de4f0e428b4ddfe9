//! Wappi: a token of the workspace, a profile that is the first account.

use anyhow::Result;
use serde_json::json;

use super::Corner;
use super::keys::KeyRing;

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let (base, profile_id) = (ring.base(), ring.account_name("wappi"));
    let token = ring.token(None, "wappi", "wappi").await?;
    Ok(Corner {
        name: "wappi",
        members: json!({"token": token, "profile_id": profile_id}),
        title: "Wappi",
        lines: format!(
            r#"  curl -X POST "{base}/api/sync/message/send?profile_id={profile_id}" \
    -H "Authorization: {token}" \
    -H "Content-Type: application/json" \
    -d '{{"body": "Hello World", "recipient": "79990000200"}}'
"#
        ),
        switches: None,
    })
}
