use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_000 + seconds)
}

#[test]
fn a_url_is_a_place_on_a_server() {
    assert_eq!(names("http://a.b:1/c/d?e=/f#g"), ("http://a.b:1/c/d", "http://a.b:1"));
    assert_eq!(names("http://a.b"), ("http://a.b", "http://a.b"));
    assert_eq!(names("http://a.b/"), ("http://a.b/", "http://a.b"));
    assert_eq!(names("nonsense"), ("nonsense", "nonsense"));
}

#[test]
fn who_was_silent_is_left_alone_and_then_tried_once() {
    let silence = Silence::default();
    let url = "http://a/hook?order=1";
    assert!(silence.admits(url, at(0)) && silence.admits(url, at(0)), "nothing is known of it");
    silence.note(url, false, at(10));
    assert!(!silence.admits("http://a/hook?order=2", at(11)), "the query makes no other place");
    assert!(silence.admits("http://a/other", at(11)), "another place of the server answers perhaps");
    assert!(silence.admits("http://b/hook", at(11)));
    assert!(silence.admits(url, at(14)), "one tries");
    assert!(!silence.admits(url, at(30)), "and nobody else meanwhile");
    silence.note(url, false, at(31));
    assert!(!silence.admits(url, at(32)));
    assert!(silence.admits(url, at(35)));
    silence.note(url, true, at(36));
    assert!(silence.admits(url, at(36)) && silence.admits(url, at(36)), "it is back");
}

#[test]
fn a_server_is_silent_when_several_of_its_places_are() {
    let silence = Silence::default();
    for _ in 0..5 {
        silence.note("http://a/1", false, at(0));
    }
    assert!(silence.admits("http://a/2", at(1)), "one place does not silence its server");
    silence.note("http://a/2", false, at(1));
    silence.note("http://a/3", false, at(1));
    assert!(!silence.admits("http://a/4", at(2)));
    assert!(silence.admits("http://a/4", at(5)));
    silence.note("http://a/4", true, at(6));
    assert!(silence.admits("http://a/5", at(6)) && silence.admits("http://a/6", at(6)));
    assert!(!silence.admits("http://a/1", at(3)), "its silent places are still known");
}

#[test]
fn no_more_is_remembered_than_there_is_room_for() {
    let silence = Silence::default();
    for number in 0..MOST as i64 {
        silence.note(&format!("http://{number}/x"), false, at(number));
    }
    assert!(silence.rows.lock().unwrap().len() <= MOST);
    assert!(silence.admits("http://0/x", at(0)), "the oldest is forgotten");
}
