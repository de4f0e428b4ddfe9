//! Files beside the database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use sluice_model::content::Blob;
use sluice_store::Blobs;
use sluice_store_sqlite::Files;

fn files_below(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| if entry.path().is_dir() { files_below(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn the_same_content_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(folder.path()).unwrap();
    let first = files.keep(&mut &b"hello"[..], 5).await.unwrap().unwrap();
    let again = files.keep(&mut &b"hello"[..], 5).await.unwrap().unwrap();
    assert_eq!(first, again);
    assert_eq!(first.hash, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assert_eq!(first.size, 5);
    let path = files.find(&first).await.unwrap().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"hello");
    assert!(path.ends_with(format!("media/2c/f2/{}", first.hash)));
    assert_eq!(files_below(folder.path()), 1);
}

#[tokio::test]
async fn what_is_too_long_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(folder.path()).unwrap();
    assert_eq!(files.keep(&mut &b"hello!"[..], 5).await.unwrap(), None);
    assert_eq!(files_below(folder.path()), 0);
}

#[tokio::test]
async fn only_a_hash_finds_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(folder.path()).unwrap();
    std::fs::write(folder.path().join("secret"), "x").unwrap();
    for hash in ["../../../secret", "", "2CF2", &"é".repeat(32)] {
        let found = files.find(&Blob { hash: hash.to_owned(), size: 1 }).await.unwrap();
        assert_eq!(found, None, "{hash}");
    }
}

#[tokio::test]
async fn what_a_crash_left_half_written_is_cleared_away() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Files::new(folder.path()).unwrap().keep(&mut &b"whole"[..], 10).await.unwrap().unwrap();
    std::fs::write(folder.path().join("media/unfinished/7"), "half").unwrap();
    let files = Files::new(folder.path()).unwrap();
    assert_eq!(files_below(folder.path()), 1);
    assert!(files.find(&kept).await.unwrap().is_some());
}
