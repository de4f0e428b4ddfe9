//! How far listeners are.

use serde_json::json;
use sluice_model::delivery::{Attempt, State};
use sluice_model::listener::Target;
use sluice_model::{EventId, ListenerId, Position, Timestamp};

use super::World;
use super::journal::connected;
use crate::deliveries::{Move, Report};
use crate::listeners::{Change, NewListener};
use crate::shelf::Page;

impl World {
    pub async fn listener(&self) -> ListenerId {
        let new = NewListener {
            workspace: self.workspace,
            account: Some(self.account),
            dialect: "native".into(),
            name: "crm".into(),
            target: Target::Push { url: "https://example.com/hook".into() },
            events: Vec::new(),
            settings: json!({"incoming": "no"}),
            secret: None,
            at: self.now,
        };
        self.store.add_listener(new).await.unwrap().id
    }

    fn attempt(
        &self,
        listener: ListenerId,
        position: u32,
        number: u32,
        state: State,
        next_at: Option<Timestamp>,
    ) -> Attempt {
        Attempt {
            listener,
            account: self.account,
            position: Position(position),
            number,
            at: self.now,
            took_ms: 12,
            status: Some(if state == State::Delivered { 200 } else { 500 }),
            answer: "words".into(),
            state,
            next_at,
        }
    }

    async fn report(&self, attempt: Attempt, cursor: Option<u32>) {
        let report = Report {
            listener: attempt.listener,
            account: attempt.account,
            attempt: Some(attempt),
            cursor: cursor.map(Position),
            from: Position::START,
        };
        self.store.report(vec![report]).await.unwrap();
    }
}

pub async fn a_new_listener_begins_at_the_journals_end(world: World) {
    world.event(world.account, connected()).await;
    let listener = world.listener().await;
    world.event(world.account, connected()).await;
    assert_eq!(world.store.cursor(listener, world.account).await.unwrap(), Position(1));
    let everywhere = NewListener {
        workspace: world.workspace,
        account: None,
        dialect: "native".into(),
        name: "all".into(),
        target: Target::Pull,
        events: Vec::new(),
        settings: json!({}),
        secret: None,
        at: world.now,
    };
    let everywhere = world.store.add_listener(everywhere).await.unwrap().id;
    assert_eq!(world.store.cursor(everywhere, world.account).await.unwrap(), Position(2));
    let young = world.store.add_account(super::new_account(world.workspace, "young")).await.unwrap().id;
    world.event(young, connected()).await;
    assert_eq!(world.store.cursor(everywhere, young).await.unwrap(), Position::START, "nothing of it is missed");
}

pub async fn cursors_only_move_forward_unless_rewound(world: World) {
    let listener = world.listener().await;
    for _ in 0..5 {
        world.event(world.account, connected()).await;
    }
    let to = |position| Move { listener, account: world.account, to: Position(position) };
    assert_eq!(world.store.confirm(vec![to(3), to(2), to(3), to(4)]).await.unwrap(), [true, false, false, true]);
    assert_eq!(world.store.cursor(listener, world.account).await.unwrap(), Position(4));
    world.store.rewind(to(1)).await.unwrap();
    assert_eq!(world.store.cursor(listener, world.account).await.unwrap(), Position(1));
}

pub async fn a_report_from_before_a_rewind_does_not_undo_it(world: World) {
    let listener = world.listener().await;
    for _ in 0..5 {
        world.event(world.account, connected()).await;
    }
    world.report(world.attempt(listener, 3, 1, State::Delivered, None), Some(3)).await;
    world.store.rewind(Move { listener, account: world.account, to: Position(1) }).await.unwrap();
    let late = Report {
        listener,
        account: world.account,
        attempt: Some(world.attempt(listener, 4, 1, State::Delivered, None)),
        cursor: Some(Position(4)),
        from: Position(3),
    };
    world.store.report(vec![late]).await.unwrap();
    assert_eq!(world.store.cursor(listener, world.account).await.unwrap(), Position(1));
    assert_eq!(
        world.store.attempts(listener, None, Page::first(10)).await.unwrap().len(),
        2,
        "the attempt is on record"
    );
}

pub async fn a_failed_delivery_comes_back_when_it_is_due(mut world: World) {
    let listener = world.listener().await;
    let next = world.now.plus(std::time::Duration::from_secs(300));
    world.report(world.attempt(listener, 1, 1, State::Waiting, Some(next)), Some(1)).await;
    assert_eq!(world.store.cursor(listener, world.account).await.unwrap(), Position(1));
    assert_eq!(world.store.count_retries(listener).await.unwrap(), 1);
    let (due, after) = world.store.due(listener, world.account, world.now, 10).await.unwrap();
    assert_eq!((due.len(), after), (0, Some(next)));
    world.later(300);
    let (due, after) = world.store.due(listener, world.account, world.now, 10).await.unwrap();
    assert_eq!((due.len(), due[0].attempts, after), (1, 1, None));
    world.report(world.attempt(listener, 1, 2, State::Delivered, None), None).await;
    assert_eq!(world.store.due(listener, world.account, world.now, 10).await.unwrap(), (vec![], None));
    let delivery = world.store.delivery(listener, EventId::of(world.account, Position(1))).await.unwrap().unwrap();
    assert_eq!((delivery.state, delivery.attempts), (State::Delivered, 2));
    assert_eq!(world.store.count_retries(listener).await.unwrap(), 0);
}

pub async fn attempts_are_kept_for_people_to_read(mut world: World) {
    let listener = world.listener().await;
    let next = Some(world.now);
    world.report(world.attempt(listener, 1, 1, State::Waiting, next), Some(1)).await;
    world.later(10);
    world.report(world.attempt(listener, 1, 2, State::Delivered, None), None).await;
    world.later(10);
    world.report(world.attempt(listener, 2, 1, State::Delivered, None), Some(2)).await;
    let all = world.store.attempts(listener, None, Page::first(10)).await.unwrap();
    assert_eq!(all.iter().map(|a| (a.position.get(), a.number)).collect::<Vec<_>>(), [(2, 1), (1, 2), (1, 1)]);
    let failed = world.store.attempts(listener, Some(State::Waiting), Page::first(10)).await.unwrap();
    assert_eq!(failed, [all[2].clone()]);
    let of_one = world.store.attempts_of(EventId::of(world.account, Position(1))).await.unwrap();
    assert_eq!(of_one, [all[2].clone(), all[1].clone()]);
    assert_eq!(world.store.prune_attempts(world.now, 10).await.unwrap(), 2);
}

pub async fn an_event_can_be_sent_again(world: World) {
    let listener = world.listener().await;
    world.event(world.account, connected()).await;
    world.report(world.attempt(listener, 1, 1, State::Delivered, None), Some(1)).await;
    let event = EventId::of(world.account, Position(1));
    let mut bell = world.store.bell().listen();
    world.store.resend(listener, event, world.now).await.unwrap();
    while bell.recv().await.unwrap() != crate::Ring::Deliveries {}
    let (due, _) = world.store.due(listener, world.account, world.now, 10).await.unwrap();
    assert_eq!(due.iter().map(|delivery| delivery.event()).collect::<Vec<_>>(), [event]);
}

pub async fn switches_hold_for_the_entries_written_under_them(world: World) {
    let listener = world.listener().await;
    let switch = async |word: &str| {
        let change = Change { settings: Some(json!({"incoming": word})), ..Change::default() };
        world.store.change_listener(world.workspace, listener, change).await.unwrap().unwrap();
    };
    world.event(world.account, connected()).await;
    switch("yes").await;
    world.event(world.account, connected()).await;
    switch("no").await;
    world.event(world.account, connected()).await;
    let mut in_force = Vec::new();
    for position in 1..=3 {
        let settings = world.store.settings_at(listener, world.account, Position(position)).await.unwrap().unwrap();
        in_force.push(settings["incoming"].as_str().unwrap().to_owned());
    }
    assert_eq!(in_force, ["no", "yes", "no"]);
}
