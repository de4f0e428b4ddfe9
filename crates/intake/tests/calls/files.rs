//! Files: kept as they come, shown by link.

use sluice_model::content::Blob;

use crate::house::{House, NOW};

const HASH: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

async fn keep(house: &House) -> Blob {
    let kept = house.ask(&house.ours.key, "POST", "/t/files", "hello").await;
    assert!(kept.status == 200 && kept.body.contains(HASH), "{}", kept.body);
    Blob { hash: HASH.to_owned(), size: 5 }
}

#[tokio::test]
async fn a_file_is_kept_as_it_comes_and_given_back() {
    let house = House::open().await;
    keep(&house).await;
    let found = house.ask(&house.ours.key, "GET", &format!("/t/files/{HASH}"), "").await;
    assert_eq!((found.status, found.body.as_str(), found.header("content-length")), (200, "hello", "5"));
    for missing in ["0".repeat(64), "../../etc/passwd".to_owned(), "..%2f..%2fetc".to_owned()] {
        assert_eq!(house.ask(&house.ours.key, "GET", &format!("/t/files/{missing}"), "").await.status, 404);
    }
}

#[tokio::test]
async fn a_link_opens_its_file_and_nothing_runs_in_it() {
    let house = House::open().await;
    let blob = keep(&house).await;
    let link = |mime| house.links.file(&blob, mime, Some("кот.svg"), NOW).replace("http://gate", "");
    let mut client = house.client().await;
    let shown = client.ask("GET", &link("image/svg+xml"), &[], "").await;
    assert_eq!((shown.status, shown.body.as_str()), (200, "hello"));
    assert_eq!(shown.header("content-type"), "image/svg+xml");
    assert!(shown.header("content-disposition").starts_with("attachment; filename*=UTF-8''%D0%BA"), "{shown:?}");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert_eq!(shown.header("content-security-policy"), "sandbox");

    let part = client.ask("GET", &link("image/png"), &[("Range", "bytes=1-3")], "").await;
    assert_eq!((part.status, part.body.as_str(), part.header("content-range")), (206, "ell", "bytes 1-3/5"));
    assert_eq!(client.ask("GET", &link("image/png"), &[("Range", "bytes=9-")], "").await.status, 416);
    let forged = link("image/png").replace("image", "text");
    assert_eq!(client.ask("GET", &forged, &[], "").await.status, 404);
    house.clock.advance(sluice_dialect::links::LIFE);
    assert_eq!(client.ask("GET", &link("image/png"), &[], "").await.status, 404);
}
