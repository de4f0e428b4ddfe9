//! Our own API.

use anyhow::Result;
use serde_json::json;

use super::Corner;
use super::keys::KeyRing;

/// A key with every scope.
pub async fn token(ring: &KeyRing<'_>) -> Result<String> {
    ring.token(None, "native", "native").await
}

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let (base, account, key) = (ring.base(), ring.account_name("native"), token(ring).await?);
    Ok(Corner {
        name: "native",
        members: json!({"key": key}),
        title: "Sluicegate's own",
        lines: format!(
            r#"  curl "{base}/v1/accounts/{account}/messages" \
    -H "Authorization: Bearer {key}" \
    -H "Content-Type: application/json" \
    -d '{{"to": "79990000200", "text": "Hello World"}}'
  curl -N "{base}/v1/accounts/{account}/events" -H "Authorization: Bearer {key}"
"#
        ),
        switches: None,
    })
}
