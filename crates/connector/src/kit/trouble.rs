//! Chapter 6 of the specification: trouble is a [`Failure`], and says nothing that must not be said.

use serde_json::json;
use sluice_model::ask::{GroupCall, LoginWay};
use sluice_model::failure::Why;
use sluice_model::{Address, Ask, Failure, LoginStep};

use super::abilities::expect_unsupported;
use super::{Rig, Stage};

pub async fn failures_keep_secrets(rig: &dyn Rig) {
    const TYPED: &str = "hunter2-typed-by-mistake";
    let mut secrets = rig.secrets();
    secrets.push(TYPED.to_owned());
    let clean = |said: String| {
        for secret in &secrets {
            assert!(!said.contains(secret.as_str()), "a secret is told: {said}");
        }
    };

    for way in rig.ways() {
        let stage = Stage::set(rig);
        let way = match way {
            LoginWay::Token { .. } => LoginWay::Token { token: TYPED.to_owned() },
            other => other,
        };
        let mut login = match stage.connector.login(stage.home.clone(), way).await {
            Ok(login) => login,
            Err(failure) => {
                clean(format!("{failure} {failure:?}"));
                continue;
            }
        };
        loop {
            let step = stage.settle("a step", login.next()).await;
            clean(format!("{step:?}"));
            if let Err(failure) = login.input(TYPED).await {
                clean(format!("{failure} {failure:?}"));
            }
            match rig.obey(&stage.home, &step).await {
                _ if matches!(step, LoginStep::Done | LoginStep::Failed { .. }) => break,
                Some(words) => drop(login.input(&words).await),
                None => {}
            }
        }
    }

    let (stage, session) = Stage::connected(rig).await;
    rig.cut(&stage.home).await;
    rig.log_out_on_phone(&stage.home).await;
    let [peer, _] = rig.peers();
    let order = stage.text(&peer, "into the void");
    if let Err(failure) = stage.settle("a send", session.perform(&order)).await {
        clean(format!("{failure} {failure:?}"));
    }
    clean(format!("{:?}", stage.states()));
}

pub async fn unknown_things_are_failures(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let nothing = "no-such-id-\u{1F4A9}";
    let group = || Address::Group("nothing".to_owned());
    let [peer, _] = rig.peers();
    let hopeless = [
        Ask::FetchMedia { chat: peer.clone(), remote: nothing.to_owned(), handle: serde_json::Value::Null },
        Ask::StoryViews { remote: nothing.to_owned() },
        Ask::Group { call: GroupCall::Info { group: group() } },
        Ask::Group { call: GroupCall::InviteLink { group: group() } },
        Ask::Group { call: GroupCall::Leave { group: group() } },
    ];
    for ask in hopeless {
        let answer = stage.settle("an answer", session.ask(ask.clone())).await;
        assert!(answer.is_err(), "{ask:?} is about nothing, and is answered with {answer:?}");
    }
    // About these a messenger may have something to say; only a panic or silence is wrong.
    let odd = [
        Ask::Avatar { of: Address::Name("Nobody".to_owned()) },
        Ask::Person { of: Address::Phone("1".to_owned()) },
        Ask::Check { who: vec![Address::Story, Address::Channel(nothing.to_owned())] },
        Ask::Check { who: Vec::new() },
        Ask::MarkRead { chat: peer.clone(), remotes: vec![nothing.to_owned()] },
        Ask::LoginInput { value: "1".to_owned() },
        Ask::Restart,
    ];
    for ask in odd {
        let _ = stage.settle("an answer", session.ask(ask)).await;
    }
    let order = stage.text(&Address::Name(String::new()), "to nobody");
    let failure = stage.settle("a send to nobody", session.perform(&order)).await;
    assert!(
        matches!(failure, Err(Failure::Refused { why: Why::InvalidRecipient | Why::NotOnMessenger, .. })),
        "an address without a name is answered with {failure:?}"
    );
}

pub async fn unknown_levers_are_refused(rig: &dyn Rig) {
    let stage = Stage::set(rig);
    for lever in [json!({"lever": "no such lever"}), json!({}), json!(null), json!([1, 2])] {
        let outcome = stage.settle("an answer", stage.connector.control(&stage.home, lever.clone())).await;
        expect_unsupported(&lever.to_string(), outcome);
    }
}
