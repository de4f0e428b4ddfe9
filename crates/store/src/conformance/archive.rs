//! The read model.

use std::collections::BTreeSet;

use sluice_model::content::{Content, Target};
use sluice_model::message::Origin;
use sluice_model::{Address, Party, State};

use super::{World, phone};
use crate::archive::{Direction, Wanted, WantedChats};
use crate::shelf::Page;

const ALL: Page = Page::first(100);
const SPAN: std::time::Duration = std::time::Duration::from_secs(10);

impl World {
    async fn listed(&self, wanted: Wanted) -> Vec<String> {
        let count = self.store.count_messages(self.account, wanted.clone()).await.unwrap();
        let kept = self.store.messages(self.account, wanted, ALL).await.unwrap();
        assert_eq!(count, kept.len() as u64);
        kept.iter().map(|kept| kept.message.content.words().to_owned()).collect()
    }
}

pub async fn both_directions_are_listed_and_filtered(mut world: World) {
    let message = world.incoming("111", "IN1", "question");
    world.record(message).await;
    world.later(1);
    let order = world.order("111", "answer");
    world.accept(vec![order.clone()]).await;
    world.later(1);
    let mut own = world.incoming("222", "PH1", "by hand");
    own.origin = Origin::Phone;
    world.record(own).await;

    assert_eq!(world.listed(Wanted::default()).await, ["by hand", "answer", "question"], "newest first");
    let only = |direction| Wanted { direction: Some(direction), ..Wanted::default() };
    assert_eq!(world.listed(only(Direction::Incoming)).await, ["question"]);
    assert_eq!(world.listed(only(Direction::Outgoing)).await, ["by hand", "answer"]);
    assert_eq!(world.listed(only(Direction::ByApi)).await, ["answer"]);
    let chat = Wanted { chat: Some(phone("111")), oldest_first: true, ..Wanted::default() };
    assert_eq!(world.listed(chat).await, ["question", "answer"]);
    let words = Wanted { search: Some("swe".into()), ..Wanted::default() };
    assert_eq!(world.listed(words).await, ["answer"]);
    let since = Wanted { since: Some(order.message.at), until: Some(world.now), ..Wanted::default() };
    assert_eq!(world.listed(since).await, ["answer"]);

    let store = &world.store;
    let found =
        store.message_by_remote(world.account, order.message.remote.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.message, found.state), (order.message.clone(), State::Waiting));
    assert_eq!(store.message(world.stranger.id, order.id()).await.unwrap(), None);
    assert_eq!(store.message_by_remote(world.stranger.id, "IN1").await.unwrap(), None);
    assert!(store.messages(world.stranger.id, Wanted::default(), ALL).await.unwrap().is_empty());
}

pub async fn a_chat_shows_its_last_message_and_what_is_unread(mut world: World) {
    for number in 1..=3 {
        let message = world.incoming("111", &format!("IN{number}"), "hi");
        world.record(message).await;
        world.later(1);
    }
    let mut reaction = world.incoming("111", "IN4", "");
    let target = Target { remote: "IN1".into(), from_me: false, sender: None };
    reaction.content = Content::Reaction { target, emoji: Some("👍".into()) };
    world.record(reaction).await;
    let order = world.order("222", "elsewhere");
    world.accept(vec![order.clone()]).await;

    let chats = world.store.chats(world.account, None, ALL).await.unwrap();
    let shown: Vec<_> = chats.iter().map(|chat| (chat.address.clone(), chat.unread, chat.last)).collect();
    let last = world.store.message_by_remote(world.account, "IN3").await.unwrap().unwrap().message.id;
    assert_eq!(shown, [(phone("222"), 0, Some(order.id())), (phone("111"), 3, Some(last))]);
    assert_eq!(world.store.count_chats(world.account).await.unwrap(), 2);
    world.store.mark_read(world.account, &phone("111")).await.unwrap();
    world.store.set_archived(world.account, &phone("111"), true).await.unwrap();
    let chat = world.store.chat(world.account, &phone("111")).await.unwrap().unwrap();
    assert_eq!((chat.unread, chat.archived), (0, true));
    assert!(world.store.chat(world.stranger.id, &phone("111")).await.unwrap().is_none());
    assert_eq!(world.store.chats(world.account, Some("22".into()), ALL).await.unwrap().len(), 1);
}

pub async fn chats_with_their_last_messages_are_listed_by_what_is_wanted(mut world: World) {
    let begun = world.now;
    for (chat, words) in [("111", "first"), ("111", "second"), ("222", "third"), ("333", "fourth")] {
        let message = world.incoming(chat, &format!("IN-{words}"), words);
        world.record(message).await;
        world.later(10);
    }
    let lid = Address::Lid("987".into());
    let mut by_lid = world.incoming("444", "IN5", "fifth");
    by_lid.chat_alias = Some(lid.clone());
    world.record(by_lid).await;
    let store = world.store.clone();
    store.mark_read(world.account, &phone("222")).await.unwrap();
    store.set_archived(world.account, &phone("333"), true).await.unwrap();

    let account = world.account;
    let listed = async |wanted: WantedChats| {
        let count = store.count_dialogs(account, wanted.clone()).await.unwrap();
        let rows = store.dialogs(account, wanted, ALL).await.unwrap();
        assert_eq!(count, rows.len() as u64);
        let shown = rows.iter().map(|row| {
            let last = row.last.as_ref().unwrap();
            assert_eq!(Some(last.message.id), row.chat.last);
            assert_eq!(last.message.at, row.chat.last_at);
            last.message.content.words().to_owned()
        });
        shown.collect::<Vec<_>>()
    };
    let any = WantedChats::default;
    assert_eq!(listed(any()).await, ["fifth", "fourth", "third", "second"]);
    assert_eq!(listed(WantedChats { oldest_first: true, ..any() }).await, ["second", "third", "fourth", "fifth"]);
    let chats = vec![phone("222"), lid, phone("999")];
    assert_eq!(listed(WantedChats { chats, ..any() }).await, ["fifth", "third"], "by either address");
    assert_eq!(listed(WantedChats { archived: Some(true), ..any() }).await, ["fourth"]);
    assert_eq!(listed(WantedChats { archived: Some(false), ..any() }).await, ["fifth", "third", "second"]);
    assert_eq!(listed(WantedChats { unread: true, ..any() }).await, ["fifth", "fourth", "second"]);
    for (part, found) in [("333", "fourth"), ("SECON", "second"), ("987", "fifth")] {
        assert_eq!(listed(WantedChats { search: Some(part.into()), ..any() }).await, [found]);
    }
    let (since, until) = (begun.plus(SPAN), begun.plus(SPAN * 2));
    assert_eq!(listed(WantedChats { since: Some(since), until: Some(until), ..any() }).await, ["second"]);
    assert_eq!(store.count_dialogs(world.stranger.id, any()).await.unwrap(), 0);
    assert_eq!(store.dialogs(world.stranger.id, any(), ALL).await.unwrap(), []);
}

pub async fn a_deleted_chat_is_back_when_something_is_said_in_it(mut world: World) {
    let message = world.incoming("111", "IN1", "hi");
    world.record(message).await;
    let (store, account) = (world.store.clone(), world.account);
    assert!(!store.delete_chat(world.stranger.id, &phone("111")).await.unwrap());
    assert!(!store.delete_chat(account, &phone("222")).await.unwrap(), "there is no such chat");
    assert!(store.delete_chat(account, &phone("111")).await.unwrap());
    assert!(!store.delete_chat(account, &phone("111")).await.unwrap(), "it is deleted already");
    let chat = store.chat(account, &phone("111")).await.unwrap().unwrap();
    assert_eq!((chat.deleted, chat.unread), (true, 0));
    assert!(store.chats(account, None, ALL).await.unwrap().is_empty());
    assert_eq!(store.count_chats(account).await.unwrap(), 0);
    let wanted = |deleted| WantedChats { deleted: Some(deleted), ..WantedChats::default() };
    assert_eq!(store.count_dialogs(account, wanted(true)).await.unwrap(), 1);
    assert_eq!(store.count_dialogs(account, wanted(false)).await.unwrap(), 0);
    assert_eq!(world.listed(Wanted::default()).await, ["hi"], "what was said stays");

    let message = world.incoming("111", "IN2", "hello again");
    world.record(message).await;
    let chat = store.chat(account, &phone("111")).await.unwrap().unwrap();
    assert_eq!((chat.deleted, chat.unread), (false, 1));
}

pub async fn edits_and_deletions_reach_their_target(mut world: World) {
    let message = world.incoming("111", "IN1", "helo");
    world.record(message).await;
    let target = Target { remote: "IN1".into(), from_me: false, sender: None };
    let mut edit = world.incoming("111", "IN2", "");
    edit.content = Content::Edit { target: target.clone(), text: "hello".into() };
    world.record(edit).await;
    let mut delete = world.incoming("111", "IN3", "");
    delete.content = Content::Delete { target, for_everyone: true };
    world.record(delete).await;
    let kept = world.store.message_by_remote(world.account, "IN1").await.unwrap().unwrap();
    assert_eq!(kept.message.content.words(), "helo", "what was said first is kept");
    assert_eq!((kept.edited.as_deref(), kept.deleted), (Some("hello"), true));
}

pub async fn names_are_learned_and_not_forgotten(mut world: World) {
    let mut message = world.incoming("111", "IN1", "hi");
    message.sender = Some(Party { name: Some("Ann".into()), ..Party::new(phone("111")) });
    world.record(message).await;
    let nameless = world.incoming("111", "IN2", "hi again");
    world.record(nameless).await;
    let saved = Party { saved_name: Some("Ann from work".into()), ..Party::new(phone("111")) };
    world.store.know(world.account, vec![saved], world.now).await.unwrap();
    let contact = world.store.contact(world.account, &phone("111")).await.unwrap().unwrap().party;
    assert_eq!((contact.name.as_deref(), contact.saved_name.as_deref()), (Some("Ann"), Some("Ann from work")));
    let found = world.store.contacts(world.account, Some("work".into()), ALL).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(world.store.contacts(world.stranger.id, None, ALL).await.unwrap().is_empty());
}

pub async fn a_forgotten_person_is_nowhere_until_they_write(mut world: World) {
    let chat = phone("111");
    let message = world.incoming("111", "IN1", "hi");
    world.record(message).await;
    world.store.know(world.account, vec![Party::new(chat.clone())], world.now).await.unwrap();
    assert!(!world.store.forget(world.stranger.id, &chat).await.unwrap(), "somebody else's");
    assert!(world.store.forget(world.account, &chat).await.unwrap());
    assert!(world.store.contact(world.account, &chat).await.unwrap().is_none());
    assert_eq!(world.store.count_chats(world.account).await.unwrap(), 0);
    assert!(!world.store.forget(world.account, &chat).await.unwrap(), "a second time");
    let message = world.incoming("111", "IN2", "hello again");
    world.record(message).await;
    assert_eq!(world.store.count_chats(world.account).await.unwrap(), 1);
}

pub async fn a_person_known_by_two_addresses_is_one_conversation(mut world: World) {
    let lid = Address::Lid("987".into());
    let by_phone = world.incoming("111", "IN1", "by phone");
    world.record(by_phone).await;
    let mut both = world.incoming("111", "IN2", "by both");
    both.chat = lid.clone();
    both.chat_alias = Some(phone("111"));
    world.record(both.clone()).await;
    assert_eq!(world.record(both).await, [], "known by either address");
    assert_eq!(world.store.count_chats(world.account).await.unwrap(), 1);
    for address in [lid, phone("111")] {
        let wanted = Wanted { chat: Some(address), ..Wanted::default() };
        assert_eq!(world.listed(wanted).await.len(), 2);
    }
}

pub async fn pages_cover_everything_once(mut world: World) {
    for number in 0..25 {
        let message = world.incoming(&format!("1{number:03}"), &format!("IN{number}"), "hi");
        world.record(message).await;
    }
    let (mut ids, mut chats) = (BTreeSet::new(), BTreeSet::new());
    for offset in [0, 10, 20] {
        let page = Page { offset, limit: 10 };
        ids.extend(
            world.store.messages(world.account, Wanted::default(), page).await.unwrap().iter().map(|k| k.message.id),
        );
        chats.extend(world.store.chats(world.account, None, page).await.unwrap().iter().map(|c| c.address.clone()));
    }
    assert_eq!((ids.len(), chats.len()), (25, 25));
}
