use std::time::Duration;

use sluice_model::content::{Poll, Preview, Target};
use sluice_model::event::{Presence, PresenceState};
use sluice_model::{Address, Party, Timestamp};
use whatsapp_rust::Jid;
use whatsapp_rust::wacore::poll::compute_option_hash;

use super::addresses::{address_of, jid_of};
use super::cards::{Card, Cards};
use super::checks::{A_MINUTE, Budget};
use super::pairs::{Own, Pairs};
use super::polls::Ballot;
use super::stored::Stored;
use super::unread::{Note, Unread};
use super::watched::{MOST, Watched};

fn jid(text: &str) -> Jid {
    text.parse().unwrap()
}

fn phone(digits: &str) -> Address {
    Address::Phone(digits.to_owned())
}

#[test]
fn addresses_are_written_as_whatsapp_does_and_read_back() {
    for (address, written) in [
        ("phone:79990000001", "79990000001@s.whatsapp.net"),
        ("lid:12345", "12345@lid"),
        ("group:120363000000000000", "120363000000000000@g.us"),
        ("group:79990000001-1581234048", "79990000001-1581234048@g.us"),
        ("story:", "status@broadcast"),
    ] {
        let address: Address = address.parse().unwrap();
        assert_eq!(jid_of(&address).unwrap().to_string(), written);
        assert_eq!(address_of(&jid(written)), Some(address));
    }
    for (written, address) in [
        ("79990000001:12@s.whatsapp.net", Some(phone("79990000001"))),
        ("79990000001@c.us", Some(phone("79990000001"))),
        ("120363@newsletter", Some(Address::Channel("120363".into()))),
        ("79990000001-1@broadcast", None),
        ("nonsense@s.whatsapp.net", None),
        ("s.whatsapp.net", None),
    ] {
        assert_eq!(written.parse::<Jid>().ok().and_then(|jid| address_of(&jid)), address, "{written}");
    }
    for address in ["user:1", "username:ann", "name:Ann", "channel:1", "group:nothing", "group:1-", "lid:x"] {
        assert!(jid_of(&address.parse().unwrap()).is_err(), "{address}");
    }
}

#[test]
fn a_person_known_by_both_goes_by_the_phone() {
    let mut pairs = Pairs::default();
    pairs.learn(&jid("55:3@lid"), &jid("79990000001@s.whatsapp.net"));
    let both = Some((phone("79990000001"), Some(Address::Lid("55".into()))));
    for written in ["55@lid", "55:7@lid", "79990000001@s.whatsapp.net", "79990000001:2@s.whatsapp.net"] {
        assert_eq!(pairs.both(&jid(written)), both, "{written}");
    }
    assert_eq!(pairs.both(&jid("56@lid")), Some((Address::Lid("56".into()), None)));
    assert_eq!(pairs.both(&jid("79990000002@s.whatsapp.net")), Some((phone("79990000002"), None)));
    assert_eq!(pairs.both(&jid("1@g.us")), Some((Address::Group("1".into()), None)));
    assert_eq!(pairs.other(&phone("79990000001")), Some(Address::Lid("55".into())));
}

#[test]
fn two_phones_are_no_pair() {
    let mut pairs = Pairs::default();
    pairs.learn(&jid("1111111@s.whatsapp.net"), &jid("2222222@s.whatsapp.net"));
    pairs.learn(&jid("1@g.us"), &jid("2@lid"));
    assert_eq!(pairs.both(&jid("2@lid")), Some((Address::Lid("2".into()), None)));
}

#[test]
fn the_account_knows_itself_by_either_address_and_device() {
    let own = Own { phone: Some(jid("79990000001:4@s.whatsapp.net")), lid: Some(jid("55:4@lid")) };
    assert!(own.is(&jid("79990000001@s.whatsapp.net")) && own.is(&jid("55:9@lid")));
    assert!(!own.is(&jid("55@s.whatsapp.net")) && !own.is(&jid("79990000001@lid")) && !own.is(&jid("1@g.us")));
    assert_eq!(own.jid(true).unwrap().to_string(), "55@lid");
    assert_eq!(own.jid(false).unwrap().to_string(), "79990000001@s.whatsapp.net");
}

#[test]
fn the_newest_vote_of_a_voter_counts() {
    let poll = Poll { question: "Tea?".into(), options: vec!["Yes".into(), "No".into()], choices: 1 };
    let mut ballot = Ballot::new(poll, "1@lid".into(), &[7; 32], Timestamp::default());
    let target = || Target { remote: "P".into(), from_me: true, sender: None };
    let hash = |option: &str| compute_option_hash(option).to_vec();
    ballot.count(target(), phone("79990000001"), &[hash("Yes")]);
    ballot.count(target(), phone("79990000002"), &[hash("No"), hash("neither")]);
    let vote = ballot.count(target(), phone("79990000001"), &[hash("No")]);
    assert_eq!(vote.chosen, ["No"]);
    let voters: Vec<usize> = vote.tally.iter().map(|tally| tally.voters.len()).collect();
    assert_eq!(voters, [0, 2]);
    assert_eq!(ballot.count(target(), phone("79990000002"), &[]).chosen, [""; 0]);
    assert_eq!(ballot.secret(), [7; 32]);
}

#[test]
fn checks_have_a_budget_by_the_minute() {
    let at = |seconds: i64| Timestamp::from_seconds(1_000 + seconds);
    let mut budget = Budget::default();
    assert_eq!(budget.spend(A_MINUTE - 10, at(0)), Ok(()));
    assert_eq!(budget.spend(10, at(20)), Ok(()));
    assert_eq!(budget.spend(1, at(30)), Err(Duration::from_secs(30)));
    assert_eq!(budget.spend(A_MINUTE, at(30)), Err(Duration::from_secs(50)));
    assert_eq!(budget.spend(1, at(60)), Ok(()), "the first has left the minute");
    let mut fresh = Budget::default();
    assert_eq!(fresh.spend(5 * A_MINUTE, at(0)), Ok(()), "a large question is asked when nothing else was");
    assert_eq!(fresh.spend(1, at(1)), Err(Duration::from_secs(59)));
}

#[test]
fn unread_messages_are_taken_once_and_are_bounded() {
    let note = |chat: &str, remote: String| Note { remote, chat: phone(chat), jid: jid("1@lid"), sender: None };
    let mut unread = Unread::default();
    (0..1_000).for_each(|n| unread.note(note("111111", n.to_string())));
    unread.note(note("222222", "x".into()));
    assert_eq!(unread.take(&phone("111111"), &["999".into(), "0".into()]).len(), 1);
    let rest = unread.take(&phone("111111"), &[]).len();
    assert!((1..1_000).contains(&rest), "{rest}");
    assert!(unread.take(&phone("111111"), &[]).is_empty());
    assert_eq!(unread.take(&phone("222222"), &["x".into()]).len(), 1);
}

#[test]
fn a_file_whose_path_would_name_another_host_is_none() {
    let handle = |path: &str| serde_json::json!({"path": path, "hash": ""});
    assert!(Stored::read(&handle("/v/t62.7118-24/1.enc?ccb=11-4")).is_some());
    for path in ["", "v/1.enc", ".evil.example/1.enc", "@evil.example/1.enc", ":80/1.enc", "https://evil.example/1.enc"]
    {
        assert_eq!(Stored::read(&handle(path)), None, "{path}");
    }
}

#[test]
fn presence_is_told_once_and_of_few_people() {
    let party = |digits: &str| Party { alias: Some(Address::Lid("55".into())), ..Party::new(phone(digits)) };
    let now = |digits: &str, state, last_seen| Presence { who: party(digits), chat: phone(digits), state, last_seen };
    let (online, typing) =
        (now("79990000001", PresenceState::Online, None), now("79990000001", PresenceState::Typing, None));
    let mut watched = Watched::default();
    assert_eq!(watched.hear(online.clone()), None, "nobody asked");
    // Asked for when only the LID was known.
    assert!(watched.add(&Party::new(Address::Lid("55".into()))));
    let mut told = |presence: &Presence| watched.hear(presence.clone()).is_some();
    assert_eq!([told(&online), told(&online), told(&typing), told(&typing)], [true, false, true, true]);
    assert_eq!([told(&online), told(&online)], [true, false]);
    let gone = |seconds| now("79990000001", PresenceState::Offline, Some(Timestamp::from_seconds(seconds)));
    assert_eq!([told(&gone(1)), told(&gone(1)), told(&gone(2))], [true, false, true]);
    watched.remove(&party("79990000001"));
    assert_eq!(watched.hear(online), None, "and nobody asks any more");

    let stranger = |n: usize| Party::new(phone(&format!("7998{n:07}")));
    assert!((0..MOST).all(|n| watched.add(&stranger(n))));
    assert!(!watched.add(&stranger(MOST)) && watched.add(&stranger(0)), "those who are watched may be asked for again");
}

#[test]
fn a_page_is_visited_once_in_a_while() {
    let at = Timestamp::from_seconds;
    let card =
        |title: &str| Some(Card { preview: Preview { title: title.into(), ..Preview::default() }, picture: None });
    let mut cards = Cards::default();
    cards.keep("a", card("A"), at(0));
    cards.keep("dead", None, at(0));
    let title = |cards: &Cards, link: &str, now| {
        cards.find(link, at(now)).map(|card| card.map(|card| card.preview.title).unwrap_or_default())
    };
    assert_eq!([title(&cards, "a", 599), title(&cards, "a", 600)], [Some("A".into()), None]);
    assert_eq!([title(&cards, "dead", 59), title(&cards, "dead", 60)], [Some(String::new()), None]);
    assert_eq!(title(&cards, "b", 0), None);
    cards.keep("a", card("A again"), at(1));
    assert_eq!(title(&cards, "a", 2), Some("A again".into()));
    (0..10).for_each(|n| cards.keep(&n.to_string(), card("x"), at(2)));
    assert_eq!((title(&cards, "a", 2), title(&cards, "9", 2)), (None, Some("x".into())), "few are kept");
}
