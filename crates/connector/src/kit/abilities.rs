//! Chapter 1 of the specification: what is declared is done, what is not declared is refused.

use std::collections::HashSet;

use sluice_model::ask::GroupCall;
use sluice_model::failure::Why;
use sluice_model::{Ability, Address, Answer, Ask, Failure};

use super::samples::{contents, group_calls, questions};
use super::{Rig, Stage};
use crate::Session;

pub async fn abilities_are_coherent(rig: &dyn Rig) {
    let connector = rig.connector();
    assert!(connector.channels().contains(&rig.channel()), "the rig's channel is not among the connector's");
    for channel in connector.channels() {
        let abilities = connector.abilities(*channel);
        let distinct: HashSet<_> = abilities.can.iter().collect();
        assert_eq!(distinct.len(), abilities.can.len(), "an ability is declared twice for {channel:?}");
        assert!(abilities.can.iter().any(|a| LOGINS.contains(a)), "no way to log in is declared for {channel:?}");
        assert!(abilities.text_limit > 0, "no text fits {channel:?}");
        let again = connector.abilities(*channel);
        assert_eq!(again, abilities, "the abilities of {channel:?} change from call to call");
    }
    let stage = Stage::set(rig);
    for way in rig.ways() {
        let needs = Ask::Login { way }.needs();
        assert!(needs.is_some_and(|a| stage.abilities().has(a)), "the rig logs in by what is not declared: {needs:?}");
    }
}

pub const LOGINS: [Ability; 4] =
    [Ability::QrLogin, Ability::PairingCodeLogin, Ability::PhoneCodeLogin, Ability::TokenLogin];

pub async fn declared_contents_are_performed(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    let ours = sent(&stage, &*session, &peer).await;
    for content in contents(&stage, &ours) {
        let Some(ability) = Ability::of_content(&content) else {
            continue;
        };
        if stage.abilities().has(ability) {
            let order = stage.order(&peer, content);
            let performed = stage.settle("a declared content", session.perform(&order)).await;
            assert!(performed.is_ok(), "{ability:?} is declared, yet {performed:?}");
        }
    }
}

pub async fn undeclared_contents_are_refused(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    for content in contents(&stage, "3EB0000000000000FFFF") {
        let declared = Ability::of_content(&content).is_some_and(|ability| stage.abilities().has(ability));
        if !declared {
            let order = stage.order(&peer, content);
            let refusal = stage.settle("an undeclared content", session.perform(&order)).await;
            expect_unsupported(order.message.content.kind(), refusal);
        }
    }
}

pub async fn declared_questions_are_answered(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, other] = rig.peers();
    let ours = sent(&stage, &*session, &peer).await;
    for ask in questions(&stage, &peer, &ours) {
        if ask.needs().is_some_and(|ability| stage.abilities().has(ability)) {
            let answer = stage.settle("an answer", session.ask(ask.clone())).await;
            assert!(fits(&ask, &answer), "{ask:?} was answered with {answer:?}");
        }
    }
    if stage.abilities().has(Ability::Groups) {
        let members = vec![peer, other];
        let create = Ask::Group { call: GroupCall::Create { name: "Kit".to_owned(), members: members.clone() } };
        let created = stage.settle("a group", session.ask(create)).await;
        let Ok(Answer::Group { group }) = created else { panic!("a group was made, and the answer is {created:?}") };
        assert_eq!(group.name, "Kit");
        assert!(group.address.is_group(), "{:?} is no group's address", group.address);
        for call in group_calls(&group.address, &members[1]) {
            let answer = stage.settle("a group's answer", session.ask(Ask::Group { call: call.clone() })).await;
            assert!(answer.is_ok(), "{call:?} was answered with {answer:?}");
        }
    }
}

pub async fn undeclared_questions_are_refused(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, other] = rig.peers();
    let group = GroupCall::Create { name: "Kit".to_owned(), members: vec![other] };
    let mut asks = questions(&stage, &peer, "3EB0000000000000FFFF");
    asks.push(Ask::Group { call: group });
    for ask in asks {
        if ask.needs().is_some_and(|ability| !stage.abilities().has(ability)) {
            let refusal = stage.settle("an undeclared question", session.ask(ask.clone())).await;
            expect_unsupported(&format!("{ask:?}"), refusal);
        }
    }
}

pub async fn overlong_text_is_refused(rig: &dyn Rig) {
    let (stage, session) = Stage::connected(rig).await;
    let [peer, _] = rig.peers();
    let limit = stage.abilities().text_limit;
    let over = stage.text(&peer, &"ж".repeat(limit + 1));
    let refusal = stage.settle("a refusal", session.perform(&over)).await;
    assert!(
        matches!(refusal, Err(Failure::Refused { why: Why::TooLong, .. })),
        "{limit} characters are the limit, and one more is answered with {refusal:?}"
    );
    let within = stage.text(&peer, &"ж".repeat(limit));
    let performed = stage.settle("a long text", session.perform(&within)).await;
    assert!(performed.is_ok(), "a text of just {limit} characters is answered with {performed:?}");
}

/// Panics unless the outcome is a refusal as unsupported.
pub(super) fn expect_unsupported<T: std::fmt::Debug>(what: &str, outcome: Result<T, Failure>) {
    assert!(
        matches!(outcome, Err(Failure::Refused { why: Why::Unsupported, .. })),
        "{what} is not declared, yet {outcome:?}"
    );
}

/// Sends a text and returns its id at the messenger.
async fn sent(stage: &Stage<'_>, session: &dyn Session, peer: &Address) -> String {
    let order = stage.text(peer, "the kit says hello");
    match stage.settle("a first text", session.perform(&order)).await {
        Ok(receipt) => receipt.remote.or(order.message.remote).unwrap_or_default(),
        Err(failure) => panic!("the first text: {failure}"),
    }
}

/// Whether the answer is of the question's kind. A story's views are asked of what may be no story.
fn fits(ask: &Ask, answer: &Result<Answer, Failure>) -> bool {
    match (ask, answer) {
        (Ask::Check { who }, Ok(Answer::Checked { found })) => {
            found.len() == who.len() && found.iter().zip(who).all(|(found, who)| found.asked == *who && found.exists)
        }
        (Ask::Avatar { .. }, Ok(Answer::Avatar { .. }))
        | (Ask::Person { .. }, Ok(Answer::Person { .. }))
        | (Ask::Profile { .. }, Ok(Answer::Profile { .. } | Answer::Done))
        | (Ask::StoryViews { .. }, Ok(Answer::StoryViews { .. })) => true,
        // A call that nobody makes cannot be declined.
        (Ask::StoryViews { .. } | Ask::RejectCall { .. }, Err(failure)) => failure.why() != Why::Unsupported,
        (
            Ask::MarkRead { .. }
            | Ask::Typing { .. }
            | Ask::Archive { .. }
            | Ask::DeleteChat { .. }
            | Ask::Block { .. }
            | Ask::Presence { .. }
            | Ask::Disappearing { .. }
            | Ask::SaveContact { .. },
            Ok(answer),
        ) => *answer == Answer::Done,
        _ => false,
    }
}
