//! Links that we hand out: anybody who has one may fetch the file, so it cannot be guessed, and it ends.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sluice_model::content::Blob;
use sluice_model::{Timestamp, WorkspaceId};

/// How long a link is good for (contract greenapi.md §2.2: 15 days).
pub const LIFE: Duration = Duration::from_secs(15 * 86_400);

/// Makes and checks links. Cheap to clone.
#[derive(Clone)]
pub struct Links {
    base: Arc<str>,
    key: Arc<[u8; 32]>,
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Links({})", self.base)
    }
}

impl Links {
    /// `base` is the gateway's public address without a slash at the end.
    pub fn new(base: &str, key: &[u8; 32]) -> Self {
        Self { base: base.trim_end_matches('/').into(), key: Arc::new(*key) }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// `{base}/files/{end}/{seal}/{hash}/{mime}/{name}`: `end` in unix seconds, `seal` 32 hex digits over all but `name`,
    /// which only tells a reader what it is.
    pub fn file(&self, blob: &Blob, mime: &str, name: Option<&str>, now: Timestamp) -> String {
        let name: String = name
            .unwrap_or("file")
            .chars()
            .map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' })
            .collect();
        let end = now.plus(LIFE).seconds();
        let seal = self.seal(&blob.hash, end, mime);
        let (hash, mime) = (&blob.hash, mime.replace('/', "~"));
        format!("{}/files/{end}/{seal}/{hash}/{}/{}", self.base, percent(&mime), percent(&name))
    }

    /// The name under which a workspace may use a file of ours: its hash and 16 hex digits that no other workspace can
    /// make, for the same bytes may be kept for several.
    pub fn name(&self, workspace: WorkspaceId, blob: &Blob) -> String {
        format!("{}{}", blob.hash, hex::encode(&self.name_mac(workspace, &blob.hash).finalize().into_bytes()[..8]))
    }

    /// The hash of the file that the workspace was given this name for.
    pub fn named(&self, workspace: WorkspaceId, name: &str) -> Option<String> {
        let (hash, seal) = name.split_at_checked(64)?;
        let mut given = [0_u8; 8];
        hex::decode_to_slice(seal, &mut given).ok()?;
        self.name_mac(workspace, hash).verify_truncated_left(&given).is_ok().then(|| hash.to_owned())
    }

    /// The blob's hash and MIME type if the link is ours and has not ended.
    pub fn check(&self, end: &str, seal: &str, hash: &str, mime: &str, now: Timestamp) -> Option<(String, String)> {
        let seconds: i64 = end.parse().ok()?;
        let mime = mime.replace('~', "/");
        let mut given = [0_u8; 16];
        hex::decode_to_slice(seal, &mut given).ok()?;
        let good = self.mac(hash, seconds, &mime).verify_truncated_left(&given).is_ok();
        (good && now.seconds() < seconds).then(|| (hash.to_owned(), mime))
    }

    fn seal(&self, hash: &str, end: i64, mime: &str) -> String {
        hex::encode(&self.mac(hash, end, mime).finalize().into_bytes()[..16])
    }

    fn name_mac(&self, workspace: WorkspaceId, hash: &str) -> Hmac<Sha256> {
        self.keyed(&format!("name\n{hash}\n{workspace}"))
    }

    fn mac(&self, hash: &str, end: i64, mime: &str) -> Hmac<Sha256> {
        self.keyed(&format!("file\n{hash}\n{end}\n{mime}"))
    }

    fn keyed(&self, text: &str) -> Hmac<Sha256> {
        match Hmac::<Sha256>::new_from_slice(self.key.as_slice()) {
            Ok(mac) => mac.chain_update(text),
            Err(_) => unreachable!("HMAC takes a key of any length"),
        }
    }
}

fn percent(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._~-".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_its_file_until_it_ends_and_no_other() {
        let links = Links::new("http://gate/", &[1; 32]);
        let now = Timestamp::from_seconds(1_000);
        let blob = Blob { hash: "ab".repeat(32), size: 3 };
        let url = links.file(&blob, "image/png", Some("кот 1.png"), now);
        let parts: Vec<&str> = url.trim_start_matches("http://gate/files/").split('/').collect();
        let [end, seal, hash, mime, _name] = parts[..] else { panic!("{url}") };
        assert_eq!(links.check(end, seal, hash, mime, now), Some((blob.hash.clone(), "image/png".into())));
        assert_eq!(links.check(end, seal, &"cd".repeat(32), mime, now), None);
        assert_eq!(links.check(end, seal, hash, "text~html", now), None);
        assert_eq!(links.check("9999999999", seal, hash, mime, now), None);
        assert_eq!(links.check(end, seal, hash, mime, now.plus(LIFE)), None);
        assert_eq!(Links::new("http://gate", &[2; 32]).check(end, seal, hash, mime, now), None);
    }

    #[test]
    fn a_files_name_is_good_in_its_workspace_only() {
        let links = Links::new("http://gate", &[1; 32]);
        let blob = Blob { hash: "ab".repeat(32), size: 3 };
        let name = links.name(WorkspaceId(1), &blob);
        assert_eq!(links.named(WorkspaceId(1), &name), Some(blob.hash.clone()));
        assert_eq!(links.named(WorkspaceId(2), &name), None);
        assert_eq!(links.named(WorkspaceId(1), &blob.hash), None);
        assert_eq!(links.named(WorkspaceId(1), ""), None);
    }
}
