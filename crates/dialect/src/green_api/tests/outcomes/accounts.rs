//! Instances: their settings, logins and states, and the partner's methods.

use std::sync::Arc;

use serde_json::Value;
use sluice_model::account::LoginStep;
use sluice_model::event::LogoutBy;
use sluice_model::failure::Why;
use sluice_model::id::Position;
use sluice_model::outcome::AccountView;
use sluice_model::{AccountId, Answer, Entry, Event, Key, KeyId, Outcome, Scope, WorkspaceId};

use super::{Case, view};
use crate::green_api::tests::{NOW, listener};

pub fn accounts() -> Vec<Case> {
    let switches = Outcome::Switches {
        account: Box::new(view()),
        listener: Some(Arc::new(listener())),
        secret: Some("hook-token".into()),
    };
    let of_account = Outcome::Account(Box::new(view()));
    let entry = |position, event| Entry { account: AccountId(1), position: Position(position), at: NOW, event };
    let history = vec![
        entry(3, Event::AccountLoggedOut { by: LogoutBy::Device, note: String::new() }),
        entry(2, Event::AccountDisconnected { why: Why::Disconnected, note: String::new() }),
        entry(1, Event::AccountConnected { phone: Some("79990000000".into()), first: true }),
    ];
    let key = Key {
        id: KeyId(2),
        workspace: WorkspaceId(1),
        account: Some(AccountId(1)),
        dialect: Some("green_api".into()),
        name: String::new(),
        prefix: "ab".into(),
        scopes: vec![Scope::Manage],
        settings: Value::Null,
        sealed: None,
        created_at: NOW,
        expires_at: None,
    };
    let login = |step| Outcome::Answer(Answer::Login { step });
    let done = || login(LoginStep::AskPassword { hint: None });
    let picture = Answer::Profile { picture_url: Some("https://a.example/me.jpg".into()) };
    vec![
        ("getSettings", "getSettings", switches.clone()),
        ("setSettings", "setSettings", switches.clone()),
        ("getStateInstance", "getStateInstance", of_account.clone()),
        ("getStateInstanceHistory", "getStateInstanceHistory", Outcome::History(history)),
        ("getStatusInstance", "getStatusInstance", of_account.clone()),
        ("reboot", "reboot", Outcome::Answer(Answer::Done)),
        ("logout", "logout", Outcome::Answer(Answer::Done)),
        ("qr_pending_password", "qr", login(LoginStep::AskPassword { hint: None })),
        ("qr_failed", "qr", login(LoginStep::Failed { note: "the phone refused".into() })),
        ("scanqrcode", "scanqrcode", Outcome::LoginFollows),
        (
            "getAuthorizationCode",
            "getAuthorizationCode",
            login(LoginStep::ShowCode { code: "KK15A12B".into(), expires_at: NOW }),
        ),
        ("startAuthorization", "startAuthorization", login(LoginStep::AskCode { sent_to: "+7".into() })),
        ("sendAuthorizationCode", "sendAuthorizationCode", done()),
        ("sendAuthorizationCode_taken", "sendAuthorizationCode", Outcome::Answer(Answer::Done)),
        (
            "sendAuthorizationCode_wrong",
            "sendAuthorizationCode",
            login(LoginStep::Failed { note: "the code is wrong".into() }),
        ),
        ("sendAuthorizationPassword", "sendAuthorizationPassword", login(LoginStep::Done)),
        ("setProfilePicture", "setProfilePicture", Outcome::Answer(picture)),
        ("getWaSettings", "getWaSettings", of_account.clone()),
        ("getAccountSettings", "getAccountSettings", of_account.clone()),
        ("updateApiToken", "updateApiToken", Outcome::KeyAdded { key: Arc::new(key), token: "ab".repeat(25) }),
        ("getDeviceInfo", "getDeviceInfo", of_account),
        ("setSystemProxy", "setSystemProxy", switches),
    ]
}

pub fn partner() -> Vec<Case> {
    let made = AccountView { token: Some("ab".repeat(25)), ..view() };
    vec![
        ("getInstances", "getInstances", Outcome::Accounts(vec![made.clone()])),
        ("createInstance", "createInstance", Outcome::Account(Box::new(made))),
        ("deleteInstanceAccount", "deleteInstanceAccount", Outcome::Done),
    ]
}
