//! Live questions to the pretend messenger.

use std::time::Duration;

use sluice_connector::Inbound;
use sluice_connector::kit::Stage;
use sluice_model::ask::GroupCall;
use sluice_model::failure::Why;
use sluice_model::{Address, Answer, Ask, Channel, Event, Failure};

use crate::phone::Pocket;

#[tokio::test]
async fn groups_change_and_tell_it() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    stage.inbox.forget();
    let [ann, boris] = ["79990000001", "79990000002"].map(|digits| Address::Phone(digits.to_owned()));
    let ask = async |call| session.ask(Ask::Group { call }).await;
    let create = GroupCall::Create { name: "Team".to_owned(), members: vec![ann.clone()] };
    let Ok(Answer::Group { group }) = ask(create).await else { panic!("no group") };
    let address = group.address;
    assert!(matches!(&address, Address::Group(id) if id.starts_with("120363") && id.len() == 18), "{address}");
    ask(GroupCall::Add { group: address.clone(), members: vec![boris.clone()] }).await.unwrap();
    ask(GroupCall::Promote { group: address.clone(), members: vec![boris.clone()] }).await.unwrap();
    ask(GroupCall::Remove { group: address.clone(), members: vec![ann] }).await.unwrap();
    let Ok(Answer::Group { group }) = ask(GroupCall::Info { group: address.clone() }).await else { panic!("no group") };
    let others: Vec<_> = group.members.iter().filter(|member| !member.owner).collect();
    assert_eq!((others.len(), &others[0].address, others[0].admin), (1, &boris, true));

    let absent = vec![Address::Phone("79990000404".to_owned())];
    let refusal = ask(GroupCall::Add { group: address.clone(), members: absent }).await;
    assert!(matches!(refusal, Err(Failure::Refused { why: Why::NotOnMessenger, .. })), "{refusal:?}");
    ask(GroupCall::Leave { group: address.clone() }).await.unwrap();
    let gone = ask(GroupCall::Info { group: address.clone() }).await;
    assert!(matches!(gone, Err(Failure::Refused { why: Why::NotFound, .. })), "{gone:?}");

    stage.pass(Duration::from_millis(1)).await;
    let told = stage.inbox.taken().into_iter().filter_map(|inbound| match inbound {
        Inbound::Event(event) => match *event {
            Event::GroupChanged { change, .. } => Some(change),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), ["created", "members_added", "members_promoted", "members_removed", "left"]);
}

#[tokio::test]
async fn people_are_made_up_and_saved_names_are_kept() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (_stage, session) = Stage::connected(&pocket).await;
    let ann = Address::Phone("79990000001".to_owned());
    session.ask(Ask::SaveContact { who: ann.clone(), name: Some("Dear Ann".to_owned()) }).await.unwrap();
    let Ok(Answer::Person { person }) = session.ask(Ask::Person { of: ann.clone() }).await else { panic!("nobody") };
    assert_eq!(person.saved_name.as_deref(), Some("Dear Ann"));
    assert!(person.avatar_url.unwrap().starts_with("data:image/png;base64,"));
    let absent = Address::Phone("79990000404".to_owned());
    let Ok(Answer::Checked { found }) = session.ask(Ask::Check { who: vec![ann, absent.clone()] }).await else {
        panic!("no answer")
    };
    assert!(found[0].exists && matches!(found[0].address, Some(Address::Lid(_))));
    assert!(!found[1].exists && found[1].asked == absent && found[1].address.is_none());
}

#[tokio::test]
async fn a_story_has_its_viewers() {
    let pocket = Pocket::new(Channel::Whatsapp);
    let (stage, session) = Stage::connected(&pocket).await;
    let story = stage.text(&Address::Story, "today");
    session.perform(&story).await.unwrap();
    let views = Ask::StoryViews { remote: story.message.remote.unwrap() };
    assert_eq!(session.ask(views.clone()).await, Ok(Answer::StoryViews { viewers: vec![] }));
    stage.pass(Duration::from_millis(500)).await;
    let Ok(Answer::StoryViews { viewers }) = session.ask(views).await else { panic!("no answer") };
    assert_eq!(viewers.len(), 2);
}
