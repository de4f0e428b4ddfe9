use std::fs;

use super::MasterKey;
use crate::Error;

#[test]
fn a_key_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let made = MasterKey::load_or_create(&path).unwrap();
    let read = MasterKey::load_or_create(&path).unwrap();
    assert_eq!(made.derive("x"), read.derive("x"));
    assert_eq!(fs::read_to_string(&path).unwrap().trim().len(), 64);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn processes_that_start_at_once_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let keys: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> =
            (0..8).map(|_| scope.spawn(|| MasterKey::load_or_create(&path).unwrap().derive("x"))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    MasterKey::load_or_create(&path).unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    for open in [0o640, 0o604, 0o666] {
        fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
        let refused = MasterKey::load_or_create(&path).unwrap_err();
        assert!(matches!(refused, Error::Exposed { mode, .. } if mode == open), "{refused}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(MasterKey::load_or_create(&path).is_ok());
}

#[test]
fn another_file_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let mut file = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
    std::io::Write::write_all(&mut file, b"not a key").unwrap();
    file.persist(&path).unwrap();
    assert!(matches!(MasterKey::load_or_create(&path).unwrap_err(), Error::NotAKey { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), "not a key");
}

#[test]
fn a_missing_folder_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let refused = MasterKey::load_or_create(folder.path().join("no/master.key")).unwrap_err();
    assert!(matches!(refused, Error::File { .. }));
}

#[test]
fn hex_is_read() {
    let text = "ab".repeat(32);
    assert_eq!(MasterKey::from_hex(&text).unwrap().derive("x"), MasterKey::from_bytes([0xab; 32]).derive("x"));
    for bad in ["", "ab", &text[1..], &"zz".repeat(32)] {
        assert!(matches!(MasterKey::from_hex(bad).unwrap_err(), Error::Malformed));
    }
}

/// Everything sealed or spelled by an older build depends on these bytes; the figure was taken with
/// Python's `hmac` module.
#[test]
fn derivation_is_pinned() {
    let key = MasterKey::from_bytes([7; 32]);
    assert_eq!(hex::encode(key.derive("ids")), "c42da3bc3640083cfb2c1f8ad831e9ebf22863fe950bcfd58fb4d12b9853098d");
    assert_ne!(key.derive("ids"), key.derive("seal"));
}

/// The folders of data and the manifests of backups hold it: each later build must give the same.
#[test]
fn the_fingerprint_is_pinned_and_left_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.fingerprint");
    let (one, other) = (MasterKey::from_bytes([7; 32]), MasterKey::from_bytes([8; 32]));
    assert_eq!(one.fingerprint(), "7d8c2495bf09bba9");
    for key in [other, one] {
        key.leave_fingerprint(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap().trim(), key.fingerprint());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn a_key_is_not_made_where_one_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    assert!(matches!(MasterKey::load(&path).unwrap_err(), Error::File { .. }));
    assert!(!path.exists());
    let made = MasterKey::load_or_create(&path).unwrap();
    assert_eq!(MasterKey::load(&path).unwrap().fingerprint(), made.fingerprint());
}

#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", MasterKey::from_bytes([7; 32])), "MasterKey(***)");
}
