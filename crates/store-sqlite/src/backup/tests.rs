use sluice_model::Sealed;
use sluice_model::account::Settings;
use sluice_model::listener::Target;
use sluice_store::Blobs;
use sluice_store::accounts::Change;
use sluice_store::conformance::World;
use sluice_store::keys::NewKey;
use sluice_store::listeners::NewListener;

use super::*;
use crate::{Files, Sqlite, options};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn store(dir: &Path) -> std::sync::Arc<Sqlite> {
    Sqlite::open(options(dir)).unwrap()
}

#[tokio::test]
async fn a_copy_of_a_store_at_work_comes_back_and_rests_until_told() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy, new) = (folder.path().join("data"), folder.path().join("copy"), folder.path().join("new"));
    let mut world = World::new(store(&data)).await;
    let order = world.order("111", "before");
    world.accept(vec![order.clone()]).await;
    let files = Files::new(&data).unwrap();
    let blob = files.keep(&mut &b"a file"[..], 100).await.unwrap().unwrap();

    let manifest = take(&data, &copy, "1", "key", NOW).unwrap();
    let late = world.order("111", "after");
    world.accept(vec![late]).await;
    assert_eq!(manifest.media, Media { files: 1, bytes: 6 });
    assert_eq!(read(&copy).unwrap(), manifest);

    std::fs::create_dir(&new).unwrap();
    bring_back(&copy, &new).unwrap();
    assert!(Files::new(&new).unwrap().find(&blob).await.unwrap().is_some());
    world.store = store(&new);
    world.epoch = world.store.take(world.account).await.unwrap();
    let waiting = world.store.waiting(world.account, sluice_store::shelf::Page::first(10)).await.unwrap();
    assert_eq!(waiting, [order]);
    assert_eq!(world.claim(10).await, [], "a copy rests");
    assert_eq!(world.store.resting().await.unwrap(), Some(NOW));
    assert_eq!(resume(&new).unwrap(), Some(NOW));
    assert_eq!(world.store.resting().await.unwrap(), None);
    assert_eq!(world.claim(10).await.len(), 1);
    assert_eq!(resume(&new).unwrap(), None);
    assert_eq!(resume(&data).unwrap(), None, "the original never rested");
}

#[tokio::test]
async fn what_was_in_hand_is_not_adopted_before_the_copy_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy, new) = (folder.path().join("data"), folder.path().join("copy"), folder.path().join("new"));
    let mut world = World::new(store(&data)).await;
    let order = world.order("111", "in hand");
    world.accept(vec![order.clone()]).await;
    assert_eq!(world.claim(1).await.len(), 1);

    take(&data, &copy, "1", "key", NOW).unwrap();
    std::fs::create_dir(&new).unwrap();
    bring_back(&copy, &new).unwrap();
    world.store = store(&new);
    let world = world.reopened().await;
    assert_eq!(world.store.adopt(world.account, world.epoch).await.unwrap(), [], "a copy rests");
    assert_eq!(world.state(&order).await, sluice_model::State::Waiting);
    assert_eq!(world.claim(10).await, []);
    resume(&new).unwrap();
    let claimed = world.claim(10).await;
    assert_eq!((claimed.len(), claimed[0].id()), (1, order.id()));
}

#[tokio::test]
async fn what_was_damaged_on_the_way_is_not_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy, new) = (folder.path().join("data"), folder.path().join("copy"), folder.path().join("new"));
    let kept = store(&data);
    take(&data, &copy, "1", "key", NOW).unwrap();
    assert!(take(&data, &copy, "1", "key", NOW).unwrap_err().to_string().contains("not empty"));
    drop(kept);

    let mut bytes = std::fs::read(open::file(&copy)).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(open::file(&copy), bytes).unwrap();
    std::fs::create_dir(&new).unwrap();
    assert!(bring_back(&copy, &new).unwrap_err().to_string().contains("manifest"));
    assert!(!open::file(&new).exists(), "no gateway starts on half a restore");

    std::fs::remove_file(copy.join(MANIFEST)).unwrap();
    assert!(bring_back(&copy, &new).unwrap_err().to_string().contains("no whole backup"));
    assert!(bring_back(&data, &data).is_err());
}

#[tokio::test]
async fn what_is_sealed_tells_whose_key_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(store(folder.path())).await;
    assert_eq!(prove(folder.path(), |_, _| true).unwrap(), Proof::Untold, "nothing is sealed yet");
    let kept = [("b", "later"), ("a", "sealed")].map(|(name, value)| (name.to_owned(), Some(value.into())));
    world.store.write(world.account, world.epoch, kept.to_vec()).await.unwrap();
    // Beside the store at work, as a backup does.
    assert_eq!(prove(folder.path(), |_, _| false).unwrap(), Proof::Foreign);
    let place = Place::Vault(world.account, "a");
    let sealed = |text: &str| Some(Sealed(text.into()));
    let settings = Settings { proxy: sealed("proxy"), ..Settings::default() };
    let change = Change { settings: Some(settings), ..Change::default() };
    world.store.change_account(world.account, change).await.unwrap();
    let listener = NewListener {
        workspace: world.workspace,
        account: None,
        dialect: "native".into(),
        name: "shop".into(),
        target: Target::Pull,
        events: Vec::new(),
        settings: serde_json::Value::Null,
        secret: sealed("secret"),
        at: NOW,
    };
    world.store.add_listener(listener).await.unwrap();
    let key = NewKey {
        workspace: world.workspace,
        account: None,
        dialect: None,
        name: "owner".into(),
        token_hash: [1; 32],
        prefix: "sg_".into(),
        scopes: Vec::new(),
        settings: serde_json::Value::Null,
        sealed: sealed("token"),
        at: NOW,
        expires_at: None,
    };
    world.store.add_key(key).await.unwrap();
    for (place, value) in
        [(place, "sealed"), (Place::Proxy, "proxy"), (Place::Listener, "secret"), (Place::Key, "token")]
    {
        let opens = |found: Place<'_>, sealed: &[u8]| found == place && sealed == value.as_bytes();
        assert_eq!(prove(folder.path(), opens).unwrap(), Proof::Own, "{place:?}");
    }
    assert!(prove(&folder.path().join("nowhere"), |_, _| true).unwrap_err().to_string().contains("no database"));
}
