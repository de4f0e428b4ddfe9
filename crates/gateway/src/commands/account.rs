//! `sluice account list`, `login` and `logout`.

use std::fmt::Write;
use std::time::Duration;

use anyhow::{Result, bail};
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::{Value, json};
use sluice_clock::Clock;

use super::print;
use crate::cli::{Account, LogIn, OneAccount};
use crate::client::{Client, id};

/// Seconds that the gateway is asked to wait for a change, and then it is asked again.
const WAIT: u32 = 20;

/// Looks at an account that was logged in, until it is connected.
const LOOKS: u32 = 60;
const PAUSE: Duration = Duration::from_secs(1);

pub async fn run(command: Account) -> Result<()> {
    match command {
        Account::List(gateway) => {
            let accounts = Client::new(&gateway)?.get("/v1/accounts").await?;
            print(&if gateway.json { format!("{accounts}\n") } else { table(&accounts) })
        }
        Account::Login(args) => log_in(&args).await,
        Account::Logout(args) => log_out(&args).await,
    }
}

/// One line an account: id, name, connector, state, number, why, and whether its messages rest.
fn table(accounts: &Value) -> String {
    let mut text = String::new();
    for account in accounts["items"].as_array().into_iter().flatten() {
        let word = |name: &str| account[name].as_str().unwrap_or_default();
        let rests = match account["resting_since"].as_str() {
            Some(since) => format!("  (a copy of {since}: sends nothing until `sluice resume`)"),
            None => String::new(),
        };
        let line = format!(
            "{}  {:<16} {:<14} {:<13} {:<15} {}{rests}",
            word("id"),
            word("name"),
            word("connector"),
            word("state"),
            word("phone"),
            word("reason")
        );
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

async fn log_out(args: &OneAccount) -> Result<()> {
    let client = Client::new(&args.gateway)?;
    let account = client.account_named(&args.name).await?;
    client.post(&format!("/v1/accounts/{}/logout", id(&account)?), &json!({}), None).await?;
    print("Logged out.\n")
}

/// Shows each step as it comes, until the account is connected.
async fn log_in(args: &LogIn) -> Result<()> {
    let client = Client::new(&args.gateway)?;
    let account = client.account_named(&args.name).await?;
    let id = id(&account)?;
    if account["state"] == "open" {
        return print("This account is connected already.\n");
    }
    if let Some(caution) = account["caution"].as_str() {
        print(&format!("{}\n\n", framed(caution)))?;
    }
    let way = match &args.pairing_code {
        Some(phone) => json!({"way": "pairing_code", "phone": phone}),
        None => json!({"way": "qr"}),
    };
    let mut step = client.post(&format!("/v1/accounts/{id}/login"), &way, None).await?;
    let mut shown = Value::Null;
    loop {
        // The gateway's answer may have changed in nothing but the time that is left.
        if step != shown {
            print(&told(&step)?)?;
        }
        match step["step"].as_str() {
            Some("done") => return connected(&client, &id).await,
            Some("failed") => bail!("{}", step["note"].as_str().unwrap_or("the login failed")),
            Some("none") => return ended(&client, &id).await,
            Some("ask_phone" | "ask_code" | "ask_password") => {
                bail!(
                    "this messenger asks for something to be typed in; use the API: POST /v1/accounts/{id}/login/input"
                )
            }
            _ => {}
        }
        shown = step;
        Clock::real().sleep(PAUSE).await;
        step = client.get(&format!("/v1/accounts/{id}/login?wait={WAIT}")).await?;
    }
}

/// No login is under way any more: it has ended between two looks.
async fn ended(client: &Client, id: &str) -> Result<()> {
    let account = client.get(&format!("/v1/accounts/{id}")).await?;
    match account["state"].as_str() {
        Some("open" | "connecting") => connected(client, id).await,
        _ => bail!("{}", account["reason"].as_str().unwrap_or("the login ended without success")),
    }
}

async fn connected(client: &Client, id: &str) -> Result<()> {
    for _ in 0..LOOKS {
        let account = client.get(&format!("/v1/accounts/{id}")).await?;
        match account["state"].as_str() {
            Some("open") => {
                let phone = account["phone"].as_str().map(|phone| format!(" as +{phone}")).unwrap_or_default();
                return print(&format!("Connected{phone}.\n"));
            }
            Some("login_needed" | "blocked") => {
                bail!("{}", account["reason"].as_str().unwrap_or("the messenger did not keep the login"))
            }
            _ => Clock::real().sleep(PAUSE).await,
        }
    }
    print("Logged in; the account is still on its way to the messenger: `sluice account list` shows how it stands.\n")
}

/// What the step asks of the person with the phone.
fn told(step: &Value) -> Result<String> {
    let word = |name: &str| step[name].as_str().unwrap_or_default();
    Ok(match word("step") {
        "show_qr" => format!(
            "{}\n\nOn the phone: WhatsApp > Settings > Linked devices > Link a device. This code is good until {}.\n\n",
            drawn(word("data"))?,
            clock_of(word("expires_at")),
        ),
        "show_code" => format!(
            "Code: {}\nOn the phone: WhatsApp > Settings > Linked devices > Link a device > Link with phone number \
             instead. This code is good until {}.\n\n",
            word("code"),
            clock_of(word("expires_at")),
        ),
        "done" => "The phone has taken this device in; connecting.\n".to_owned(),
        _ => String::new(),
    })
}

/// Two rows of the code in one row of the terminal; light on dark is turned round, as scanners want it.
fn drawn(data: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(data, EcLevel::L)?;
    Ok(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

/// Hours to seconds of an RFC 3339 time.
fn clock_of(at: &str) -> &str {
    at.get(11..19).unwrap_or(at)
}

fn framed(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 74 => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| format!("! {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_drawn_so_that_a_phone_can_read_it() {
        let step = json!({"step": "show_qr", "data": "2@abc,def,ghi", "expires_at": "2026-11-20T10:00:20.000Z"});
        let text = told(&step).unwrap();
        assert!(text.contains("until 10:00:20"), "{text}");
        let rows: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        // A quiet zone of four modules around 21 or more, two rows in one line, in nothing but blocks.
        assert!(rows.len() >= 15 && rows.iter().all(|row| row.chars().count() == rows[0].chars().count()), "{text}");
        assert!(rows.iter().all(|row| row.chars().all(|c| " █▀▄".contains(c))), "{text}");
        assert!(rows[0].chars().all(|c| c == '█'), "the quiet zone is light:\n{text}");
    }

    #[test]
    fn the_caution_stands_apart_and_fits_a_terminal() {
        let text = framed(&"word ".repeat(60));
        assert!(text.lines().all(|line| line.starts_with("! ") && line.len() <= 80), "{text}");
    }

    #[test]
    fn accounts_are_listed_with_the_reason_of_their_state() {
        let accounts = json!({"items": [
            {"id": "acc_1", "name": "Sales", "connector": "whatsapp-web", "state": "blocked", "reason": "banned for 24 h"},
            {"id": "acc_2", "name": "Help", "connector": "sandbox", "state": "open", "phone": "79990000001"},
        ]});
        let text = table(&accounts);
        assert!(!text.contains("resume"), "{text}");
        assert!(
            text.lines().count() == 2 && text.contains("banned for 24 h") && text.contains("79990000001"),
            "{text}"
        );
        assert!(!text.contains("null"), "{text}");
    }

    #[test]
    fn an_account_whose_outbox_rests_says_so() {
        let accounts = json!({"items": [{"id": "acc_1", "name": "Sales", "connector": "sandbox", "state": "open",
            "resting_since": "2026-11-20T10:00:20.000Z"}]});
        let text = table(&accounts);
        assert!(
            text.ends_with("(a copy of 2026-11-20T10:00:20.000Z: sends nothing until `sluice resume`)\n"),
            "{text}"
        );
    }
}
