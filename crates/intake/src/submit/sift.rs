//! A page of those rows that a list of the store cannot pick out by itself.

use std::future::Future;

use sluice_model::command::Slice;
use sluice_store::shelf::Page;

use super::Result;

/// Rows read at a time, and how often: what lies further back is not found.
const STEP: u64 = 500;
const STEPS: u64 = 20;

/// Reads page by page and keeps what is wanted. Answers with the rows of `slice` among them, and how many there are.
pub(super) async fn sift<T, F>(
    slice: Slice,
    wanted: impl Fn(&T) -> bool,
    mut read: impl FnMut(Page) -> F,
) -> Result<(Vec<T>, u64)>
where
    F: Future<Output = std::result::Result<Vec<T>, sluice_store::Fault>>,
{
    let (mut kept, mut total) = (Vec::new(), 0);
    for step in 0..STEPS {
        let rows = read(Page { offset: step * STEP, limit: STEP }).await?;
        let last = (rows.len() as u64) < STEP;
        for row in rows.into_iter().filter(&wanted) {
            if (slice.offset..slice.offset.saturating_add(slice.limit)).contains(&total) {
                kept.push(row);
            }
            total += 1;
        }
        if last {
            break;
        }
    }
    Ok((kept, total))
}

/// The same place in a list of the store.
pub(super) const fn page(slice: Slice) -> Page {
    Page { offset: slice.offset, limit: slice.limit }
}
