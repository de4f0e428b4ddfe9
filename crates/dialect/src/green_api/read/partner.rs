//! The partner's methods: instances made and listed with a key of the whole workspace (contract greenapi.md §2.9).

use sluice_model::account::Settings;
use sluice_model::command::{NewAccount, SwitchChange};
use sluice_model::{Channel, Command, Refusal};

use super::fields::Fields;
use crate::green_api::{ids, instance, settings};
use crate::{Call, Named};

const NAME_LIMIT: usize = 100;

pub fn get_instances(call: &Call) -> Result<Command, Refusal> {
    only_partners(call)?;
    Ok(Command::Accounts)
}

pub fn create_instance(call: &Call) -> Result<Command, Refusal> {
    only_partners(call)?;
    let fields = Fields::of(call)?;
    if fields.members().is_empty() {
        return Err(Refusal::invalid("value", "must have at least 1 key"));
    }
    let name = fields.text("name", NAME_LIMIT)?.unwrap_or_default();
    let kind = fields.text("typeInstance", NAME_LIMIT)?;
    let channel = match kind.as_deref() {
        None => Channel::Whatsapp,
        Some(kind) => instance::channel(kind)
            .ok_or_else(|| Refusal::invalid("typeInstance", "must be one of [whatsapp, telegram, v3]"))?,
    };
    let mut rest = fields.members().clone();
    rest.retain(|key, _| key != "name" && key != "typeInstance");
    let change = if rest.is_empty() { SwitchChange::default() } else { settings::read(&rest)? };
    if matches!(change.account.proxy, Some(Some(_))) {
        return Err(Refusal::invalid("proxyInstance", "is set after the instance was made, by setSettings"));
    }
    if matches!(change.secret, Some(Some(_))) {
        return Err(Refusal::invalid("webhookUrlToken", "is set after the instance was made, by setSettings"));
    }
    let asked = change.account;
    Ok(Command::AddAccount(NewAccount {
        name,
        channel,
        connector: None,
        settings: Settings {
            send_gap_ms: asked.send_gap_ms.unwrap_or_default(),
            mark_read: asked.mark_read.unwrap_or_default(),
            mark_read_on_reply: asked.mark_read_on_reply.unwrap_or_default(),
            keep_online: asked.keep_online.unwrap_or_default(),
            typing_ms: asked.typing_ms.unwrap_or_default(),
            link_preview: asked.link_preview,
            proxy: None,
            project: None,
        },
        with_key: true,
        webhook_url: change.url.flatten(),
        switches: change.switches,
    }))
}

/// The instance stands in the body (contract §2.9); whether it is the partner's own is checked where it is removed.
pub fn delete_instance_account(call: &Call) -> Result<Command, Refusal> {
    only_partners(call)?;
    let fields = Fields::of(call)?;
    let named = fields.get("idInstance").ok_or(Refusal::Missing("idInstance"))?;
    match ids::account(named.as_str().unwrap_or(&named.to_string())) {
        Named::Account(id) => Ok(Command::RemoveAccountNamed(id)),
        _ => Err(Refusal::invalid("idInstance", "must be the number of an instance")),
    }
}

/// An instance's own token is no partner's, whatever it may do to its instance.
fn only_partners(call: &Call) -> Result<(), Refusal> {
    let of_instance = call.key().is_some_and(|key| key.account.is_some());
    if of_instance { Err(Refusal::KeyInvalid) } else { Ok(()) }
}
