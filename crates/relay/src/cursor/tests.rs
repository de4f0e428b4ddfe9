use proptest::prelude::*;

use super::*;

#[test]
fn it_waits_for_the_slowest() {
    let mut prefix = Prefix::new(Position(10));
    for position in [11, 12, 15] {
        prefix.begin(Position(position));
    }
    prefix.finish(Position(12));
    prefix.finish(Position(15));
    assert_eq!((prefix.reached(), prefix.read_to(), prefix.spread()), (Position(10), Position(15), 3));
    prefix.finish(Position(11));
    assert_eq!((prefix.reached(), prefix.read_to(), prefix.spread()), (Position(15), Position(15), 0));
}

proptest! {
    #[test]
    fn it_never_passes_an_unfinished_entry_and_ends_at_the_end(
        gaps in proptest::collection::vec(1_u32..4, 1..60),
        order in any::<prop::sample::Index>(),
        seeds in proptest::collection::vec(any::<prop::sample::Index>(), 60),
    ) {
        let start = u32::try_from(order.index(1000)).unwrap();
        let mut positions = Vec::new();
        let mut last = start;
        for gap in gaps {
            last += gap;
            positions.push(Position(last));
        }
        let mut prefix = Prefix::new(Position(start));
        let (mut ahead, mut open) = (positions.clone().into_iter(), Vec::new());
        for seed in seeds.iter().cycle() {
            // Begin and finish in turns that the seed decides.
            if (open.is_empty() || seed.index(2) == 0)
                && let Some(position) = ahead.next()
            {
                prefix.begin(position);
                open.push(position);
            } else if open.is_empty() {
                break;
            } else {
                prefix.finish(open.swap_remove(seed.index(open.len())));
            }
            if let Some(oldest) = open.iter().min() {
                prop_assert!(prefix.reached() < *oldest);
            } else {
                prop_assert_eq!(prefix.reached(), prefix.read_to());
            }
        }
        prop_assert_eq!(prefix.reached(), Position(last));
        prop_assert_eq!(prefix.spread(), 0);
    }
}
