//! Where a path shows the instance and the token, whether or not it leads to an endpoint.

/// `/waInstance{id}/{method}/{token}…` or `/partner/{method}/{token}`, after an optional `/v3` (contract greenapi.md
/// §1.1: MAX).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'p> {
    /// `None` for the partner's paths.
    pub instance: Option<&'p str>,
    /// Empty when the path has none.
    pub token: &'p str,
}

const INSTANCE: &str = "waInstance";

impl<'p> Place<'p> {
    /// `None` when the path is not one of GREEN-API's.
    pub fn of(path: &'p str) -> Option<Self> {
        let mut pieces = path.split('/').filter(|piece| !piece.is_empty()).peekable();
        pieces.next_if(|piece| piece.eq_ignore_ascii_case("v3"));
        let instance = match pieces.next()? {
            first if first.eq_ignore_ascii_case("partner") => None,
            first => {
                let (word, id) = first.split_at_checked(INSTANCE.len())?;
                Some(word.eq_ignore_ascii_case(INSTANCE).then_some(id)?)
            }
        };
        Some(Self { instance, token: pieces.nth(1).unwrap_or_default() })
    }
}

/// The path with the token masked.
pub fn masked(path: &str) -> String {
    let token = Place::of(path).map_or("", |place| place.token);
    let mask = |piece: &str| {
        if is_secret(piece, token) { "***".to_owned() } else { piece.to_owned() }
    };
    path.split('/').map(mask).collect::<Vec<_>>().join("/")
}

/// The token in its place, or what looks like one in another.
fn is_secret(piece: &str, token: &str) -> bool {
    !piece.is_empty() && piece == token || piece.len() >= 32 && piece.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_and_masked_wherever_it_stands() {
        let secret = "ab".repeat(25);
        for path in [
            format!("/waInstance7700000001/getSettings/{secret}"),
            format!("//WAINSTANCE7700000001/NoSuchThing/{secret}/5"),
            format!("/v3/waInstance7700000001//getSettings/{secret}"),
            format!("/partner/getInstances/{secret}"),
        ] {
            assert_eq!(Place::of(&path).map(|place| place.token), Some(secret.as_str()), "{path}");
            assert!(!masked(&path).contains(&secret), "{path}");
        }
        let astray = format!("/waInstance7700000001/{secret}");
        assert_eq!(masked(&astray), "/waInstance7700000001/***");
        assert_eq!(Place::of("/api/sync/message/send"), None);
        assert_eq!(Place::of("/waÿ"), None);
        assert_eq!(masked("/waInstance1/getSettings"), "/waInstance1/getSettings");
    }
}
