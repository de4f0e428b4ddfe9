//! Wahelp: a login, and a project whose channel is the first account.

use anyhow::Result;
use serde_json::json;
use sluice_model::listener::Target;
use sluice_store::listeners::NewListener;

use super::Corner;
use super::keys::KeyRing;

const LOGIN: &str = "demo";
const PROJECT: &str = "Demo";

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let (base, channel) = (ring.base(), ring.account_name("wahelp"));
    let password = format!("wh_{}", &ring.secret("wahelp")[..40]);
    ring.keep(None, "wahelp", LOGIN, &password, json!({})).await?;
    let project = project(ring).await?;
    Ok(Corner {
        name: "wahelp",
        members: json!({"login": LOGIN, "password": password, "project": project, "channel": channel}),
        title: "Wahelp (the password is also a token that does not end)",
        lines: format!(
            r#"  curl -X POST "{base}/api/app/user/login" \
    -H "Content-Type: application/json" \
    -d '{{"login": "{LOGIN}", "password": "{password}"}}'
  curl -X POST "{base}/api/app/projects/{project}/channels/{channel}/users" \
    -H "Authorization: Bearer {password}" \
    -H "Content-Type: application/json" \
    -d '{{"phone": "+79990000200", "name": "Echo"}}'
  curl -X POST "{base}/api/app/projects/{project}/channels/{channel}/send_message/79990000200" \
    -H "Authorization: Bearer {password}" \
    -H "Content-Type: application/json" \
    -d '{{"text": "Hello World"}}'
"#
        ),
        switches: None,
    })
}

/// The project's number; made on the first start.
async fn project(ring: &KeyRing<'_>) -> Result<u32> {
    let store = &ring.house.store;
    let listeners = store.listeners_of(ring.workspace).await?;
    let is_it = |name: &str, dialect: &str| name == PROJECT && dialect == "wahelp";
    if let Some(found) = listeners.iter().find(|listener| is_it(&listener.name, &listener.dialect)) {
        return Ok(found.id.get());
    }
    let new = NewListener {
        workspace: ring.workspace,
        account: None,
        dialect: "wahelp".to_owned(),
        name: PROJECT.to_owned(),
        target: Target::Pull,
        events: Vec::new(),
        settings: sluice_dialect::project_switches(),
        secret: None,
        at: ring.house.clock.now(),
    };
    Ok(store.add_listener(new).await?.id.get())
}
