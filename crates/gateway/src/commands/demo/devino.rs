//! Devino: a key of the workspace and its login, the first account as the sender, and the template of the vendor's docs.

use anyhow::{Context, Result};
use serde_json::json;
use sluice_model::Template;
use sluice_model::template::{PARAMETER_LIMIT, Wording};

use super::Corner;
use super::keys::KeyRing;

/// The template of the docs' sample, in the language that is meant without one, and in Russian.
const TEMPLATE: &str = "account_activated";
const WORDINGS: [(&str, &str); 2] = [
    ("en", "Your account is active. Questions? Call {{1}} or see {{2}}"),
    ("ru", "Ваш аккаунт активирован. Вопросы? Звоните {{1}} или смотрите {{2}}"),
];

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let base = ring.base();
    let key = ring.token(None, "devino", "devino").await?;
    let dialect = sluice_dialect::named("devino").context("no dialect devino")?;
    let (login, password) = dialect.login_of(&key).context("a key has no login")?;
    let account = ring.house.store.account(ring.account).await?.context("the first account is gone")?;
    let from = &account.name;
    add_template(ring).await?;
    Ok(Corner {
        name: "devino",
        members: json!({"key": key, "login": login, "password": password, "from": from}),
        title: "Devino",
        lines: format!(
            r#"  curl -X POST "{base}/whatsapp/messages" \
    -H "Authorization: Key {key}" \
    -H "Content-Type: application/json" \
    -d '{{"messages": [{{"from": "{from}", "to": "79990000200", "text": "Hello World"}}]}}'
  curl -X POST "{base}/whatsapp/messages" -u "{login}:{password}" \
    -H "Content-Type: application/json" \
    -d '{{"messages": [{{"from": "{from}", "to": "79990000200", "templateId": "{TEMPLATE}",
        "templateParams": {{"1": "+7 495 646 00 54", "2": "{base}/v1/docs"}}, "languageCode": "ru"}}]}}'
"#
        ),
        switches: None,
    })
}

/// What is there from an earlier start stays.
async fn add_template(ring: &KeyRing<'_>) -> Result<()> {
    let now = ring.house.clock.now();
    let wording = |(language, text): (&str, &str)| Wording {
        language: language.to_owned(),
        text: text.to_owned(),
        approved: true,
    };
    let template = Template {
        workspace: ring.workspace,
        name: TEMPLATE.to_owned(),
        parameter_limit: PARAMETER_LIMIT,
        wordings: WORDINGS.map(wording).into(),
        created_at: now,
        changed_at: now,
    };
    ring.house.store.add_template(template).await?;
    Ok(())
}
