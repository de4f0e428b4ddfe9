//! The phone as a gateway: an account of its own with a phone that is paired already. Nothing goes out before somebody
//! plays the phone.

use anyhow::Result;
use serde_json::json;
use sluice_model::account::Settings;
use sluice_model::device::Device;
use sluice_model::{AccountId, Channel};
use sluice_phone::Phone;
use sluice_secret::Sealer;
use sluice_store::accounts::NewAccount;

use super::keys::KeyRing;
use super::{Corner, native};

const CONNECTOR: &str = "phone";

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let base = ring.base();
    let account = account(ring).await?;
    pair(ring, account).await?;
    let token = ring.token(Some(account), "phone", "phone").await?;
    let native = sluice_dialect::named("native").map(|native| native.account_name(&ring.house.spelling, account));
    let (sender, key) = (native.clone().unwrap_or_default(), native::token(ring).await?);
    Ok(Corner {
        name: "phone",
        members: json!({
            "device_token": token,
            "pairing_url": format!("{base}/device/v1/pair"),
            "account": native,
        }),
        title: "A phone as the gateway",
        lines: format!(
            r#"  curl "{base}/v1/accounts/{sender}/messages" -H "Authorization: Bearer {key}" \
    -d '{{"to": "79990000200", "text": "Through the phone"}}'
  curl "{base}/phone/{token}/next?screen=1"
  curl "{base}/phone/{token}/result" -d "id=THE_ID_OF_NEXT&status=1"
  curl "{base}/phone/{token}/notification" -d "package=com.whatsapp&title=Ann&text=Hello"
"#
        ),
        switches: None,
    })
}

/// The one that is there from an earlier start, or a new one.
async fn account(ring: &KeyRing<'_>) -> Result<AccountId> {
    let known = ring.house.store.accounts_of(ring.workspace).await?;
    if let Some(account) = known.iter().find(|account| account.connector == CONNECTOR) {
        return Ok(account.id);
    }
    let new = NewAccount {
        workspace: ring.workspace,
        channel: Channel::Whatsapp,
        connector: CONNECTOR.to_owned(),
        name: "Demo phone".to_owned(),
        settings: Settings::default(),
        at: ring.house.clock.now(),
    };
    Ok(ring.house.store.add_account(new).await?.id)
}

/// Lays a pairing into the vault, as the account itself would, unless there is one.
async fn pair(ring: &KeyRing<'_>, account: AccountId) -> Result<()> {
    let house = ring.house;
    let device = Device {
        uid: "demo".to_owned(),
        model: "Demo phone".to_owned(),
        number: Some("79990000009".to_owned()),
        paired_at: house.clock.now(),
        ..Device::default()
    };
    // Whoever tries it out wants to see it go, at any hour.
    let own = json!({
        "poll_ms": 1_000,
        "pacing": {
            "gap_s": [0, 0],
            "reply_gap_s": [0, 0],
            "daily_new_chats": [1_000_000, 1_000_000, 1_000_000, 1_000_000],
            "quiet_h": [0, 0],
        },
    });
    let records = Phone::paired(&device, &own);
    if let Some((name, _)) = records.first()
        && house.store.read(account, name).await?.is_some()
    {
        return Ok(());
    }
    let sealer = Sealer::new(&house.master);
    let seal = |(name, plain): (String, Vec<u8>)| {
        let sealed = sealer.seal(&sluice_courier::sealed_for(account, &name), &plain);
        (name, Some(sealed))
    };
    let epoch = house.store.take(account).await?;
    house.store.write(account, epoch, records.into_iter().map(seal).collect()).await?;
    Ok(())
}
