use super::tally::Tally;

fn read(text: &str) -> (Tally, Vec<&str>) {
    let mut tally = Tally::default();
    let shown = text.lines().filter(|line| tally.read(line)).collect();
    (tally, shown)
}

#[test]
fn the_sums_of_all_binaries_are_added() {
    let (tally, _) = read(
        "test a ... ok\n\
         test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s\n\
         test b::c ... FAILED\n\
         test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n",
    );
    assert_eq!((tally.passed(), tally.failed, tally.skipped), (16, 2, 1));
    assert_eq!(tally.failures, ["b::c"]);
}

#[test]
fn a_test_that_says_it_was_skipped_did_not_pass() {
    let (tally, shown) = read(
        "test bot ... ok\n\
         test node ... ok\n\
         \n\
         successes:\n\
         \n\
         ---- bot stdout ----\n\
         SKIPPED: the bot because SLUICE_PYTHON is not set; install python3\n\
         \n\
         successes:\n    bot\n    node\n\
         \n\
         test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
    );
    assert_eq!((tally.passed(), tally.failed, tally.skipped), (1, 0, 1));
    assert!(shown.contains(&"SKIPPED: the bot because SLUICE_PYTHON is not set; install python3"));
    assert!(!shown.contains(&"    bot"), "the list of what passed is noise: {shown:?}");
}

#[test]
fn what_failed_is_shown_whole() {
    let (_, shown) = read(
        "successes:\n    a\n\
         failures:\n\
         ---- b stdout ----\n\
         left: 1\n\
         failures:\n    b\n\
         test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.0s\n",
    );
    assert!(shown.contains(&"left: 1"));
    assert!(!shown.contains(&"    a"));
}

#[test]
fn a_failed_step_counts_beside_failed_tests() {
    let (mut tally, _) = read("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n");
    tally.fail("the step `clippy`".to_owned());
    tally.skip("SKIPPED: fmt because this Rust toolchain lacks it; install rustfmt");
    assert_eq!((tally.passed(), tally.failed, tally.skipped), (1, 1, 1));
}
