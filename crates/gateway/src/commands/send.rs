//! `sluice send`.

use anyhow::Result;
use serde_json::{Value, json};

use super::print;
use crate::cli::Send;
use crate::client::{Client, Refused};

/// The code of a member that is missing (docs/reference/errors.md).
const MISSING: &str = "SG-1302";

pub async fn run(args: Send) -> Result<()> {
    let client = Client::new(&args.gateway)?;
    let (account, accepted) = match args.account.as_deref() {
        Some(named) => from(&client, Some(named), &args).await?,
        // A key of one account may have no other right than to send.
        None => match post(&client, "/v1/messages", &args).await {
            Ok(accepted) => (None, accepted),
            Err(error) if error.downcast_ref::<Refused>().is_some_and(|refused| refused.code == MISSING) => {
                from(&client, None, &args).await?
            }
            Err(error) => return Err(error),
        },
    };
    if args.gateway.json {
        return print(&format!("{accepted}\n"));
    }
    let id = accepted["id"].as_str().unwrap_or_default();
    let account = account.map(|account| format!("--account {account} ")).unwrap_or_default();
    print(&format!("Accepted as {id}. Follow it: sluice message trace {account}{id}\n"))
}

/// The account, and what was accepted.
async fn from(client: &Client, named: Option<&str>, args: &Send) -> Result<(Option<String>, Value)> {
    let account = client.account(named).await?;
    let accepted = post(client, &format!("/v1/accounts/{account}/messages"), args).await?;
    Ok((Some(account), accepted))
}

async fn post(client: &Client, path: &str, args: &Send) -> Result<Value> {
    client.post(path, &json!({"to": args.to, "text": args.text}), args.idempotency_key.as_deref()).await
}
