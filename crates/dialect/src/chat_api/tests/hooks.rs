//! How hooks are repeated, and whose calls are ours.

use sluice_model::delivery::{Queue, Success};
use sluice_model::{AccountId, Timestamp};

use crate::chat_api::ChatApi;
use crate::golden::world;
use crate::{Dialect, Named};

#[test]
fn a_hook_is_tried_twenty_times_until_200() {
    let schedule = ChatApi.schedule();
    assert_eq!((schedule.queue, schedule.success), (Queue::Independent, Success::Exactly200));
    let start = Timestamp::from_seconds(0);
    let (mut at, mut tries) = (start, 1);
    while let Some(next) = schedule.next(tries, start, at) {
        assert!(next > at);
        at = next;
        tries += 1;
    }
    assert_eq!(tries, 20);
    assert!((8..12).contains(&(at.seconds() / 3600)), "{} hours", at.seconds() / 3600);
}

#[test]
fn the_token_stands_in_the_query_and_the_instance_in_the_path() {
    let mut call = world::call(http::Method::GET, "/instance100003/me");
    call.params = vec![("id", "100003".to_owned())];
    call.query = vec![("token".to_owned(), "tok".to_owned())];
    let shown = ChatApi.credentials(&call);
    assert_eq!((shown.token.as_deref(), shown.account), (Some("tok"), Named::Account(AccountId(3))));
    assert_eq!(ChatApi.account_name(&call.spelling, AccountId(3)), "100003");
    for (path, owned) in
        [("/instance100003/x", true), ("/instance1", true), ("/instances", false), ("/instance", false)]
    {
        assert_eq!(ChatApi.owns(path), owned, "{path}");
    }
}
