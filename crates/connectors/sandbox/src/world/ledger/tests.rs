use super::*;

fn sent(id: u64) -> Sent {
    Sent {
        id,
        remote: format!("3EB0{id}"),
        chat: Address::Phone("79990000001".to_owned()),
        kind: "text".to_owned(),
        words: "line\nbreak".to_owned(),
        dup: id == 2,
    }
}

#[test]
fn what_was_written_is_read_again_and_counting_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox/1.jsonl");
    let at = Timestamp::from_seconds(1);
    let (mut ledger, lines) = Ledger::open(&path).unwrap();
    assert!(lines.is_empty());
    assert_eq!(ledger.sent(at, &sent(1)).unwrap(), 1);
    assert_eq!(ledger.sent(at, &sent(2)).unwrap(), 2);
    assert_eq!(ledger.settled(at, 2).unwrap(), 3);
    drop(ledger);

    let (ledger, lines) = Ledger::open(&path).unwrap();
    assert_eq!(ledger.next(), 4);
    assert_eq!(lines[0].sent, Some(sent(1)));
    assert_eq!(lines[1].sent, Some(sent(2)));
    assert_eq!((lines[2].settled, &lines[2].sent), (Some(2), &None));
    assert_eq!(std::fs::read_to_string(&path).unwrap().matches("\"dup\":true").count(), 1);
}

#[test]
fn half_a_line_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.jsonl");
    let (mut ledger, _) = Ledger::open(&path).unwrap();
    ledger.sent(Timestamp::default(), &sent(1)).unwrap();
    drop(ledger);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"n\":2,\"at\":0,\"id\"").unwrap();

    let (mut ledger, lines) = Ledger::open(&path).unwrap();
    assert_eq!(lines.len(), 1);
    ledger.sent(Timestamp::default(), &sent(3)).unwrap();
    let (_, lines) = Ledger::open(&path).unwrap();
    assert_eq!(lines.iter().filter_map(|line| line.sent.as_ref()).map(|sent| sent.id).collect::<Vec<_>>(), [1, 3]);
}
