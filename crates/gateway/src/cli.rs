//! The command line, as clap reads it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A self-hosted messaging gateway that speaks the APIs your clients already speak.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 done, 1 failed, 2 wrong usage, 3 refused by the gateway, 4 gateway not reached."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a gateway with a sandbox account, send a first message and print ready-made calls.
    Demo(Demo),
    /// Start the gateway.
    Serve(Serve),
    /// Send a message through a running gateway.
    Send(Send),
    /// Look at messages of a running gateway.
    #[command(subcommand)]
    Message(Message),
    /// Show what happens on a running gateway.
    Tail(Tail),
    /// Log accounts of a running gateway in and out.
    #[command(subcommand)]
    Account(Account),
    /// Look after the customers on this gateway.
    #[command(subcommand)]
    Workspace(Workspace),
    /// Copy a gateway's data while it runs.
    Backup(Backup),
    /// Bring a backup back into an empty data folder. Nothing is sent from it until `sluice resume`.
    Restore(Restore),
    /// Let a restored gateway send again. It may be running.
    Resume(DataFolder),
    /// Print the version and what this build holds.
    Version,
    /// Print the native API's OpenAPI document.
    Openapi,
    /// Look at the configuration.
    #[command(subcommand)]
    Config(Config),
    /// Print a page of the reference documentation.
    #[command(subcommand, hide = true)]
    Reference(Reference),
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Folder for the demo's data; kept between runs.
    #[arg(long, value_name = "DIR", default_value = "./data/demo")]
    pub data: PathBuf,
    /// Run the gateway's clock so many times faster.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub speed: u32,
    /// Print one JSON object on standard output and keep running.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub settings: Settings,
    /// Where to listen (key `server.listen`).
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Folder of the database, the media and the master key (key `data.dir`).
    #[arg(long, value_name = "DIR")]
    pub data: Option<String>,
}

/// Where settings come from besides the environment.
#[derive(Debug, Args)]
pub struct Settings {
    /// Configuration file; without it `sluice.toml` in the working folder, if there is one.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Any key of the configuration, over file and environment.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as key=value, such as log.level=debug")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

fn web_address(text: &str) -> Result<String, String> {
    match reqwest::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(text.to_owned()),
        _ => Err("write it with http:// or https://, such as http://127.0.0.1:8080".to_owned()),
    }
}

/// The running gateway that a client command talks to.
#[derive(Debug, Args)]
pub struct Gateway {
    /// The gateway's address.
    #[arg(long, value_name = "URL", env = "SLUICE_URL", default_value = "http://127.0.0.1:8080", value_parser = web_address)]
    pub url: String,
    /// A native key (`sg_…`).
    #[arg(long, value_name = "KEY", env = "SLUICE_TOKEN", hide_env_values = true)]
    pub token: String,
    /// Print the gateway's own JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Send {
    #[command(flatten)]
    pub gateway: Gateway,
    /// The sending account, its id (`acc_…`), or its name if the key may read; may be left out when the key is bound to one or
    /// the workspace has only one.
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// A phone number, or an address such as `group:120363…`.
    #[arg(long, value_name = "TO")]
    pub to: String,
    /// The words.
    #[arg(long, value_name = "TEXT")]
    pub text: String,
    /// Makes a repeat of this command harmless.
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Message {
    /// Print one message.
    Get(OneMessage),
    /// Print all that happened to one message, from the call to the last webhook.
    Trace(OneMessage),
}

#[derive(Debug, Args)]
pub struct OneMessage {
    #[command(flatten)]
    pub gateway: Gateway,
    /// The account, its name or id (`acc_…`); may be left out when there is only one that the key is good for.
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// `msg_…`, or the id at the messenger.
    pub id: String,
}

#[derive(Debug, Args)]
pub struct Tail {
    #[command(flatten)]
    pub gateway: Gateway,
    /// The account, its name or id (`acc_…`); may be left out when there is only one that the key is good for.
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Go on until interrupted. Events are shown as they come, so this is how it always works; the flag is here
    /// because fingers know it.
    #[arg(short, long)]
    pub follow: bool,
}

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Show the accounts and how they stand.
    List(Gateway),
    /// Log an account in: draws the QR code here and ends when the account is connected.
    Login(LogIn),
    /// Log an account out.
    Logout(OneAccount),
}

#[derive(Debug, Args)]
pub struct LogIn {
    #[command(flatten)]
    pub gateway: Gateway,
    /// The account's name or id (`acc_…`).
    pub name: String,
    /// Instead of scanning a QR code, type a code on the phone that has this number.
    #[arg(long, value_name = "PHONE")]
    pub pairing_code: Option<String>,
}

#[derive(Debug, Args)]
pub struct OneAccount {
    #[command(flatten)]
    pub gateway: Gateway,
    /// The account's name or id (`acc_…`).
    pub name: String,
}

#[derive(Debug, Subcommand)]
pub enum Workspace {
    /// Show the workspaces and how many accounts each has. The gateway must be stopped.
    List(DataFolder),
    /// Make another workspace and print its owner's key. The gateway must be stopped.
    Add(OneWorkspace),
    /// Make a new owner's key for a workspace whose keys were lost. The gateway must be stopped.
    Key(OneWorkspace),
}

#[derive(Debug, Args)]
pub struct OneWorkspace {
    #[command(flatten)]
    pub folder: DataFolder,
    /// The customer's name.
    #[arg(value_parser = name)]
    pub name: String,
}

fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a workspace needs a name".to_owned()),
        name => Ok(name.to_owned()),
    }
}

/// Whose data.
#[derive(Debug, Args)]
pub struct DataFolder {
    #[command(flatten)]
    pub settings: Settings,
    /// The gateway's data folder (key `data.dir`).
    #[arg(long, value_name = "DIR")]
    pub data: Option<String>,
}

#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    pub folder: DataFolder,
    /// A new or empty folder for the backup.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Put the master key into the backup, which then holds every secret in the open.
    #[arg(long)]
    pub with_key: bool,
}

#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    pub folder: DataFolder,
    /// The folder of the backup.
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// The file of the master key, where neither the backup nor the configuration has it.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Read all settings and say what is wrong with them.
    Check(Settings),
    /// Print all settings as environment variables, with the values in force; secrets are masked.
    PrintEnv(Settings),
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Reference {
    /// Every key of the configuration.
    Config,
    /// Every code of a refusal.
    Errors,
    /// Every command of this program.
    Cli,
}
