//! What a report says of its promises, and what a ledger says of repeats.

use sluice_trials::ledger::{Ledger, Repeat, Taken};
use sluice_trials::report::Report;

fn page(judge: impl FnOnce(&mut Report)) -> String {
    let mut report = Report::new("A trial", 1);
    judge(&mut report);
    report.markdown()
}

#[test]
fn a_promise_held_to_its_own_bound_is_said_to_have_held() {
    let page = page(|report| report.at_most("wait", 3, 3));
    assert!(page.contains("| wait | 3 (at most 3) |"), "{page}");
    assert!(page.ends_with("\nEvery promise held.\n"), "{page}");
}

#[test]
fn what_was_judged_with_room_is_never_said_to_have_held_without_it() {
    let page = page(|report| {
        report.room("the wait, at 20 s and not at 1 s, because two are few");
        report.room("freezes of 3 s");
    });
    assert!(!page.contains("Every promise held"), "{page}");
    let last = "\nHeld, but judged with room: the wait, at 20 s and not at 1 s, because two are few; freezes of 3 s.\n";
    assert!(page.ends_with(last), "{page}");
}

#[test]
fn beyond_its_bound_or_beyond_comparing_a_figure_breaks_the_promise() {
    for figure in [1.01, f64::NAN] {
        let page = page(|report| {
            report.at_most("slope", figure, 1.0);
            report.room("threads");
        });
        assert!(page.contains("**Broken promises**, although judged with room (threads):\n\n- slope: "), "{page}");
    }
    let page = page(|report| report.at_most("wait", 4, 3));
    assert!(page.ends_with("**Broken promises:**\n\n- wait: 4 (at most 3)\n"), "{page}");
}

#[test]
fn a_repeat_belongs_to_the_last_kill_before_it_if_that_fell_between() {
    let taken = |words: &str, at| Taken {
        chat: String::new(),
        words: words.to_owned(),
        remote: String::new(),
        at,
        repeated: false,
    };
    let comings = [("a", 5), ("b", 12), ("a", 15), ("b", 18), ("c", 19), ("a", 31), ("c", 31)];
    let ledger = Ledger(comings.map(|(words, at)| taken(words, at)).to_vec());
    let repeat = |words, kill| Repeat { words, kill };
    let repeats = [repeat("a", Some(0)), repeat("b", None), repeat("a", Some(2)), repeat("c", Some(2))];
    assert_eq!(ledger.repeats(&[10, 11, 30]), [repeat("a", Some(1)), repeats[1], repeats[2], repeats[3]]);
    assert_eq!(ledger.repeats(&[10, 20, 30])[0], repeats[0]);
    assert_eq!(ledger.repeats(&[]), [repeat("a", None), repeat("b", None), repeat("a", None), repeat("c", None)]);
}
