use std::time::Duration;

use sluice_model::content::{Poll, Target};
use sluice_model::{Address, Timestamp};
use whatsapp_rust::Jid;
use whatsapp_rust::wacore::poll::compute_option_hash;

use super::addresses::{address_of, jid_of};
use super::checks::{A_MINUTE, Budget};
use super::pairs::{Own, Pairs};
use super::polls::Ballot;
use super::unread::{Note, Unread};

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
