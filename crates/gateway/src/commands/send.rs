//! `sluice send`.

use anyhow::Result;
use serde_json::json;

use super::print;
use crate::cli::Send;
use crate::client::Client;

pub async fn run(args: Send) -> Result<()> {
    let client = Client::new(&args.gateway)?;
    let account = client.account(args.account.as_deref()).await?;
    let body = json!({"to": args.to, "text": args.text});
    let path = format!("/v1/accounts/{account}/messages");
    let accepted = client.post(&path, &body, args.idempotency_key.as_deref()).await?;
    if args.gateway.json {
        return print(&format!("{accepted}\n"));
    }
    let id = accepted["id"].as_str().unwrap_or_default();
    print(&format!("Accepted as {id}. Follow it: sluice message trace --account {account} {id}\n"))
}
