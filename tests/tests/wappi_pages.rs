//! Wappi's lists at 10,000 rows: every row on exactly one page, in order, and the total right.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::wappi::Profile;

const PEOPLE: u32 = 10_000;

/// Reads a list page by page: the rows' ids in order. No page may be slow, however deep it is.
async fn all(profile: &Profile<'_>, path: &str, list: &str, query: &[(&str, &str)]) -> Result<Vec<String>> {
    const PAGE: usize = 1000;
    let (mut ids, mut slowest) = (Vec::new(), Duration::ZERO);
    loop {
        let (limit, offset) = (PAGE.to_string(), ids.len().to_string());
        let query = [query, &[("limit", limit.as_str()), ("offset", offset.as_str())]].concat();
        let begun = Instant::now();
        let page = profile.get(path, &query).await?;
        slowest = slowest.max(begun.elapsed());
        if page["total_count"].is_u64() {
            ensure!(page["total_count"] == PEOPLE, "{path}: {} in all", page["total_count"]);
        }
        let rows = page[list].as_array().context("no list")?;
        ids.extend(rows.iter().filter_map(|row| row["id"].as_str()).map(str::to_owned));
        if rows.len() < PAGE {
            ensure!(slowest < Duration::from_secs(2), "{path}: a page took {slowest:?}");
            return Ok(ids);
        }
    }
}

#[tokio::test]
async fn ten_thousand_chats_contacts_and_messages_are_paged() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::logged_in(&gateway, "api", "Crowd").await?;
    let begun = Instant::now();
    let crowd = json!({"from": "790010{n}", "text": "hello {n}", "count": PEOPLE});
    profile.sandbox("receive", crowd).await?;
    println!("{PEOPLE} messages came in within {:?}", begun.elapsed());

    let own = |id: &String| format!("790010{:05}@c.us", id.parse::<u32>().unwrap_or_default());
    let newest_first: Vec<String> = (1..=PEOPLE).rev().map(|number| own(&number.to_string())).collect();
    let whole: BTreeSet<&String> = newest_first.iter().collect();
    let chats = all(&profile, "sync/chats/get", "dialogs", &[]).await?;
    assert_eq!(chats.len(), newest_first.len());
    assert_eq!(chats.iter().collect::<BTreeSet<_>>(), whole, "every chat once");
    let contacts = all(&profile, "sync/contacts/get", "contacts", &[]).await?;
    assert_eq!(contacts.len(), newest_first.len());
    assert_eq!(contacts.iter().collect::<BTreeSet<_>>(), whole, "every contact once");
    let messages = all(&profile, "sync/messages/all/get", "messages", &[]).await?;
    assert_eq!(messages.len(), newest_first.len());
    assert_eq!(messages.iter().collect::<BTreeSet<_>>().len(), newest_first.len(), "every message once");
    let mut turned = all(&profile, "sync/messages/all/get", "messages", &[("order", "asc")]).await?;
    turned.reverse();
    ensure!(turned == messages, "the other way round");

    // Far down in the list, by filter, by name and by words: one look each, not a walk through everything.
    let last = &newest_first[newest_first.len() - 1];
    let filter = json!({"filter": {"ids": [last, "79001000002", "70000000000"]}});
    let begun = Instant::now();
    let picked = profile.post("sync/chats/get", &[], Some(filter)).await?;
    ensure!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let ids: Vec<&Value> = picked["dialogs"].as_array().context("dialogs")?.iter().map(|row| &row["id"]).collect();
    assert_eq!((ids.len(), &picked["total_count"]), (2, &json!(2)), "{picked}");
    ensure!(ids.contains(&&json!(last)), "{picked}");
    let found = profile.get("sync/chats/filter", &[("client_name", "79001009999")]).await?;
    assert_eq!((&found["total_count"], &found["dialogs"][0]["last_message_data"]), (&json!(1), &json!("hello 9999")));
    let found = profile.get("sync/chats/filter", &[("client_name", "hello 777")]).await?;
    assert_eq!(found["total_count"], 11, "777 and 7770 to 7779");
    let today = profile.get("sync/chats/days/get", &[("limit", "1")]).await?;
    assert_eq!((&today["total_count"], today["dialogs"].as_array().map(Vec::len)), (&json!(PEOPLE), Some(10_000)));
    assert_eq!(profile.get("sync/chats/days/get", &[("offset", "1")]).await?["total_count"], 0);
    Ok(())
}

#[tokio::test]
async fn chats_are_archived_deleted_read_and_found_again() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = Profile::logged_in(&gateway, "api", "Tidy").await?;
    profile.sandbox("receive", json!({"from": "790010{n}", "text": "hello {n}", "count": 3})).await?;
    let to = |number: u32| Some(json!({"recipient": format!("790010{number:05}")}));
    let listed = async |path: &str, query: &[(&str, &str)]| {
        let list = profile.get(path, query).await?;
        let row = |row: &Value| row["id"].as_str().unwrap_or_default()[6..11].parse::<u32>().unwrap_or_default();
        let mut rows: Vec<u32> = list["dialogs"].as_array().context("dialogs")?.iter().map(row).collect();
        rows.sort_unstable();
        anyhow::Ok(rows)
    };
    profile.post("sync/chat/archive", &[], to(1)).await?;
    assert_eq!(listed("sync/chats/days/get", &[]).await?, [2, 3]);
    assert_eq!(listed("sync/chats/days/get", &[("is_archived", "true")]).await?, [1, 2, 3]);
    profile.post("sync/chat/unarchive", &[], to(1)).await?;
    profile.post("sync/chat/delete", &[], to(2)).await?;
    let body = to(2).unwrap_or_default().to_string();
    let (status, again) = profile.call(reqwest::Method::POST, "sync/chat/delete", &[], Some(body)).await?;
    assert_eq!((status, again), (400, json!({"detail": "deleteChat error", "status": "error"})));
    assert_eq!(listed("sync/chats/get", &[]).await?, [1, 3]);
    assert_eq!(listed("sync/chats/get", &[("show_all", "true")]).await?, [1, 2, 3]);
    assert_eq!(listed("sync/chats/days/get", &[("is_deleted", "true")]).await?, [1, 2, 3]);
    profile.sandbox("receive", json!({"from": "79001000002", "text": "still here"})).await?;
    assert_eq!(listed("sync/chats/get", &[]).await?, [1, 2, 3]);

    let unread = profile.get("sync/messages/unread/get", &[]).await?;
    assert_eq!(unread["chats"].as_array().map(Vec::len), Some(3), "{unread}");
    let marked = [("chat_id", "79001000003"), ("mark_all", "true")];
    assert_eq!(profile.get("sync/messages/get", &marked).await?["total_count"], 1);
    profile.post("sync/chat/seen/send", &[("chat_id", "79001000001@c.us")], None).await?;
    let unread = profile.get("sync/messages/unread/get", &[]).await?;
    assert_eq!(
        (unread["chats"].as_array().map(Vec::len), &unread["chats"][0]["unread_messages"]["content"]),
        (Some(1), &json!("still here"))
    );
    profile.post("sync/chat/typing/start", &[], to(1)).await?;
    profile.post("sync/chat/typing/stop", &[], to(1)).await?;
    Ok(())
}
